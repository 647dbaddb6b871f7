"""Every action the keymap declares can be carried out: no key, palette entry or slash name is dead."""

import pytest

from fasttui.config.keymap import ACTIONS, Action
from tests.tui.chat_app import chat_app, composer, screen_text


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
async def test_an_action_has_someone_who_carries_it_out(action: Action) -> None:
    app, _ = chat_app()
    async with app.run_test(size=(80, 24)):
        # A key looks for its action only where it is bound; a transcript's keys run the screen's.
        owner = {"app": app, "chat": app.chat, "composer": composer(app), "transcript": app.chat}[action.context]
        assert hasattr(owner, f"action_{action.id}")


async def test_the_palette_opens_by_its_key() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert "What do you want to do?" in screen_text(app)

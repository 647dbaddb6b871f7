"""Every action the keymap declares can be carried out: no key, palette entry or slash name is dead."""

import pytest

from fasttui.config.keymap import ACTIONS, Action
from tests.tui.chat_app import chat_app, composer, transcript


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
async def test_an_action_has_someone_who_carries_it_out(action: Action) -> None:
    app, _ = chat_app()
    async with app.run_test(size=(80, 24)):
        owners = {
            "app": (app,),
            "chat": (app.chat, app),
            "composer": (composer(app),),
            "transcript": (app.chat, transcript(app)),
        }
        assert any(hasattr(owner, f"action_{action.id}") for owner in owners[action.context])

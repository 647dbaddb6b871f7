"""Every action the keymap declares can be carried out: no key, palette entry or slash name is dead."""

import shutil
from pathlib import Path

import pytest

from fasttui.config.keymap import ACTIONS, Action
from fasttui.config.themes import load_theme, packaged_themes, theme_names
from tests.tui.chat_app import chat_app, composer, screen_text, until


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


async def test_a_theme_that_was_written_meanwhile_can_be_chosen(tmp_path: Path) -> None:
    app, _ = chat_app()
    app.look = app.look._replace(
        theme_names=lambda: theme_names(tmp_path), load_theme=lambda name: load_theme(name, tmp_path)
    )
    async with app.run_test() as pilot:
        await pilot.pause()
        shutil.copy(packaged_themes() / "dusk.toml", tmp_path / "dusk-of-mine.toml")
        composer(app).fill("/theme dusk-of-mine")
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "dusk-of-mine")
        (tmp_path / "dusk-of-mine.toml").unlink()
        app.action_theme()
        assert app.theme in theme_names()

"""The menu of how the draft may go on."""

import subprocess
import sys
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from fasttui.chat.conversation import DocumentBlock
from fasttui.store.store import Store
from fasttui.tui.app import FasttuiApp
from fasttui.tui.screens.chats import ChatsScreen
from fasttui.tui.screens.help import HelpScreen
from fasttui.tui.widgets.completion_menu import CompletionMenu
from tests.engine.scripted import reply
from tests.tui.chat_app import chat_app, composer, ended, screen_text, transcript, until
from tests.tui.terminal import EmulatedDriver, differences, painted, terminal_of
from tests.tui.test_chats import app_with, put


def is_open(app: FasttuiApp) -> bool:
    return any(menu.display for menu in app.chat.query(CompletionMenu))


def menu_rows(app: FasttuiApp) -> list[str]:
    """The rows of the open menu, without its frame."""
    menu = app.chat.query_one(CompletionMenu)
    region = menu.region
    assert menu.display
    return [row.strip() for row in screen_text(app).splitlines()[region.y + 1 : region.bottom]]


async def typed(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await painted(pilot)


# ── commands ────────────────────────────────────────────────────────────────────────────────────


async def test_a_slash_offers_commands_and_typing_narrows_them() -> None:
    app, session = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "/")
        assert len(menu_rows(app)) == 8
        await typed(pilot, *"ef")
        assert [row.split()[0] for row in menu_rows(app)] == ["/effort"]
        await typed(pilot, "x")
        assert not is_open(app)
        await typed(pilot, "backspace", "f")
        assert is_open(app)
        assert session.turn is None


@pytest.mark.parametrize("down", ["down", "tab"])
async def test_a_chosen_command_without_words_is_carried_out_at_once(down: str) -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/hel", down, "enter")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert composer(app).text == ""


@pytest.mark.parametrize("up", ["up", "shift+tab"])
async def test_a_chosen_command_with_words_offers_these_and_one_of_them_is_carried_out(up: str) -> None:
    app, session = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/effo", "down", "enter")
        assert composer(app).text == "/effort "
        assert menu_rows(app) == ["low", "medium", "high", "xhigh", "max"]
        await typed(pilot, up, "enter")
        assert session.choices.effort == "max"
        assert composer(app).text == ""
        assert not is_open(app)


async def test_a_command_that_takes_free_words_waits_for_them() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/syst", "down", "enter")
        assert composer(app).text == "/system "
        assert not is_open(app)


async def test_keys_that_come_all_at_once_meet_the_menu_that_the_first_one_opens() -> None:
    app, session = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        for key in (*"/effo", "down", "enter", "down", "enter"):
            app.simulate_key(key)
        await until(pilot, lambda: session.choices.effort == "low")
        assert composer(app).text == ""


async def test_with_nothing_chosen_enter_sends_as_ever() -> None:
    app, session = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/effort max")
        assert is_open(app)
        await typed(pilot, "enter")
        assert session.choices.effort == "max"
        assert not is_open(app)


async def test_past_the_last_offer_none_is_chosen_and_then_the_first() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/page")
        menu = app.chat.query_one(CompletionMenu)
        seen = [menu.chosen]
        for _ in range(4):
            await typed(pilot, "down")
            seen.append(menu.chosen)
        assert seen == [None, 0, 1, None, 0]


async def test_the_menu_scrolls_to_what_is_chosen() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "/")
        first = menu_rows(app)
        await typed(pilot, *["down"] * 10)
        rows = menu_rows(app)
        assert rows[-1].startswith("▌ /")
        assert len(rows) == 8
        assert not set(rows[6:]) & set(first)


async def test_escape_closes_the_menu_alone_until_another_word_begins() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/s", "escape")
        assert not is_open(app)
        assert composer(app).text == "/s"
        await typed(pilot, "p")
        assert not is_open(app)
        await typed(pilot, "backspace", "backspace", "backspace", "/")
        assert is_open(app)


async def test_what_comes_back_from_history_opens_no_menu() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/speed", "enter", "up")
        assert composer(app).text == "/speed"
        assert not is_open(app)
        await typed(pilot, "down")
        assert composer(app).text == ""


async def test_a_command_is_offered_only_where_nothing_else_would_go_out_with_it() -> None:
    app, session = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "ctrl+j", "b", "up", *"/he")
        assert composer(app).text == "/he\nb"
        assert not is_open(app)
        assert session.turn is None


async def test_a_chat_is_opened_by_the_words_behind_chats() -> None:
    store = Store.open(None)
    cake = put(store, "A cake without eggs")
    app, session = app_with(store)
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/chats egg")
        assert "A cake without eggs" in menu_rows(app)[0]
        await typed(pilot, "down", "enter")
        await until(pilot, lambda: session.conversation.id == cake.id)
        await typed(pilot, *"/chats cake", "enter")
        await until(pilot, lambda: isinstance(app.screen, ChatsScreen))
        await until(pilot, lambda: "A cake without eggs" in screen_text(app))
    store.close()


# ── files ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "my plan.md").write_text("Begin.")
    (tmp_path / "notes.txt").write_text("Eggs.")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
async def test_a_file_is_found_through_its_folder_and_goes_along() -> None:
    app, session = chat_app(reply("ok"))
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"Read @")
        assert menu_rows(app) == ["docs/", "notes.txt"]
        await typed(pilot, "down", "enter")
        assert composer(app).text == "Read @docs/"
        assert menu_rows(app) == ["docs/my plan.md"]
        await typed(pilot, "down", "enter")
        assert composer(app).text == 'Read @"docs/my plan.md" '
        assert not is_open(app)
        await typed(pilot, *"please", "enter")
        await until(pilot, ended(session))
        shown = screen_text(app)
    assert session.turn is not None
    (attached,) = (block for block in session.turn.prompt.blocks if isinstance(block, DocumentBlock))
    assert attached.data == b"Begin."
    assert "+ my plan.md" in shown


@pytest.mark.usefixtures("folder")
async def test_files_are_offered_in_the_middle_of_a_draft_and_the_rest_stays() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"a", "ctrl+j", *"b is here", *["left"] * 7, *"@no", "down", "enter")
        assert composer(app).text == "a\nb @notes.txt is here"


@pytest.mark.usefixtures("folder")
async def test_what_is_pasted_offers_too_and_an_address_does_not() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        composer(app).post_message(Paste("@not"))
        await painted(pilot)
        assert menu_rows(app) == ["notes.txt"]
        composer(app).fill("")
        await typed(pilot, *"me@no")
        assert not is_open(app)


# ── on the screen ───────────────────────────────────────────────────────────────────────────────


async def test_a_click_takes_an_offer_and_the_composer_keeps_the_keys() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, *"/effort")
        await pilot.click(CompletionMenu, offset=(5, 1))
        await painted(pilot)
        assert composer(app).text == "/effort "
        assert composer(app).has_focus
        assert is_open(app)


async def test_the_wheel_scrolls_the_menu_and_a_click_takes_what_is_seen() -> None:
    from textual import events

    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "/")
        menu = app.chat.query_one(CompletionMenu)
        second = menu_rows(app)[1]
        menu.post_message(events.MouseScrollDown(menu, 5, 3, 0, 1, 0, False, False, False))
        await painted(pilot)
        assert menu_rows(app)[0].split()[0] == second.split()[0] == "/once"
        await pilot.click(CompletionMenu, offset=(5, 1))
        await painted(pilot)
        assert composer(app).text == "/once "


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_menu_lies_over_the_transcript_and_moves_nothing(size: tuple[int, int]) -> None:
    app, session = chat_app(reply("line\n\n" * 40))
    async with app.run_test(size=size) as pilot:
        await typed(pilot, *"Hi", "enter")
        await until(pilot, ended(session))
        app.chat._forecast_now()  # else the price may change in between
        before, place = screen_text(app).splitlines(), transcript(app).region
        await typed(pilot, "/")
        menu, rows = app.chat.query_one(CompletionMenu).region, screen_text(app).splitlines()
        assert menu.bottom == composer(app).region.y
        assert menu.height == 9
        assert rows[: menu.y] == before[: menu.y]
        assert transcript(app).region == place
        await typed(pilot, "escape", "backspace")
        app.chat._forecast_now()
        assert screen_text(app).splitlines() == before


@pytest.mark.parametrize("rows", range(4, 16))
async def test_the_menu_never_takes_more_rows_than_there_are(rows: int) -> None:
    app, _ = chat_app()
    async with app.run_test(size=(40, rows)) as pilot:
        await typed(pilot, "/")
        room = composer(app).region.y - 2
        assert is_open(app) == (room >= 2)
        if is_open(app):
            assert len(menu_rows(app)) == min(8, room - 1)
        await pilot.resize_terminal(60, 24)
        await painted(pilot)
        await typed(pilot, "e")
        assert app.chat.query_one(CompletionMenu).region.bottom == composer(app).region.y


@pytest.mark.usefixtures("folder")
async def test_the_menu_keeps_to_a_composer_that_grows() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(40, 24)) as pilot:
        composer(app).fill("word " * 6)
        await typed(pilot, "@")
        assert is_open(app)
        height = composer(app).region.height
        await typed(pilot, *"notes")
        assert composer(app).region.height > height
        assert app.chat.query_one(CompletionMenu).region.bottom == composer(app).region.y


async def test_the_terminal_shows_the_menu_and_nothing_of_it_afterwards() -> None:
    app, session = chat_app(reply("Some **words** here.\n\n" * 20))
    app.driver_class = EmulatedDriver
    async with app.run_test(headless=False, size=(90, 28)) as pilot:
        await typed(pilot, *"Hi", "enter")
        await until(pilot, ended(session))
        for key in ("/", "down", "down", "e", "f", "down", "enter", "tab", "escape", "x", "ctrl+c"):
            await typed(pilot, key)
            assert not differences(app), key
        assert not is_open(app)


async def test_an_open_menu_at_rest_writes_nothing() -> None:
    app, _ = chat_app()
    app.driver_class = EmulatedDriver
    async with app.run_test(headless=False, size=(90, 28)) as pilot:
        await typed(pilot, "/")
        app.chat._forecast_now()
        await painted(pilot)
        written = terminal_of(app).written
        written.clear()
        await pilot.pause(0.5)
        assert written == []


def test_nothing_of_it_is_loaded_before_it_is_needed() -> None:
    script = "import sys, fasttui.tui.app; print(*(name for name in sys.modules if 'completion' in name))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in loaded if name.startswith("fasttui")]

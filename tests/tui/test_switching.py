"""Branches, forks, names and exports of the chat that is shown."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, RadioButton

from fasttui.engine.session import Session
from fasttui.store.store import Store
from fasttui.tui.app import FasttuiApp
from fasttui.tui.screens.export import ExportScreen
from fasttui.tui.screens.line import LineScreen
from tests.engine.scripted import Step, all_of, reply, session_with
from tests.tui.chat_app import app_around, composer, screen_text, transcript, until


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store.open(None)
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def talked(store: Store, *prompts: str, then: tuple[list[Step], ...] = ()) -> tuple[FasttuiApp, Session]:
    """An app whose chat has begun: each prompt was answered with its echo."""
    session, _, _ = session_with(*(reply(f"echo {prompt}") for prompt in prompts), *then)
    session.store = store
    for prompt in prompts:
        await all_of(session.submit(prompt))
    return app_around(session), session


def path(session: Session) -> list[str]:
    return [turn.prompt.text for turn in session.conversation.path()]


async def settle(pilot: Pilot[None], session: Session, turns: int) -> None:
    await until(pilot, lambda: len(session.conversation.turns) == turns and not session.streaming)


# ── branches ────────────────────────────────────────────────────────────────────────────────────


async def test_an_edited_earlier_prompt_makes_a_branch_and_overwrites_nothing(store: Store) -> None:
    app, session = await talked(store, "one", "two", then=(reply("echo three"),))
    async with app.run_test(size=(90, 40)) as pilot:
        await pilot.press("shift+tab", *["k"] * 4)
        app.chat.perform("edit_prompt")
        await pilot.pause()
        assert composer(app).text == "one"
        assert composer(app).has_focus
        composer(app).fill("one, but better")
        await pilot.press("enter")
        await settle(pilot, session, 3)
        assert path(session) == ["one, but better"]
        assert "2/2" in screen_text(app)
        assert "echo two" not in screen_text(app)
    saved = store.load(session.conversation.id)
    assert [turn.prompt.text for turn in saved.turns] == ["one", "two", "one, but better"]
    assert {turn.status for turn in saved.turns} == {"completed"}


async def test_asking_again_stands_beside_the_first_reply(store: Store) -> None:
    app, session = await talked(store, "one", "two", then=(reply("once more"),))
    async with app.run_test(size=(90, 40)) as pilot:
        await pilot.press("shift+tab", *["k"] * 4)
        await pilot.press("alt+r")
        await settle(pilot, session, 3)
        assert path(session) == ["one"]
        assert "once more" in screen_text(app)


async def test_stepping_goes_through_the_versions_of_the_marked_message(store: Store) -> None:
    app, session = await talked(store, "one", "two", then=(reply("echo two b"), reply("echo one b")))
    one, two = session.conversation.turns
    await all_of(session.edit(two, "two b"))
    await all_of(session.edit(one, "one b"))
    async with app.run_test(size=(90, 40)) as pilot:
        await pilot.press("shift+tab", *["k"] * 2)
        await pilot.press("left")
        assert path(session) == ["one", "two b"]
        assert transcript(app).marked == f"{one.id}:prompt"
        await pilot.press("j", "j")
        await pilot.press("left")
        assert path(session) == ["one", "two"]
        assert transcript(app).marked == f"{two.id}:prompt"
        await pilot.press("left")
        assert "There is no other version there." in screen_text(app)
        await pilot.press("k", "k", "right")
        assert path(session) == ["one b"]
        assert "Version 2 of 2." in screen_text(app)
    assert store.load(session.conversation.id).path()[0].prompt.text == "one b"


async def test_without_a_mark_stepping_takes_the_last_message_with_versions(store: Store) -> None:
    app, session = await talked(store, "one", then=(reply("echo one b"), reply("echo two")))
    await all_of(session.edit(session.conversation.turns[0], "one b"))
    await all_of(session.submit("two"))
    async with app.run_test(size=(90, 40)) as pilot:
        await pilot.press(*"/branch previous", "enter")
        await pilot.pause()
        assert path(session) == ["one"]
        await pilot.press(*"/branch next", "enter")
        await pilot.pause()
        assert path(session) == ["one b", "two"]


async def test_a_fork_is_a_new_chat_up_to_the_marked_message(store: Store) -> None:
    app, session = await talked(store, "one", "two", then=(reply("echo three"),))
    before = session.conversation
    async with app.run_test(size=(90, 40)) as pilot:
        await pilot.press("shift+tab", *["k"] * 3)
        app.chat.perform("fork")
        await pilot.pause()
        assert path(session) == ["one"]
        assert session.conversation.id != before.id
        app.chat.leave_transcript()
        await pilot.press(*"three", "enter")
        await settle(pilot, session, 2)
    assert [turn.prompt.text for turn in store.load(before.id).path()] == ["one", "two"]
    assert [turn.prompt.text for turn in store.load(session.conversation.id).path()] == ["one", "three"]


async def test_a_new_chat_has_nothing_to_fork_or_export(store: Store) -> None:
    app, _ = await talked(store)
    async with app.run_test(size=(90, 30)) as pilot:
        app.chat.perform("fork")
        assert "There is nothing to fork yet." in str(composer(app).border_subtitle)
        await pilot.press("ctrl+s")
        assert "There is nothing to export yet." in str(composer(app).border_subtitle)


# ── names ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_chat_is_renamed_by_command_or_by_a_line(store: Store) -> None:
    app, session = await talked(store, "one")
    async with app.run_test(size=(90, 30)) as pilot:
        await pilot.press(*"/rename By command", "enter")
        await pilot.pause()
        assert "By command" in screen_text(app).splitlines()[0]
        app.chat.perform("rename")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        assert app.screen.query_one(Input).value == "By command"
        await pilot.press(*"By line", "enter")
        await until(pilot, lambda: app.screen is app.chat)
        assert "By line" in screen_text(app).splitlines()[0]
    assert store.recent(1)[0].title == session.conversation.title == "By line"


async def test_a_title_given_before_the_first_prompt_stays(store: Store) -> None:
    app, session = await talked(store, then=(reply("ok"),))
    async with app.run_test(size=(90, 30)) as pilot:
        await pilot.press(*"/rename Mine", "enter", *"Hello", "enter")
        await settle(pilot, session, 1)
    assert store.recent(1)[0].title == "Mine"


async def test_the_model_finds_a_title(store: Store) -> None:
    app, session = await talked(store, "A cake without eggs?", then=(reply("Eggless cakes"),))
    async with app.run_test(size=(90, 30)) as pilot:
        await pilot.press(*"/title", "enter")
        await until(pilot, lambda: session.conversation.title == "Eggless cakes")
        assert "Title: Eggless cakes" in screen_text(app)
        assert len(session.conversation.turns) == 1
    assert store.recent(1)[0].title == "Eggless cakes"


# ── export ──────────────────────────────────────────────────────────────────────────────────────

SECRET = "sk-ant-api03-" + "a1B2" * 20


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def said(app: FasttuiApp) -> str:
    """The last notice, wherever it was short enough to stand."""
    return " ".join([str(composer(app).border_subtitle), *(toast.message for toast in app._notifications)])


async def exporting(pilot: Pilot[None]) -> ExportScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen) and pilot.app.screen.is_mounted)
    screen = pilot.app.screen
    assert isinstance(screen, ExportScreen)
    return screen


async def test_the_dialog_proposes_a_name_and_hides_secrets(store: Store, folder: Path) -> None:
    app, _ = await talked(store, f"my key is {SECRET}")
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("ctrl+s")
        await exporting(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.chat)
        (file,) = files(folder)
        assert "; 3 secrets were hidden." in said(app)
        assert "sk-ant" not in file.name
    assert file.suffix == ".md"
    assert SECRET not in file.read_text()


async def test_the_format_changes_the_name_and_secrets_stay_when_told(store: Store, folder: Path) -> None:
    app, session = await talked(store, f"my key is {SECRET}")
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("ctrl+s")
        screen = await exporting(pilot)
        assert re.findall("[●○]", screen_text(app)) == ["●", "○", "○"]
        list(screen.query(RadioButton))[1].value = True
        await pilot.pause()
        assert re.findall("[●○]", screen_text(app)) == ["○", "●", "○"]
        assert screen.query_one(Input).value.endswith(".json")
        screen.query_one(Checkbox).value = False
        screen.query_one(Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.chat)
    (file,) = files(folder)
    assert SECRET in file.read_text()
    assert json.loads(file.read_text())["conversation"]["id"] == session.conversation.id


@pytest.mark.parametrize(
    ("words", "name"), [("html out.html", "out.html"), ("notes.json", "notes.json"), ("json page.html", "page.html")]
)
async def test_a_command_that_says_all_asks_nothing(store: Store, folder: Path, words: str, name: str) -> None:
    app, _ = await talked(store, "one")
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press(*f"/export {words}", "enter")
        await until(pilot, lambda: (folder / name).exists() and app.screen is app.chat)
        assert "no secrets were found" in screen_text(app)


async def test_a_file_is_overwritten_only_after_a_yes(store: Store, folder: Path) -> None:
    kept = folder / "kept.md"
    kept.write_text("mine")
    app, _ = await talked(store, "one")
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press(*"/export kept.md", "enter")
        screen = await exporting(pilot)
        await until(pilot, lambda: "kept.md exists already. Enter once more overwrites it." in screen_text(app))
        assert kept.read_text() == "mine"
        screen.query_one(Checkbox).value = False
        await pilot.pause()
        assert "exists already" not in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert kept.read_text() == "mine"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.chat)
    assert "echo one" in kept.read_text()


async def test_an_export_that_fails_says_so_and_stays_open(store: Store, folder: Path) -> None:
    app, _ = await talked(store, "one")
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press(*"/export no/such/folder.md", "enter")
        await exporting(pilot)
        await until(pilot, lambda: "Cannot write no/such/folder.md" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.chat)
    assert not files(folder)

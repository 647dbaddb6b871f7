"""What the chat screen saves: prompts, drafts, history; and what it says when it cannot."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from fasttui.chat.errors import StoreError
from fasttui.store.store import Store
from fasttui.tui.app import FasttuiApp
from fasttui.tui.screens.pick import PickScreen
from tests.engine.scripted import reply, session_with
from tests.store.turns import new_turn, play, reply_events
from tests.tui.chat_app import app_around, chat_app, composer, ended, screen_text, until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store.open(path)
    yield store
    store.close()


async def test_a_prompt_and_its_reply_are_saved(store: Store) -> None:
    app, session = chat_app(reply("Hello ", "there."))
    session.store = store
    async with app.run_test() as pilot:
        await pilot.press(*"Hi", "enter")
        await until(pilot, ended(session))
    (chat,) = store.recent(10)
    (turn,) = store.load(chat.id).turns
    assert (chat.title, turn.prompt.text, turn.reply.text, turn.status) == ("Hi", "Hi", "Hello there.", "completed")
    assert store.history() == ["Hi"]


async def test_a_prompt_waits_for_the_store_to_open(path: Path) -> None:
    app, session = chat_app(reply("ok"))
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def open_when_asked() -> Store:
        asyncio.run_coroutine_threadsafe(asked.wait(), loop).result(10)
        return Store.open(path)

    app._open_store = open_when_asked
    async with app.run_test() as pilot:
        await pilot.press(*"early", "enter", *"more")
        await pilot.pause()
        assert session.turn is None
        asked.set()
        await until(pilot, ended(session))
        assert session.store is not None
        assert session.store.history() == ["early"]
        assert session.store.draft(session.conversation.id) == "more"
        assert session.store.draft(None) == ""
        session.store.close()


async def test_drafts_come_back_each_to_its_chat(store: Store) -> None:
    store.save_draft(None, "of the new chat")
    app, session = chat_app(reply("ok"), reply("ok"))
    session.store = store
    async with app.run_test() as pilot:
        await pilot.pause()
        assert composer(app).text == "of the new chat"
        await pilot.press("enter")
        await until(pilot, ended(session))
        await pilot.press(*"of the old")
        await pilot.pause()
        old = session.conversation.id
    assert (store.draft(None), store.draft(old)) == ("", "of the old")


async def test_what_is_queued_behind_a_reply_is_a_draft(store: Store) -> None:
    app, session = chat_app(reply("ok"))
    session.store = store
    async with app.run_test() as pilot:
        await pilot.pause()
        app.chat._queued.add("queued")
        await pilot.press(*"typed")
        await pilot.pause()
        assert store.draft(None) == "queued\n\ntyped"


async def test_earlier_prompts_of_every_window_come_back_with_up_and_search(store: Store) -> None:
    store.add_history("one")
    store.add_history("two")
    app, session = chat_app()
    session.store = store
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("up")
        assert composer(app).text == "two"
        await pilot.press("up")
        assert composer(app).text == "one"
        store.add_history("of another window")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        assert "of another window" in screen_text(app)


async def test_an_older_draft_does_not_push_aside_what_is_being_typed(store: Store) -> None:
    store.save_draft(None, "older")
    app, session = chat_app()
    async with app.run_test() as pilot:
        await pilot.press(*"new")
        session.store = store
        app.chat._begin_keeping()
        await pilot.pause()
        assert composer(app).text == "new"
        await pilot.press("up")
        assert composer(app).text == "older"


class Faulty(Store):
    """A store that is in trouble when told to be."""

    fault: StoreError | None = None

    @property
    def trouble(self) -> StoreError | None:
        return self.fault

    @property
    def saving(self) -> bool:
        return self.fault is None


async def test_trouble_is_one_sentence_and_stays_in_the_top_line_until_it_is_over() -> None:
    app, session = chat_app()
    store = session.store = Faulty.open(None)
    assert isinstance(store, Faulty)
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.pause()
        store.fault = StoreError("The disk is full.", hint="Make room.")
        await pilot.press("a")
        await pilot.pause()
        assert "The disk is full. Make room." in screen_text(app)
        assert "not saved · " in screen_text(app).splitlines()[0]
        store.fault = None
        await pilot.press("b")
        await pilot.pause()
        assert "Everything is saved again." in screen_text(app)
        assert "not saved" not in screen_text(app).splitlines()[0]
    store.close()


@pytest.fixture
def damaged(path: Path) -> Path:
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    return path


async def test_a_damaged_file_is_said_and_the_chat_goes_on(damaged: Path) -> None:
    app, session = chat_app(reply("ok"))
    app._open_store = lambda: Store.open(damaged)
    async with app.run_test(size=(160, 24)) as pilot:
        await until(pilot, lambda: any("were damaged" in toast.message for toast in app._notifications))
        assert "not saved" not in screen_text(app)
        await pilot.press(*"Hi", "enter")
        await until(pilot, ended(session))
        assert session.store is not None
        assert len(session.store.recent(10)) == 1
        session.store.close()


async def test_an_interrupted_turn_stands_there_and_can_go_on(store: Store) -> None:
    conversation = session_with()[0].conversation
    turn = new_turn(conversation, "Tell me more")
    store.begin_turn(conversation, turn)
    for event, at_s in play(turn, reply_events("one two three")):
        store.journal(turn, event, at_s)
    store._owner.close()
    store._owner.id = "another program"
    session, _, _ = session_with(reply("four"))
    session.store = store
    session.start_over(store.load(conversation.id))
    app: FasttuiApp = app_around(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "fasttui ended before this reply did." in screen_text(app)
        await pilot.press("alt+c")
        await until(pilot, lambda: len(session.conversation.turns) == 2 and not session.streaming)
    assert "one two three" in session.conversation.path()[-1].prompt.text


async def test_a_chat_that_another_window_answers_is_not_taken_over(store: Store) -> None:
    session, _, _ = session_with()
    new_turn(session.conversation, "still running")
    session.start_over(session.conversation)
    session.store = store
    app = app_around(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert not session.streaming
        assert "Another window is receiving a reply" in screen_text(app)

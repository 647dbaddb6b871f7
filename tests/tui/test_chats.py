"""The chats screen by its keys, and what it does to the chat behind it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from fasttui.chat.conversation import Conversation, Turn
from fasttui.engine.session import Session
from fasttui.store.store import Store
from fasttui.tui.app import FasttuiApp
from fasttui.tui.chat_rows import day_name, rows_by_day
from fasttui.tui.screens.chats import ChatsScreen
from fasttui.tui.screens.line import LineScreen
from fasttui.tui.widgets.pick_list import PickList
from fasttui.tui.widgets.transcript import Transcript
from tests.engine.scripted import reply, session_with
from tests.store.turns import NOON, answer, new_turn
from tests.tui.chat_app import app_around, composer, screen_text, transcript, until

TITLES = ("Sort a list in Python", "A cake without eggs", "The [bold]history[/bold] of tea")


class Then:
    """A wall clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def then() -> Then:
    return Then()


@pytest.fixture
def store(then: Then) -> Iterator[Store]:
    store = Store.open(None, now=then)
    yield store
    store.close()


def put(store: Store, title: str, *said: tuple[str, str], tags: tuple[str, ...] = ()) -> Conversation:
    """Save a chat."""
    conversation = Conversation(title=title, tags=tags)
    for prompt, text in said or ((f"Tell me: {title}", f"This is about it: {title}"),):
        turn = new_turn(conversation, prompt)
        store.begin_turn(conversation, turn)
        store.end_turn(answer(turn, text), Decimal("0.02"))
    store.save_conversation(conversation)
    return conversation


@pytest.fixture
def three(store: Store, then: Then) -> list[Conversation]:
    """Three chats: of today, yesterday and last month."""
    chats = []
    for title, days in zip(TITLES, (0, 1, 30), strict=True):
        then.now = NOON - timedelta(days=days)
        chats.append(put(store, title))
    then.now = NOON
    return chats


def app_with(store: Store, *scripts: object) -> tuple[FasttuiApp, Session]:
    session, _, _ = session_with(*scripts)  # type: ignore[arg-type]  # handed on as they come
    session.store = store
    return app_around(session), session


async def opened(pilot: Pilot[None]) -> ChatsScreen:
    """The chats screen, by its key."""
    await pilot.press("ctrl+o")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChatsScreen) and pilot.app.screen.is_mounted)
    screen = pilot.app.screen
    assert isinstance(screen, ChatsScreen)
    return screen


def rows(app: FasttuiApp) -> str:
    """What the screen shows, with runs of blanks as one."""
    return "\n".join(" ".join(row.split()) for row in screen_text(app).splitlines())


# ── the list ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 22), "Today"), (date(2026, 11, 21), "Yesterday"), (date(2026, 11, 19), "Thursday"),
        (date(2026, 11, 15), "15 November"), (date(2025, 11, 22), "22 November 2025"),
        (date(2026, 11, 23), "23 November 2026"),
    ],
)  # fmt: skip
def test_days_have_the_names_people_give_them(day: date, name: str) -> None:
    assert day_name(day, date(2026, 11, 22)) == name


def test_a_page_goes_on_under_the_heading_of_the_page_before(store: Store, three: list[Conversation]) -> None:
    put(store, "Also of today")
    chats = store.recent(10)
    first = [row.is_heading for row, _ in rows_by_day(chats[:1], NOON.date())]
    more = [row.is_heading for row, _ in rows_by_day(chats[1:], NOON.date(), chats[0])]
    assert first == [True, False]
    assert more == [False, True, False, True, False]


@pytest.mark.usefixtures("three")
async def test_chats_stand_by_day_newest_first_and_markup_is_text(store: Store) -> None:
    app, _ = app_with(store)
    async with app.run_test(size=(90, 24)) as pilot:
        await opened(pilot)
        text = rows(app)
    places = [text.index(words) for words in ("Today", TITLES[0], "Yesterday", TITLES[1], "23 October", TITLES[2])]
    assert places == sorted(places)
    assert "1 turn $0.020 12:00" in text


async def test_more_chats_are_read_as_the_cursor_comes_near_the_end(store: Store, then: Then) -> None:
    for number in range(350):
        then.now = NOON + timedelta(seconds=number)
        put(store, f"chat {number}", ("a", "b"))
    app, _ = app_with(store)
    async with app.run_test(size=(90, 24)) as pilot:
        screen = await opened(pilot)
        assert len(screen._found) == 101
        for _ in range(20):
            await pilot.press("pagedown")
        await pilot.pause()
        await pilot.press("tab", "end")
        await until(pilot, lambda: len(screen._found) == 351)
        await pilot.press("end")
        await pilot.pause()
        assert "chat 0 " in screen_text(app)


@pytest.mark.usefixtures("three")
async def test_typing_finds_by_title_and_then_by_what_was_said(store: Store) -> None:
    put(store, "Something else", ("Hello", "A cake is a lie"), tags=("Baking",))
    app, _ = app_with(store)
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press(*"cake")
        await pilot.pause()
        assert TITLES[1] in rows(app)
        assert TITLES[0] not in rows(app)
        await until(pilot, lambda: "Said" in rows(app))
        assert "A cake is a lie" in rows(app)
        screen.query_one(Input).value = "#bak"
        await pilot.pause()
        assert "Something else #Baking" in rows(app)


async def test_a_hit_opens_at_its_turn_on_its_branch(store: Store) -> None:
    conversation = put(store, "Two ways", ("first", "one"), ("second", "the needle in the hay"))
    first, second = conversation.turns
    other = Turn(first.prompt, first.options, parent_id=first.id)
    conversation.add(other)
    store.begin_turn(conversation, other)
    store.end_turn(answer(other, "another way"))
    app, session = app_with(store)
    async with app.run_test(size=(120, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*"needle")
        await until(pilot, lambda: "the needle in the hay" in rows(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.chat and session.conversation.head_id == second.id)
        assert transcript(app).marked == f"{second.id}:prompt"
        assert "the needle in the hay" in rows(app)


@pytest.mark.usefixtures("three")
async def test_there_is_a_preview_where_there_is_room(store: Store) -> None:
    app, _ = app_with(store)
    async with app.run_test(size=(99, 24)) as pilot:
        screen = await opened(pilot)
        assert not screen.query_one(Transcript).display
        await pilot.resize_terminal(100, 24)
        await until(pilot, lambda: "This is about it" in rows(app))
        assert "22 November 2026" in rows(app)
        await pilot.press("down")
        await until(pilot, lambda: "21 November 2026" in rows(app))


async def test_titles_and_words_are_shown_and_never_obeyed(store: Store) -> None:
    put(store, "\x1b]0;owned\x07 [red]\u202e \x9b31m \n second", ("[link=x]", "[/] [@click=app.quit] needle"))
    app, _ = app_with(store)
    async with app.run_test(size=(120, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*"needle")
        await until(pilot, lambda: "Said" in rows(app))
        shown = screen_text(app)
    assert "[red]" in shown
    assert "[/] [@click=app.quit] needle" in shown
    assert not set(shown) & set("\x1b\x07\x9b\u202e")


# ── what is done to a chat ──────────────────────────────────────────────────────────────────────


async def typed_line(pilot: Pilot[None], line: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, LineScreen))
    pilot.app.screen.query_one(Input).value = line
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChatsScreen))


@pytest.mark.parametrize("keys", [["f2"], ["tab", "r"]])
async def test_a_chat_is_renamed(store: Store, three: list[Conversation], keys: list[str]) -> None:
    app, session = app_with(store)
    session.start_over(three[0])
    async with app.run_test(size=(90, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*keys)
        await typed_line(pilot, "  Another\nname ")
        assert "Another name" in rows(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "Another name" in screen_text(app).splitlines()[0]
    assert store.recent(1)[0].title == session.conversation.title == "Another name"


@pytest.mark.parametrize("keys", [["f3"], ["tab", "t"]])
@pytest.mark.usefixtures("three")
async def test_a_chat_is_tagged(store: Store, keys: list[str]) -> None:
    app, _ = app_with(store)
    async with app.run_test(size=(90, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*keys)
        await typed_line(pilot, "#Work, python work")
        assert "#work #python" in rows(app)
    assert store.recent(1)[0].tags == ("work", "python")


@pytest.mark.parametrize(("delete", "undo"), [(["f8"], "f9"), (["tab", "d"], "u")])
@pytest.mark.usefixtures("three")
async def test_a_chat_is_deleted_and_comes_back(store: Store, delete: list[str], undo: str) -> None:
    app, _ = app_with(store)
    async with app.run_test(size=(90, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*delete)
        await pilot.pause()
        assert f"Deleted {TITLES[0]}" in rows(app)
        assert [chat.title for chat in store.recent(9)] == list(TITLES[1:])
        await pilot.press(undo)
        await pilot.pause()
        assert [chat.title for chat in store.recent(9)] == list(TITLES)
        await pilot.press(undo)
        await pilot.pause()
        assert "Nothing was deleted." in rows(app)


async def test_the_shown_chat_once_deleted_gives_way_to_a_new_one(store: Store, three: list[Conversation]) -> None:
    app, session = app_with(store)
    session.start_over(three[0])
    async with app.run_test(size=(90, 24)) as pilot:
        await opened(pilot)
        await pilot.press("f8", "escape")
        await until(pilot, lambda: app.screen is app.chat)
        assert session.conversation.head is None
        assert "New chat" in screen_text(app)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_chat_opens_and_goes_on_with_its_own_draft(store: Store, three: list[Conversation]) -> None:
    store.save_draft(three[1].id, "and with bananas?")
    app, session = app_with(store, reply("Yes."))
    async with app.run_test(size=(90, 24)) as pilot:
        await pilot.press(*"a draft")
        await opened(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen is app.chat and session.conversation.id == three[1].id)
        assert composer(app).text == "and with bananas?"
        await until(pilot, app.chat._ready.is_set)
        await pilot.press("enter")
        await until(pilot, lambda: len(session.conversation.turns) == 2 and not session.streaming)
        await opened(pilot)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen is app.chat)
        assert composer(app).text == "a draft"
    assert [turn.prompt.text for turn in store.load(three[1].id).turns][1:] == ["and with bananas?"]


async def test_the_end_of_a_long_chat_is_there_before_the_rest(store: Store) -> None:
    long = put(store, "Long", *((f"prompt {n}", f"reply {n}") for n in range(200)))
    app, session = app_with(store, reply("ok"))
    async with app.run_test(size=(90, 24)) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: session.conversation.id == long.id)
        assert "reply 199" in screen_text(app)
        await pilot.press(*"more", "enter")
        await until(pilot, lambda: session.turn is not None and session.turn.prompt.text == "more")
        await until(pilot, lambda: not session.streaming)
        assert len(session.conversation.path()) == 201
        await pilot.press("ctrl+home")
        await pilot.pause()
        assert "prompt 0" in screen_text(app)


async def test_a_chat_does_not_open_over_a_reply_that_runs(store: Store, three: list[Conversation]) -> None:
    app, session = app_with(store)
    async with app.run_test(size=(90, 24)) as pilot:
        await opened(pilot)
        new_turn(session.conversation, "running")
        session.turn = session.conversation.head
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.chat)
        assert "A reply is still running" in screen_text(app)
        assert session.conversation.id != three[0].id


async def test_the_keys_on_the_border_fit_and_follow_the_focus(store: Store) -> None:
    app, _ = app_with(store)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert "Enter open · F2 rename · F3 tag · F8 delete · Ctrl+N new · Tab list · Esc" in screen_text(app)
        assert "There is no saved chat yet." in screen_text(app)
        await pilot.press("tab")
        await pilot.pause()
        assert screen.query_one(PickList).has_focus
        assert "r rename · t tag · d delete · u undo · n new · / find · Esc" in screen_text(app)
        await pilot.press("slash", *"x")
        assert screen.query_one(Input).value == "x"

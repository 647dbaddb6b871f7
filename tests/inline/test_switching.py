"""Chats, versions, names, finding and exports in the inline chat."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from fasttui.engine.session import Session
from fasttui.store.store import Store
from tests.engine.scripted import Step, all_of, reply, session_with
from tests.inline.chatting import chatting

ENTER, ESC, DOWN, CTRL_O, CTRL_N, CTRL_S, F9 = "\r", "\x1b", "\x1b[B", "\x0f", "\x0e", "\x13", "\x1b[20~"
PATIENT_ROWS = 60


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store.open(None)
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def talked(store: Store, *prompts: str, then: Sequence[Sequence[Step]] = ()) -> Session:
    """A session whose chat has begun: each prompt was answered with its echo."""
    session, _, _ = session_with(*(reply(f"echo {prompt}") for prompt in prompts), *then)
    session.store = store
    for prompt in prompts:
        await all_of(session.submit(prompt))
    return session


async def two_chats(store: Store) -> Session:
    """A session in a new chat beside two saved ones."""
    session = await talked(store, "about cats", then=[reply("echo about dogs")])
    session.start_over()
    await all_of(session.submit("about dogs"))
    session.start_over()
    return session


def prompts(session: Session) -> list[str]:
    return [turn.prompt.text for turn in session.conversation.path()]


# ── another conversation ────────────────────────────────────────────────────────────────────────


async def test_the_chats_are_a_menu_and_the_chosen_one_is_printed(store: Store) -> None:
    session = await two_chats(store)
    async with chatting(session=session, rows=PATIENT_ROWS) as chat:
        chat.press("half a thought")
        await chat.until(lambda: chat.draft == "half a thought")
        chat.press(CTRL_O)
        await chat.sees("about dogs", "about cats", "1 turn")
        chat.press("cats")
        await chat.until(lambda: "about dogs" not in chat.terminal.text)
        chat.press(DOWN + ENTER)
        await chat.sees("── about cats ──", "echo about cats")
        assert prompts(session) == ["about cats"]
        assert chat.draft == ""
        chat.press(CTRL_N)
        await chat.sees("── new chat ──")
        assert chat.draft == "half a thought"


async def test_a_chat_is_opened_by_a_word_of_its_title_or_by_its_id(store: Store) -> None:
    session = await two_chats(store)
    dogs = store.recent(1)[0].id
    async with chatting(session=session, rows=PATIENT_ROWS) as chat:
        chat.press("/chats CATS" + ENTER)
        await chat.until(lambda: prompts(session) == ["about cats"])
        chat.press(f"/chats {dogs[:8]}" + ENTER)
        await chat.until(lambda: prompts(session) == ["about dogs"])
        chat.press("/chats about" + ENTER)
        await chat.sees("about dogs  ", "about cats  ")
        chat.press(ESC)
        await chat.until(lambda: chat.draft == "")
        chat.press("/chats birds" + ENTER)
        await chat.sees("No saved chat has “birds”.")


async def test_a_chat_is_found_by_what_was_said_in_it_on_the_version_that_has_it(store: Store) -> None:
    session = await talked(store, "pets", then=[reply("A hamster needs a wheel."), reply("A parrot talks.")])
    await all_of(session.submit("and small ones?"))
    await all_of(session.edit(session.conversation.path()[-1], "and loud ones?"))
    session.start_over()
    async with chatting(session=session, rows=PATIENT_ROWS) as chat:
        chat.press("/chats hamster" + ENTER)
        await chat.sees("claude: A hamster needs a wheel.")
        chat.press(DOWN + ENTER)
        await chat.until(lambda: prompts(session) == ["pets", "and small ones?"])


async def test_a_long_chat_prints_its_end_and_says_how_much_came_before(store: Store) -> None:
    session = await talked(store, *(f"question {number:02d}" for number in range(33)))
    long = session.conversation.id
    session.start_over()
    async with chatting(session=session, rows=400) as chat:
        chat.press(f"/chats {long}" + ENTER)
        text = await chat.sees("… 3 earlier turns", "echo question 32")
        assert "question 02" not in text
        assert text.count("echo question 03") == 1


async def test_a_fork_is_a_new_chat_and_the_old_one_stays(store: Store) -> None:
    session = await talked(store, "one", then=[reply("echo two")])
    old = session.conversation.id
    async with chatting(session=session) as chat:
        chat.press("/fork" + ENTER)
        await chat.until(lambda: session.conversation.id != old)
        chat.press("two" + ENTER)
        await chat.sees("echo two")
    assert prompts(session) == ["one", "two"]
    assert [turn.prompt.text for turn in store.load(old).turns] == ["one"]


async def test_each_version_of_a_message_can_be_shown_again(store: Store) -> None:
    session = await talked(store, "one", then=[reply("another reply")])
    async with chatting(session=session, rows=PATIENT_ROWS) as chat:
        chat.press("/retry" + ENTER)
        await chat.sees("another reply", "tok")
        chat.press("/branch previous" + ENTER)
        text = await chat.sees("── version 1 of 2 ──")
        assert text.rindex("echo one") > text.index("── version 1 of 2 ──")
        chat.press("/branch previous" + ENTER)
        await chat.sees("There is no other version there.")


# ── finding ─────────────────────────────────────────────────────────────────────────────────────


async def test_finding_prints_where_the_words_are(store: Store) -> None:
    session = await talked(store, "what is a cache", "and what else")
    async with chatting(session=session, rows=PATIENT_ROWS) as chat:
        chat.press(F9)
        await chat.until(lambda: chat.draft == "/find ")
        chat.press("cache" + ENTER)
        text = await chat.sees("“cache” in this chat", "1 you    what is a cache", "1 claude echo what is a cache")
        assert "2 you" not in text
        chat.press("/find nothing of it" + ENTER)
        await chat.sees("“nothing of it” is nowhere in this chat.")


# ── names and tags ──────────────────────────────────────────────────────────────────────────────


async def test_a_chat_is_renamed_tagged_and_named_by_claude(store: Store) -> None:
    session = await talked(store, "one", then=[reply("A Better Name")])
    async with chatting(session=session) as chat:
        chat.press("/rename" + ENTER)
        await chat.until(lambda: chat.draft == "/rename one")
        chat.press(" more" + ENTER)
        await chat.sees("This chat is called “one more”.")
        chat.press("/tag #Rust, cli" + ENTER)
        await chat.sees("Tagged rust cli.")
        chat.press("/title" + ENTER)
        await chat.sees("This chat is called “A Better Name”.")
    assert store.recent(1)[0].title == "A Better Name"
    assert store.recent(1)[0].tags == ("rust", "cli")


# ── export ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_chat_is_exported_and_never_over_a_file_unasked(store: Store, folder: Path) -> None:
    session = await talked(store, "one")
    async with chatting(session=session, columns=120) as chat:
        chat.press("/export json chat.json" + ENTER)
        await chat.sees("Exported to chat.json; no secrets were found.")
        assert json.loads((folder / "chat.json").read_text())["conversation"]["title"] == "one"
        (folder / "chat.json").write_text("mine")
        chat.press("/export json chat.json" + ENTER)
        await chat.sees("chat.json exists already. Enter once more overwrites it.")
        assert (folder / "chat.json").read_text() == "mine"
        chat.press(ENTER)
        await chat.until(lambda: (folder / "chat.json").read_text() != "mine")
        assert chat.draft == ""


async def test_the_export_key_offers_the_formats(store: Store, folder: Path) -> None:
    session = await talked(store, "one")
    async with chatting(session=session, columns=120) as chat:
        chat.press(CTRL_S)
        await chat.sees("Markdown", "JSON", "HTML")
        chat.press("html" + ENTER)
        await chat.sees("Exported to")
        assert chat.draft == ""
    assert [Path(name).suffix for name in os.listdir(folder)] == [".html"]  # noqa: PTH208 - Path's own is for a thread


@pytest.mark.parametrize("command", ["/export md", "/fork", "/title"])
async def test_a_chat_that_has_not_begun_says_so(store: Store, command: str) -> None:
    session = await talked(store)
    async with chatting(session=session) as chat:
        chat.press(command + ENTER)
        await chat.sees("There is nothing to")


async def test_a_chat_that_goes_on_with_the_simulator_says_so_below_it(store: Store) -> None:
    session = await talked(store, "about cats")
    async with chatting(session=session, demo=True, columns=120) as chat:
        text = await chat.sees("the embedded simulator answers", "› Ask Claude")
    assert text.index("echo about cats") < text.index("the embedded simulator answers")

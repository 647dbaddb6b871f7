"""The commands of the plain conversation: each answers in lines that can be read out."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from fasttui.chat.conversation import Conversation, DocumentBlock
from fasttui.chat.errors import StoreError
from fasttui.cli.plain import _NEEDS_A_SCREEN, PlainChat
from fasttui.cli.prompt_lines import completed
from fasttui.config.keymap import ACTIONS
from fasttui.engine import clipboard_tools
from fasttui.engine.completion import Offer
from fasttui.export.json_format import from_json
from fasttui.store.store import Store
from tests.cli.conftest import Program
from tests.cli.typed import transcript
from tests.engine.scripted import Step, reply
from tests.store.turns import answer, new_turn

Tell = Callable[..., list[str]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "chats.db")
    yield store
    store.close()


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: Store, tmp_path: Path) -> Tell:
    """The lines that a saved conversation prints, for what is typed; files are those of an empty folder."""
    monkeypatch.chdir(tmp_path)

    def lines(typed: str, *scripts: Sequence[Step]) -> list[str]:
        told, _ = transcript(monkeypatch, capsys, typed, *scripts, store=store)
        return told.splitlines()

    return lines


def save(store: Store, *turns: tuple[str, str], title: str) -> Conversation:
    chat = Conversation(title=title)
    for prompt, said in turns:
        answer(new_turn(chat, prompt), said)
    store.add(chat)
    return chat


def test_every_command_either_works_here_or_says_why_not_and_what_to_do() -> None:
    named = {action.id for action in ACTIONS if action.command}
    engines = {"speed", "speed_once", "effort_up", "effort_down"}
    works = {id_ for id_ in named if hasattr(PlainChat, f"action_{id_}")}
    assert named - engines == works | set(_NEEDS_A_SCREEN)
    assert not works & set(_NEEDS_A_SCREEN)
    for sentence, next_step in _NEEDS_A_SCREEN.values():
        assert sentence.endswith(".")
        assert next_step.endswith(".")


def test_what_needs_a_screen_is_refused_in_a_sentence_and_not_offered(tell: Tell) -> None:
    told = tell("/page up\n/theme dusk\n/help\n")
    assert told[1].startswith("error: Nothing scrolls here. ")
    assert told[3].startswith("error: There are no colours here. ")
    offered = {line.partition(":")[0].partition(" [")[0] for line in told[5:]}
    assert {"/export", "/find", "/branch previous", "/copy code", "/title", "/speed"} <= offered
    assert not {"/theme", "/page up", "/fold", "/palette", "/stop"} & offered


# ── files ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_named_in_a_prompt_goes_along_and_is_told_before_the_reply(
    tell: Tell, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("secret plans")
    told = tell("Read @notes.txt, and @nothing.\n", reply("Done."))
    assert told[:3] == ["you: Read @notes.txt, and @nothing.", "note: attached notes.txt.", "claude: Done."]
    head = store.load(store.recent(1)[0].id).head
    assert head is not None
    assert head.prompt.blocks[0] == DocumentBlock(b"secret plans", "text/plain", "notes.txt")


def test_a_file_stays_with_an_edited_prompt_while_it_is_named(tell: Tell, store: Store, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("one")
    typed = "Read @notes.txt\n/edit\nSum up @notes.txt\n/edit\nForget it\n"
    told = tell(typed, reply("One."), reply("Two."), reply("Three."))
    assert told.count("note: attached notes.txt.") == 2
    turns = store.load(store.recent(1)[0].id).turns
    assert [len(turn.prompt.blocks) for turn in turns] == [2, 2, 1]


def test_a_file_that_cannot_be_sent_sends_nothing(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "program.bin").write_bytes(b"\x00\x01")
    assert tell("Read @program.bin\n")[1].startswith("error: program.bin is neither text")


# ── other chats ───────────────────────────────────────────────────────────────────────────────────


def test_one_chat_that_the_words_name_opens_at_once_and_its_last_turn_is_read(tell: Tell, store: Store) -> None:
    chat = save(store, ("Where?", "In Kent."), ("When?", "In **May**. Or June."), title="Cherries")
    save(store, ("Hi", "Hello."), title="Plums")
    opened = ['This is "Cherries".', "note: 1 turn came before this one.", "you: When?", "claude: In May.", "Or June."]
    assert tell("/chats cherr\n")[1:] == opened
    assert tell(f"/chats {chat.id[:8]}\n")[1:] == opened


def test_several_chats_are_a_numbered_list_with_what_was_said_in_them(tell: Tell, store: Store) -> None:
    save(store, ("Where?", "In Kent."), ("When?", "In May."), title="Cherries")
    save(store, ("Which cherries?", "Sour ones."), title="Cake")
    told = tell("/chats cherries\n", reply("unused"))
    assert told[1] == 'This is "Cherries".'  # words of a title come before what was said
    told = tell("/chats\n2\n/chats kent\n1\n")
    assert told[1:5] == ["1. Cake, 1 turn", "2. Cherries, 2 turns", "number, or Enter for none: 2",
                         'This is "Cherries".']  # fmt: skip
    assert "1. Cherries, claude: In Kent." in told
    assert told[-3:] == ["you: Where?", "claude: In Kent.", "note: 1 turn came after this one."]


def test_a_chat_that_is_not_there_or_busy_is_an_error(tell: Tell, tmp_path: Path) -> None:
    assert tell("/chats\n")[1] == "error: There is no saved chat yet. Say something first."
    assert tell("/chats figs\n")[1].startswith('error: No saved chat has "figs".')
    elsewhere, busy = Store.open(tmp_path / "chats.db"), Conversation(title="Busy")
    elsewhere.begin_turn(busy, new_turn(busy, "Tell me"))
    refused = tell("/chats busy\n")
    elsewhere.close()
    assert refused[1].startswith("error: Another window is receiving a reply in that chat. ")


def test_a_fork_leaves_the_chat_as_it_was(tell: Tell, store: Store) -> None:
    told = tell("/fork\none\n/fork\ntwo\n", reply("One."), reply("Two."))
    assert told[1] == "error: There is nothing to fork yet. Say something first."
    assert "This is a new chat that begins as the other did; that one stays as it is." in told
    assert sorted(chat.turns for chat in store.recent(5)) == [1, 2]


def test_a_title_comes_from_claude_or_from_the_user(tell: Tell, store: Store) -> None:
    told = tell("/title\none\n/title\n/rename Mine\n", reply("One."), reply('"Counting up."'))
    assert told[2].startswith("error: There is nothing to name yet. ")
    assert [line for line in told if line.startswith("This chat is called")] == [
        'This chat is called "Counting up".',
        'This chat is called "Mine".',
    ]
    assert store.recent(1)[0].title == "Mine"


def test_the_other_version_of_a_message_is_read_aloud(tell: Tell) -> None:
    told = tell("one\n/retry\n/branch previous\n/branch previous\n/branch next\n", reply("First."), reply("Second."))
    at = told.index("you: /branch previous")
    assert told[at + 1 :] == [
        "This is version 1 of 2.",
        "you: one",
        "claude: First.",
        "you: /branch previous",
        "error: There is no other version there. /edit and /retry make one.",
        "you: /branch next",
        "This is version 2 of 2.",
        "you: one",
        "claude: Second.",
    ]


# ── what is in a chat ─────────────────────────────────────────────────────────────────────────────


def test_words_are_found_by_turn_and_speaker(tell: Tell) -> None:
    told = tell("Plums?\n/find plum\n/find figs\n/find\n", reply("Plums\nare blue."))
    at = told.index("you: /find plum")
    assert told[at + 1 :] == [
        "turn 1, you: Plums?",
        "turn 1, claude: Plums are blue.",
        "you: /find figs",
        '"figs" is nowhere in this chat.',
        "you: /find",
        "error: No words were given. Say /find and what to look for.",
    ]


def test_a_reply_or_its_code_is_copied_by_the_programs_there_are(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    def copy(text: str) -> tuple[str, ...]:
        copied.append(text)
        return ("xclip",) if len(copied) == 1 else ()

    monkeypatch.setattr(clipboard_tools, "copy_by_tools", copy)
    told = tell("code?\n/copy code\n/copy\n", reply("Here:\n\n```py\nx = 1\n```\n"))
    assert copied == ["x = 1", "Here:\n\n```py\nx = 1\n```\n"]
    assert "Copied the code block, 5 characters, by xclip." in told
    assert told[-1].startswith("error: No clipboard can be reached from here. ")


def test_a_chat_is_exported_by_name_or_from_the_list_and_written_over_only_after_a_yes(
    tell: Tell, store: Store, tmp_path: Path
) -> None:
    typed = "hi\n/export json chat.json\n/export\n3\n/export json chat.json\nno\n/export json chat.json\nyes\n"
    (tmp_path / "other.md").write_text("mine")
    told = tell(typed, reply("Hello."))
    assert "Exported to chat.json; no secrets were found." in told
    assert [line for line in told if re.match(r"\d\.", line)] == ["1. Markdown", "2. JSON", "3. HTML"]
    assert [path.suffix for path in tmp_path.glob("*.html")] == [".html"]
    assert told.count("It stays as it was; nothing was exported.") == 1
    assert told.count("Exported to chat.json; no secrets were found.") == 2
    assert from_json((tmp_path / "chat.json").read_text()).turns[0].reply.text == "Hello."


def test_an_earlier_prompt_is_sent_again_by_its_number(tell: Tell) -> None:
    told = tell("apples\npears\n/history\nAPP\n1\n/history\nfigs\n", reply("One."), reply("Two."), reply("Three."))
    assert told[told.index("1. apples") + 1 :][:2] == ["number, or Enter for none: 1", "claude: Three."]
    assert told[-1].startswith("error: No earlier prompt has these words.")


# ── trouble ───────────────────────────────────────────────────────────────────────────────────────


def test_what_keeps_words_from_being_saved_is_told_once(
    tell: Tell, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = StoreError("Another program holds the chats.", hint="Close it.")
    monkeypatch.setattr(Store, "trouble", property(lambda _: trouble))
    told = tell("one\ntwo\n", reply("One."), reply("Two."))
    assert told.count("error: Another program holds the chats. Close it.") == 1


def test_a_command_that_fails_is_in_the_exit_code_of_a_file_of_questions(program: Program) -> None:
    assert program.run(stdin=b"hi\n/retry\n").code == 0
    done = program.run(stdin=b"/sim cut hi\n/continue\n")
    assert done.code == 1
    assert "note: /continue" not in done.stdout
    assert program.run(stdin=b"/find\n").code == 2


# ── the line that is typed ────────────────────────────────────────────────────────────────────────


def test_tab_keeps_what_was_typed_unless_there_is_only_one_way_on() -> None:
    several = [Offer("3f2a", 3, "Plums"), Offer("8b01", 3, "More plums")]
    assert completed("/chats plu", several) == []
    assert completed("/chats plu", several[:1]) == ["/chats 3f2a"]
    assert completed("/exp", [Offer("/export", 4, "/export")]) == ["/export"]
    assert completed("see @no", [Offer("@notes", 3, ""), Offer("@now", 3, "")]) == ["see @notes", "see @now"]

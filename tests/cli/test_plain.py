import os
import pty
import select
import signal
import subprocess

import pytest

from fasttui.chat import errors
from fasttui.chat.usage import FastLimits
from tests.cli.conftest import Program
from tests.cli.typed import transcript
from tests.engine.scripted import reply

PATIENCE_S = 10
FULL = FastLimits(output_limit=60_000, output_remaining=60_000)


def test_a_turn_is_labelled_told_in_sentences_and_closed_by_one_spoken_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = reply(
        "# Cities\n\nTwo are ", "large. Both grow.\n\n| City | People |\n|---|---|\n| Rome | 3 M |\n",
        "\n```py\nx = 1\n```\n",
        speed="fast", pause_s=0.1, output_tokens=600, limits=FULL,
    )  # fmt: skip
    told, code = transcript(monkeypatch, capsys, "Which?\n\n", script)
    assert code == 0
    assert told == (
        "you: Which?\n"
        "claude: heading level 1: Cities\n"
        "Two are large.\n"
        "Both grow.\n"
        "table, 2 columns: City, People\n"
        "City: Rome, People: 3 M\n"
        "end of table\n"
        "code, py:\n"
        "x = 1\n"
        "end of code\n"
        "served fast, 2000 tokens per second, 3 cents, 99 percent of the fast budget left\n"
    )


def test_a_fallback_is_told_before_the_reply_and_in_the_spoken_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told, _ = transcript(monkeypatch, capsys, "Hi\n", [errors.FastLimitReached(retry_after_s=9)], reply("Yes."))
    assert told.splitlines() == [
        "you: Hi",
        "note: Fast limit reached for 9 s. Asking for standard.",
        "claude: Yes.",
        "asked fast, served standard, 10 tokens per second, less than a cent, fast again in 8 seconds",
    ]


def test_a_file_of_questions_stops_at_one_that_fails_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told, code = transcript(monkeypatch, capsys, "one\ntwo\n", [errors.SpendLimitReached()], reply("never"))
    assert code == 1
    assert told.splitlines()[1].startswith("error: The spend limit of this organization is reached. ")
    assert "two" not in told


def test_menus_are_numbered_lists_and_commands_answer_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told, code = transcript(
        monkeypatch, capsys, "/model\n2\n/effort low\n/palette\n/sped fast\n/model\n99\n/quit\nHi\n"
    )
    lines = told.splitlines()
    assert code == 0
    assert lines[1:3] == ["1. Opus 4.8, claude-opus-4-8", "2. Opus 5.5, claude-opus-5-5"]
    assert "Opus 5.5 from the next message on." in lines
    assert "Effort is low." in lines
    assert "error: There is no menu here. Type /help for all commands." in lines
    assert any(line.startswith("error: There is no command /sped fast.") for line in lines)
    assert any(line.startswith("error: There is no number 99.") for line in lines)
    assert lines[-1] == "you: /quit"


def test_nothing_but_text_and_newlines_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told, _ = transcript(monkeypatch, capsys, "a\x1b[31mb\n/help\n", reply("**x** " * 20))
    assert all(character.isprintable() or character == "\n" for character in told)
    assert not set(told) & set("│─╭╰▁▂▃⚡")


def test_questions_from_a_file_are_answered_into_a_file_and_saved(program: Program) -> None:
    done = program.run(stdin=b"hi\nthanks\n")
    lines = done.stdout.splitlines()
    assert (done.code, done.stderr) == (0, "")
    assert [line for line in lines if line.startswith("you: ")] == ["you: hi", "you: thanks"]
    assert sum(line.startswith("claude: ") for line in lines) == 2
    assert sum(line.startswith("served standard, ") for line in lines) == 2
    assert program.last_reply()[1] == "completed"


@pytest.mark.parametrize("scenario", ["tables", "hostile", "max-tokens"])
def test_the_same_reply_is_saved_as_by_ask(program: Program, scenario: str) -> None:
    told = program.run(stdin=f"/sim {scenario} x\n".encode()).stdout
    plain = program.last_reply()
    program.run("ask", f"/sim {scenario} x")
    assert program.last_reply() == plain
    assert "\x1b" not in told


def test_a_file_of_answers_never_holds_made_up_ones_unless_asked_for(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    assert program.run(stdin=b"hi\n").code == 3


def test_ctrl_c_stops_the_reply_and_twice_quits(program: Program) -> None:
    with Typing(program, "--plain") as typing:
        typing.until("you: ")
        typing.type("/sim stall hi\n")
        typing.until("claude: ")
        typing.press_ctrl_c()
        typing.until("note: stopped; what arrived is kept.")
        typing.until("you: ")
        typing.press_ctrl_c()
        typing.until("Ctrl+C once more quits.")
        typing.until("you: ")
        typing.press_ctrl_c()
        assert typing.process.wait() == 130
    assert program.last_reply()[1] == "interrupted"


def test_a_dumb_terminal_gets_plain_lines_and_end_of_input_ends(program: Program) -> None:
    with Typing(program, TERM="dumb") as typing:
        typing.until("Type /help for the commands")
        typing.until("you: ")
        typing.type("\x04")
        assert typing.process.wait() == 0
        assert "\x1b" not in typing.seen


def test_tab_completes_and_a_paste_of_several_lines_is_one_prompt(program: Program) -> None:
    pytest.importorskip("readline", reason="this platform edits no lines")
    with Typing(program, "--plain") as typing:
        typing.until("you: ")
        typing.type("/thin\t\n")
        typing.until("error: Nothing was said yet.")
        typing.until("you: ")
        typing.type("\x1b[200~one\ntwo\x1b[201~\n")
        typing.until("served standard")
        typing.until("you: ")
        typing.type("\x04")
        assert typing.process.wait() == 0
    store = program.store()
    (turn,) = store.load(store.recent(1)[0].id).turns
    store.close()
    assert turn.prompt.text == "one\ntwo"


class Typing:
    """The program on a terminal of its own, typed at."""

    def __init__(self, program: Program, *argv: str, **variables: str) -> None:
        self._ours, self._theirs = pty.openpty()
        self.process = program.start(
            *argv, stdin=self._theirs, stdout=self._theirs, stderr=subprocess.STDOUT,
            env=os.environ | {"TERM": "xterm"} | variables, start_new_session=True,
        )  # fmt: skip
        self.seen, self._from = "", 0

    def until(self, text: str) -> None:
        """Read on until `text` has come, after what was waited for before."""
        while (at := self.seen.find(text, self._from)) < 0:
            assert select.select([self._ours], [], [], PATIENCE_S)[0], f"{text!r} never came after {self.seen!r}"
            self.seen += os.read(self._ours, 4096).decode(errors="replace")
        self._from = at + len(text)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def press_ctrl_c(self) -> None:
        """Send the key's signal until something comes of it.

        Python's `input` misses a signal that arrives between its prompt and its read.
        """
        self.process.send_signal(signal.SIGINT)
        while not select.select([self._ours], [], [], 2)[0] and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def __enter__(self) -> "Typing":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)

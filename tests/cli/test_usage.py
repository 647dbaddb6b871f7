"""Command lines that cannot be carried out, and outputs that cannot be written: one answer for all commands."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from fasttui.chat.conversation import Conversation
from tests.cli.conftest import Program
from tests.cli.test_shell import COMMANDS
from tests.store.turns import answer, new_turn

LISTINGS = (
    ["chats"], ["export"], ["themes"], ["completions", "bash"], ["simulate", "--scenario", "list"], ["--help"],
    ["--version"],
)  # fmt: skip


@pytest.fixture
def saved(program: Program) -> Program:
    """The program with one chat."""
    store, chat = program.store(), Conversation(title="Mushrooms")
    answer(new_turn(chat, "How do they grow?"), "At night.")
    store.add(chat)
    store.close()
    return program


@pytest.mark.parametrize(
    ("line", "sentence", "next_step"),
    [
        ("exprt", 'There is no command "exprt".', "Did you mean export?"),
        ("zzz", 'There is no command "zzz".', "Say one of ask, chats, "),
        ("ask hi --speed fst", '--speed cannot be "fst".', "Did you mean fast?"),
        ("export --format doc", '--format cannot be "doc".', "Say one of md, json, html."),
        ("ask hi --max-tokens -1", '--max-tokens: "-1" is not a whole number from 1.', "See: fasttui ask --help"),
        ("simulate --port 99999", '--port: "99999" is not a whole number from 0 to 65535.', "See: fasttui simulate "),
        ("delete", "The following arguments are required: ID|last.", "See: fasttui delete --help"),
        ("chats --sped", "Unrecognized arguments: --sped.", "See: fasttui --help"),
        ("--inline --plain", "--plain: not allowed with argument --inline.", "See: fasttui --help"),
        ("config nope", 'There is no setting "nope".', "All of them are listed by: fasttui config"),
        ("ask hi --base-url nonsense", '"nonsense" is no address of a server.', "Write --base-url or "),
        ("ask hi --base-url http:///v1", '"http:///v1" is no address of a server.', "Write --base-url or "),
    ],
)
def test_a_wrong_command_line_is_a_sentence_and_a_next_step(
    program: Program, line: str, sentence: str, next_step: str
) -> None:
    done = program.run(*line.split())
    assert (done.code, done.stdout) == (2, "")
    told, hint = done.stderr.splitlines()
    assert told == f"fasttui: {sentence}"
    assert hint.strip().startswith(next_step)
    assert "_complete" not in hint


def test_a_question_without_a_command_is_told_how_to_ask(program: Program) -> None:
    done = program.run("What is\x1b[31m a monad?")
    assert done.code == 2
    assert 'A question is asked with: fasttui ask "What is' in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_eighty_columns(program: Program, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = program.run(*command.split(), "--help").stdout
    assert [line for line in told.splitlines() if len(line) > 80] == []
    assert f"fasttui {command}".strip() in told.split("example")[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("argv", LISTINGS, ids=" ".join)
def test_output_that_cannot_be_written_is_one_sentence_or_a_quiet_end(saved: Program, argv: list[str]) -> None:
    with Path("/dev/full").open("wb") as full, saved.start(*argv, stdout=full) as process:
        noted = process.communicate()[1].decode()
    assert (process.returncode, noted.splitlines()[0]) == (
        1,
        "fasttui: The output cannot be written: No space left on device.",
    )
    ours, theirs = os.pipe()
    os.close(ours)
    with saved.start(*argv, stdout=theirs) as process:
        os.close(theirs)
        noted = process.communicate()[1].decode()
    assert (process.returncode, noted) == (0, "")
    command = ["sh", "-c", '"$@" >&-', "sh", sys.executable, "-m", "fasttui", *argv]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("variable", ["TERM=dumb", "NO_COLOR=1"])
@pytest.mark.parametrize("argv", [["chats"], ["search", "night"], ["stats"], ["doctor"], ["themes"]], ids=" ".join)
def test_no_escape_sequence_reaches_a_terminal_that_wants_none(saved: Program, argv: list[str], variable: str) -> None:
    name, _, value = variable.partition("=")
    ours, theirs = pty.openpty()
    with saved.start(*argv, stdout=theirs, env=os.environ | {"TERM": "xterm-256color", name: value}):
        os.close(theirs)
        seen = b""
        while read := _rest(ours):
            seen += read
    os.close(ours)
    assert seen
    assert b"\x1b" not in seen


def _rest(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side is closed
        return b""

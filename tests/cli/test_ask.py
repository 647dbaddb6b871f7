import json
import os
import pty
import signal
import subprocess
import sys
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from fasttui.chat.conversation import Turn, TurnOptions, prompt_of
from fasttui.chat.events import TERMINAL, StreamEvent
from fasttui.cli.reply_text import ReplyText
from tests.cli.conftest import Program
from tests.strategies import streams

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x03\x08\x06\x00\x00\x00"


def test_the_text_goes_to_stdout_and_everything_else_to_stderr(program: Program) -> None:
    done = program.run("ask", "hi")
    text, status = program.last_reply()
    assert (done.code, status) == (0, "completed")
    assert done.stdout == f"{text}\n"
    (line,) = done.stderr.splitlines()
    assert line.startswith("served standard · ")
    assert " tok · $" in line


@pytest.mark.parametrize("scenario", ["hostile", "unicode", "thinking", "cut", "refusal", "max-tokens", "empty"])
def test_what_is_printed_is_what_is_saved_whatever_comes(program: Program, scenario: str) -> None:
    done = program.run("ask", f"/sim {scenario} x")
    text, _ = program.last_reply()
    assert done.stdout.removesuffix("\n") == text.removesuffix("\n")
    assert not {sign for sign in done.stdout if unicodedata.category(sign) == "Cc"} - {"\n", "\t"}


def test_the_object_says_what_the_text_and_the_line_say(program: Program) -> None:
    done = program.run("ask", "hi", "--json", "--speed", "fast", "--effort", "low")
    said = json.loads(done.stdout)
    text, _ = program.last_reply()
    assert done.stderr == ""
    assert said["text"] == text
    assert (said["requested_speed"], said["served_speed"], said["effort"]) == ("fast", "fast", "low")
    assert (said["model"], said["status"], said["stop_reason"]) == ("claude-opus-4-8", "completed", "end_turn")
    assert said["usage"]["output_tokens"] > 0
    assert Decimal(said["cost_usd"]) > 0
    assert said["cost_exact"] is True
    assert said["otps"] > said["otps_wall"] > 0
    assert said["first_token_s"] >= 0
    assert said["request_id"].startswith("req_")
    assert said["fallback"] is None
    assert said["error"] is None


def test_a_fallback_is_told_on_stderr_and_in_the_object(program: Program) -> None:
    done = program.run("ask", "/sim never-provisioned hi", "--speed", "fast", "--json")
    said = json.loads(done.stdout)
    assert (said["requested_speed"], said["served_speed"]) == ("fast", "standard")
    assert "no fast mode" in said["fallback"]
    assert done.stderr == f"fasttui: {said['fallback']} Asking for standard.\n"


@pytest.mark.parametrize(
    ("argv", "stdin", "code", "sentence"),
    [
        (["ask"], None, 2, "There is no question."),
        (["ask", "  "], None, 2, "There is no question."),
        (["ask", "-"], b"", 2, "Standard input is empty."),
        (["ask", "why?"], b"\n", 2, "Standard input is empty."),
        (["ask", "why?"], b"\x00\xff\x01", 2, "standard input is neither text"),
        (["ask", "why?", "-f", "/nowhere"], None, 2, "/nowhere cannot be read"),
        (["ask", "why?", "-r", "abc"], None, 2, "There is no one chat abc."),
        (["ask", "why?", "-c"], None, 2, "There is no saved chat yet."),
        (["ask", "why?", "--max-tokens", "0"], None, 2, "is not a whole number from 1"),
        (["ask", "hi", "--model", "claude-none"], None, 1, "There is no model"),
        (["ask", "/sim spend-limit hi"], None, 1, "spend limit"),
        (["ask", "/sim refusal hi"], None, 1, "Claude declined to answer"),
        (["ask", "/sim cut hi"], None, 1, "The connection was lost in mid-reply"),
    ],
)
def test_an_error_is_one_sentence_on_stderr_and_an_exit_code(
    program: Program, argv: list[str], stdin: bytes | None, code: int, sentence: str
) -> None:
    done = program.run(*argv, stdin=stdin)
    assert done.code == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_credential_nothing_is_made_up(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    done = program.run("ask", "hi")
    assert (done.code, done.stdout) == (3, "")
    assert "no Anthropic credential" in done.stderr
    assert program.run("ask", "hi", "--base-url", program.base_url).code == 3


def test_what_is_piped_in_follows_the_prompt_in_a_fence_it_cannot_leave(program: Program) -> None:
    program.run("ask", "Review this.", stdin=b"a\n```\nb\n")
    assert last_prompt(program) == "Review this.\n\n````\na\n```\nb\n````"


@pytest.mark.parametrize("argv", [["ask", "-"], ["ask"]])
def test_stdin_alone_is_the_prompt(program: Program, argv: list[str]) -> None:
    assert program.run(*argv, stdin=b"what?\r\nnow?\n").code == 0
    assert last_prompt(program) == "what?\nnow?"


def test_a_terminal_is_not_waited_for_unasked(program: Program) -> None:
    ours, theirs = pty.openpty()
    with program.start("ask", stdin=theirs) as process:
        noted = process.communicate()[1]
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 2
    assert b"There is no question." in noted


def test_input_without_end_is_not_read_for_ever(program: Program) -> None:
    done = program.run("ask", "hi", stdin=bytes(32_000_001))
    assert (done.code, done.stdout) == (2, "")
    assert "larger than a request" in done.stderr


def test_files_are_attached_by_what_they_hold(program: Program, tmp_path: Path) -> None:
    (tmp_path / "notes.bin").write_text("plain words")
    (tmp_path / "picture.txt").write_bytes(PNG)
    done = program.run("ask", "see", "-f", str(tmp_path / "notes.bin"), "-f", str(tmp_path / "picture.txt"))
    assert done.code == 0, done.stderr
    store = program.store()
    head = store.load(store.recent(1)[0].id).head
    store.close()
    assert head is not None
    assert [getattr(block, "media_type", "") for block in head.prompt.blocks] == ["text/plain", "image/png", ""]


def test_no_save_leaves_no_file_behind(program: Program) -> None:
    assert program.run("ask", "hi", "--no-save").code == 0
    assert not program.paths.data.exists()


def test_the_next_question_can_go_on_with_the_same_chat(program: Program) -> None:
    program.run("ask", "one")
    program.run("ask", "-c", "two")
    store = program.store()
    (chat,) = store.recent(5)
    store.close()
    assert chat.turns == 2


def test_options_before_the_command_hold_for_it(program: Program) -> None:
    said = json.loads(program.run("--speed", "fast", "ask", "hi", "--json").stdout)
    assert said["requested_speed"] == "fast"


def test_a_reply_cut_at_its_longest_length_is_told(program: Program) -> None:
    done = program.run("ask", "Tell me a story", "--max-tokens", "5")
    assert done.code == 0
    assert "--max-tokens allows for more" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_stops_the_reply_and_what_arrived_is_printed_and_saved(
    program: Program, number: signal.Signals, code: int
) -> None:
    with program.start("ask", "/sim stall hi") as process:
        assert process.stdout is not None
        began = os.read(process.stdout.fileno(), 100)
        process.send_signal(number)
        rest, noted = process.communicate()
    text, status = program.last_reply()
    assert (process.returncode, status) == (code, "interrupted")
    assert (began + rest).decode() == f"{text}\n"
    assert b"Traceback" not in noted


def test_an_interrupt_while_the_program_is_still_loaded_is_no_traceback(program: Program) -> None:
    script = (
        "import os, signal, sys; sys.argv = ['fasttui', 'ask', 'hi']\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'fasttui.cli.main': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting()); from fasttui.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_what_was_ignored_from_the_start_stays_ignored(program: Program) -> None:
    command = f'trap "" HUP; exec "{sys.executable}" -m fasttui ask "/sim stall hi"'
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert os.read(process.stdout.fileno(), 100)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 130


def test_a_reader_that_has_seen_enough_ends_it_quietly(program: Program) -> None:
    with program.start("ask", "/sim long-list x") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        noted = process.stderr.read()
    assert (process.returncode, noted) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_is_one_sentence(program: Program) -> None:
    with Path("/dev/full").open("wb") as full, program.start("ask", "hi", stdout=full) as process:
        noted = process.communicate()[1].decode()
    assert process.returncode == 1
    assert noted.count("The output cannot be written: No space left on device.") == 1
    assert "Exception" not in noted


@pytest.mark.parametrize(("closing", "code"), [("<&-", 0), (">&-", 0), ("2>&-", 0)])
def test_a_closed_stream_stops_nothing(program: Program, closing: str, code: int) -> None:
    command = f'"{sys.executable}" -m fasttui ask hi {closing}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr
    text, _ = program.last_reply()
    assert done.stdout.decode() == ("" if closing == ">&-" else f"{text}\n")


def test_no_terminal_library_is_loaded(program: Program) -> None:
    script = "import sys; from fasttui.cli.main import run; run(['ask', 'hi']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, input="x")
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "anthropic" in loaded
    assert not loaded & {"textual", "prompt_toolkit", "rich"}


@given(stream=streams())
def test_the_pieces_that_are_printed_are_the_text_of_the_reply(stream: list[StreamEvent]) -> None:
    turn, text = Turn(prompt_of("?"), TurnOptions("claude-opus-4-8")), ReplyText()
    printed = ""
    for event in stream:
        turn.apply(event, 0.0)
        if not isinstance(event, TERMINAL):
            printed += text.take(event)
    assert printed == turn.reply.text


def last_prompt(program: Program) -> str:
    store = program.store()
    head = store.load(store.recent(1)[0].id).head
    store.close()
    assert head is not None
    return head.prompt.text

"""The real program is killed at random moments; every prompt and what was received is found again.

`FASTTUI_DRILL_KILLS=50 pytest tests/test_kill_drill.py` kills it fifty times.
"""

import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fasttui.chat.conversation import Turn
from fasttui.simulator import EmbeddedSimulator, Simulator
from fasttui.store.store import Store
from tests.program import Program
from tests.relay import Relay

KILLS = int(os.environ.get("FASTTUI_DRILL_KILLS", "8"))
PACE = 0.1  # 450 tokens a second
# What the store promises, and as much again for a busy machine.
LIMIT_S = 0.5


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    simulator = EmbeddedSimulator(Simulator(pace=PACE))
    yield simulator.start()
    simulator.stop()


@pytest.fixture
def relay(simulator: str) -> Iterator[Relay]:
    relay = Relay(simulator)
    yield relay
    relay.shutdown()
    relay.server_close()


def ask(program: Program, prompt: str) -> None:
    """Send a prompt; returns when the program shows that it is on its way."""
    program.wait_for(lambda screen: "Ask Claude" in screen)
    program.type(prompt)
    program.wait_for(lambda screen: prompt in screen)
    program.type("\r")
    program.wait_for(lambda screen: "Esc stop" in screen)


def saved_turns(database: Path) -> dict[str, Turn]:
    """Every saved turn by its prompt, and a sound file."""
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    store = Store.open(database)
    assert store.trouble is None
    turns = [turn for chat in store.recent(1000) for turn in store.load(chat.id).turns]
    store.close()
    return {turn.prompt.text: turn for turn in turns}


def missing_s(turn: Turn, relay: Relay, killed_s: float) -> float:
    """How long before the kill the oldest text that is missing was with the program; what is there is right."""
    saved = {True: turn.reply.thinking, False: turn.reply.text}
    expected = {True: "", False: ""}
    oldest_s = killed_s
    for delta in relay.deltas():
        expected[delta.is_thinking] += delta.text
        if len(expected[delta.is_thinking]) > len(saved[delta.is_thinking]):
            oldest_s = min(oldest_s, delta.sent_s)
    for kind, text in saved.items():
        assert expected[kind].startswith(text)
    return killed_s - oldest_s


def test_every_prompt_and_reply_is_there_after_kills_at_random_moments(tmp_path: Path, simulator: str) -> None:
    moments, database = random.Random(1), tmp_path / "data" / "fasttui.db"
    prompts: list[str] = []
    worst_s = 0.0
    for number in range(KILLS):
        prompts.append(f"/sim long-prose number {number}")
        with Relay(simulator) as relay:
            with Program(tmp_path, "--base-url", relay.url) as program:
                ask(program, prompts[-1])
                program.read_until(time.monotonic() + moments.uniform(0, 3.5))
                program.process.send_signal(signal.SIGKILL)
                killed_s = time.monotonic()
                program.process.wait()
            turns = saved_turns(database)
            assert sorted(turns) == sorted(prompts)
            assert turns[prompts[-1]].status == "interrupted"
            worst_s = max(worst_s, missing_s(turns[prompts[-1]], relay, killed_s))
            relay.shutdown()
    sys.stdout.write(f"{KILLS} kills: at most {worst_s * 1000:.0f} ms of received text were missing\n")
    assert worst_s < LIMIT_S


def test_reopening_shows_the_half_reply_as_interrupted(tmp_path: Path, relay: Relay) -> None:
    with Program(tmp_path, "--base-url", relay.url) as program:
        ask(program, "/sim long-prose")
        program.wait_for(lambda _: sum(not delta.is_thinking for delta in relay.deltas()) > 200)
        program.process.kill()
        program.process.wait()
    with Program(tmp_path, "--base-url", relay.url, "--continue") as program:
        program.wait_for(lambda screen: "fasttui ended before this reply did." in screen)
        assert "/continue" in program.screen
        assert "/retry" in program.screen
    (turn,) = saved_turns(tmp_path / "data" / "fasttui.db").values()
    assert turn.reply.text


def test_a_draft_is_at_most_a_second_old(tmp_path: Path, relay: Relay) -> None:
    with Program(tmp_path, "--base-url", relay.url) as program:
        program.wait_for(lambda screen: "Ask Claude" in screen)
        program.type("half a thought")
        program.wait_for(lambda screen: "half a thought" in screen)
        program.read_until(time.monotonic() + 1.0)
        program.process.kill()
        program.process.wait()
    with Program(tmp_path, "--base-url", relay.url) as program:
        program.wait_for(lambda screen: "half a thought" in screen)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_restores_the_terminal_and_keeps_the_reply(
    tmp_path: Path, relay: Relay, number: signal.Signals, code: int
) -> None:
    with Program(tmp_path, "--base-url", relay.url) as program:
        ask(program, "/sim long-prose")
        program.wait_for(lambda _: sum(not delta.is_thinking for delta in relay.deltas()) > 100)
        assert program.end(number) == code
        left = program.output[program.output.rindex(b"\x1b[?1049l") - 200 :]
    for mode in (b"\x1b[?1049l", b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?1006l", b"\x1b[?25h"):
        assert mode in left
    database = sqlite3.connect(tmp_path / "data" / "fasttui.db")
    ((status, journaled),) = database.execute("SELECT status, (SELECT count(*) FROM journal) FROM turn").fetchall()
    database.close()
    assert (status, journaled) == ("interrupted", 0)
    (turn,) = saved_turns(tmp_path / "data" / "fasttui.db").values()
    assert len(turn.reply.text) > 100

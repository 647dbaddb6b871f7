"""`fasttui stats` sums up what every chat has measured."""

import json
from decimal import Decimal

import pytest

from fasttui.chat.conversation import TurnTiming, utc_now
from fasttui.chat.usage import Speed, Usage
from fasttui.cli.stats import summary
from fasttui.store.spending import ServedReply
from tests.cli.conftest import Program


def served(tokens: int, speed: Speed = "fast") -> ServedReply:
    """A reply that came in ten seconds, a second after it was asked for."""
    timing = TurnTiming(first_block_s=1.0, last_delta_s=11.0)
    usage = Usage(output_tokens=tokens, served_speed=speed)
    return ServedReply(utc_now(), "claude-opus-4-8", "fast", speed, "high", usage, timing, None)


def test_a_summary_holds_only_what_its_speed_served() -> None:
    replies = [*(served(tokens) for tokens in (1_000, 1_200, 1_400)), served(500, "standard")]
    fast = summary("fast", replies, {"fast": Decimal("0.50")})
    assert (fast.replies, fast.otps_median, fast.first_token_s, fast.usd) == (3, 120, 1, Decimal("0.50"))
    assert fast.otps_p10 == pytest.approx(104)
    assert fast.otps_p90 == pytest.approx(136)
    standard = summary("standard", replies, {})
    assert (standard.replies, standard.otps_median, standard.usd) == (1, 50, Decimal(0))
    assert standard.otps_p10 is None


def test_nothing_measured_is_no_figure() -> None:
    none = summary("fast", [], {})
    assert (none.replies, none.otps_median, none.first_token_s) == (0, None, None)


def test_what_was_asked_is_counted_by_what_served_it(program: Program) -> None:
    for speed in ("fast", "standard", "fast"):
        assert program.run("ask", "Hi", "--speed", speed).code == 0
    printed = program.run("stats").stdout.splitlines()
    assert [line.split()[:2] for line in printed[1:3]] == [["fast", "2"], ["standard", "1"]]
    assert printed[3] == "Of 2 replies asked for at fast, 2 were served at fast."
    said = json.loads(program.run("stats", "--json").stdout)
    assert (said["asked_fast"], said["served_fast"]) == (2, 2)
    assert [Decimal(speed["usd"]) > 0 for speed in said["speeds"]] == [True, True]


def test_no_chats_are_noughts(program: Program) -> None:
    done = program.run("stats", "--days", "9" * 12)
    assert (done.code, len(done.stdout.splitlines())) == (0, 3)

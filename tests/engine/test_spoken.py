from decimal import Decimal

import pytest

from fasttui.chat.conversation import Turn, TurnOptions, prompt_of
from fasttui.chat.events import ReplyStarted, RequestSent
from fasttui.chat.usage import Speed
from fasttui.engine.fuel import FuelReading
from fasttui.engine.ledger import Cost
from fasttui.engine.telemetry import Reading
from fasttui.engine.wording import spoken_dollars, spoken_turn, telemetry_line

UNKNOWN = FuelReading("unknown")


def turn(asked: Speed, served: Speed | None) -> Turn:
    begun = Turn(prompt_of("?"), TurnOptions("claude-opus-4-8", speed=asked))
    begun.apply(RequestSent("fast"), 0.0)
    begun.apply(ReplyStarted("msg", "claude-opus-4-8", served), 1.0)
    return begun


def test_a_turn_is_spoken_in_one_sentence() -> None:
    reading = Reading("done", exact=True, output_tokens=600, tokens_per_s=142.3)
    fuel = FuelReading("known", remaining=244_000, limit=400_000)
    assert spoken_turn(turn("fast", "fast"), reading, Cost(Decimal("0.0302")), fuel) == (
        "served fast, 142 tokens per second, 3 cents, 61 percent of the fast budget left"
    )


def test_what_is_not_known_is_said_to_be_unknown_or_left_out() -> None:
    assert spoken_turn(turn("fast", None), Reading("done"), None, UNKNOWN) == "served speed not reported, cost unknown"


def test_estimates_and_mismatches_are_named() -> None:
    reading = Reading("done", exact=False, output_tokens=60, tokens_per_s=45.0)
    spoken = spoken_turn(turn("fast", "standard"), reading, Cost(Decimal("0.02"), exact=False), UNKNOWN)
    assert spoken == "asked fast, served standard, about 45 tokens per second, about 2 cents"


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        ("0", "nothing"), ("0.0004", "less than a cent"), ("0.005", "1 cent"), ("0.014", "1 cent"),
        ("0.03", "3 cents"), ("0.996", "1 dollar"), ("1", "1 dollar"), ("1.25", "1 dollar 25 cents"),
        ("1234.5", "1,234 dollars 50 cents"),
    ],
)  # fmt: skip
def test_money_is_spoken_in_dollars_and_cents(usd: str, words: str) -> None:
    assert spoken_dollars(Decimal(usd)) == words


def test_a_pipe_gets_the_same_in_figures() -> None:
    reading = Reading("done", exact=True, output_tokens=842, tokens_per_s=108.0)
    fuel = FuelReading("known", remaining=312_000, limit=400_000)
    line = telemetry_line(turn("fast", "fast"), reading, Cost(Decimal("0.043")), fuel)
    assert line.startswith("served fast · 108 tok/s · ")
    assert line.endswith(" · fuel 312k/400k")

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from fasttui.chat import events
from fasttui.chat.conversation import CacheTtl, Conversation, Effort, Turn, TurnOptions, prompt_of
from fasttui.chat.models import Catalogue
from fasttui.chat.usage import Speed, Usage
from fasttui.engine.ledger import cost_of, quote, warm_seconds

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CATALOGUE = Catalogue()
OPUS = CATALOGUE.get("claude-opus-4-8")


def done(usage: Usage, *, speed: Speed = "standard", age_s: float = 60, cache_ttl: CacheTtl = "5m") -> Turn:
    options = TurnOptions("claude-opus-4-8", speed, cache_ttl=cache_ttl)
    turn = Turn(prompt_of("Hi"), options, created_at=NOW - timedelta(seconds=age_s))
    for event in (events.RequestSent(speed), events.UsageReported(usage), events.TurnCompleted("end_turn")):
        turn.apply(event, 0.0)
    return turn


def test_each_kind_of_token_has_its_price_at_the_served_speed() -> None:
    usage = Usage(1_000_000, 1_000_000, None, 1_000_000, 1_000_000, 1_000_000, "fast")
    cost = cost_of(done(usage, speed="fast"), CATALOGUE)
    assert cost is not None
    assert cost.usd == Decimal(10) + 50 + 1 + Decimal("12.5") + 20


def test_a_fast_request_served_at_standard_costs_standard() -> None:
    cost = cost_of(done(Usage(1_000_000, 0, served_speed="standard"), speed="fast"), CATALOGUE)
    assert cost is not None
    assert cost.usd == 5


def test_an_unknown_model_has_an_unknown_price_and_not_none() -> None:
    turn = Turn(prompt_of("Hi"), TurnOptions("gpt-9"))
    turn.apply(events.UsageReported(Usage(10, 10, served_speed="standard")), 0)
    turn.apply(events.TurnCompleted("end_turn"), 0)
    assert cost_of(turn, CATALOGUE) is None


def test_a_stopped_reply_is_priced_by_what_arrived_and_says_so() -> None:
    turn = Turn(prompt_of("Hi"), TurnOptions("claude-opus-4-8"))
    turn.apply(events.UsageReported(Usage(0, 1, served_speed="standard")), 0)
    turn.apply(events.TextDelta("x" * 2_500), 0)
    turn.apply(events.TurnInterrupted(), 0)
    cost = cost_of(turn, CATALOGUE)
    assert cost is not None
    assert not cost.exact
    assert cost.usd == Decimal("0.025")


@pytest.mark.parametrize(
    ("speed", "effort", "age_s", "warm"),
    [
        ("standard", "high", 60, 240),
        ("fast", "high", 60, None),
        ("standard", "max", 60, None),
        ("standard", "high", 301, None),
    ],
)
def test_the_cache_is_kept_per_speed_and_effort_for_five_minutes(
    speed: Speed, effort: Effort, age_s: float, warm: float | None
) -> None:
    last = done(Usage(4_000, 500, served_speed="standard"), age_s=age_s)
    assert warm_seconds(last, OPUS, speed, effort, NOW) == warm


def test_a_cache_that_was_asked_to_live_an_hour_does_and_costs_more_to_write() -> None:
    conversation = Conversation()
    conversation.add(done(Usage(1_000, 500, None, 0, 0, 100_000, "standard"), age_s=600, cache_ttl="1h"))
    short = quote(conversation, "more", OPUS, "standard", "high", NOW)
    hour = quote(conversation, "more", OPUS, "standard", "high", NOW, "1h")
    assert short.warm_s == hour.warm_s == 3_000
    assert short.usd is not None
    assert hour.usd is not None
    fresh_tokens = 500 + round(4 / OPUS.chars_per_token) + 8
    assert hour.usd - short.usd == fresh_tokens * (Decimal(10) - Decimal("6.25")) / 1_000_000


def test_switching_the_speed_while_the_cache_is_warm_costs_the_context_again() -> None:
    conversation = Conversation()
    conversation.add(done(Usage(1_000, 500, None, 0, 100_000, 0, "standard")))
    stay = quote(conversation, "more", OPUS, "standard", "high", NOW)
    switch = quote(conversation, "more", OPUS, "fast", "high", NOW)
    assert stay.warm_s == 240
    assert switch.reread_tokens == 101_500
    assert stay.usd is not None
    assert switch.usd is not None
    assert switch.usd - stay.usd > Decimal("1.1")


def test_once_the_cache_is_cold_the_switch_costs_only_the_dearer_speed() -> None:
    conversation = Conversation()
    conversation.add(done(Usage(1_000, 500, None, 0, 100_000, 0, "standard"), age_s=600))
    stay = quote(conversation, "more", OPUS, "standard", "high", NOW)
    switch = quote(conversation, "more", OPUS, "fast", "high", NOW)
    assert stay.usd is not None
    assert switch.usd == 2 * stay.usd

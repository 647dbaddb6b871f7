import pytest

from fasttui.chat import events
from fasttui.chat.conversation import Turn, TurnOptions, prompt_of
from fasttui.chat.events import StreamEvent
from fasttui.chat.usage import FastLimits, Usage
from fasttui.engine.telemetry import BUCKETS, CharsPerToken, ReplyMeter


def measure(*steps: tuple[float, StreamEvent], ratios: CharsPerToken | None = None) -> tuple[ReplyMeter, Turn]:
    """A meter that has seen events at the given seconds."""
    meter, turn = ReplyMeter(ratios or CharsPerToken(2.5)), Turn(prompt_of("Hi"), TurnOptions("claude-opus-4-8"))
    for at_s, event in steps:
        turn.apply(event, at_s)
        meter.see(event, turn, at_s)
    return meter, turn


START: tuple[tuple[float, StreamEvent], ...] = (
    (0.0, events.RequestSent("fast")),
    (0.4, events.ResponseOpened(None, FastLimits())),
    (1.2, events.ReplyStarted("m", "claude-opus-4-8", "fast")),
    (1.2, events.BlockStarted("text")),
)
DELTAS: tuple[tuple[float, StreamEvent], ...] = tuple((1.2 + 0.1 * i, events.TextDelta("x" * 25)) for i in range(1, 21))


def test_waiting_for_the_first_token_is_no_part_of_the_rate() -> None:
    meter, _ = measure(*START, *DELTAS)
    reading = meter.reading(3.2)
    assert reading.tokens_per_s == pytest.approx(200 / 2.0)
    assert reading.first_token_s == pytest.approx(1.2)
    assert not reading.exact


def test_retries_are_no_part_of_any_figure() -> None:
    later = tuple((at_s + 7.0, event) for at_s, event in (*START, *DELTAS))
    meter, turn = measure((0.0, events.RequestSent("fast")), *later)
    assert meter.reading(10.2).first_token_s == pytest.approx(1.2)
    assert turn.timing.waited_s == pytest.approx(7.0)


def test_the_count_of_the_api_replaces_the_estimate() -> None:
    end = ((3.3, events.UsageReported(Usage(output_tokens=216))), (3.3, events.TurnCompleted("end_turn")))
    meter, _ = measure(*START, *DELTAS, *end)
    reading = meter.reading(99.0)
    assert reading.exact
    assert reading.output_tokens == 216
    assert reading.tokens_per_s == pytest.approx(108.0)


def test_a_stall_lowers_the_live_rate() -> None:
    meter, _ = measure(*START, *DELTAS)
    running, stalled = meter.reading(3.3).tokens_per_s, meter.reading(13.2).tokens_per_s
    assert running is not None
    assert stalled is not None
    assert stalled < running / 4
    assert meter.reading(13.2).recent == (0.0,) * BUCKETS


def test_the_ratio_is_learned_for_text_and_thinking_apart() -> None:
    ratios = CharsPerToken(2.5)
    thinking = events.ThinkingDelta("t" * 100, "t" * 100)
    steps = (*START[:3], (1.2, events.BlockStarted("thinking")), (2.0, thinking), *DELTAS)
    done = Usage(output_tokens=10_000 + 100, thinking_tokens=10_000)
    measure(*steps, (4.0, events.UsageReported(done)), (4.0, events.TurnCompleted("end_turn")), ratios=ratios)
    assert ratios.ratio("thinking") < 0.1
    assert ratios.ratio("text") > 2.5


def test_a_stopped_reply_stays_an_estimate() -> None:
    meter, _ = measure(*START, *DELTAS, (3.2, events.TurnInterrupted()))
    reading = meter.reading(9.0)
    assert not reading.exact
    assert reading.output_tokens == 200


def test_before_the_first_block_there_is_only_waiting() -> None:
    meter, _ = measure(*START[:3])
    reading = meter.reading(1.1)
    assert (reading.phase, reading.tokens_per_s) == ("waiting", None)
    assert reading.waiting_s == pytest.approx(1.1)

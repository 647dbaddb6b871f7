"""A turn grows by events alone, and however they were cut, it is the same turn."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat import events
from fasttui.chat.conversation import (
    Message,
    RedactedThinkingBlock,
    TextBlock,
    ThinkingBlock,
    Turn,
    TurnOptions,
    TurnTiming,
    prompt_of,
)
from fasttui.chat.errors import ConnectionLost, FastLimitReached, Overloaded
from fasttui.chat.events import StreamEvent
from fasttui.chat.safe_text import safe_text
from fasttui.chat.usage import FastLimits, Speed, Usage
from tests.strategies import chunked, speeds, streams

FAST = TurnOptions("claude-opus-4-8", speed="fast")


def run(*happened: StreamEvent, options: TurnOptions = FAST) -> Turn:
    """A turn to which one event a second happened."""
    turn = Turn(prompt_of("hello"), options)
    for at_s, event in enumerate(happened):
        turn.apply(event, float(at_s))
    return turn


def recut(stream: list[StreamEvent], draw: st.DataObject) -> list[StreamEvent]:
    """The same stream with every delta cut into smaller ones."""
    pieces: list[StreamEvent] = []
    for event in stream:
        match event:
            case events.TextDelta(text):
                pieces += map(events.TextDelta, draw.draw(chunked(text)))
            case events.ThinkingDelta(raw=raw):
                pieces += (events.ThinkingDelta(safe_text(piece), piece) for piece in draw.draw(chunked(raw)))
            case _:
                pieces.append(event)
    return pieces


@given(stream=streams(), draw=st.data())
def test_chunking_never_changes_a_reply(stream: list[StreamEvent], draw: st.DataObject) -> None:
    whole, cut = run(*stream), run(*recut(stream, draw))
    assert cut.reply == whole.reply
    assert (cut.status, cut.usage, cut.error) == (whole.status, whole.usage, whole.error)


@given(stream=streams())
def test_a_turn_streams_until_its_terminal_event_and_then_has_ended(stream: list[StreamEvent]) -> None:
    turn = Turn(prompt_of("hello"), FAST)
    statuses = []
    for at_s, event in enumerate(stream):
        turn.apply(event, float(at_s))
        statuses.append(turn.status)
    assert set(statuses[:-1]) == {"streaming"}
    assert statuses[-1] != "streaming"


@given(stream=streams())
def test_a_sendable_reply_has_words_and_no_unsigned_thinking(stream: list[StreamEvent]) -> None:
    turn = run(*stream)
    sent = turn.sendable_reply
    if turn.status in ("failed", "refused") or not turn.reply.text.strip():
        assert sent is None
    else:
        assert sent is not None
        assert sent.text == turn.reply.text
        assert all(block.signature for block in sent.blocks if isinstance(block, ThinkingBlock))


@given(stream=streams())
def test_timings_stand_in_the_order_they_happened(stream: list[StreamEvent]) -> None:
    timing = run(*stream).timing
    happened = [s for s in (timing.first_block_s, timing.first_text_s, timing.last_delta_s) if s is not None]
    assert happened == sorted(happened)
    assert timing.generation_s is None or timing.generation_s >= 0


def test_blocks_keep_the_order_of_the_stream() -> None:
    turn = run(
        events.RequestSent("fast"),
        events.BlockStarted("thinking"),
        events.ThinkingDelta("let me", "let me"),
        events.ThinkingDelta(" see", " see"),
        events.ThinkingSigned("sig=="),
        events.ThinkingRedacted("AAAA"),
        events.BlockStarted("text"),
        events.TextDelta("one"),
        events.BlockStarted("text"),
        events.TextDelta("two"),
        events.TurnCompleted("end_turn"),
    )
    assert turn.reply == Message(
        "assistant",
        (
            ThinkingBlock("let me see", "sig=="),
            RedactedThinkingBlock("AAAA"),
            TextBlock("one"),
            TextBlock("two"),
        ),
    )
    assert (turn.status, turn.stop_reason) == ("completed", "end_turn")


def test_hidden_thinking_keeps_its_signature() -> None:
    turn = run(events.BlockStarted("thinking"), events.ThinkingSigned("sig"), events.TextDelta("answer"))
    assert turn.reply.blocks == (ThinkingBlock("", "sig"), TextBlock("answer"))


def test_thinking_is_kept_byte_for_byte_and_shown_safely() -> None:
    turn = run(
        events.ThinkingDelta("a\u241b", "a\x1b"),
        events.ThinkingDelta("\ufffd", "\ud83d"),
        events.ThinkingDelta("\ufffd", "\udc66"),
        events.ThinkingSigned("sig"),
    )
    assert turn.reply.blocks == (ThinkingBlock("a\x1b\U0001f466", "sig"),)
    assert turn.reply.thinking == "a\u241b\U0001f466"


def test_a_cut_thinking_block_is_shown_and_never_sent() -> None:
    turn = run(events.TextDelta("half an answer"), events.ThinkingDelta("hm", "hm"), events.TurnInterrupted())
    assert turn.reply.thinking == "hm"
    assert turn.sendable_reply == Message("assistant", (TextBlock("half an answer"),))


def test_timing_counts_from_the_request_that_was_answered() -> None:
    turn = Turn(prompt_of("hello"), FAST)
    for at_s, event in (
        (0.5, events.RequestSent("fast")),
        (1.0, events.SpeedFellBack(FastLimitReached(retry_after_s=9))),
        (2.0, events.RequestSent("standard")),
        (2.5, events.ResponseOpened("req_1", FastLimits())),
        (3.0, events.BlockStarted("thinking")),
        (3.5, events.ThinkingDelta("hm", "hm")),
        (4.0, events.TextDelta("a")),
        (6.0, events.TextDelta("b")),
        (6.1, events.UsageReported(Usage(output_tokens=300))),
    ):
        turn.apply(event, at_s)
    assert turn.timing == TurnTiming(2.0, headers_s=0.5, first_block_s=1.0, first_text_s=2.0, last_delta_s=4.0)
    assert (turn.timing.first_token_s, turn.timing.generation_s, turn.timing.wall_s) == (1.0, 3.0, 4.0)
    rate_while_streaming = turn.output_tokens_per_s
    turn.apply(events.TurnCompleted("end_turn"), 6.2)
    assert (rate_while_streaming, turn.output_tokens_per_s) == (None, 100)
    assert turn.fallback_reason == "Fast limit reached for 9 s."


def test_no_rate_is_claimed_without_time_or_tokens() -> None:
    at_once = run(events.UsageReported(Usage(output_tokens=5)), events.TurnCompleted("end_turn"))
    assert at_once.output_tokens_per_s is None
    untold = run(events.TextDelta("a"), events.TextDelta("b"), events.TurnCompleted("end_turn"))
    assert untold.output_tokens_per_s is None


@given(asked=speeds, served=st.none() | speeds)
def test_a_reply_is_mismatched_only_when_another_speed_served_it(asked: Speed, served: Speed | None) -> None:
    turn = run(
        events.ReplyStarted("msg_1", "claude-opus-4-8", served),
        options=TurnOptions("claude-opus-4-8", speed=asked),
    )
    assert turn.served_speed == served
    assert turn.mismatched == (served is not None and served != asked)
    assert (turn.message_id, turn.served_model) == ("msg_1", "claude-opus-4-8")


@pytest.mark.parametrize(
    ("end", "status", "error"),
    [
        (events.TurnInterrupted(), "interrupted", None),
        (
            events.TurnInterrupted(ConnectionLost("reset")),
            "interrupted",
            "The connection was lost in mid-reply: reset.",
        ),
        (events.TurnFailed(Overloaded(request_id="req_9")), "failed", "Anthropic's servers are overloaded."),
        (events.TurnRefused("cyber", ""), "refused", "Claude declined to answer (cyber)."),
    ],
)
def test_an_end_leaves_its_reason_and_a_next_step(end: StreamEvent, status: str, error: str | None) -> None:
    turn = run(events.TextDelta("half"), end)
    assert (turn.status, turn.error) == (status, error)
    assert (turn.error_hint is not None) == (error is not None)
    assert turn.reply.text == "half"


def test_the_error_knows_the_request_id_when_the_head_never_came() -> None:
    assert run(events.TurnFailed(Overloaded(request_id="req_9"))).request_id == "req_9"
    opened = run(events.ResponseOpened("req_1", FastLimits()), events.TurnInterrupted(ConnectionLost()))
    assert opened.request_id == "req_1"


def test_ids_are_never_the_same() -> None:
    ids = {Turn(prompt_of("x"), FAST).id for _ in range(100)}
    assert len(ids) == 100


@pytest.mark.parametrize(
    ("text", "end", "cut"),
    [
        ("Half a", events.TurnInterrupted(), True),
        ("", events.TurnInterrupted(), False),
        ("Long", events.TurnCompleted("max_tokens"), True),
        ("All.", events.TurnCompleted("end_turn"), False),
    ],
)
def test_a_reply_was_cut_when_there_is_text_to_go_on_from(text: str, end: StreamEvent, cut: bool) -> None:
    turn = Turn(prompt_of("Hi"), FAST)
    turn.apply(events.TextDelta(text), 1.0)
    turn.apply(end, 2.0)
    assert turn.was_cut == cut


def test_every_event_is_of_one_kind_for_a_screen() -> None:
    words = {events.TextDelta, events.ThinkingDelta}
    silent = {events.ResponseOpened, events.ThinkingSigned, events.ThinkingRedacted, events.UsageReported}
    kinds = [words, silent, set(events.PROGRESS), set(events.TERMINAL)]
    assert sum(map(len, kinds)) == len(set().union(*kinds))
    assert set().union(*kinds) == set(get_args(events.StreamEvent))

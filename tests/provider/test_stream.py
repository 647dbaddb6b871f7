"""The decoder of a reply: what it keeps, what it tolerates, what it names as broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.conversation import Turn, TurnOptions, prompt_of
from fasttui.chat.errors import Overloaded, ProviderError, RateLimited, ServerFault, StreamBroken
from fasttui.chat.events import (
    BlockStarted,
    ReplyStarted,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    TurnCompleted,
    TurnRefused,
    UsageReported,
)
from fasttui.chat.safe_text import safe_text
from fasttui.chat.usage import Usage
from fasttui.provider.stream import ReplyDecoder
from tests.provider.loopback import block, ended, event, reply, started, text


def decoded(*chunks: bytes) -> list[StreamEvent]:
    decoder = ReplyDecoder(model="claude-opus-4-8", request_id="req_1")
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return [*events, *decoder.finish()]


def delta(kind: str, **fields: object) -> bytes:
    return event("content_block_delta", index=0, delta={"type": kind, **fields})


def usage_of(*chunks: bytes) -> Usage:
    usage = Usage()
    for decoded_event in decoded(*chunks):
        if isinstance(decoded_event, UsageReported):
            usage = usage.merged(decoded_event.usage)
    return usage


def text_in(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def test_a_reply_is_its_start_its_blocks_its_deltas_its_usage_and_its_end() -> None:
    assert decoded(started(input_tokens=3, speed="fast"), block(), text("Hel", "lo"), ended(output_tokens=2)) == [
        ReplyStarted("msg_1", "claude-opus-4-8", "fast"),
        UsageReported(Usage(input_tokens=3)),
        BlockStarted("text"),
        TextDelta("Hel"),
        TextDelta("lo"),
        UsageReported(Usage(output_tokens=2)),
        TurnCompleted("end_turn"),
    ]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=[])), max_size=8))
def test_the_text_is_that_of_the_whole_made_safe_however_it_is_cut_into_deltas(deltas: list[str]) -> None:
    shown = text_in(decoded(started(), block(), text(*deltas), ended()))
    assert shown == safe_text("".join(deltas))


def test_an_emoji_cut_in_half_between_two_deltas_is_whole_again() -> None:
    halves = rb'{"type":"content_block_delta","delta":{"type":"text_delta","text":"%s"}}'
    cut = b"".join(b"event: content_block_delta\ndata: " + halves % half + b"\n\n" for half in (rb"\ud83d", rb"\udc66"))
    assert text_in(decoded(started(), block(), cut, ended())) == "👦"


def test_half_an_emoji_at_the_end_of_a_block_is_shown_as_damage_not_lost() -> None:
    assert text_in(decoded(started(), block(), text("a\ud83d"), ended())) == "a\ufffd"


def test_thinking_is_shown_safe_and_kept_as_it_came() -> None:
    events = decoded(
        started(),
        block("thinking", thinking="", signature=""),
        delta("thinking_delta", thinking="\x1b[31mred"),
        delta("signature_delta", signature="EqQB/+=="),
        ended(),
    )
    assert ThinkingDelta("␛[31mred", "\x1b[31mred") in events
    assert ThinkingSigned("EqQB/+==") in events


def test_omitted_and_redacted_thinking_reach_the_turn_ready_to_be_sent_back() -> None:
    turn = Turn(prompt_of("x"), TurnOptions("claude-opus-4-8"))
    for decoded_event in decoded(
        started(),
        block("thinking", thinking="", signature=""),
        delta("signature_delta", signature="sig"),
        event("content_block_stop", index=0),
        block("redacted_thinking", index=1, data="c2VjcmV0"),
        event("content_block_stop", index=1),
        block(index=2),
        text("Hi"),
        ended(),
    ):
        turn.apply(decoded_event, 0.0)
    assert [type(b).__name__ for b in turn.reply.sendable.blocks] == [
        "ThinkingBlock",
        "RedactedThinkingBlock",
        "TextBlock",
    ]


def test_blocks_deltas_and_events_of_unknown_kinds_pass() -> None:
    events = decoded(
        started(),
        event("ping"),
        event("weather", rain=True),
        block("hologram", data={}),
        delta("hologram_delta", light=1),
        event("content_block_stop", index=0),
        block(),
        delta("citations_delta", citation={}),
        text("ok"),
        ended(),
    )
    blocks = [event for event in events if isinstance(event, BlockStarted)]
    assert blocks == [BlockStarted("other"), BlockStarted("text")]
    assert text_in(events) == "ok"


def test_text_and_thinking_that_come_with_the_start_of_a_block_are_not_lost() -> None:
    events = decoded(started(), block("thinking", thinking="Hm", signature="s"), block("text", text="Hi"), ended())
    assert [type(event).__name__ for event in events] == [
        "ReplyStarted", "BlockStarted", "ThinkingDelta", "ThinkingSigned", "BlockStarted", "TextDelta", "TurnCompleted",
    ]  # fmt: skip


def test_a_repeated_message_start_does_not_start_the_reply_again() -> None:
    events = decoded(started(input_tokens=1), started(input_tokens=1), block(), text("x"), ended())
    assert sum(isinstance(event, ReplyStarted) for event in events) == 1


def test_what_follows_the_end_is_ignored() -> None:
    events = decoded(reply("x") + b"data: [DONE]\n\n" + started())
    assert isinstance(events[-1], TurnCompleted)


def test_the_last_event_needs_no_blank_line() -> None:
    assert isinstance(decoded(reply("x").rstrip())[-1], TurnCompleted)


def test_usage_is_merged_and_a_sum_never_hides_what_was_written_for_an_hour() -> None:
    usage = usage_of(
        started(
            input_tokens=10,
            output_tokens=1,
            cache_read_input_tokens=7,
            cache_creation_input_tokens=50,
            cache_creation={"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 30},
        ),
        ended(output_tokens=99, cache_creation_input_tokens=50, output_tokens_details={"thinking_tokens": 60}),
    )
    assert usage == Usage(10, 99, 60, 7, 20, 30)


def test_without_a_breakdown_what_was_written_was_written_for_five_minutes() -> None:
    assert usage_of(started(cache_creation_input_tokens=50), ended()).cache_write_5m_tokens == 50


@pytest.mark.parametrize("nothing", [None, "12", -1, True, 1.5, {}])
def test_a_count_that_is_none_says_nothing(nothing: object) -> None:
    assert usage_of(started(input_tokens=nothing, cache_read_input_tokens=nothing), ended()) == Usage()


@pytest.mark.parametrize(
    ("said", "served"), [("fast", "fast"), ("standard", "standard"), (None, None), ("warp", None), (1, None)]
)
def test_the_served_speed_is_what_message_start_says_and_unknown_otherwise(said: object, served: object) -> None:
    first = decoded(started(speed=said), ended(speed="fast"))[0]
    assert isinstance(first, ReplyStarted)
    assert first.served_speed == served


def test_a_refusal_keeps_its_category_and_its_explanation_is_safe() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "No.\x1b]0;x\x07"}
    stop = event("message_delta", delta={"stop_reason": "refusal", "stop_details": details}, usage={})
    events = decoded(started(), block(), text("Sure"), stop, event("message_stop"))
    assert events[-1] == TurnRefused("cyber", "No.␛]0;x␇")


@pytest.mark.parametrize("reason", ["max_tokens", "pause_turn", "tool_use", "model_context_window_exceeded"])
def test_other_reasons_to_stop_complete_the_turn_in_the_apis_own_word(reason: str) -> None:
    assert decoded(started(), block(), text("x"), ended(reason))[-1] == TurnCompleted(reason)


BROKEN = {
    "lines without event:": (b'data: {"choices": []}\n\n', "data: lines without event: lines"),
    "no message_start": (block() + text("x"), "began with content_block_start instead of message_start"),
    "delta first": (text("x"), "began with content_block_delta"),
    "stop first": (event("message_stop"), "began with message_stop"),
    "nothing": (b"", "ended before its first event"),
    "a page": (b"<html>\n<body>Sign in</body>\n\n</html>\n", "ended before its first event"),
    "cut": (started() + block() + text("x"), "ended without message_stop"),
    "cut in an event": (started() + block() + text("x") + text("y")[:60], "ended without message_stop"),
    "not JSON": (started() + b"event: content_block_delta\ndata: {oops}\n\n", "content_block_delta is not JSON"),
    "nested": (b"event: a\ndata: " + b"[" * 100_000 + b"\n\n", "event a is not JSON"),
    "not UTF-8": (started() + b'event: ping\ndata: {"x": "\xff"}\n\n', "event ping is not UTF-8"),
    "no object": (b"event: message_start\ndata: 7\n\n", "message_start is not a JSON object"),
    "text without text": (started() + block() + delta("text_delta", text=5), "a text_delta has nothing in it"),
    "start without message": (event("message_start"), "message_start lacks a part"),
    "hostile name": (b"event: \x1b[2J\ndata: 7\n\n", "␛\\[2J is not a JSON object"),
}


@pytest.mark.parametrize(("stream", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_each_breach_of_the_protocol_has_a_sentence_of_its_own(stream: bytes, sentence: str) -> None:
    with pytest.raises(StreamBroken, match=sentence) as raised:
        decoded(stream)
    assert raised.value.request_id == "req_1"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("overloaded_error", Overloaded),
        ("api_error", ServerFault),
        ("rate_limit_error", RateLimited),
        ("new_error", ServerFault),
    ],
)
def test_an_error_event_is_the_error_that_its_status_would_have_been(kind: str, expected: type[ProviderError]) -> None:
    with pytest.raises(expected) as raised:
        decoded(started(), block(), text("x"), event("error", error={"type": kind, "message": "m"}, request_id="req_9"))
    assert raised.value.request_id == "req_9"


@given(st.binary(max_size=300), st.integers(min_value=1, max_value=50))
def test_no_bytes_whatever_make_it_fail_other_than_by_name(noise: bytes, chunk: int) -> None:
    stream = started() + block() + noise + b"\n\n" + text("x")
    with pytest.raises(ProviderError):
        decoded(*(stream[start : start + chunk] for start in range(0, len(stream), chunk)))


FIELDS = ("type", "delta", "content_block", "message", "usage", "error", "text", "stop_reason", "id", "model")
LEAVES: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 1, "x", [], "text_delta", "thinking", "refusal", {"type": "text_delta"}]
)
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), LEAVES, max_size=3)
KINDS = st.sampled_from(["message_start", "content_block_start", "content_block_delta", "message_delta", "error"])
PARTS = st.dictionaries(st.sampled_from(FIELDS[1:6]), OBJECTS | LEAVES, max_size=2)


@given(st.lists(st.tuples(KINDS, PARTS), max_size=4))
def test_events_of_any_shape_fail_only_by_name(shapes: list[tuple[str, dict[str, object]]]) -> None:
    stream = started() + b"".join(event(kind, **fields) for kind, fields in shapes)
    with pytest.raises(ProviderError):
        decoded(stream)

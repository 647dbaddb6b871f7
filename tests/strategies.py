"""Arbitrary conversations and streams, as Hypothesis strategies: everything a real one may hold.

Text is drawn hostile and then passed through `safe_text`, as it is where it enters the program.
"""

from datetime import UTC

from hypothesis import strategies as st

from fasttui.chat import events
from fasttui.chat.conversation import (
    CACHE_TTLS,
    EFFORTS,
    SPEED_CHOICES,
    Block,
    Conversation,
    DocumentBlock,
    ImageBlock,
    Message,
    RedactedThinkingBlock,
    TextBlock,
    ThinkingBlock,
    Turn,
    TurnOptions,
    TurnTiming,
)
from fasttui.chat.errors import ConnectionLost, Overloaded
from fasttui.chat.events import StreamEvent, TerminalEvent
from fasttui.chat.safe_text import join_surrogates, safe_line, safe_text
from fasttui.chat.usage import Speed, Usage

# Every plane, surrogate halves and controls included.
_any_character = st.one_of(
    st.characters(),
    st.sampled_from("\x00\x07\x1b\r\n\t\x7f\x85\x9b\u202e\u2028\ud83d\udc66\u200d\U0001f469'\"\\`*_|<>&"),
)
hostile_text = st.text(_any_character, max_size=60)
safe_texts = hostile_text.map(safe_text)
lines = hostile_text.map(safe_line)
raw_thinking = hostile_text.map(join_surrogates)
ids = st.uuids().map(lambda uuid: uuid.hex)
moments = st.datetimes(timezones=st.just(UTC))
seconds = st.floats(min_value=0, max_value=1e6, allow_nan=False)
counts = st.integers(min_value=0, max_value=2**53)
speeds: st.SearchStrategy[Speed] = st.sampled_from(("standard", "fast"))

usages = st.builds(
    Usage,
    input_tokens=st.none() | counts,
    output_tokens=st.none() | counts,
    thinking_tokens=st.none() | counts,
    cache_read_tokens=st.none() | counts,
    cache_write_5m_tokens=st.none() | counts,
    cache_write_1h_tokens=st.none() | counts,
    served_speed=st.none() | speeds,
)


@st.composite
def timings(draw: st.DrawFn) -> TurnTiming:
    """Times in the order in which they can happen, each perhaps not yet."""
    later = sorted(draw(st.lists(seconds, min_size=4, max_size=4)))
    return TurnTiming(draw(seconds), *(at_s if draw(st.booleans()) else None for at_s in later))


options = st.builds(
    TurnOptions,
    model=lines,
    speed=speeds,
    effort=st.none() | st.sampled_from(EFFORTS),
    max_tokens=st.integers(min_value=1, max_value=128_000),
    thinking=st.booleans(),
    speed_choice=st.sampled_from(SPEED_CHOICES),
    speed_reason=lines,
    cache_ttl=st.sampled_from(CACHE_TTLS),
)

text_blocks = st.builds(TextBlock, safe_texts)
attachments: st.SearchStrategy[Block] = st.one_of(
    st.builds(
        ImageBlock,
        st.binary(max_size=40),
        st.sampled_from(("image/png", "image/jpeg", "image/gif", "image/webp")),
        lines,
    ),
    st.builds(DocumentBlock, st.binary(max_size=40), st.sampled_from(("application/pdf", "text/plain")), lines),
)
thinking_blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(ThinkingBlock, raw_thinking, st.text("abcXYZ019+/=", max_size=20)),
    st.builds(RedactedThinkingBlock, st.text("abcXYZ019+/=", min_size=1, max_size=20)),
)
prompts = st.lists(attachments, max_size=2).flatmap(
    lambda attached: text_blocks.map(lambda text: Message("user", (*attached, text)))
)
replies = st.lists(text_blocks | thinking_blocks, max_size=4).map(lambda blocks: Message("assistant", tuple(blocks)))


@st.composite
def turns(draw: st.DrawFn, parent_id: str | None = None) -> Turn:
    """Any turn in any state, as it would come back from the store."""
    return Turn.restored(
        draw(prompts),
        draw(options),
        draw(replies),
        id=draw(ids),
        parent_id=parent_id,
        created_at=draw(moments),
        status=draw(st.sampled_from(("streaming", "completed", "interrupted", "failed", "refused"))),
        usage=draw(usages),
        timing=draw(timings()),
        request_id=draw(st.none() | lines),
        message_id=draw(st.none() | lines),
        served_model=draw(st.none() | lines),
        stop_reason=draw(st.none() | st.sampled_from(("end_turn", "max_tokens", "refusal"))),
        fallback_reason=draw(st.none() | lines),
        error=draw(st.none() | lines),
        error_hint=draw(st.none() | lines),
    )


@st.composite
def conversations(draw: st.DrawFn, max_turns: int = 6) -> Conversation:
    """A tree of turns, parents before their children, with any of them as its head."""
    conversation = Conversation(
        draw(ids),
        draw(lines),
        draw(moments),
        draw(safe_texts),
        tuple(draw(st.lists(lines, max_size=3, unique=True))),
    )
    for _ in range(draw(st.integers(0, max_turns))):
        parents = [None, *(turn.id for turn in conversation.turns)]
        conversation.add(draw(turns(parent_id=draw(st.sampled_from(parents)))))
    if conversation.turns:
        conversation.head_id = draw(st.sampled_from([None, *(turn.id for turn in conversation.turns)]))
    return conversation


@st.composite
def chunked(draw: st.DrawFn, text: str) -> list[str]:
    """`text` cut into pieces anywhere, in the middle of a surrogate pair too."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


terminal_events: st.SearchStrategy[TerminalEvent] = st.one_of(
    st.builds(events.TurnCompleted, st.sampled_from(("end_turn", "max_tokens"))),
    st.builds(events.TurnInterrupted, st.none() | st.builds(ConnectionLost, lines)),
    st.builds(events.TurnRefused, st.none() | lines, lines),
    st.builds(events.TurnFailed, st.builds(Overloaded)),
)
reply_events: st.SearchStrategy[StreamEvent] = st.one_of(
    st.builds(events.BlockStarted, st.sampled_from(("text", "thinking", "other"))),
    safe_texts.map(events.TextDelta),
    hostile_text.map(lambda raw: events.ThinkingDelta(safe_text(raw), raw)),
    st.builds(events.ThinkingSigned, st.text("abc019", min_size=1, max_size=8)),
    st.builds(events.ThinkingRedacted, st.text("abc019", min_size=1, max_size=8)),
    st.builds(events.UsageReported, usages),
)


@st.composite
def streams(draw: st.DrawFn) -> list[StreamEvent]:
    """One attempt at a reply, from the request to its single terminal event."""
    started = events.ReplyStarted("msg_1", "claude-opus-4-8", draw(st.none() | speeds))
    body = draw(st.lists(reply_events, max_size=12))
    return [events.RequestSent(draw(speeds)), started, *body, draw(terminal_events)]

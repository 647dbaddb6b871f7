"""The events of a reply that is still streaming, as text, and back: after a crash they are replayed.

Deltas that come one after another are joined, and the time of the first and the last is kept, which is
all a turn measures. ASCII only: half a surrogate pair that waits for its second half stays what it is.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import assert_never

from fasttui.chat import events
from fasttui.chat.errors import ProviderError
from fasttui.chat.events import StreamEvent
from fasttui.chat.usage import FastLimits, Usage

TimedEvent = tuple[StreamEvent, float]

_encoder = json.JSONEncoder(separators=(",", ":"))


def encode_events(batch: Iterable[TimedEvent]) -> str:
    """The events as a JSON array of kind, first and last second, and value."""
    return _encoder.encode(list(_records(batch)))


def _records(batch: Iterable[TimedEvent]) -> Iterator[tuple[str, float, float, object]]:
    """What leaves a trace in a turn; a run of deltas of one kind is one record."""
    run, pieces, start_s, end_s = "", list[str](), 0.0, 0.0
    for event, at_s in batch:
        kind, value = _record(event)
        if pieces and kind != run:
            yield run, start_s, end_s, "".join(pieces)
            pieces = []
        match kind, value:
            case "text" | "thinking", str(piece):
                if not pieces:
                    run, start_s = kind, at_s
                pieces.append(piece)
                end_s = at_s
            case "", _:
                pass
            case _:
                yield kind, at_s, at_s, value
    if pieces:
        yield run, start_s, end_s, "".join(pieces)


def _record(event: StreamEvent) -> tuple[str, object]:
    """Kind and value; an event that leaves no trace has no kind."""
    match event:
        case events.TextDelta(text):
            return "text", text
        case events.ThinkingDelta(raw=raw):
            return "thinking", raw
        case events.RequestSent(speed):
            return "sent", speed
        case events.ResponseOpened(request_id=request_id):
            return "opened", request_id
        case events.ReplyStarted(message_id, model, served_speed):
            return "started", [message_id, model, served_speed]
        case events.BlockStarted(kind):
            return "block", kind
        case events.ThinkingSigned(signature):
            return "signed", signature
        case events.ThinkingRedacted(data):
            return "redacted", data
        case events.UsageReported(usage):
            return "usage", asdict(usage)
        case events.SpeedFellBack(error):
            return "fell_back", str(error)
        case events.RetryScheduled():
            return "", None
        case events.TurnCompleted() | events.TurnInterrupted() | events.TurnRefused() | events.TurnFailed():
            return "", None  # the ended turn is stored whole
        case _:
            assert_never(event)


def decode_events(stored: str) -> Iterator[TimedEvent]:
    """The events to apply to a fresh turn, for the same reply and timing."""
    for kind, start_s, end_s, value in json.loads(stored):
        event = _event(kind, value)
        yield event, start_s
        if end_s != start_s:
            # An empty delta moves the time of the last one and adds nothing else.
            yield _event(kind, ""), end_s


def _event(kind: str, value: object) -> StreamEvent:
    match kind, value:
        case "text", str(text):
            return events.TextDelta(text)
        case "thinking", str(raw):
            return events.ThinkingDelta(raw, raw)
        case "sent", "standard" | "fast" as speed:
            return events.RequestSent(speed)
        case "opened", None | str() as request_id:
            return events.ResponseOpened(request_id, FastLimits())
        case "started", [str(message_id), str(model), None | "standard" | "fast" as served_speed]:
            return events.ReplyStarted(message_id, model, served_speed)
        case "block", "text" | "thinking" | "other" as block:
            return events.BlockStarted(block)
        case "signed", str(signature):
            return events.ThinkingSigned(signature)
        case "redacted", str(data):
            return events.ThinkingRedacted(data)
        case "usage", dict(counts):
            return events.UsageReported(Usage(**counts))
        case "fell_back", str(sentence):
            return events.SpeedFellBack(ProviderError(sentence))
        case _:
            raise ValueError(f"no event is journaled as {kind!r}")

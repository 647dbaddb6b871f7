"""The bytes of a streamed reply, as our events. Knows nothing of the network: recordings play through it too."""

import json
from collections.abc import Iterator, Mapping
from typing import Literal

from fasttui.chat.errors import ConnectionLost, StreamBroken
from fasttui.chat.events import (
    BlockStarted,
    ReplyStarted,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ThinkingRedacted,
    ThinkingSigned,
    TurnCompleted,
    TurnRefused,
    UsageReported,
)
from fasttui.chat.safe_text import SafeText, join_surrogates, safe_line, safe_text
from fasttui.chat.usage import Speed, Usage
from fasttui.provider.failures import error_of_event
from fasttui.provider.server_sent_events import EventSplitter


class ReplyDecoder:
    """Decodes one reply; whatever follows its `message_stop` is ignored.

    Events, deltas and blocks of kinds it does not know pass without a trace: the API adds some
    now and then. Known ones of the wrong shape are an error, for what they held would be lost.
    """

    def __init__(self, *, model: str = "", speed: Speed = "standard", request_id: str | None = None) -> None:
        self.ended = False
        self._model = model
        self._speed: Speed = speed
        self._request_id = request_id
        self._splitter = EventSplitter()
        self._started = False
        self._open: Literal["text", "thinking"] | None = None
        self._safe = SafeText()
        self._cache_split_known = False
        self._stop_reason = ""
        self._refusal_category: str | None = None
        self._refusal_explanation = ""

    def feed(self, chunk: bytes) -> Iterator[StreamEvent]:
        """The events that `chunk` completes.

        Raises:
            ProviderError: the stream is not the protocol, or reports a failure in an `error` event.
        """
        for name, data in self._splitter.add(chunk):
            if self.ended:
                return
            yield from self._event(self._json(name, data))

    def finish(self) -> Iterator[StreamEvent]:
        """The end of the stream: the last event needs no blank line after it.

        Raises:
            StreamBroken: the reply had not ended.
        """
        if not self.ended and (last := self._splitter.rest()):
            name, data = last
            try:
                event = json.loads(data)
            except (ValueError, RecursionError):
                event = None  # cut in the middle
            if name and isinstance(event, dict):
                yield from self._event(event)
        if not self._started:
            raise self._broken("it ended before its first event")
        if not self.ended:
            raise StreamBroken("it ended without message_stop", hint=ConnectionLost.hint, request_id=self._request_id)

    def _json(self, name: bytes, data: bytes) -> Mapping[str, object]:
        if not name:
            raise self._broken("the server sends data: lines without event: lines")
        try:
            event = json.loads(data.decode())
        except UnicodeDecodeError as error:
            raise self._broken(f"the event {_shown(name)} is not UTF-8") from error
        except (ValueError, RecursionError) as error:
            raise self._broken(f"the event {_shown(name)} is not JSON") from error
        if not isinstance(event, dict):
            raise self._broken(f"the event {_shown(name)} is not a JSON object")
        return event

    def _event(self, event: Mapping[str, object]) -> list[StreamEvent]:
        match event:
            case {"type": "content_block_delta", "delta": {} as delta}:
                self._expect_started("content_block_delta")
                return self._delta(delta)
            case {"type": "content_block_start", "content_block": {} as block}:
                self._expect_started("content_block_start")
                return [*self._close_block(), *self._block(block)]
            case {"type": "content_block_stop"}:
                return self._close_block()
            case {"type": "message_start", "message": {"id": str(id_), "model": str(model), **rest}}:
                return self._message_start(id_, model, rest.get("usage"))
            case {"type": "message_delta"}:
                self._expect_started("message_delta")
                return self._message_delta(event)
            case {"type": "message_stop"}:
                self._expect_started("message_stop")
                return [*self._close_block(), self._end()]
            case {"type": "error"}:
                raise self._failure(event)
            case {"type": "content_block_delta" | "content_block_start" | "message_start" as kind}:
                raise self._broken(f"{kind} lacks a part")
            case _:
                return []

    def _delta(self, delta: Mapping[str, object]) -> list[StreamEvent]:
        match delta:
            case {"type": "text_delta", "text": str(text)} if self._open == "text":
                safe = self._safe.add(text)  # nearly every event is this one
                return [TextDelta(safe)] if safe else []
            case {"type": "text_delta", "text": str(text)}:
                return self._text(text)
            case {"type": "thinking_delta", "thinking": str(thinking)}:
                return self._thinking(thinking)
            case {"type": "signature_delta", "signature": str(signature)}:
                return self._signature(signature)
            case {"type": "text_delta" | "thinking_delta" | "signature_delta" as kind}:
                raise self._broken(f"a {kind} has nothing in it")
            case _:
                return []

    def _text(self, text: str) -> list[StreamEvent]:
        closed = self._turn_to("text")
        safe = self._safe.add(text)
        return [*closed, TextDelta(safe)] if safe else closed

    def _thinking(self, thinking: str) -> list[StreamEvent]:
        closed = self._turn_to("thinking")
        return [*closed, ThinkingDelta(self._safe.add(thinking), thinking)] if thinking else closed

    def _signature(self, signature: str) -> list[StreamEvent]:
        closed = self._close_block()
        return [*closed, ThinkingSigned(join_surrogates(signature))] if signature else closed

    def _block(self, block: Mapping[str, object]) -> list[StreamEvent]:
        match block:
            case {"type": "text"}:
                text = _string(block, "text")
                return [BlockStarted("text"), *(self._text(text) if text else [])]
            case {"type": "thinking"}:
                thinking = self._thinking(_string(block, "thinking"))
                signature = _string(block, "signature")
                return [BlockStarted("thinking"), *thinking, *(self._signature(signature) if signature else [])]
            case {"type": "redacted_thinking", "data": str(data)}:
                return [BlockStarted("thinking"), ThinkingRedacted(join_surrogates(data))]
            case _:
                return [BlockStarted("other")]

    def _turn_to(self, kind: Literal["text", "thinking"]) -> list[StreamEvent]:
        if self._open == kind:
            return []
        closed = self._close_block()
        self._open = kind
        return closed

    def _close_block(self) -> list[StreamEvent]:
        held, kind, self._open = self._safe.finish(), self._open, None
        if not held:
            return []
        return [TextDelta(held) if kind == "text" else ThinkingDelta(held, "")]

    def _message_start(self, id_: str, model: str, usage: object) -> list[StreamEvent]:
        counts = self._usage(usage)
        events: list[StreamEvent] = [UsageReported(counts)] if counts else []
        # Some gateways repeat the first event; the reply goes on all the same.
        if self._started:
            return events
        self._started = True
        name, served_by = safe_line(id_, limit=100), safe_line(model, limit=100)
        return [ReplyStarted(name, served_by, _speed_of(usage)), *events]

    def _message_delta(self, event: Mapping[str, object]) -> list[StreamEvent]:
        match event.get("delta"):
            case {"stop_reason": str(reason), **rest}:
                self._stop_reason = safe_line(reason, limit=60)
                self._note_refusal(rest.get("stop_details"))
        counts = self._usage(event.get("usage"))
        return [UsageReported(counts)] if counts else []

    def _note_refusal(self, details: object) -> None:
        if isinstance(details, dict):
            self._refusal_category = safe_line(_string(details, "category"), limit=60) or None
            self._refusal_explanation = safe_text(_string(details, "explanation"))

    def _usage(self, usage: object) -> Usage | None:
        if not isinstance(usage, dict):
            return None
        written_5m, written_1h = self._cache_writes(usage)
        details = usage.get("output_tokens_details")
        counts = Usage(
            input_tokens=_count(usage, "input_tokens"),
            output_tokens=_count(usage, "output_tokens"),
            thinking_tokens=_count(details, "thinking_tokens"),
            cache_read_tokens=_count(usage, "cache_read_input_tokens"),
            cache_write_5m_tokens=written_5m,
            cache_write_1h_tokens=written_1h,
        )
        return None if counts == Usage() else counts

    def _cache_writes(self, usage: Mapping[str, object]) -> tuple[int | None, int | None]:
        split = usage.get("cache_creation")
        if isinstance(split, dict):
            self._cache_split_known = True
            return _count(split, "ephemeral_5m_input_tokens"), _count(split, "ephemeral_1h_input_tokens")
        # `message_delta` repeats the sum alone: it must not count the hour's share at five minutes.
        if self._cache_split_known:
            return None, None
        return _count(usage, "cache_creation_input_tokens"), None

    def _end(self) -> StreamEvent:
        self.ended = True
        if self._stop_reason == "refusal":
            return TurnRefused(self._refusal_category, self._refusal_explanation)
        return TurnCompleted(self._stop_reason)

    def _expect_started(self, kind: str) -> None:
        if not self._started:
            raise self._broken(f"it began with {kind} instead of message_start")

    def _failure(self, event: Mapping[str, object]) -> Exception:
        error = error_of_event(event, model=self._model, speed=self._speed)
        error.request_id = safe_line(_string(event, "request_id"), limit=100) or self._request_id
        return error

    def _broken(self, what: str) -> StreamBroken:
        return StreamBroken(what, request_id=self._request_id)


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _string(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _count(fields: object, name: str) -> int | None:
    value = fields.get(name) if isinstance(fields, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _speed_of(usage: object) -> Speed | None:
    match usage:
        case {"speed": "fast"}:
            return "fast"
        case {"speed": "standard"}:
            return "standard"
        case _:
            return None

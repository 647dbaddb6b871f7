"""A reply as the steps of a stream: what is sent, and how many seconds after the request came.

Tokens come at a steady mean rate with the small jitter and the occasional burst of the real
thing. The last delta stands exactly where `tokens / rate` puts it, so that what a client measures from
the first block to the last delta is the rate.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, assert_never

from fasttui.simulator.refusal import error_body
from fasttui.simulator.signature import sign
from fasttui.simulator.tokens import pieces_of, tokens_in

PING_EVERY_S = 15.0
BROKEN_AFTER = 0.4  # the part of the text that has come when a stream breaks

_JITTER = 0.3  # of the gap between two deltas
_HOLD_CHANCE = 0.015
_HOLD_S = (0.06, 0.25)
_MAX_PADDING = 15
_ROUNDING = 1e-6  # of a token

# complete: as it should be · cut: the connection drops · stall: silence, the connection stays ·
# error: an `error` event · malformed: one event that is no JSON · open: ends cleanly, without `message_stop`
Ending = Literal["complete", "cut", "stall", "error", "malformed", "open"]


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes that are due `at_s` seconds after the request; by then `output_tokens` have been generated."""

    at_s: float
    data: bytes
    output_tokens: float = 0.0


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection drops in the middle of the response."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing more comes, and the connection stays open."""

    at_s: float


Step = Send | Cut | Stall


@dataclass(frozen=True, slots=True)
class Script:
    """One reply, settled before its first byte: what is said, how fast, and how it ends.

    `thinking` is None where the model does not think. `usage` is what `message_start` reports.
    """

    message_id: str
    request_id: str
    model: str
    usage: Mapping[str, object]
    thinking: tuple[str, ...] | None
    thinking_shown: bool
    text: tuple[str, ...]
    rate: float
    head_s: float
    first_token_s: float
    chars_per_token: float
    stop_reason: str = "end_turn"
    stop_sequence: str | None = None
    stop_details: Mapping[str, object] | None = None
    ending: Ending = "complete"

    @property
    def thinking_tokens(self) -> float:
        """Tokens of thinking, shown or not."""
        return sum(tokens_in(piece, self.chars_per_token) for piece in self.thinking or ())

    @property
    def all_tokens(self) -> float:
        """Tokens of thinking and text, not rounded."""
        return self.thinking_tokens + sum(tokens_in(piece, self.chars_per_token) for piece in self.text)

    @property
    def output_tokens(self) -> int:
        """All tokens of the reply, as `message_delta` reports them."""
        return max(1, ceil(self.all_tokens - _ROUNDING))

    @property
    def final_usage(self) -> dict[str, object]:
        """The cumulative figures of `message_delta`; the served speed is not among them."""
        counted = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        details = {"thinking_tokens": min(self.output_tokens, round(self.thinking_tokens))}
        told = {name: self.usage[name] for name in counted}
        return told | {"output_tokens": self.output_tokens, "output_tokens_details": details}


def cut_to(
    thinking: Sequence[str], text: Sequence[str], max_tokens: int, chars_per_token: float
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Thinking and text that fit in `max_tokens`, and whether all of it did."""
    used = 0.0
    for at, piece in enumerate((*thinking, *text)):
        used += tokens_in(piece, chars_per_token)
        if used > max_tokens + _ROUNDING:
            return tuple(thinking[:at]), tuple(text[: max(0, at - len(thinking))]), False
    return tuple(thinking), tuple(text), True


def in_pieces(text: str | Sequence[str]) -> tuple[str, ...]:
    """The deltas of `text`; a sequence is taken as cut already."""
    return tuple(pieces_of(text)) if isinstance(text, str) else tuple(text)


def stream(script: Script, rng: random.Random) -> Iterator[Step]:
    """The stream of `script`, event by event, up to its ending."""
    events = _Events(script, rng)
    yield from events.start()
    yield from events.thinking()
    yield from events.text()
    yield from events.end()


def whole(script: Script) -> tuple[float, dict[str, object]]:
    """The same reply for a request that did not ask for a stream, and when it is due."""
    content: list[dict[str, object]] = []
    if script.thinking is not None:
        shown = "".join(script.thinking) if script.thinking_shown else ""
        content.append({"type": "thinking", "thinking": shown, "signature": sign(shown)})
    if script.text:
        content.append({"type": "text", "text": "".join(script.text)})
    message = _message(script) | {
        "content": content,
        "stop_reason": script.stop_reason,
        "stop_sequence": script.stop_sequence,
        "stop_details": script.stop_details,
        "usage": dict(script.usage) | script.final_usage,
    }
    return script.first_token_s + script.output_tokens / script.rate, message


def _message(script: Script) -> dict[str, object]:
    return {
        "model": script.model,
        "id": script.message_id,
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "usage": script.usage,
    }


class _Events:
    """The events of one script, in order; keeps the time and counts blocks and tokens."""

    def __init__(self, script: Script, rng: random.Random) -> None:
        self._script = script
        self._rng = rng
        self._index = -1
        self._tokens = 0.0
        self._now_s = script.first_token_s
        self._held_until_s = 0.0
        # Tokens are added up piece by piece: the last sum may miss the whole by a rounding.
        self._last_s = script.first_token_s + (script.all_tokens - _ROUNDING) / script.rate
        self._broken = False

    def start(self) -> Iterator[Step]:
        script = self._script
        yield Send(script.head_s, self._event("message_start", message=_message(script)))
        yield from self._pings(script.head_s, script.first_token_s)

    def thinking(self) -> Iterator[Step]:
        script = self._script
        if script.thinking is None:
            return
        yield self._start_block({"type": "thinking", "thinking": "", "signature": ""})
        yield Send(self._now_s, ping())
        shown = "".join(script.thinking) if script.thinking_shown else ""
        yield from self._shown_thinking() if script.thinking_shown else self._silent_thinking()
        yield self._delta("signature_delta", "signature", sign(shown))
        yield self._stop_block()

    def _shown_thinking(self) -> Iterator[Step]:
        for piece in self._script.thinking or ():
            yield self._generated("thinking_delta", "thinking", piece)

    def _silent_thinking(self) -> Iterator[Step]:
        """Time passes and tokens are generated, but only pings come."""
        began_s, self._tokens = self._now_s, self._script.thinking_tokens
        self._now_s += self._tokens / self._script.rate
        yield from self._pings(began_s, self._now_s)

    def _pings(self, from_s: float, to_s: float) -> Iterator[Step]:
        """What keeps the connection alive while nothing else is sent."""
        for number in range(1, int((to_s - from_s) / PING_EVERY_S) + 1):
            at_s = from_s + number * PING_EVERY_S
            generated = max(0.0, at_s - self._script.first_token_s) * self._script.rate
            yield Send(at_s, ping(), generated)

    def text(self) -> Iterator[Step]:
        script = self._script
        if not script.text:
            return
        yield self._start_block({"type": "text", "text": ""})
        if script.thinking is None:
            yield Send(self._now_s, ping())
        breaks_at = None if script.ending == "complete" else int(len(script.text) * BROKEN_AFTER)
        for at, piece in enumerate(script.text):
            if at == breaks_at:
                yield from self._break()
                if self._broken:
                    return
            yield self._generated("text_delta", "text", piece)
        yield self._stop_block()

    def _break(self) -> Iterator[Step]:
        self._broken = True
        match self._script.ending:
            case "cut":
                yield Cut(self._now_s)
            case "stall":
                yield Stall(self._now_s)
            case "error":
                body = error_body("overloaded_error", "Overloaded", self._script.request_id)
                yield Send(self._now_s, sse("error", body), self._tokens)
            case "malformed":
                self._broken = False
                half = f'{{"type":"content_block_delta","index":{self._index},"delta":{{"type":"text_del'
                yield Send(self._now_s, f"event: content_block_delta\ndata: {half}\n\n".encode(), self._tokens)
            case "open" | "complete":
                pass
            case _ as never:
                assert_never(never)

    def end(self) -> Iterator[Step]:
        script = self._script
        if self._broken:
            return
        delta = {
            "stop_reason": script.stop_reason,
            "stop_sequence": script.stop_sequence,
            "stop_details": script.stop_details,
        }
        usage = script.final_usage
        yield Send(self._now_s, self._event("message_delta", delta=delta, usage=usage), script.output_tokens)
        yield Send(self._now_s, self._event("message_stop"), script.output_tokens)

    def _generated(self, type_: str, field: str, piece: str) -> Step:
        """One delta of generated text, at the time its last token is ready."""
        tokens = tokens_in(piece, self._script.chars_per_token)
        self._tokens += tokens
        self._now_s = max(self._now_s, self._due(tokens))
        return self._delta(type_, field, piece)

    def _due(self, tokens: float) -> float:
        exact_s = self._script.first_token_s + self._tokens / self._script.rate
        if exact_s >= self._last_s:
            return self._last_s
        if exact_s > self._held_until_s and self._rng.random() < _HOLD_CHANCE:
            self._held_until_s = exact_s + self._rng.uniform(*_HOLD_S)
        jitter_s = self._rng.uniform(-_JITTER, _JITTER) * tokens / self._script.rate
        return min(max(exact_s + jitter_s, self._held_until_s), self._last_s)

    def _start_block(self, block: Mapping[str, object]) -> Step:
        self._index += 1
        return Send(
            self._now_s,
            self._event("content_block_start", index=self._index, content_block=block),
            self._tokens,
        )

    def _delta(self, type_: str, field: str, value: str) -> Step:
        delta = {"type": type_, field: value}
        return Send(self._now_s, self._event("content_block_delta", index=self._index, delta=delta), self._tokens)

    def _stop_block(self) -> Step:
        return Send(self._now_s, self._event("content_block_stop", index=self._index), self._tokens)

    def _event(self, type_: str, **fields: object) -> bytes:
        # The real API pads its events with blanks so that their length tells nothing about the text.
        return sse(type_, {"type": type_, **fields}, padding=self._rng.randrange(_MAX_PADDING))


def ping() -> bytes:
    """The event that says only that the connection lives."""
    return b'event: ping\ndata: {"type": "ping"}\n\n'


def sse(name: str, body: Mapping[str, object], padding: int = 0) -> bytes:
    """One server-sent event with `padding` blanks before the last brace."""
    return b"event: %s\ndata: %s%s}\n\n" % (name.encode(), to_json(body)[:-1], b" " * padding)


def to_json(body: Mapping[str, object]) -> bytes:
    """Compact UTF-8; half surrogates, which UTF-8 cannot hold, as escapes."""
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    try:
        return written.encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode()

"""What happens while a turn is answered, as a closed union of facts.

A stream is any number of these and then exactly one of `TERMINAL`. A front end matches them
whole, so that a new one fails the type check wherever it matters.
"""

from dataclasses import dataclass
from typing import Literal

from fasttui.chat.errors import ProviderError
from fasttui.chat.usage import FastLimits, Speed, Usage

BlockKind = Literal["text", "thinking", "other"]


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The request left, asking for `speed`. A retry or fallback sends another."""

    speed: Speed


@dataclass(frozen=True, slots=True)
class ResponseOpened:
    """The head of the response came, with status 200: from now on nothing is sent again."""

    request_id: str | None
    limits: FastLimits


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The first event of the reply; `served_speed` is None where the server does not say."""

    message_id: str
    model: str
    served_speed: Speed | None


@dataclass(frozen=True, slots=True)
class BlockStarted:
    """A content block opened; the first one starts the generation time."""

    kind: BlockKind


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """A piece of (summarized) thinking: `text` is safe to show, `raw` is what the signature vouches for."""

    text: str
    raw: str


@dataclass(frozen=True, slots=True)
class ThinkingSigned:
    """The open thinking block is complete; the API takes it back only with this signature."""

    signature: str


@dataclass(frozen=True, slots=True)
class ThinkingRedacted:
    """A thinking block that came encrypted; replayed as it came, never shown."""

    data: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the reply's text, safe to show."""

    text: str


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Counts so far; merge them, they never take back what an earlier report said."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """Attempt number `attempt` (the first retry is 2) leaves in `delay_s` seconds, because of `error`."""

    attempt: int
    delay_s: float
    error: ProviderError


@dataclass(frozen=True, slots=True)
class SpeedFellBack:
    """Fast was refused with `error`; the same request goes out at standard at once."""

    error: ProviderError


@dataclass(frozen=True, slots=True)
class TurnCompleted:
    """The reply is whole; `stop_reason` is the API's own word."""

    stop_reason: str


@dataclass(frozen=True, slots=True)
class TurnInterrupted:
    """The reply stopped in the middle: by the user (`error` is None) or by a fault."""

    error: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class TurnRefused:
    """The model declined; what arrived is not part of the conversation."""

    category: str | None
    explanation: str


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """No reply came at all."""

    error: ProviderError


TerminalEvent = TurnCompleted | TurnInterrupted | TurnRefused | TurnFailed
TERMINAL = (TurnCompleted, TurnInterrupted, TurnRefused, TurnFailed)

StreamEvent = (
    RequestSent
    | ResponseOpened
    | ReplyStarted
    | BlockStarted
    | ThinkingDelta
    | ThinkingSigned
    | ThinkingRedacted
    | TextDelta
    | UsageReported
    | RetryScheduled
    | SpeedFellBack
    | TerminalEvent
)

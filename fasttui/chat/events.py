"""What happens while a turn is answered, as a closed union of facts.

A stream is any number of these and then exactly one of `TERMINAL`. A front end matches them
whole, so that a new one fails the type check wherever it matters. They are tuples because making
a tuple class takes a tenth of the time of a frozen dataclass, and the first frame waits for it.
"""

from typing import Literal, NamedTuple

from fasttui.chat.errors import ProviderError
from fasttui.chat.usage import FastLimits, Speed, Usage

BlockKind = Literal["text", "thinking", "other"]


class RequestSent(NamedTuple):
    """The request left, asking for `speed`. A retry or fallback sends another."""

    speed: Speed


class ResponseOpened(NamedTuple):
    """The head of the response came, with status 200: from now on nothing is sent again."""

    request_id: str | None
    limits: FastLimits


class ReplyStarted(NamedTuple):
    """The first event of the reply; `served_speed` is None where the server does not say."""

    message_id: str
    model: str
    served_speed: Speed | None


class BlockStarted(NamedTuple):
    """A content block opened; the first one starts the generation time."""

    kind: BlockKind


class ThinkingDelta(NamedTuple):
    """A piece of (summarized) thinking: `text` is safe to show, `raw` is what the signature vouches for."""

    text: str
    raw: str


class ThinkingSigned(NamedTuple):
    """The open thinking block is complete; the API takes it back only with this signature."""

    signature: str


class ThinkingRedacted(NamedTuple):
    """A thinking block that came encrypted; replayed as it came, never shown."""

    data: str


class TextDelta(NamedTuple):
    """A piece of the reply's text, safe to show."""

    text: str


class UsageReported(NamedTuple):
    """Counts so far; merge them, they never take back what an earlier report said."""

    usage: Usage


class RetryScheduled(NamedTuple):
    """Attempt number `attempt` (the first retry is 2) leaves in `delay_s` seconds, because of `error`."""

    attempt: int
    delay_s: float
    error: ProviderError


class SpeedFellBack(NamedTuple):
    """Fast was refused with `error`; the same request goes out at standard at once."""

    error: ProviderError


class TurnCompleted(NamedTuple):
    """The reply is whole; `stop_reason` is the API's own word."""

    stop_reason: str


class TurnInterrupted(NamedTuple):
    """The reply stopped in the middle: by the user (`error` is None) or by a fault."""

    error: ProviderError | None = None


class TurnRefused(NamedTuple):
    """The model declined; what arrived is not part of the conversation."""

    category: str | None
    explanation: str


class TurnFailed(NamedTuple):
    """No reply came at all."""

    error: ProviderError


TerminalEvent = TurnCompleted | TurnInterrupted | TurnRefused | TurnFailed
TERMINAL = (TurnCompleted, TurnInterrupted, TurnRefused, TurnFailed)
# What a screen says about a reply that is on its way, beside its words, changes with these.
PROGRESS = (RequestSent, ReplyStarted, BlockStarted, RetryScheduled, SpeedFellBack)

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

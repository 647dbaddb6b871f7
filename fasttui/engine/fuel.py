"""The fast budget: a bucket of output tokens that the API refills continuously.

Known only from the headers of fast responses; unknown is unknown, never full.
"""

from typing import Literal, NamedTuple

from fasttui.chat.errors import FastLimitReached, FastUnavailable
from fasttui.chat.usage import FastLimits

_DEFAULT_COOLDOWN_S = 15.0

FuelState = Literal["unknown", "known", "cooling", "unavailable"]


class FuelReading(NamedTuple):
    """The gauge at one moment; token figures are None while nothing is known.

    `cooldown_s` counts down to when fast may be asked for again, `full_s` to a full bucket.
    """

    state: FuelState
    remaining: int | None = None
    limit: int | None = None
    full_s: float | None = None
    cooldown_s: float | None = None
    input_remaining: int | None = None
    input_limit: int | None = None

    @property
    def fraction(self) -> float | None:
        """Share of the bucket that is left, 0 to 1."""
        if self.remaining is None or not self.limit:
            return None
        return self.remaining / self.limit


class FuelGauge:
    """The bucket of one model for one credential, interpolated between headers. Times are monotonic."""

    def __init__(self) -> None:
        self._limits = FastLimits()
        self._remaining = 0.0
        self._at_s = 0.0
        self._running_tokens = 0.0
        self._cooling_until_s: float | None = None
        self._unavailable: FastUnavailable | None = None

    def see_headers(self, limits: FastLimits, now_s: float) -> None:
        """Take over what a response said; it excludes the output that follows."""
        if not limits.known:
            return
        self._limits = limits
        if limits.output_remaining is not None:
            self._remaining, self._at_s = float(limits.output_remaining), now_s
        self._running_tokens = 0.0

    def use(self, reply_tokens: float, now_s: float) -> None:
        """Take off what is new since the last call of a running fast reply of `reply_tokens` in all."""
        self._remaining = self._refilled(now_s) - (reply_tokens - self._running_tokens)
        self._at_s, self._running_tokens = now_s, reply_tokens

    def reply_ended(self) -> None:
        """The next reply counts from zero."""
        self._running_tokens = 0.0

    def refuse(self, error: FastLimitReached | FastUnavailable, now_s: float) -> None:
        """Fast was refused: for a while, or for good."""
        if isinstance(error, FastUnavailable):
            self._unavailable = error
        else:
            self._cooling_until_s = now_s + (error.retry_after_s or _DEFAULT_COOLDOWN_S)

    def refusal(self, now_s: float) -> FastLimitReached | FastUnavailable | None:
        """Why asking for fast now is a wasted round trip; None when it is not."""
        if self._unavailable is not None:
            return self._unavailable
        if cooldown_s := self.cooldown_s(now_s):
            return FastLimitReached(retry_after_s=cooldown_s)
        return None

    def cooldown_s(self, now_s: float) -> float:
        """Seconds until fast may be asked for again; 0 when it may."""
        if self._cooling_until_s is None or now_s >= self._cooling_until_s:
            self._cooling_until_s = None
            return 0.0
        return self._cooling_until_s - now_s

    def reading(self, now_s: float) -> FuelReading:
        """The gauge now."""
        limits = self._limits
        reading = FuelReading("unknown", input_remaining=limits.input_remaining, input_limit=limits.input_limit)
        if limits.output_limit and limits.output_remaining is not None:
            remaining = max(0.0, self._refilled(now_s))
            full_s = 60 * (limits.output_limit - remaining) / limits.output_limit
            reading = reading._replace(
                state="known", remaining=int(remaining), limit=limits.output_limit, full_s=full_s
            )
        if self._unavailable is not None:
            return reading._replace(state="unavailable")
        if cooldown_s := self.cooldown_s(now_s):
            return reading._replace(state="cooling", cooldown_s=cooldown_s)
        return reading

    def _refilled(self, now_s: float) -> float:
        limit = self._limits.output_limit
        if not limit:
            return self._remaining
        return min(float(limit), self._remaining + limit / 60 * (now_s - self._at_s))

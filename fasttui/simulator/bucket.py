"""Rate limits: token buckets that refill continuously, and the headers that describe them.

The real limits of a new organization are in `REAL_LIMITS`. The demo's fast bucket is far smaller on
purpose: one reply streams 108 tokens a second, 6,480 a minute, so that a bucket of 6,480 or more would
never run low for somebody trying it by hand. At 3,000 a minute, ordinary chat stays fast and a few
long replies in a row fall back to standard.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_SECONDS_PER_MINUTE = 60
_ROUNDED_TO = 1000
_ROUNDING = 1e-6  # what floating point may lose of one token


class TokenBucket:
    """`limit` tokens at most, refilled at `limit` a minute.

    A reply that is running is never cut off, so the level may fall below zero; the
    bucket then is empty until the debt has refilled.
    """

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._clock = clock
        self._level = float(limit)
        self._level_at_s = clock()

    @property
    def level(self) -> float:
        """Tokens in the bucket now; below zero is debt."""
        refilled = (self._clock() - self._level_at_s) * self.limit / _SECONDS_PER_MINUTE
        return min(float(self.limit), self._level + refilled)

    @property
    def empty(self) -> bool:
        """Whether not even one token is left, so that a request is refused."""
        return self.level < 1 - _ROUNDING

    @property
    def remaining(self) -> int:
        """The level as the headers tell it: never negative, rounded to thousands."""
        return max(0, round(self.level / _ROUNDED_TO) * _ROUNDED_TO)

    @property
    def full_in_s(self) -> float:
        """Seconds until the bucket is completely full again."""
        return self._seconds_to(self.limit)

    @property
    def retry_after_s(self) -> int:
        """Whole seconds, one at least, until a request is admitted again."""
        return max(1, math.ceil(self._seconds_to(1)))

    def take(self, tokens: float) -> None:
        """Count tokens that were used."""
        self._level, self._level_at_s = self.level - tokens, self._clock()

    def drain(self, empty_for_s: float) -> None:
        """Leave so little that it takes `empty_for_s` seconds until a request is admitted."""
        self.take(self.level - 1 + empty_for_s * self.limit / _SECONDS_PER_MINUTE)

    def _seconds_to(self, level: float) -> float:
        missing = max(0.0, level - self.level)
        return missing * _SECONDS_PER_MINUTE / self.limit if missing else 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Tokens and requests a minute; the fast ones are counted apart, requests are shared."""

    requests: int = 1_000
    input_tokens: int = 2_000_000
    output_tokens: int = 400_000
    fast_input_tokens: int = 2_000_000
    fast_output_tokens: int = 400_000


REAL_LIMITS = Limits()
DEMO_LIMITS = Limits(fast_output_tokens=3_000)


class RateLimits:
    """The buckets of one organization."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.requests = TokenBucket(limits.requests, clock)
        self.input = TokenBucket(limits.input_tokens, clock)
        self.output = TokenBucket(limits.output_tokens, clock)
        self.fast_input = TokenBucket(limits.fast_input_tokens, clock)
        self.fast_output = TokenBucket(limits.fast_output_tokens, clock)

    def headers(self, *, fast: bool, now: datetime) -> dict[str, str]:
        """The limit headers of a response: shared requests and six for fast, or the twelve standard ones."""
        requests = _three("anthropic-ratelimit-requests", self.requests, now, round_to_thousands=False)
        if fast:
            return (
                requests
                | _three("anthropic-fast-input-tokens", self.fast_input, now)
                | _three("anthropic-fast-output-tokens", self.fast_output, now)
            )
        return (
            requests
            | _three("anthropic-ratelimit-input-tokens", self.input, now)
            | _three("anthropic-ratelimit-output-tokens", self.output, now)
            | {
                "anthropic-ratelimit-tokens-limit": str(self.input.limit + self.output.limit),
                "anthropic-ratelimit-tokens-remaining": str(self.input.remaining + self.output.remaining),
                "anthropic-ratelimit-tokens-reset": _reset(now, max(self.input.full_in_s, self.output.full_in_s)),
            }
        )


def _three(name: str, bucket: TokenBucket, now: datetime, *, round_to_thousands: bool = True) -> dict[str, str]:
    remaining = bucket.remaining if round_to_thousands else max(0, math.floor(bucket.level))
    return {
        f"{name}-limit": str(bucket.limit),
        f"{name}-remaining": str(remaining),
        f"{name}-reset": _reset(now, bucket.full_in_s),
    }


def _reset(now: datetime, in_s: float) -> str:
    """RFC 3339 in whole seconds, as the API writes it."""
    return f"{now + timedelta(seconds=math.ceil(in_s)):%Y-%m-%dT%H:%M:%SZ}"

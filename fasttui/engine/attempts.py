"""Asking until there is a reply: visible retries at the same speed, and the fallback from fast.

Nothing is sent again once a response has opened: what arrived is kept and the user decides.
"""

import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from fasttui.chat import events
from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.errors import (
    ConnectionFailed,
    FastLimitReached,
    FastUnavailable,
    Overloaded,
    ProviderError,
    RateLimited,
    ServerFault,
)
from fasttui.chat.events import StreamEvent
from fasttui.engine.fuel import FuelGauge
from fasttui.engine.telemetry import Clock
from fasttui.provider.protocol import Provider

MAX_ATTEMPTS = 3
MAX_WAIT_S = 60.0
_BACKOFF_S = (0.5, 2.0)

Sleep = Callable[[float], Awaitable[None]]


def retry_delay_s(error: ProviderError, attempt: int) -> float | None:
    """Seconds until the attempt after number `attempt`; None when another would not help.

    The server's own `retry-after` counts, up to a minute: a longer pause is the user's to take.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    asked_s: float | None = None
    if isinstance(error, RateLimited | Overloaded | ServerFault):
        asked_s = error.retry_after_s
        if isinstance(error, RateLimited) and asked_s is None:
            return None
    elif not isinstance(error, ConnectionFailed):
        return None
    if asked_s is not None:
        return asked_s if asked_s <= MAX_WAIT_S else None
    return _BACKOFF_S[attempt - 1] * random.uniform(0.75, 1.25)  # noqa: S311 - jitter is no secret


async def attempts(
    provider: Provider, request: ReplyRequest, fuel: FuelGauge, *, clock: Clock, sleep: Sleep
) -> AsyncGenerator[StreamEvent, None]:
    """Everything that happens until the turn ends; the last event is a terminal one."""
    speed = request.options.speed
    if speed == "fast" and (refusal := fuel.refusal(clock())) is not None:
        yield events.SpeedFellBack(refusal)
        speed = "standard"
    attempt = 1
    await provider.wait_ready()
    while True:
        yield events.RequestSent(speed)
        opened = arrived = False
        failure: ProviderError | None = None
        asked = replace(request, options=replace(request.options, speed=speed))
        try:
            async with aclosing(provider.stream(asked)) as stream:
                async for event in stream:
                    opened = opened or isinstance(event, events.ResponseOpened)
                    arrived = arrived or isinstance(event, events.TextDelta | events.ThinkingDelta)
                    yield event
        except ProviderError as error:
            failure = error
        if failure is None:
            return
        if opened:
            yield events.TurnInterrupted(failure) if arrived else events.TurnFailed(failure)
            return
        if speed == "fast" and isinstance(failure, FastLimitReached | FastUnavailable):
            fuel.refuse(failure, clock())
            yield events.SpeedFellBack(failure)
            speed = "standard"
            continue
        delay_s = retry_delay_s(failure, attempt)
        if delay_s is None:
            yield events.TurnFailed(failure)
            return
        attempt += 1
        yield events.RetryScheduled(attempt, delay_s, failure)
        await sleep(delay_s)

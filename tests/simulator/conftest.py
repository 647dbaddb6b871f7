"""A simulator that waits for nothing, a clock that is moved by hand, and the real SDK as the client."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import anthropic
import pytest

from fasttui.chat.models import FAST_BETA
from fasttui.simulator import DEMO_LIMITS, Limits, Simulator

BEFORE_REMOVAL = date(2026, 11, 22)
AFTER_REMOVAL = date(2026, 11, 30)


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds


class Client:
    """The SDK without its retries, and the simulator it talks to."""

    def __init__(self, simulator: Simulator, base_url: str) -> None:
        self.simulator = simulator
        self.base_url = base_url
        self.sdk = anthropic.AsyncAnthropic(api_key="any", base_url=base_url, max_retries=0)

    async def stream(self, prompt: str, **options: Any) -> "Streamed":
        """Stream one reply to its end."""
        return await read(await self.open(prompt, **options))

    async def open(self, prompt: str, **options: Any) -> Any:
        request = body(prompt, **options)
        extra = {key: request.pop(key) for key in ("temperature", "top_p", "top_k") if key in request}
        return await self.sdk.beta.messages.create(stream=True, extra_body=extra, **request)


class Streamed:
    """What came of one stream."""

    def __init__(self, headers: Any) -> None:
        self.headers = headers
        self.events: list[Any] = []

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    @property
    def started(self) -> Any:
        return next(event.message for event in self.events if event.type == "message_start")

    @property
    def ended(self) -> Any:
        return next(event for event in self.events if event.type == "message_delta")

    @property
    def text(self) -> str:
        return self._joined("text_delta", "text")

    @property
    def thinking(self) -> str:
        return self._joined("thinking_delta", "thinking")

    def _joined(self, type_: str, field: str) -> str:
        deltas = [event.delta for event in self.events if event.type == "content_block_delta"]
        return "".join(getattr(delta, field) for delta in deltas if delta.type == type_)


async def read(stream: Any) -> Streamed:
    """All events of an open stream."""
    streamed = Streamed(stream.response.headers)
    async for event in stream:
        streamed.events.append(event)
    return streamed


def body(prompt: str, *, fast: bool = False, **options: Any) -> dict[str, Any]:
    """A request body with `betas`, as this program sends it; options replace or, when None, remove."""
    request: dict[str, Any] = {
        "model": "claude-opus-4-8",
        "max_tokens": 32_000,
        "messages": [{"role": "user", "content": prompt}],
    }
    if fast:
        request |= {"speed": "fast", "betas": [FAST_BETA]}
    return {key: value for key, value in (request | options).items() if value is not None}


Starter = Callable[..., Awaitable[Client]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def start(clock: Clock) -> AsyncIterator[Starter]:
    """Starts simulators; all are stopped at the end."""
    clients: list[Client] = []

    async def started(
        scenario: str | None = None, *, today: date = BEFORE_REMOVAL, limits: Limits = DEMO_LIMITS
    ) -> Client:
        simulator = Simulator(scenario, pace=0, clock=clock, today=today, limits=limits)
        clients.append(Client(simulator, await simulator.start()))
        return clients[-1]

    yield started
    for client in clients:
        await client.sdk.close()
        await client.simulator.aclose()


@pytest.fixture
async def client(start: Starter) -> Client:
    return await start()

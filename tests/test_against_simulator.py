"""Session, SDK and simulator together, over real HTTP on 127.0.0.1."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest

from fasttui.chat import events
from fasttui.chat.conversation import SpeedChoice, TurnStatus
from fasttui.chat.events import StreamEvent
from fasttui.chat.models import Catalogue
from fasttui.engine.choices import Choices
from fasttui.engine.session import Session
from fasttui.provider.anthropic import AnthropicProvider
from fasttui.simulator import SCENARIOS, Simulator
from tests.clock import Clock

# What a turn comes to in each scenario that does not simply complete.
STATUS: dict[str, TurnStatus] = {
    "spend-limit": "failed",
    "overloaded-always": "failed",
    "server-error": "failed",
    "cut": "interrupted",
    "stall": "interrupted",
    "error-event": "interrupted",
    "malformed-event": "interrupted",
    "no-stop": "interrupted",
    "html": "failed",
    "refusal": "refused",
}


@asynccontextmanager
async def session_on_simulator(speed: SpeedChoice, scenario: str | None = None) -> AsyncIterator[tuple[Session, Clock]]:
    """A session whose waits pass at once, on a simulator that does not wait either."""
    clock = Clock()
    # A stall is real silence: with the usual 90 s the test would wait for it.
    read_timeout_s = 0.3 if scenario == "stall" else 30.0
    simulator = Simulator(scenario, pace=0, clock=clock, today=date(2026, 11, 22))
    address = await simulator.start()
    provider = AnthropicProvider(Catalogue(), api_key="demo", base_url=address, read_timeout_s=read_timeout_s)
    choices = Choices("claude-opus-4-8", speed)
    try:
        yield Session(provider, Catalogue(), choices, clock=clock, now=clock.now, sleep=clock.sleep), clock
    finally:
        await provider.aclose()
        await simulator.aclose()


async def all_of(stream: AsyncGenerator[StreamEvent, None]) -> list[StreamEvent]:
    return [event async for event in stream]


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_every_scenario_ends_as_it_should_and_keeps_what_arrived(scenario: str) -> None:
    async with session_on_simulator("fast", scenario) as (session, _):
        seen = await all_of(session.submit("Write an LRU cache with TTL expiry."))
    assert isinstance(seen[-1], events.TERMINAL)
    turn = session.turn
    assert turn is not None
    assert turn.status == STATUS.get(scenario, "completed"), turn.error
    if turn.status == "interrupted":
        assert turn.reply.text
    if turn.error:
        assert turn.error.endswith(".")
        assert turn.error_hint


async def test_a_hostile_reply_reaches_nobody_as_control_characters() -> None:
    async with session_on_simulator("standard", "hostile") as (session, _):
        seen = await all_of(session.submit("Hi"))
    shown = "".join(event.text for event in seen if isinstance(event, events.TextDelta | events.ThinkingDelta))
    assert shown
    assert not {c for c in shown if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff"}


async def test_long_reviews_at_fast_fall_back_when_fast_is_full_and_say_who_served() -> None:
    """The worked example: the bucket runs low, standard serves at once, and fast comes back by itself."""
    async with session_on_simulator("fast") as (session, clock):
        served, fell_back = [], []
        for _ in range(4):
            seen = await all_of(session.submit("Review this module: it is long, so be thorough."))
            assert session.turn is not None
            served.append(session.turn.served_speed)
            fell_back.append(any(isinstance(event, events.SpeedFellBack) for event in seen))
        assert served[0] == "fast"
        assert "standard" in served
        assert fell_back == [speed == "standard" for speed in served]
        assert session.status().fuel.state == "cooling"
        clock.s += 120
        await all_of(session.submit("And once more."))
        assert session.turn is not None
        assert session.turn.served_speed == "fast"


async def test_the_cache_is_warm_for_the_same_speed_and_cold_for_the_other() -> None:
    async with session_on_simulator("standard") as (session, _):
        session.conversation.system = "You review code with care. " * 400
        await all_of(session.submit("Hello"))
        await all_of(session.submit("Hello again"))
        assert session.turn is not None
        assert (session.turn.usage.cache_read_tokens or 0) > 3_000
        forecast = session.forecast("And again")
        assert forecast.chosen.usd is not None
        assert forecast.other is not None
        assert forecast.other.usd is not None
        assert forecast.cached_until is not None
        assert forecast.other.usd > 2 * forecast.chosen.usd
        session.choices.speed = "fast"
        await all_of(session.submit("And again"))
        assert not session.turn.usage.cache_read_tokens
        assert (session.turn.usage.cache_write_5m_tokens or 0) > 3_000


async def test_the_models_api_is_laid_over_the_catalogue() -> None:
    async with session_on_simulator("standard") as (session, _):
        provider = session.provider
        assert isinstance(provider, AnthropicProvider)
        said = await provider.list_models()
        assert "claude-opus-4-8" in said
        for id_, fields in said.items():
            session.catalogue.overlay(id_, fields)
        assert session.model.price == Catalogue().get("claude-opus-4-8").price
        assert session.fast_offered()

"""The provider that plays what was recorded or written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.errors import ConnectionLost, StreamBroken
from fasttui.chat.events import BlockStarted, StreamEvent, TextDelta, TurnCompleted
from fasttui.chat.safe_text import safe_text
from fasttui.provider.replay import ReplayProvider
from tests.provider.conftest import events_of, hear, text_of
from tests.provider.loopback import block, reply, started, text


@given(st.lists(st.text()))
async def test_deltas_become_a_whole_reply_of_safe_text(deltas: list[str]) -> None:
    events = await events_of(ReplayProvider(deltas))
    assert text_of(events) == safe_text("".join(deltas))
    assert events[-1] == TurnCompleted("end_turn")


async def test_events_are_played_as_they_are() -> None:
    events: list[StreamEvent] = [BlockStarted("text"), TextDelta("x"), TurnCompleted("max_tokens")]
    assert await events_of(ReplayProvider(events)) == events


@pytest.mark.parametrize(
    "provider",
    [
        ReplayProvider(["a", "b"], then=ConnectionLost("gone")),
        ReplayProvider([TextDelta("ab")], then=ConnectionLost("gone")),
        ReplayProvider.from_sse(reply("a", "b"), then=ConnectionLost("gone")),
        ReplayProvider.from_sse(started() + block() + text("ab"), then=ConnectionLost("gone"), chunk=5),
    ],
)
async def test_an_error_can_stand_where_the_end_would_be(provider: ReplayProvider) -> None:
    events: list[StreamEvent] = []
    with pytest.raises(ConnectionLost, match="gone"):
        await hear(provider, events)
    assert text_of(events) == "ab"


async def test_a_recording_that_was_cut_is_broken() -> None:
    with pytest.raises(StreamBroken):
        await events_of(ReplayProvider.from_sse(started()))


async def test_a_recording_of_two_replies_plays_one_for_each_request() -> None:
    provider = ReplayProvider.from_sse(reply("one") + reply("two"))
    assert [text_of(await events_of(provider)) for _ in range(3)] == ["one", "two", "one"]
    assert len(provider.requests) == 3


async def test_time_passes_only_on_the_clock_it_is_given() -> None:
    slept_s: list[float] = []

    async def sleep(seconds: float) -> None:
        slept_s.append(seconds)

    events = await events_of(ReplayProvider(["a", "b"], sleep=sleep, pause_s=0.01))
    assert slept_s == [0.01] * len(events)

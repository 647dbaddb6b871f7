"""Every recorded stream plays to its end, however the bytes are cut."""

import json
from pathlib import Path

import pytest

from fasttui.chat.events import TERMINAL, StreamEvent
from fasttui.chat.safe_text import safe_text
from fasttui.provider.replay import ReplayProvider, replies_in
from tests.paths import SHARED_DATA, needs_shared_data
from tests.provider.conftest import events_of, provider_at, text_of
from tests.provider.loopback import Answer, loopback, streams

RECORDINGS = sorted((SHARED_DATA / "streams").glob("*.sse"))


async def _replies(recording: Path, chunk: int | None) -> list[list[StreamEvent]]:
    provider = ReplayProvider.from_sse(recording, chunk=chunk)
    return [await events_of(provider) for _ in range(provider.replies)]


def _recorded_texts(recording: Path) -> list[str]:
    return [_recorded_text(reply) for reply in replies_in(recording.read_bytes())]


def _recorded_text(reply: bytes) -> str:
    """The text as a reader without our decoder finds it."""
    datas = (json.loads(line[5:]) for line in reply.decode().splitlines() if line.startswith("data:"))
    deltas = (data["delta"] for data in datas if data["type"] == "content_block_delta")
    return safe_text("".join(delta["text"] for delta in deltas if delta["type"] == "text_delta"))


@needs_shared_data
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem[:60])
async def test_a_recording_plays_to_its_end_the_same_whole_in_pieces_and_byte_by_byte(recording: Path) -> None:
    whole = await _replies(recording, None)
    for events in whole:
        assert [event for event in events if isinstance(event, TERMINAL)] == events[-1:]
    assert [text_of(events) for events in whole] == _recorded_texts(recording)
    assert await _replies(recording, 7) == whole
    assert await _replies(recording, 1) == whole


@needs_shared_data
async def test_every_recording_gives_the_same_events_over_the_wire_through_the_sdk() -> None:
    recorded = [reply for recording in RECORDINGS for reply in replies_in(recording.read_bytes())]
    answers: list[Answer] = [streams(reply) for reply in recorded]
    async with loopback(*answers) as server, provider_at(server.url) as provider:
        for reply in recorded:
            events = await events_of(provider)
            assert events[1:] == (await events_of(ReplayProvider.from_sse(reply)))[1:]
    assert server.connections == 1

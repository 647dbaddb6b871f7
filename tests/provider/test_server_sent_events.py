"""Server-sent events: our splitter against the SDK's own decoder."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from anthropic._streaming import SSEDecoder
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.errors import StreamBroken
from fasttui.provider import server_sent_events
from fasttui.provider.server_sent_events import EventSplitter

LINES = st.sampled_from(
    ["event: ping", "event:a", "data: {}", "data:x", "data: é😀\u2028", "data", ": comment", "id: 1", "retry: 5", ""]
)
STREAMS = st.lists(LINES).map(lambda lines: "\n".join([*lines, "", ""]))


def _cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in pairwise(edges)]


def _events(chunks: list[bytes]) -> list[tuple[bytes, bytes]]:
    splitter = EventSplitter()
    return [event for chunk in chunks for event in splitter.add(chunk)]


def _events_of_the_sdk(stream: bytes) -> Iterator[tuple[bytes, bytes]]:
    for event in SSEDecoder().iter_bytes(iter([stream])):
        if event.data:
            yield (event.event or "").encode(), event.data.encode()


@given(STREAMS, st.lists(st.integers(min_value=0)), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_cut_and_any_line_ending_gives_the_events_that_the_sdk_finds(
    stream: str, places: list[int], newline: str
) -> None:
    # A lone CR at the very end may yet become CR LF: the next line settles it.
    found = _events(_cut(stream.replace("\n", newline).encode() + b":", places))
    assert found == list(_events_of_the_sdk(stream.encode()))


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert _events([b"\xef\xbb", b"\xbfevent: a\ndata: 1\n\n"]) == [(b"a", b"1")]


def test_an_endless_event_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_sent_events, "MAX_EVENT_BYTES", 1000)
    with pytest.raises(StreamBroken, match="one event is over"):
        _events([b"data: " + b"x" * 100] * 20)


def test_many_events_in_one_chunk_are_no_endless_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_sent_events, "MAX_EVENT_BYTES", 1000)
    assert len(_events([b"data: 1\n\n" * 1000])) == 1000

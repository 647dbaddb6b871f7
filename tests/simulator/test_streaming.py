"""The schedule of a reply, computed and not waited for."""

import json
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.simulator.streaming import (
    PING_EVERY_S,
    Cut,
    Ending,
    Script,
    Send,
    Stall,
    Step,
    cut_to,
    in_pieces,
    sse,
    stream,
    to_json,
    whole,
)
from fasttui.simulator.tokens import pieces_of, tokens_in

USAGE = {"input_tokens": 10, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1}
TEXT = "The quick brown fox jumps over the lazy dog, again and again.\n" * 80
TEXTS = st.text(st.characters(codec="utf-8"), max_size=400)


def script(**changes: Any) -> Script:
    fields: dict[str, Any] = {
        "message_id": "msg_1",
        "request_id": "req_1",
        "model": "claude-opus-4-8",
        "usage": USAGE,
        "thinking": None,
        "thinking_shown": True,
        "text": in_pieces(TEXT),
        "rate": 108.0,
        "head_s": 1.0,
        "first_token_s": 1.2,
        "chars_per_token": 2.5,
    }
    return Script(**(fields | changes))


def steps_of(written: Script, seed: int = 1) -> list[Step]:
    return list(stream(written, random.Random(seed)))


def event_of(step: Step) -> dict[str, Any]:
    assert isinstance(step, Send)
    event: dict[str, Any] = json.loads(step.data.split(b"data: ", 1)[1])
    return event


def times_of(steps: list[Step], type_: str) -> list[float]:
    return [step.at_s for step in steps if event_of(step)["type"] == type_]


@pytest.mark.parametrize("rate", [45.0, 108.0])
@pytest.mark.parametrize("thinking", [None, TEXT[:500]])
@pytest.mark.parametrize("shown", [True, False])
def test_tokens_over_generation_time_is_exactly_the_rate(rate: float, thinking: Any, shown: bool) -> None:
    pieces = None if thinking is None else in_pieces(thinking)
    steps = steps_of(script(rate=rate, thinking=pieces, thinking_shown=shown))
    first = times_of(steps, "content_block_start")[0]
    last = times_of(steps, "content_block_delta")[-1]
    tokens = next(event_of(s) for s in steps if event_of(s)["type"] == "message_delta")["usage"]["output_tokens"]
    assert tokens / (last - first) == pytest.approx(rate, rel=0.002)


@pytest.mark.parametrize("seed", range(5))
def test_the_stream_is_never_far_from_its_rate_and_never_goes_back(seed: int) -> None:
    steps = steps_of(script(), seed)
    times = [step.at_s for step in steps]
    assert times == sorted(times)
    generated = [(s.at_s, s.output_tokens) for s in steps if isinstance(s, Send) and s.output_tokens > 0]
    assert all(abs(at_s - (1.2 + tokens / 108)) < 0.4 for at_s, tokens in generated)


def test_deltas_jitter_and_sometimes_come_in_bursts() -> None:
    times = times_of(steps_of(script()), "content_block_delta")
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len({round(gap, 4) for gap in gaps}) > 50
    assert max(gaps) > 0.06
    assert gaps.count(0.0) > 3


@given(text=TEXTS, thinking=st.none() | TEXTS, shown=st.booleans(), seed=st.integers(0, 99))
def test_whatever_is_said_arrives_whole_and_in_order(text: str, thinking: Any, shown: bool, seed: int) -> None:
    pieces = None if thinking is None else in_pieces(thinking)
    steps = steps_of(script(text=in_pieces(text), thinking=pieces, thinking_shown=shown), seed)
    events = [event_of(step) for step in steps]
    types = [event["type"] for event in events]
    assert types[0] == "message_start"
    assert types[-2:] == ["message_delta", "message_stop"]
    assert types.count("content_block_start") == types.count("content_block_stop")
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    assert "".join(delta.get("text", "") for delta in deltas) == text
    assert "".join(delta.get("thinking", "") for delta in deltas) == (thinking or "" if shown else "")
    assert sum("signature" in delta for delta in deltas) == (thinking is not None)


@given(text=TEXTS)
def test_the_tokens_of_the_pieces_add_up_to_those_of_the_text(text: str) -> None:
    pieces = list(pieces_of(text))
    assert "".join(pieces) == text
    assert sum(map(tokens_in, pieces)) == pytest.approx(tokens_in(text))


@given(thinking=TEXTS, text=TEXTS, most=st.integers(0, 300))
def test_a_reply_never_exceeds_max_tokens_and_is_cut_only_if_it_must(thinking: Any, text: str, most: int) -> None:
    pieces = in_pieces(thinking), in_pieces(text)
    kept_thinking, kept_text, whole_reply = cut_to(*pieces, most, 2.5)
    tokens = tokens_in("".join((*kept_thinking, *kept_text)))
    assert tokens <= most + 1e-6
    assert whole_reply == (tokens_in(thinking + text) <= most + 1e-6)
    assert whole_reply == ((kept_thinking, kept_text) == pieces)


def test_pieces_are_about_a_token_long() -> None:
    pieces = list(pieces_of(TEXT))
    assert 3 <= len(TEXT) / len(pieces) <= 6


def test_long_silent_thinking_is_kept_alive_by_pings() -> None:
    steps = steps_of(script(thinking=in_pieces(TEXT * 3), thinking_shown=False, rate=45.0))
    pings = times_of(steps, "ping")
    thinking_s = tokens_in(TEXT * 3) / 45
    assert len(pings) - 1 == int(thinking_s / PING_EVERY_S) >= 5
    deltas = [event_of(s)["delta"]["type"] for s in steps if event_of(s)["type"] == "content_block_delta"]
    assert deltas[0] == "signature_delta"
    assert "thinking_delta" not in deltas


def test_a_long_wait_for_the_first_block_is_kept_alive_by_pings() -> None:
    steps = steps_of(script(first_token_s=40.0))
    assert [event_of(step)["type"] for step in steps[:4]] == ["message_start", "ping", "ping", "content_block_start"]


@pytest.mark.parametrize(("ending", "last"), [("cut", Cut), ("stall", Stall)])
def test_a_broken_stream_ends_in_the_middle_of_its_text(ending: Ending, last: type[Step]) -> None:
    steps = steps_of(script(ending=ending))
    assert isinstance(steps[-1], last)
    sent = [event_of(step) for step in steps[:-1]]
    assert "message_stop" not in [event["type"] for event in sent]
    said = "".join(e["delta"]["text"] for e in sent if e["type"] == "content_block_delta")
    assert TEXT.startswith(said)
    assert 0.2 < len(said) / len(TEXT) < 0.6


def test_a_stream_that_ends_early_and_cleanly_has_no_message_stop() -> None:
    types = [event_of(step)["type"] for step in steps_of(script(ending="open"))]
    assert types[-1] == "content_block_delta"


def test_a_stream_with_a_malformed_event_goes_on_after_it() -> None:
    data = [step.data for step in steps_of(script(ending="malformed")) if isinstance(step, Send)]
    broken = [at for at, event in enumerate(data) if not event.rstrip().endswith(b"}")]
    assert len(broken) == 1
    assert broken[0] < len(data) / 2
    assert b"message_stop" in data[-1]


def test_the_same_reply_without_a_stream_is_due_when_the_stream_would_end() -> None:
    written = script(thinking=in_pieces("Let me think."), thinking_shown=True)
    due_s, message = whole(written)
    assert due_s == pytest.approx(times_of(steps_of(written), "message_stop")[0], abs=0.02)
    content: Any = message["content"]
    assert [block["type"] for block in content] == ["thinking", "text"]
    assert (content[0]["thinking"], content[1]["text"]) == ("Let me think.", TEXT)


def test_half_a_surrogate_goes_out_as_an_escape() -> None:
    assert to_json({"text": "\ud83d"}) == b'{"text":"\\ud83d"}'
    assert to_json({"text": "é"}) == '{"text":"é"}'.encode()


def test_an_event_is_padded_before_its_last_brace() -> None:
    assert sse("ping", {"type": "ping"}, padding=3) == b'event: ping\ndata: {"type":"ping"   }\n\n'

"""Every scenario, seen through the real SDK, chosen by the prompt or when the simulator starts."""

import asyncio
import json
from typing import Any

import anthropic
import httpx2
import pytest

from fasttui.chat.errors import ConfigError
from fasttui.simulator import SCENARIOS, Simulator
from tests.simulator.conftest import Client, Clock, Starter, Streamed, body

SHOWN = {"type": "adaptive", "display": "summarized"}
UNBROKEN = sorted(
    set(SCENARIOS)
    - {"spend-limit", "rate-limit", "overloaded", "overloaded-always", "server-error", "cut", "stall"}
    - {"error-event", "malformed-event", "no-stop", "html"}
)


@pytest.fixture(params=["prompt", "start"])
async def ask(request: Any, start: Starter) -> Any:
    """Ask in a scenario, named in the prompt or at the start."""
    clients: dict[str, Client] = {}

    async def asked(scenario: str, **options: Any) -> Any:
        if request.param == "prompt":
            client = clients.get("") or await start()
            clients[""] = client
            return await client.stream(f"/sim {scenario}", **options)
        client = clients.get(scenario) or await start(scenario)
        clients[scenario] = client
        return await client.stream("How does streaming work?", **options)

    return asked


async def test_never_provisioned_refuses_fast_for_good_and_serves_standard(ask: Any) -> None:
    for _ in range(2):
        with pytest.raises(
            anthropic.RateLimitError, match="rate limit of 0 fast mode input tokens per minute"
        ) as caught:
            await ask("never-provisioned", fast=True)
        assert caught.value.response.headers["anthropic-fast-input-tokens-limit"] == "0"
        assert "retry-after" not in caught.value.response.headers
    assert (await ask("never-provisioned")).text


async def test_fast_limit_refuses_fast_once_and_then_lets_it_pass(ask: Any, clock: Clock) -> None:
    with pytest.raises(anthropic.RateLimitError, match="fast mode") as caught:
        await ask("fast-limit", fast=True)
    assert caught.value.response.headers["retry-after"] == "12"
    assert caught.value.response.headers["anthropic-fast-output-tokens-remaining"] == "0"
    assert (await ask("fast-limit")).started.usage.speed == "standard"
    clock.advance(5)
    with pytest.raises(anthropic.RateLimitError) as caught:
        await ask("fast-limit", fast=True)
    assert caught.value.response.headers["retry-after"] == "7"
    clock.advance(7)
    assert (await ask("fast-limit", fast=True)).started.usage.speed == "fast"


@pytest.mark.parametrize("fast", [True, False])
async def test_spend_limit_refuses_at_any_speed_and_names_its_code(ask: Any, fast: bool) -> None:
    with pytest.raises(anthropic.RateLimitError) as caught:
        await ask("spend-limit", fast=fast)
    assert caught.value.error_code == "enforced_spend_limit_reached"
    assert "retry-after" not in caught.value.response.headers


async def test_rate_limit_refuses_the_first_attempt_only(ask: Any) -> None:
    with pytest.raises(anthropic.RateLimitError) as caught:
        await ask("rate-limit")
    assert caught.value.response.headers["retry-after"] == "2"
    assert (await ask("rate-limit")).text


async def test_overloaded_refuses_the_first_attempt_only(ask: Any) -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        await ask("overloaded")
    assert (caught.value.status_code, caught.value.type) == (529, "overloaded_error")
    assert (await ask("overloaded")).text


@pytest.mark.parametrize(
    ("scenario", "status", "type_"),
    [("overloaded-always", 529, "overloaded_error"), ("server-error", 500, "api_error")],
)
async def test_some_failures_stay(ask: Any, scenario: str, status: int, type_: str) -> None:
    for _ in range(3):
        with pytest.raises(anthropic.InternalServerError) as caught:
            await ask(scenario)
        assert (caught.value.status_code, caught.value.type) == (status, type_)


async def test_cut_drops_the_connection(ask: Any) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        await ask("cut")


async def test_stall_falls_silent_in_mid_reply_and_keeps_the_connection(start: Starter) -> None:
    half = (await (await start("no-stop")).stream("How does streaming work?")).text
    client = await start("stall")
    stream = await client.open("How does streaming work?")
    streamed = Streamed(stream.response.headers)
    async with asyncio.timeout(10):
        async for event in stream:
            streamed.events.append(event)
            if streamed.text == half:
                break
    assert client.simulator.open_connections == 1
    await stream.close()


async def test_error_event_comes_after_status_200(ask: Any) -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        await ask("error-event")
    assert caught.value.status_code == 200
    assert caught.value.type == "overloaded_error"


async def test_malformed_event_is_no_json(ask: Any) -> None:
    with pytest.raises(json.JSONDecodeError):
        await ask("malformed-event")


async def test_no_stop_ends_cleanly_without_message_stop(ask: Any) -> None:
    streamed = await ask("no-stop")
    assert streamed.text
    assert "message_delta" not in streamed.types
    assert "message_stop" not in streamed.types


async def test_html_is_a_web_page_with_status_200(ask: Any) -> None:
    streamed = await ask("html")
    assert streamed.headers["content-type"].startswith("text/html")
    assert streamed.events == []


async def test_refusal_stops_in_mid_reply_with_its_details(ask: Any) -> None:
    streamed = await ask("refusal")
    assert streamed.text
    assert streamed.ended.delta.stop_reason == "refusal"
    assert streamed.ended.delta.stop_details.category == "cyber"
    assert streamed.ended.delta.stop_details.explanation


async def test_max_tokens_ends_the_reply_early(ask: Any) -> None:
    streamed = await ask("max-tokens")
    assert streamed.ended.delta.stop_reason == "max_tokens"
    assert streamed.ended.usage.output_tokens <= 300


async def test_speed_mismatch_serves_standard_whatever_was_asked(ask: Any) -> None:
    streamed = await ask("speed-mismatch", fast=True)
    assert streamed.started.usage.speed == "standard"
    assert "anthropic-fast-output-tokens-limit" not in streamed.headers


async def test_no_speed_leaves_it_unknown(ask: Any) -> None:
    assert (await ask("no-speed", fast=True)).started.usage.speed is None


@pytest.mark.parametrize("thinking", [SHOWN, {"type": "disabled"}])
async def test_slow_is_forty_silent_seconds_with_pings(start: Starter, thinking: Any) -> None:
    client = await start("slow")
    stream = await client.open("Hello", thinking=thinking)
    pings = [line async for line in stream.response.aiter_lines() if line == "event: ping"]
    assert len(pings) >= 2


async def test_empty_has_no_content_and_still_ends(ask: Any) -> None:
    streamed = await ask("empty", thinking=SHOWN)
    assert streamed.types == ["message_start", "message_delta", "message_stop"]


async def test_thinking_is_long_where_the_model_thinks(ask: Any) -> None:
    streamed = await ask("thinking", thinking=SHOWN)
    assert streamed.ended.usage.output_tokens_details.thinking_tokens > 2_500
    assert len(streamed.text) < 500


@pytest.mark.parametrize(("scenario", "least"), [("long-prose", 10_000), ("long-list", 8_000)])
async def test_long_replies_are_long(ask: Any, scenario: str, least: int) -> None:
    assert len((await ask(scenario)).text) > least


async def test_long_code_is_long_and_python_that_runs(client: Client) -> None:
    source = (await client.stream("/sim long-code")).text.split("```python\n")[1].split("```")[0]
    scope: dict[str, Any] = {}
    exec(compile(source, "units.py", "exec"), scope)
    assert len(source) > 20_000
    assert scope["mile_to_kilometre"](1.0) == pytest.approx(1.609344)
    assert scope["hour_to_minute"](2.0) == 120


async def test_tables_and_unicode_hold_what_they_promise(ask: Any) -> None:
    tables, unicode = (await ask("tables")).text, (await ask("unicode")).text
    assert tables.count("|---") > 5
    assert all(mark in unicode for mark in ("안녕", "👨‍👩‍👧‍👦", "السلام", "世界"))


async def test_hostile_holds_control_characters_markup_and_an_emoji_in_two_halves(ask: Any) -> None:
    streamed = await ask("hostile")
    for harm in ("\x1b]52;", "\x1b[2J", "[@click=", "javascript:", "\u202e", "\x9b", "\x00"):
        assert harm in streamed.text
    deltas = [e.delta.text for e in streamed.events if e.type == "content_block_delta"]
    assert deltas.index("\ud83d") + 1 == deltas.index("\ude80")


@pytest.mark.parametrize("scenario", UNBROKEN)
async def test_every_unbroken_scenario_ends_with_message_stop(start: Starter, scenario: str) -> None:
    client = await start()
    streamed = await client.stream(f"/sim {scenario}", thinking=SHOWN)
    assert streamed.types[-1] == "message_stop"


@pytest.mark.parametrize("scenario", UNBROKEN)
async def test_every_unbroken_scenario_answers_without_a_stream(start: Starter, scenario: str) -> None:
    message = await (await start(scenario)).sdk.beta.messages.create(**body("Hello", max_tokens=4_000))
    assert message.stop_reason is not None


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("cut", anthropic.APIConnectionError),
        ("no-stop", anthropic.APIConnectionError),
        ("malformed-event", json.JSONDecodeError),
        ("error-event", anthropic.InternalServerError),
    ],
)
async def test_a_broken_scenario_breaks_a_reply_without_a_stream_too(start: Starter, scenario: str, error: Any) -> None:
    client = await start(scenario)
    with pytest.raises(error):
        await client.sdk.beta.messages.create(**body("Hello", max_tokens=4_000))


async def test_a_bare_sim_lists_all_scenarios(start: Starter) -> None:
    text = (await (await start()).stream("/sim")).text
    assert all(f"/sim {name}" in text for name in SCENARIOS)


async def test_an_unknown_scenario_says_so_and_lists_them(start: Starter) -> None:
    text = (await (await start()).stream("/sim nonsense")).text
    assert "no scenario `nonsense`" in text
    assert "/sim hostile" in text


async def test_words_after_the_name_are_answered(start: Starter) -> None:
    text = (await (await start()).stream("/sim no-speed tell me a story")).text
    assert "The Interval" in text


async def test_sim_inside_a_prompt_is_only_a_word(start: Starter) -> None:
    text = (await (await start()).stream("What does /sim cut do?")).text
    assert "simulator" in text


def test_an_unknown_scenario_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigError, match="nonsense") as caught:
        Simulator("nonsense")
    assert "hostile" in caught.value.hint


def test_every_scenario_is_described_in_one_short_line() -> None:
    assert all(about and "\n" not in about and len(about) < 80 for about in SCENARIOS.values())

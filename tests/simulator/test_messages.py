"""Whole conversations with the real SDK: order of events, usage, speeds, limits, caching."""

import asyncio
from typing import Any

import anthropic
import pytest

from fasttui.chat.models import FAST_BETA
from fasttui.simulator import DEMO_LIMITS, Limits
from tests.simulator.conftest import Client, Clock, Starter, Streamed, body, read

SHOWN = {"type": "adaptive", "display": "summarized"}
REVIEW = "Review this module, please."


async def test_a_streamed_reply_has_the_order_of_the_real_one(client: Client) -> None:
    streamed = await client.stream("Write an LRU cache with TTL", thinking=SHOWN)
    order = [t for at, t in enumerate(streamed.types) if t != "ping" and streamed.types[at - 1 : at] != [t]]
    assert order == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    blocks = [event.content_block.type for event in streamed.events if event.type == "content_block_start"]
    assert blocks == ["thinking", "text"]
    assert "class TTLCache" in streamed.text
    assert streamed.thinking
    assert streamed.ended.delta.stop_reason == "end_turn"


async def test_the_final_usage_counts_thinking_and_text(client: Client) -> None:
    streamed = await client.stream("Write an LRU cache with TTL", thinking=SHOWN)
    usage = streamed.ended.usage
    thinking_tokens = usage.output_tokens_details.thinking_tokens
    assert thinking_tokens == pytest.approx(len(streamed.thinking) / 2.5, rel=0.02)
    assert usage.output_tokens - thinking_tokens == pytest.approx(len(streamed.text) / 2.5, rel=0.02)
    assert streamed.started.usage.input_tokens == usage.input_tokens
    assert streamed.started.usage.service_tier == "standard"


async def test_omitted_thinking_costs_the_same_and_shows_nothing(client: Client) -> None:
    omitted = await client.stream("Write an LRU cache", thinking={"type": "adaptive"})
    shown = await client.stream("Write an LRU cache", thinking=SHOWN)
    assert omitted.thinking == ""
    assert omitted.ended.usage.output_tokens == shown.ended.usage.output_tokens
    assert len(signatures(omitted)) == 1


async def test_opus_4_8_does_not_think_unless_asked(client: Client) -> None:
    streamed = await client.stream("Write an LRU cache")
    assert [e.content_block.type for e in streamed.events if e.type == "content_block_start"] == ["text"]


@pytest.mark.parametrize("fast", [True, False])
async def test_the_served_speed_and_its_limits_are_told(client: Client, fast: bool) -> None:
    streamed = await client.stream("Hello", fast=fast)
    assert streamed.started.usage.speed == ("fast" if fast else "standard")
    assert ("anthropic-fast-output-tokens-limit" in streamed.headers) == fast
    assert ("anthropic-ratelimit-output-tokens-limit" in streamed.headers) == (not fast)
    assert streamed.headers["request-id"].startswith("req_")
    assert streamed.headers["anthropic-organization-id"]


async def test_more_effort_says_and_thinks_more(client: Client) -> None:
    sizes = []
    for effort in ("low", "medium", "high", "xhigh", "max"):
        streamed = await client.stream("Tell me a story", thinking=SHOWN, output_config={"effort": effort})
        sizes.append((len(streamed.thinking), len(streamed.text)))
    thinking, text = zip(*sizes, strict=True)
    assert list(thinking) == sorted(set(thinking))
    assert list(text) == sorted(set(text))


async def test_the_same_prompt_gets_the_same_text(client: Client) -> None:
    first, second = await client.stream("Tell me a story"), await client.stream("Tell me a story", fast=True)
    assert first.text == second.text
    assert first.started.id != second.started.id


async def test_max_tokens_is_honoured(client: Client) -> None:
    streamed = await client.stream("Write an LRU cache", max_tokens=100)
    assert streamed.ended.delta.stop_reason == "max_tokens"
    assert 95 <= streamed.ended.usage.output_tokens <= 100


async def test_max_tokens_may_be_spent_on_thinking_alone(client: Client) -> None:
    streamed = await client.stream("Write an LRU cache", max_tokens=50, thinking=SHOWN)
    assert streamed.text == ""
    assert streamed.thinking
    assert streamed.ended.delta.stop_reason == "max_tokens"


async def test_no_tokens_at_all_only_warms_the_cache(client: Client) -> None:
    long = "A sentence that is here to be long. " * 200
    warm = await client.stream(long, max_tokens=0, cache_control={"type": "ephemeral"})
    assert warm.text == ""
    again = await client.stream(long, cache_control={"type": "ephemeral"})
    assert again.started.usage.cache_read_input_tokens == warm.started.usage.cache_creation_input_tokens > 0


async def test_a_stop_sequence_ends_the_reply(client: Client) -> None:
    streamed = await client.stream("Write an LRU cache", stop_sequences=["class"])
    assert streamed.ended.delta.stop_reason == "stop_sequence"
    assert streamed.ended.delta.stop_sequence == "class"
    assert "class" not in streamed.text


async def test_a_reply_without_a_stream_says_the_same(client: Client) -> None:
    streamed = await client.stream("Explain a regular expression", thinking=SHOWN)
    request = body("Explain a regular expression", thinking=SHOWN, max_tokens=8_000)
    message = await client.sdk.beta.messages.create(**request)
    thinking, text = message.content
    assert (thinking.thinking, text.text) == (streamed.thinking, streamed.text)
    assert message.usage.output_tokens == streamed.ended.usage.output_tokens
    assert message.usage.speed == "standard"


async def test_a_conversation_reads_from_the_cache_what_it_wrote(client: Client) -> None:
    long = "A sentence that is here to be long. " * 200
    caching = {"cache_control": {"type": "ephemeral"}, "thinking": SHOWN}
    first = await client.stream(long, **caching)
    blocks = first_reply_blocks(first)
    messages = [
        {"role": "user", "content": long},
        {"role": "assistant", "content": blocks},
        {"role": "user", "content": "And now?"},
    ]
    second = await client.stream("", messages=messages, **caching)
    assert second.started.usage.cache_read_input_tokens == first.started.usage.cache_creation_input_tokens
    at_fast = await client.stream("", messages=messages, fast=True, **caching)
    assert at_fast.started.usage.cache_read_input_tokens == 0


def first_reply_blocks(streamed: Streamed) -> list[dict[str, Any]]:
    (signature,) = signatures(streamed)
    return [
        {"type": "thinking", "thinking": streamed.thinking, "signature": signature},
        {"type": "text", "text": streamed.text},
    ]


def signatures(streamed: Streamed) -> list[str]:
    deltas = [event.delta for event in streamed.events if event.type == "content_block_delta"]
    return [delta.signature for delta in deltas if delta.type == "signature_delta"]


async def test_a_long_review_three_times_in_a_row_empties_the_demo_bucket(client: Client, clock: Clock) -> None:
    for _ in range(2):
        streamed = await client.stream(REVIEW, fast=True, thinking=SHOWN)
        clock.advance(streamed.ended.usage.output_tokens / 108)
    with pytest.raises(anthropic.RateLimitError) as caught:
        await client.open(REVIEW, fast=True, thinking=SHOWN)
    assert "fast mode output tokens per minute" in caught.value.message
    assert caught.value.response.headers["anthropic-fast-output-tokens-remaining"] == "0"
    assert (await client.stream(REVIEW)).started.usage.speed == "standard"
    clock.advance(int(caught.value.response.headers["retry-after"]))
    assert (await client.stream("Hello", fast=True)).started.usage.speed == "fast"


async def test_after_a_single_review_the_demo_bucket_is_low_and_still_serves_fast(client: Client, clock: Clock) -> None:
    streamed = await client.stream(REVIEW, fast=True, thinking=SHOWN)
    clock.advance(streamed.ended.usage.output_tokens / 108)
    again = await client.stream("Hello", fast=True)
    assert again.started.usage.speed == "fast"
    assert int(again.headers["anthropic-fast-output-tokens-remaining"]) <= DEMO_LIMITS.fast_output_tokens / 3


async def test_at_the_real_limit_a_review_hardly_shows(start: Starter) -> None:
    client = await start(limits=Limits())
    await client.stream(REVIEW, fast=True)
    after = await client.stream("Hello", fast=True)
    assert int(after.headers["anthropic-fast-output-tokens-remaining"]) > 390_000


async def test_only_uncached_input_counts_against_the_input_limit(client: Client) -> None:
    caching = {"cache_control": {"type": "ephemeral"}}
    long = "A sentence that is here to be long. " * 2_000
    first = await client.stream(long, fast=True, **caching)
    remaining = int(first.headers["anthropic-fast-input-tokens-remaining"])
    assert remaining == 2_000_000 - round(first.started.usage.cache_creation_input_tokens, -3)
    second = await client.stream(long, fast=True, **caching)
    assert int(second.headers["anthropic-fast-input-tokens-remaining"]) == remaining


@pytest.mark.parametrize("limits", [Limits(requests=1), Limits(input_tokens=10), Limits(output_tokens=10)])
async def test_the_standard_limits_refuse_as_well(start: Starter, limits: Limits) -> None:
    client = await start(limits=limits)
    await client.stream("Tell me a story about a lighthouse, if you please")
    with pytest.raises(anthropic.RateLimitError) as caught:
        await client.stream("Tell me another")
    assert int(caught.value.response.headers["retry-after"]) >= 1
    assert "fast mode" not in caught.value.message


async def test_a_prompt_longer_than_the_context_is_refused(client: Client) -> None:
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long"):
        await client.stream("word " * 150_000, model="claude-haiku-4-5", max_tokens=100)


async def test_tokens_are_counted_as_the_request_would_be(client: Client) -> None:
    prompt = "How many tokens are these?"
    count = await client.sdk.beta.messages.count_tokens(
        model="claude-opus-4-8",
        messages=[{"role": "user", "content": prompt}],
        speed="fast",
        betas=[FAST_BETA],
    )
    assert count.input_tokens == (await client.stream(prompt)).started.usage.input_tokens


async def test_count_tokens_refuses_what_belongs_to_a_reply(client: Client) -> None:
    with pytest.raises(anthropic.BadRequestError, match="max_tokens: Extra inputs"):
        await client.sdk.beta.messages.count_tokens(
            model="claude-opus-4-8", messages=[{"role": "user", "content": "x"}], extra_body={"max_tokens": 5}
        )


@pytest.mark.parametrize(
    ("options", "error", "type_"),
    [
        ({"temperature": 1.0}, anthropic.BadRequestError, "invalid_request_error"),
        ({"speed": "fast"}, anthropic.BadRequestError, "invalid_request_error"),
        ({"model": "claude-opus-9"}, anthropic.NotFoundError, "not_found_error"),
    ],
)
async def test_the_sdk_raises_its_own_error_for_a_refusal(client: Client, options: Any, error: Any, type_: str) -> None:
    with pytest.raises(error) as caught:
        await client.stream("Hello", **options)
    assert caught.value.type == type_
    assert caught.value.request_id.startswith("req_")


async def test_many_streams_at_once_do_not_mix(client: Client) -> None:
    prompts = ["Hello", "Write a haiku", "Which keys are there?", "Many thanks"] * 3
    alone = {prompt: (await client.stream(prompt)).text for prompt in prompts[:4]}
    together = await asyncio.gather(*(client.stream(prompt) for prompt in prompts))
    assert [streamed.text for streamed in together] == [alone[prompt] for prompt in prompts]


async def test_models_are_listed_in_the_shape_of_the_models_api(client: Client) -> None:
    listed = [model async for model in client.sdk.models.list(limit=5)]
    assert len({model.id for model in listed}) == len(listed) >= 18
    opus = next(model for model in listed if model.id == "claude-opus-4-8")
    assert opus.display_name == "Claude Opus 4.8"
    assert opus.line == "opus"
    assert opus.max_input_tokens == 1_000_000
    assert opus.max_tokens == 128_000
    assert opus.capabilities is not None
    assert opus.capabilities.thinking.types.adaptive.supported
    assert not opus.capabilities.thinking.types.enabled.supported
    assert opus.capabilities.effort.xhigh is not None
    assert opus.capabilities.effort.xhigh.supported


async def test_a_model_that_is_leaving_is_deprecated(client: Client) -> None:
    model = await client.sdk.models.retrieve("claude-sonnet-4-5")
    assert model.lifecycle == "deprecated"
    assert model.retires_at is not None
    assert model.retires_at.date().isoformat() == "2026-11-30"


async def test_pages_of_models_go_both_ways(client: Client) -> None:
    everything = (await client.sdk.models.list(limit=1000)).data
    last_two = await client.sdk.models.list(limit=2, before_id=everything[-1].id)
    assert [model.id for model in last_two.data] == [model.id for model in everything[-3:-1]]
    with pytest.raises(anthropic.BadRequestError):
        await client.sdk.models.list(limit=0)


async def test_an_unknown_model_is_not_listed(client: Client) -> None:
    with pytest.raises(anthropic.NotFoundError):
        await client.sdk.models.retrieve("claude-opus-9")


async def test_a_stream_that_is_left_early_counts_only_what_was_sent(start: Starter, clock: Clock) -> None:
    client = await start()
    stream = await client.open("/sim stall", fast=True)
    async with stream:
        async for event in stream:
            if event.type == "content_block_delta":
                break
    whole = (await read(await client.open("How does streaming work?"))).ended.usage.output_tokens
    after = await client.stream("Hello", fast=True)
    used = DEMO_LIMITS.fast_output_tokens - int(after.headers["anthropic-fast-output-tokens-remaining"])
    assert used < whole

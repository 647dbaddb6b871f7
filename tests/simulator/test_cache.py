"""Prompt caching: what is read, what is written, and what makes a prompt miss."""

from typing import Any

import pytest

from fasttui.chat.models import FAST_BETA, Catalogue
from fasttui.simulator.cache import InputTokens, PromptCache, input_tokens
from fasttui.simulator.request import read_request
from tests.simulator.conftest import BEFORE_REMOVAL, Clock, body

LONG = "A sentence that is here to be long. " * 200
MINUTE_S = 60.0
AUTOMATIC = {"type": "ephemeral"}


class Prompts:
    """A cache, and prompts to use it with."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.cache = PromptCache(self.clock)

    def use(self, prompt: str = LONG, *, fast: bool = False, **options: Any) -> InputTokens:
        written = body(prompt, fast=fast, **({"cache_control": AUTOMATIC} | options))
        betas = frozenset(written.pop("betas", ())) | {FAST_BETA}
        return self.cache.use(read_request(written, betas, Catalogue(), BEFORE_REMOVAL))


@pytest.fixture
def prompts() -> Prompts:
    return Prompts()


def turn(prompt: str, reply: str, then: str) -> list[dict[str, Any]]:
    return [
        {"role": "user", "content": prompt},
        {"role": "assistant", "content": [{"type": "text", "text": reply}]},
        {"role": "user", "content": [{"type": "text", "text": then}]},
    ]


def test_the_first_request_writes_and_the_second_reads(prompts: Prompts) -> None:
    first, second = prompts.use(), prompts.use()
    assert first.write_5m == second.read == first.total > 1024
    assert (first.read, first.uncached) == (0, 0)
    assert (second.write_5m, second.uncached) == (0, 0)


def test_the_next_turn_reads_the_first_and_writes_what_is_new(prompts: Prompts) -> None:
    first = prompts.use()
    second = prompts.use(messages=turn(LONG, "Indeed.", "And now?"))
    assert second.read == first.total
    assert 0 < second.write_5m < 20
    assert second.total == first.total + second.write_5m


def test_without_a_breakpoint_nothing_is_written_or_read(prompts: Prompts) -> None:
    prompts.use()
    assert prompts.use(cache_control=None).read == 0


def test_a_prompt_below_the_models_minimum_is_not_cached(prompts: Prompts) -> None:
    short = "word " * 300
    assert prompts.use(short).write_5m == 0
    assert prompts.use(short).read == 0
    assert prompts.use(short * 2, model="claude-opus-5-5").write_5m > 512


def test_the_five_minutes_run_from_the_start_of_the_request_and_begin_anew_with_each_use(prompts: Prompts) -> None:
    prompts.use()
    prompts.clock.advance(4.9 * MINUTE_S)
    assert prompts.use().read > 0
    prompts.clock.advance(4.9 * MINUTE_S)
    assert prompts.use().read > 0
    prompts.clock.advance(5 * MINUTE_S)
    assert prompts.use().read == 0


def test_an_hour_lasts_an_hour_and_is_counted_apart(prompts: Prompts) -> None:
    hour = {"type": "ephemeral", "ttl": "1h"}
    first = prompts.use(cache_control=hour)
    assert (first.write_5m, first.write_1h) == (0, first.total)
    prompts.clock.advance(59 * MINUTE_S)
    assert prompts.use(cache_control=hour).read == first.total


def test_both_lifetimes_in_one_request_are_split_at_the_breakpoint(prompts: Prompts) -> None:
    system = [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    used = prompts.use("Hello?", system=system)
    assert used.write_1h > 1024
    assert 0 < used.write_5m < 10
    prompts.clock.advance(6 * MINUTE_S)
    assert prompts.use("Something else?", system=system).read == used.write_1h


@pytest.mark.parametrize(
    "change",
    [
        {"fast": True},
        {"output_config": {"effort": "low"}},
        {"thinking": {"type": "adaptive"}},
        {"model": "claude-opus-5"},
        {"system": "Be brief."},
        {"tools": [{"name": "now", "input_schema": {"type": "object"}}]},
        {"tool_choice": {"type": "none"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_changes_the_prefix_misses_and_the_old_one_stays(prompts: Prompts, change: dict[str, Any]) -> None:
    prompts.use()
    assert prompts.use(**change).read == 0
    assert prompts.use().read > 0


@pytest.mark.parametrize(
    "change",
    [
        {"speed": "standard"},
        {"output_config": {"effort": "high"}},
        {"max_tokens": 5},
        {"stop_sequences": ["END"]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": LONG}]}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_says_the_same_in_other_words_hits(prompts: Prompts, change: dict[str, Any]) -> None:
    prompts.use()
    assert prompts.use(**change).read > 0


def test_showing_thinking_or_not_does_not_miss(prompts: Prompts) -> None:
    prompts.use(thinking={"type": "adaptive", "display": "omitted"})
    assert prompts.use(thinking={"type": "adaptive", "display": "summarized"}).read > 0


def test_tools_survive_a_switch_of_speed(prompts: Prompts) -> None:
    tool = {"name": "now", "description": LONG, "input_schema": {"type": "object"}, "cache_control": AUTOMATIC}
    first = prompts.use(tools=[tool])
    fast = prompts.use(tools=[tool], fast=True)
    assert 0 < fast.read < first.total
    assert fast.write_5m == fast.total - fast.read


def test_adding_an_image_misses_the_messages(prompts: Prompts) -> None:
    image = {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    prompts.use()
    with_image = [{"role": "user", "content": [{"type": "text", "text": LONG}, image]}]
    assert prompts.use(messages=with_image).read == 0


def test_a_breakpoint_looks_back_no_further_than_twenty_blocks(prompts: Prompts) -> None:
    prompts.use()
    near = [{"role": "user", "content": [{"type": "text", "text": text} for text in [LONG, *"abcdefghijklmnopqrst"]]}]
    assert prompts.use(messages=near).read > 0
    far = [{"role": "user", "content": [{"type": "text", "text": text} for text in [LONG, *("x" * 21)]]}]
    assert prompts.use(messages=far).read == 0


def test_every_token_is_billed_as_exactly_one_kind(prompts: Prompts) -> None:
    for prompt in (LONG, LONG + "more", "short"):
        used = prompts.use(prompt)
        request = read_request(body(prompt), frozenset(), Catalogue(), BEFORE_REMOVAL)
        assert used.uncached + used.read + used.write_5m + used.write_1h == used.total == input_tokens(request)

"""Usage reports add up field by field, in whatever pieces they come."""

from dataclasses import fields

from hypothesis import given

from fasttui.chat.usage import FastLimits, Usage
from tests.strategies import usages


@given(one=usages)
def test_nothing_said_changes_nothing(one: Usage) -> None:
    assert one.merged(Usage()) == one
    assert Usage().merged(one) == one
    assert one.merged(one) == one


@given(one=usages, two=usages, three=usages)
def test_merging_in_pairs_or_in_turn_is_the_same(one: Usage, two: Usage, three: Usage) -> None:
    assert one.merged(two).merged(three) == one.merged(two.merged(three))


@given(one=usages, two=usages)
def test_a_later_figure_wins_and_silence_erases_none(one: Usage, two: Usage) -> None:
    merged = one.merged(two)
    for field in fields(Usage):
        later = getattr(two, field.name)
        assert getattr(merged, field.name) == (getattr(one, field.name) if later is None else later)


def test_the_end_of_a_stream_keeps_the_speed_its_start_reported() -> None:
    started = Usage(input_tokens=12, output_tokens=1, cache_write_5m_tokens=7, served_speed="fast")
    assert started.merged(Usage(output_tokens=900)) == Usage(12, 900, None, None, 7, None, "fast")


@given(usage=usages)
def test_the_context_is_everything_in_and_out_or_unknown(usage: Usage) -> None:
    if usage.input_tokens is None:
        assert usage.prompt_tokens is usage.context_tokens is None
    else:
        assert usage.prompt_tokens is not None
        assert usage.context_tokens == usage.prompt_tokens + (usage.output_tokens or 0)
        assert usage.prompt_tokens >= usage.input_tokens


def test_zero_left_is_known_and_no_header_is_not() -> None:
    assert FastLimits(output_remaining=0).known
    assert not FastLimits().known

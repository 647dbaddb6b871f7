"""The laws of a token bucket, and the headers that describe it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fasttui.simulator.bucket import DEMO_LIMITS, REAL_LIMITS, RateLimits, TokenBucket
from tests.simulator.conftest import Clock

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
LIMITS = st.integers(min_value=1, max_value=4_000_000)
STEPS = st.lists(st.tuples(st.floats(0, 500), st.floats(0, 5_000_000)), max_size=20)


@given(limit=LIMITS, steps=STEPS)
def test_the_level_never_exceeds_the_limit_and_taking_never_raises_it(
    limit: int, steps: list[tuple[float, float]]
) -> None:
    clock = Clock()
    bucket = TokenBucket(limit, clock)
    for seconds, tokens in steps:
        clock.advance(seconds)
        before = bucket.level
        assert before <= limit
        bucket.take(tokens)
        assert bucket.level <= before


@given(limit=LIMITS, steps=STEPS)
def test_a_bucket_refuses_if_and_only_if_less_than_one_token_is_left(
    limit: int, steps: list[tuple[float, float]]
) -> None:
    clock = Clock()
    bucket = TokenBucket(limit, clock)
    for seconds, tokens in steps:
        clock.advance(seconds)
        bucket.take(tokens)
        assert bucket.empty == (bucket.level < 1 - 1e-6)


@given(limit=LIMITS, taken=st.floats(0, 1e7))
def test_after_the_time_in_retry_after_a_request_is_admitted(limit: int, taken: float) -> None:
    clock = Clock()
    bucket = TokenBucket(limit, clock)
    bucket.take(taken)
    clock.advance(bucket.retry_after_s)
    assert not bucket.empty


@given(limit=LIMITS, taken=st.floats(0, 1e7))
def test_a_bucket_is_full_again_exactly_when_it_says(limit: int, taken: float) -> None:
    clock = Clock()
    bucket = TokenBucket(limit, clock)
    bucket.take(taken)
    clock.advance(bucket.full_in_s + 1e-3)
    assert bucket.level == limit
    assert bucket.full_in_s == 0


def test_a_bucket_refills_by_a_sixtieth_of_its_limit_each_second() -> None:
    clock = Clock()
    bucket = TokenBucket(6_000, clock)
    bucket.take(3_000)
    clock.advance(7)
    assert bucket.level == 3_700


def test_a_drained_bucket_admits_again_after_the_time_it_was_drained_for() -> None:
    clock = Clock()
    bucket = TokenBucket(3_000, clock)
    bucket.drain(12)
    assert bucket.retry_after_s == 12
    clock.advance(11.9)
    assert bucket.empty
    clock.advance(0.1)
    assert not bucket.empty


def test_remaining_is_told_in_thousands_and_never_below_zero() -> None:
    bucket = TokenBucket(400_000, Clock())
    bucket.take(1_234)
    assert bucket.remaining == 399_000
    bucket.take(1_000_000)
    assert bucket.remaining == 0


def test_a_fast_response_tells_the_six_fast_figures_and_the_shared_requests() -> None:
    clock = Clock()
    limits = RateLimits(REAL_LIMITS, clock)
    limits.fast_input.take(71_000)
    headers = limits.headers(fast=True, now=NOW)
    assert headers == {
        "anthropic-ratelimit-requests-limit": "1000",
        "anthropic-ratelimit-requests-remaining": "1000",
        "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:00Z",
        "anthropic-fast-input-tokens-limit": "2000000",
        "anthropic-fast-input-tokens-remaining": "1929000",
        "anthropic-fast-input-tokens-reset": "2026-11-22T12:00:03Z",
        "anthropic-fast-output-tokens-limit": "400000",
        "anthropic-fast-output-tokens-remaining": "400000",
        "anthropic-fast-output-tokens-reset": "2026-11-22T12:00:00Z",
    }


def test_a_standard_response_tells_twelve_figures_and_none_of_fast() -> None:
    headers = RateLimits(DEMO_LIMITS, Clock()).headers(fast=False, now=NOW)
    assert len(headers) == 12
    assert not [name for name in headers if "fast" in name]
    assert headers["anthropic-ratelimit-tokens-limit"] == "2400000"

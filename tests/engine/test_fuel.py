from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.errors import FastLimitReached, FastNotProvisioned
from fasttui.chat.usage import FastLimits
from fasttui.engine.fuel import FuelGauge


def test_nothing_known_is_unknown_and_never_full() -> None:
    reading = FuelGauge().reading(5.0)
    assert (reading.state, reading.remaining, reading.fraction) == ("unknown", None, None)


def test_the_bucket_refills_by_a_sixtieth_of_its_limit_a_second() -> None:
    gauge = FuelGauge()
    gauge.see_headers(FastLimits(output_limit=60_000, output_remaining=30_000), 100.0)
    assert gauge.reading(110.0).remaining == 40_000
    assert gauge.reading(110.0).full_s == 20.0
    assert gauge.reading(1_000.0).remaining == 60_000


def test_a_refusal_for_good_outlives_any_wait() -> None:
    gauge = FuelGauge()
    gauge.refuse(FastNotProvisioned("claude-opus-4-8"), 0.0)
    assert gauge.reading(1e9).state == "unavailable"
    assert gauge.refusal(1e9) is not None


def test_a_cooldown_counts_down_and_ends() -> None:
    gauge = FuelGauge()
    gauge.refuse(FastLimitReached(retry_after_s=9), 10.0)
    assert gauge.reading(12.0).cooldown_s == 7.0
    assert gauge.refusal(19.0) is None


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 3_000)), max_size=30))
def test_the_gauge_stays_between_empty_and_its_limit(steps: list[tuple[float, int]]) -> None:
    gauge, now_s, used = FuelGauge(), 0.0, 0
    gauge.see_headers(FastLimits(output_limit=24_000, output_remaining=20_000), now_s)
    for pause_s, tokens in steps:
        now_s, used = now_s + pause_s, used + tokens
        gauge.use(used, now_s)
        remaining = gauge.reading(now_s).remaining
        assert remaining is not None
        assert 0 <= remaining <= 24_000

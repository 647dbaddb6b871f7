"""The catalogue knows prices, dates and effort levels, and says so when it does not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.conversation import EFFORTS, Effort
from fasttui.chat.models import DEFAULT_MODEL, FAST_BETA, PRICE_KINDS, Catalogue, Model, unknown_model
from fasttui.chat.usage import Usage
from tests.strategies import usages

CATALOGUE = Catalogue()
every_model = pytest.mark.parametrize("model", CATALOGUE.models, ids=lambda model: model.id)
models = st.sampled_from(CATALOGUE.models)


def figures(model: Model, speed: str) -> tuple[Decimal, ...]:
    price = model.price_at("fast" if speed == "fast" else "standard")
    assert price is not None
    return tuple(getattr(price, kind) for kind in PRICE_KINDS)


def test_the_default_model_costs_twice_as_much_fast() -> None:
    opus = CATALOGUE.get(DEFAULT_MODEL)
    assert figures(opus, "standard") == tuple(map(Decimal, ("5", "25", "6.25", "10", "0.50")))
    assert figures(opus, "fast") == tuple(map(Decimal, ("10", "50", "12.50", "20", "1.00")))


@pytest.mark.parametrize(
    ("id_", "speed", "expected"),
    [
        ("claude-opus-5-5", "standard", ("4", "20", "5", "8", "0.20")),
        ("claude-opus-5-5", "fast", ("8", "40", "10", "16", "0.40")),
        ("claude-opus-5", "fast", ("10", "50", "12.5", "20", "1")),
        ("claude-fable-5-2", "fast", ("16", "80", "20", "32", "0.40")),
    ],
)
def test_fast_prices_are_those_of_the_fast_mode_page(id_: str, speed: str, expected: tuple[str, ...]) -> None:
    assert figures(CATALOGUE.get(id_), speed) == tuple(map(Decimal, expected))


def test_fast_leaves_the_default_model_on_its_day() -> None:
    opus = CATALOGUE.get(DEFAULT_MODEL)
    removed_on = date(2026, 11, 30)
    assert opus.fast is not None
    assert opus.fast.beta == FAST_BETA
    assert opus.offers_fast(removed_on - timedelta(days=1))
    assert not opus.offers_fast(removed_on)
    assert opus.fast_days_left(date(2026, 11, 22)) == 8
    assert opus.fast.successor is not None
    assert opus.fast.successor in CATALOGUE


@every_model
def test_every_model_is_consistent(model: Model) -> None:
    assert list(model.efforts) == [effort for effort in EFFORTS if effort in model.efforts]
    assert model.default_effort is None or model.default_effort in model.efforts
    assert model.price is not None
    assert model.source
    assert model.chars_per_token > 1
    assert (model.fast is not None) == model.offers_fast(date(2026, 11, 22))
    if model.fast is not None:
        assert model.fast.price.output == model.price.output * 2


@every_model
def test_a_model_without_fast_has_no_fast_price(model: Model) -> None:
    assert (model.price_at("fast") is None) == (model.fast is None)


def test_an_unknown_model_has_an_unknown_price_never_a_free_one() -> None:
    stranger = CATALOGUE.get("claude-next")
    assert stranger == unknown_model("claude-next")
    assert stranger.price_at("standard") is None
    assert stranger.price_at("fast") is None
    assert "claude-next" not in CATALOGUE


def test_a_dated_snapshot_is_its_family() -> None:
    dated = CATALOGUE.get("claude-haiku-4-5-20251001")
    assert dated.id == "claude-haiku-4-5-20251001"
    assert dated.price == CATALOGUE.get("claude-haiku-4-5").price
    assert CATALOGUE.get("claude-haiku-4-5-2025").price is None
    assert CATALOGUE.get("claude-nobody-20251001").price is None


def test_a_long_prompt_steps_the_price_up_only_past_the_step() -> None:
    haiku = CATALOGUE.get("claude-haiku-5-5")
    assert haiku.long_prompt is not None
    step, factor = haiku.long_prompt
    short, long = haiku.price_at("standard", step), haiku.price_at("standard", step + 1)
    assert short is not None
    assert short == haiku.price
    assert long == short.times(factor)


@given(model=models, usage=usages, more=usages)
def test_a_price_is_linear_and_unreported_counts_cost_nothing(model: Model, usage: Usage, more: Usage) -> None:
    price = model.price_at("standard")
    assert price is not None
    assert price.of(Usage()) == 0
    assert price.of(usage) >= 0
    assert price.times(Decimal(2)).of(usage) == 2 * price.of(usage)
    assert price.of(Usage(output_tokens=1_000_000)) == price.output


@given(model=models, effort=st.sampled_from(EFFORTS))
def test_a_clamped_effort_is_one_the_model_takes(model: Model, effort: Effort) -> None:
    clamped = model.clamp_effort(effort)
    if not model.efforts:
        assert clamped is None
    else:
        assert clamped in model.efforts
    if effort in model.efforts:
        assert clamped == effort


@given(model=models, effort=st.none() | st.sampled_from(EFFORTS), step=st.sampled_from((1, -1)))
def test_stepping_the_effort_stays_on_the_models_list_and_comes_round(
    model: Model, effort: Effort | None, step: int
) -> None:
    seen = effort
    for _ in range(len(model.efforts) + 1):
        seen = model.next_effort(seen, step)
        assert seen is None if not model.efforts else seen in model.efforts
    if effort in model.efforts:
        assert model.next_effort(model.next_effort(effort, step), -step) == effort


def test_an_overlay_corrects_what_it_names_and_keeps_the_rest() -> None:
    catalogue = Catalogue()
    before = catalogue.get(DEFAULT_MODEL)
    catalogue.overlay(DEFAULT_MODEL, {"name": "Opus, renamed", "max_output_tokens": None})
    after = catalogue.get(DEFAULT_MODEL)
    assert (after.name, after.max_output_tokens, after.price) == (
        "Opus, renamed",
        before.max_output_tokens,
        before.price,
    )
    assert Catalogue().get(DEFAULT_MODEL) == before

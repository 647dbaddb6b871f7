"""Models and prices of the user's own."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fasttui.chat.models import Catalogue, Model
from fasttui.config.models_table import models_in
from fasttui.config.toml_file import TomlFile


def models_of(text: str) -> tuple[dict[str, Model], list[str]]:
    models, errors = models_in(TomlFile(Path("config.toml"), text), Catalogue())
    return {model.id: model for model in models}, [str(error) for error in errors]


def test_a_known_model_is_corrected_and_keeps_the_rest() -> None:
    models, errors = models_of(
        '[models."claude-opus-4-8"]\nchars_per_token = 2.7\nprice = { output = "22.50" }\n'
        "fast = { removed_on = 2026-12-31 }\n"
    )
    assert not errors
    before, after = Catalogue().get("claude-opus-4-8"), models["claude-opus-4-8"]
    assert before.price
    assert before.fast
    assert after.price
    assert after.fast
    assert (after.price.output, after.price.input) == (Decimal("22.50"), before.price.input)
    assert (after.fast.removed_on, after.fast.price) == (date(2026, 12, 31), before.fast.price)
    assert (after.chars_per_token, after.efforts) == (2.7, before.efforts)
    assert after.source == "the settings, config.toml"


def test_a_new_model_is_added_with_cache_prices_by_the_rule() -> None:
    models, errors = models_of(
        '[models.mine]\nname = "Mine"\ncontext_tokens = 200_000\nmax_output_tokens = 8192\nefforts = ["high", "low"]\n'
        'default_effort = "low"\nthinking = "on"\nprice = { input = 3, output = 15.5 }\n'
        'long_prompt = { above = 100_000, times = 2 }\nfast = { price = { input = 6, output = 31 }, beta = "x" }\n'
    )
    assert not errors
    mine = models["mine"]
    assert mine.price
    assert mine.fast
    assert (mine.price.cache_write_5m, mine.price.cache_write_1h, mine.price.cache_read) == (
        Decimal("3.75"), Decimal(6), Decimal("0.3"),
    )  # fmt: skip
    assert (mine.efforts, mine.default_effort, mine.thinking) == (("low", "high"), "low", "on")
    assert mine.long_prompt == (100_000, Decimal(2))
    assert mine.price_at("fast", 200_000) == mine.fast.price.times(Decimal(2))


def test_fast_can_be_taken_away() -> None:
    models, errors = models_of('[models."claude-opus-4-8"]\nfast = false\n')
    assert not errors
    assert not models["claude-opus-4-8"].offers_fast(date(2026, 11, 1))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("contxt_tokens = 3", 'a model has no "contxt_tokens"; did you mean "context_tokens"?'),
        ("context_tokens = -3", "context_tokens must be a whole number from 0."),
        ("price = 3", "price must be a table: { input = … }."),
        ("price = { output = 3 }", "price needs input and output, in dollars per million tokens."),
        ("price = { input = 3 }", "price needs output as well, in dollars per million tokens."),
        ('price = { input = "x", output = 1 }', 'input must be a number from 0, like 2.50 or "2.50".'),
        ("price = { input = inf, output = 1 }", 'input must be a number from 0, like 2.50 or "2.50".'),
        ("price = { inputs = 3 }", 'price has no "inputs"; did you mean "input"?'),
        ("fast = true", "fast must be a table: { price = … }."),
        ('fast = { removed_on = "soon" }', "removed_on must be a day without quotes, like 2026-11-30."),
        ('efforts = ["huge"]', "efforts must be a list of low, medium, high, xhigh, max."),
        ('thinking = "deep"', "thinking must be one of adaptive, on, always, budget."),
        ("chars_per_token = 0", "chars_per_token must be above 0."),
        ("long_prompt = { above = 3 }", "long_prompt needs above, in prompt tokens, and times."),
        ("name = 3", "name must be text in quotes."),
        ("retires_on = 2026-11-30T10:00:00", "retires_on must be a day without quotes, like 2026-11-30."),
    ],
)  # fmt: skip
def test_a_wrong_figure_is_named_and_the_others_go_in(line: str, sentence: str) -> None:
    models, errors = models_of(f"[models.mine]\ncache_min_tokens = 7\n{line}\n")
    assert errors == [f"config.toml, line 3: {sentence}"]
    assert models["mine"].cache_min_tokens == 7


def test_models_that_are_no_tables_are_errors() -> None:
    assert models_of("models = 3\n")[1] == ['config.toml, line 1: models are tables: [models."claude-…"].']
    assert models_of("[models]\nmine = 3\n")[1] == ['config.toml, line 2: a model is a table: [models."mine"].']

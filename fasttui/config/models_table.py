"""`[models."…"]` of the settings file: models the user adds, and figures the user corrects.

    [models."claude-opus-4-8"]
    chars_per_token = 2.7
    price = { input = "4.50", output = "22.50" }        # dollars per million tokens
    fast = { price = { input = 9, output = 45 }, removed_on = 2026-12-31 }

Cache prices that are not given follow Anthropic's rule from the input price.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from fasttui.chat.conversation import EFFORTS
from fasttui.chat.errors import ConfigError
from fasttui.chat.models import PRICE_KINDS, Catalogue, FastMode, Model, Price, ThinkingMode, price
from fasttui.chat.safe_text import safe_line
from fasttui.config.toml_file import TomlFile, nearest

_CACHE_READ = Decimal("0.1")  # of the input price
_MODES: tuple[str, ...] = get_args(ThinkingMode)


class _Wrong(ValueError):
    """A value does not fit; `keys` lead to it inside the model's table."""

    def __init__(self, sentence: str, *keys: str) -> None:
        super().__init__(sentence)
        self.keys = keys


def models_in(file: TomlFile, catalogue: Catalogue) -> tuple[tuple[Model, ...], list[ConfigError]]:
    """The models of the file's `[models]`, each on top of what the catalogue says of it."""
    tables = file.values.get("models", {})
    if not isinstance(tables, dict):
        return (), [file.error(["models"], 'models are tables: [models."claude-…"].')]
    models: list[Model] = []
    errors: list[ConfigError] = []
    for id_, table in tables.items():
        if not isinstance(table, dict):
            errors.append(file.error(["models", id_], f'a model is a table: [models."{safe_line(id_, limit=60)}"].'))
            continue
        model = replace(catalogue.get(id_), source=f"the settings, {file.path.name}")
        for name, written in table.items():
            try:
                figure: dict[str, Any] = {name: _value(model, name, written)}
                model = replace(model, **figure)
            except _Wrong as wrong:
                errors.append(file.error(["models", id_, name, *wrong.keys], str(wrong)))
        models.append(model)
    return tuple(models), errors


def _value(model: Model, name: str, written: object) -> object:
    """The model's new value under `name`.

    Raises:
        _Wrong: there is no such figure, or the value does not fit.
    """
    match name:
        case "price":
            return _price(written, model.price)
        case "fast":
            return None if written is False else _fast(written, model.fast)
        case "long_prompt":
            table = _table(written, "long_prompt", ("above", "times"))
            if set(table) != {"above", "times"}:
                raise _Wrong("long_prompt needs above, in prompt tokens, and times.")
            return _count(table["above"], "above"), _amount(table["times"], "times")
        case "efforts":
            if not isinstance(written, list) or not all(level in EFFORTS for level in written):
                raise _Wrong(f"efforts must be a list of {', '.join(EFFORTS)}.")
            return tuple(level for level in EFFORTS if level in written)
        case _ if name in _SIMPLE:
            return _SIMPLE[name](written, name)
        case _:
            known = ("price", "fast", "long_prompt", "efforts", *_SIMPLE)
            raise _Wrong(f'a model has no "{safe_line(name, limit=60)}"{nearest(name, known)}')


def _table(written: object, name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise _Wrong(f"{name} must be a table: {{ {keys[0]} = … }}.")
    for key in written:
        if key not in keys:
            raise _Wrong(f'{name} has no "{safe_line(key, limit=60)}"{nearest(key, keys)}', key)
    return written


def _price(written: object, known: Price | None) -> Price:
    """A price from the figures given; a new input price gives the cache prices anew."""
    figures = dict(_amounts(_table(written, "price", PRICE_KINDS)))
    if "input" in figures:
        output = figures.get("output", known.output if known else None)
        if output is None:
            raise _Wrong("price needs output as well, in dollars per million tokens.")
        known = price(str(figures["input"]), str(output), str(figures["input"] * _CACHE_READ))
    if known is None:
        raise _Wrong("price needs input and output, in dollars per million tokens.")
    return replace(known, **figures)


def _amounts(table: Mapping[str, object]) -> Iterator[tuple[str, Decimal]]:
    for kind, amount in table.items():
        yield kind, _amount(amount, kind)


def _fast(written: object, known: FastMode | None) -> FastMode:
    table = _table(written, "fast", ("price", "beta", "removed_on", "successor", "note"))
    changes: dict[str, Any] = {
        name: (_day if name == "removed_on" else _words)(table[name], name) for name in table if name != "price"
    }
    if "price" in table or known is None:
        changes["price"] = _price(table.get("price", {}), known.price if known else None)
    return replace(known, **changes) if known else FastMode(**changes)


def _amount(written: object, name: str) -> Decimal:
    try:
        amount = Decimal(written) if isinstance(written, (str, int, Decimal)) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(written, bool) or not amount.is_finite() or amount < 0:
        raise _Wrong(f'{name} must be a number from 0, like 2.50 or "2.50".')
    return amount


def _count(written: object, name: str) -> int:
    if isinstance(written, bool) or not isinstance(written, int) or written < 0:
        raise _Wrong(f"{name} must be a whole number from 0.")
    return written


def _words(written: object, name: str) -> str:
    if not isinstance(written, str):
        raise _Wrong(f"{name} must be text in quotes.")
    return safe_line(written)


def _day(written: object, name: str) -> date:
    if not isinstance(written, date) or isinstance(written, datetime):
        raise _Wrong(f"{name} must be a day without quotes, like 2026-11-30.")
    return written


def _ratio(written: object, name: str) -> float:
    ratio = float(_amount(written, name))
    if not ratio:
        raise _Wrong(f"{name} must be above 0.")
    return ratio


def _one_of(choices: tuple[str, ...]) -> Callable[[object, str], str]:
    def chosen(written: object, name: str) -> str:
        if written not in choices:
            raise _Wrong(f"{name} must be one of {', '.join(choices)}.")
        return str(written)

    return chosen


_SIMPLE: Mapping[str, Callable[[object, str], object]] = {
    "name": _words,
    "context_tokens": _count,
    "max_output_tokens": _count,
    "default_effort": _one_of(EFFORTS),
    "thinking": _one_of(_MODES),
    "cache_min_tokens": _count,
    "chars_per_token": _ratio,
    "retires_on": _day,
}

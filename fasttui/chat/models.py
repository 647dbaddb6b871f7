"""The catalogue: what each Claude model takes, offers and costs.

Figures are Anthropic's, read on `READ_ON`; each model names its source. The Models API overlays
what it says (names, limits, effort levels); prices, fast mode and cache minimums it does not say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from fasttui.chat.conversation import EFFORTS, Effort
from fasttui.chat.usage import Speed, Usage

READ_ON = date(2026, 11, 22)
DEFAULT_MODEL = "claude-opus-4-8"
FAST_BETA = "fast-mode-2026-02-01"

# adaptive: off unless asked for · on: on, may be disabled · always: cannot be disabled ·
# budget: only with a token budget.
ThinkingMode = Literal["adaptive", "on", "always", "budget"]

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, one figure for each kind of token."""

    input: Decimal
    output: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    cache_read: Decimal

    def of(self, usage: Usage) -> Decimal:
        """Dollars for `usage` at this price; counts the API has not reported count as none."""
        return (
            self.input * (usage.input_tokens or 0)
            + self.output * (usage.output_tokens or 0)
            + self.cache_write_5m * (usage.cache_write_5m_tokens or 0)
            + self.cache_write_1h * (usage.cache_write_1h_tokens or 0)
            + self.cache_read * (usage.cache_read_tokens or 0)
        ) / _MILLION

    def times(self, factor: Decimal) -> "Price":
        """Every figure multiplied."""
        return Price(*(getattr(self, kind) * factor for kind in PRICE_KINDS))


PRICE_KINDS = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read")


def price(input_: str, output: str, cache_read: str) -> Price:
    """A price by Anthropic's rule for cache writes: 1.25 times the input for 5 minutes, twice for an hour."""
    base = Decimal(input_)
    return Price(base, Decimal(output), base * Decimal("1.25"), base * 2, Decimal(cache_read))


@dataclass(frozen=True, slots=True)
class FastMode:
    """How a model offers fast. `beta` is the header it needs, `removed_on` the first day without it."""

    price: Price
    beta: str | None = None
    removed_on: date | None = None
    successor: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `None` in a figure means unknown, never zero.

    `long_prompt` is a step in the price: above so many prompt tokens all figures are
    multiplied by the factor.
    """

    id: str
    name: str
    context_tokens: int | None
    max_output_tokens: int | None
    efforts: tuple[Effort, ...]
    default_effort: Effort | None
    thinking: ThinkingMode
    cache_min_tokens: int | None
    price: Price | None
    fast: FastMode | None = None
    long_prompt: tuple[int, Decimal] | None = None
    retires_on: date | None = None
    chars_per_token: float = 2.5
    source: str = "models overview and pricing page, 2026-10-08"

    def offers_fast(self, on: date) -> bool:
        """Whether fast can be asked of this model that day."""
        return self.fast is not None and (self.fast.removed_on is None or on < self.fast.removed_on)

    def fast_days_left(self, on: date) -> int | None:
        """Days until fast goes away for this model; None when no end is known."""
        if self.fast is None or self.fast.removed_on is None:
            return None
        return (self.fast.removed_on - on).days

    def price_at(self, speed: Speed, prompt_tokens: int = 0) -> Price | None:
        """The price of a request of that size at `speed`; None when it is unknown."""
        figures = self.price if speed == "standard" else self.fast and self.fast.price
        if figures and self.long_prompt and prompt_tokens > self.long_prompt[0]:
            figures = figures.times(self.long_prompt[1])
        return figures or None

    def clamp_effort(self, effort: Effort) -> Effort | None:
        """`effort`, or the nearest lower level the model takes; None where it takes no effort at all."""
        taken = [level for level in self.efforts if EFFORTS.index(level) <= EFFORTS.index(effort)]
        return taken[-1] if taken else (self.efforts[0] if self.efforts else None)

    def next_effort(self, effort: Effort | None, step: int) -> Effort | None:
        """The level `step` further up (or down) the model's own list, round and round."""
        if not self.efforts:
            return None
        here = self.efforts.index(effort) if effort in self.efforts else 0
        return self.efforts[(here + step) % len(self.efforts)]


_ALL = EFFORTS
_NO_XHIGH: tuple[Effort, ...] = ("low", "medium", "high", "max")
_OPUS = price("5", "25", "0.50")
_FAST_OPUS = price("10", "50", "1.00")
_M = 1_000_000
_OUT = 128_000
_OLD = 3.3  # characters per token before the tokenizer of 4.7
_FAST_SOURCE = "fast mode page, November 2026; models overview and pricing page, 2026-10-08"

_BUILT_IN = (
    Model(
        "claude-opus-4-8", "Opus 4.8", _M, _OUT, _ALL, "high", "adaptive", 1024, _OPUS,
        FastMode(_FAST_OPUS, FAST_BETA, date(2026, 11, 30), "claude-opus-5-5"),
        retires_on=date(2027, 5, 28), source=_FAST_SOURCE,
    ),
    Model(
        "claude-opus-5-5", "Opus 5.5", _M, _OUT, _ALL, "medium", "always", 512, price("4", "20", "0.20"),
        FastMode(price("8", "40", "0.40")), retires_on=date(2027, 9, 22), source=_FAST_SOURCE,
    ),
    Model(
        "claude-opus-5", "Opus 5", _M, _OUT, _ALL, "high", "on", 512, _OPUS,
        FastMode(_FAST_OPUS, FAST_BETA, successor="claude-opus-5-5", note="research preview: access needed"),
        retires_on=date(2027, 7, 24), source=_FAST_SOURCE,
    ),
    Model(
        "claude-fable-5-2", "Fable 5.2", _M, _OUT, _ALL, "high", "always", 512, price("8", "40", "0.20"),
        FastMode(price("16", "80", "0.40")), retires_on=date(2027, 11, 9),
        source="fast mode page and Fable 5.2 notes, November 2026; cache minimum inferred",
    ),
    Model(
        "claude-mythos-5-2", "Mythos 5.2", _M, _OUT, _ALL, "high", "always", 512, price("8", "40", "0.20"),
        FastMode(price("16", "80", "0.40"), note="verified organizations only"),
        source="fast mode page, November 2026; prices as Fable 5.2, inferred",
    ),
    Model("claude-fable-5-1", "Fable 5.1", _M, _OUT, _ALL, "high", "always", 512, price("10", "50", "0.25"),
          retires_on=date(2027, 9, 1)),
    Model("claude-mythos-5-1", "Mythos 5.1", _M, _OUT, _ALL, "high", "always", 512,
          price("10", "50", "0.25")),
    Model("claude-fable-5", "Fable 5", _M, _OUT, _ALL, "high", "always", 512, price("10", "50", "1"),
          retires_on=date(2027, 6, 9)),
    Model("claude-mythos-5", "Mythos 5", _M, _OUT, _ALL, "high", "always", 512, price("10", "50", "1")),
    Model("claude-sonnet-5-5", "Sonnet 5.5", _M, _OUT, _ALL, "high", "always", 512, price("2", "10", "0.10"),
          retires_on=date(2027, 9, 28)),
    Model("claude-sonnet-5", "Sonnet 5", _M, _OUT, _ALL, "high", "on", 1024, price("2", "10", "0.20"),
          retires_on=date(2027, 6, 30)),
    Model("claude-haiku-5-5", "Haiku 5.5", _M, _OUT, _ALL, "medium", "on", 512, price("0.10", "0.50", "0.01"),
          long_prompt=(100_000, Decimal(5)), retires_on=date(2027, 10, 7)),
    Model("claude-opus-4-7", "Opus 4.7", _M, _OUT, _ALL, "high", "adaptive", 2048, _OPUS,
          retires_on=date(2027, 4, 16)),
    Model("claude-opus-4-6", "Opus 4.6", _M, _OUT, _NO_XHIGH, "high", "adaptive", 4096, _OPUS,
          retires_on=date(2027, 2, 5), chars_per_token=_OLD),
    Model("claude-sonnet-4-6", "Sonnet 4.6", _M, _OUT, _NO_XHIGH, "high", "adaptive", 1024,
          price("3", "15", "0.30"), retires_on=date(2027, 2, 17), chars_per_token=_OLD),
    Model("claude-haiku-4-5", "Haiku 4.5", 200_000, 64_000, (), None, "budget", 4096, price("1", "5", "0.10"),
          chars_per_token=_OLD),
    Model("claude-opus-4-5", "Opus 4.5", 200_000, 64_000, ("low", "medium", "high"), "high", "budget", 4096,
          _OPUS, chars_per_token=_OLD),
    Model("claude-sonnet-4-5", "Sonnet 4.5", 200_000, 64_000, (), None, "budget", 1024,
          price("3", "15", "0.30"), retires_on=date(2026, 11, 30), chars_per_token=_OLD),
)  # fmt: skip


def unknown_model(id_: str) -> Model:
    """A model the catalogue does not know: taken at its word, at an unknown price."""
    return Model(id_, id_, None, None, _ALL, None, "adaptive", None, None, source="not in the catalogue")


class Catalogue:
    """The models that can be chosen, by id; built in, then what the API and the user add."""

    def __init__(self, models: Iterable[Model] = _BUILT_IN) -> None:
        self._models = {model.id: model for model in models}

    @property
    def models(self) -> tuple[Model, ...]:
        """All models, those with fast mode first."""
        return tuple(self._models.values())

    def get(self, id_: str) -> Model:
        """The model of that id, dated snapshots included; an unknown id gives a model of unknown price."""
        return self._models.get(id_) or self._snapshot(id_) or unknown_model(id_)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._models

    def _snapshot(self, id_: str) -> Model | None:
        family, _, day = id_.rpartition("-")
        if len(day) == len("20260101") and day.isdigit() and family in self._models:
            return replace(self._models[family], id=id_)
        return None

    def put(self, model: Model) -> None:
        """Add a model, or correct one."""
        self._models[model.id] = model

    def overlay(self, id_: str, said: Mapping[str, object]) -> None:
        """Take what another source says about a model: `Model`'s field names to values; None says nothing."""
        known = {name: value for name, value in said.items() if value is not None}
        self.put(replace(self.get(id_), **known))  # type: ignore[arg-type]  # the callers check the values

"""What replies cost, at the price of the speed that served them, and what the next one would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from fasttui.chat.conversation import CacheTtl, Conversation, Effort, Turn
from fasttui.chat.models import Catalogue, Model
from fasttui.chat.usage import Speed, Usage

CACHE_LIVES: Mapping[CacheTtl, timedelta] = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1)}
# Output tokens of a reply at each level, until this conversation shows its own.
_EXPECTED_OUTPUT: dict[Effort | None, int] = {
    None: 800, "low": 350, "medium": 700, "high": 1_100, "xhigh": 2_500, "max": 4_500,
}  # fmt: skip


class Cost(NamedTuple):
    """US dollars. `exact` is False where the API never counted the output, as after a stop."""

    usd: Decimal
    exact: bool = True


def cost_of(turn: Turn, catalogue: Catalogue) -> Cost | None:
    """What a turn cost; None when the price or the served speed is unknown.

    A reply that was asked for at standard cannot have been served fast, so there the API's
    silence about the speed does not matter.
    """
    if turn.status in {"completed", "refused"}:
        return _priced(turn, catalogue, None)
    reply = turn.reply
    characters = len(reply.text) + len(reply.thinking)
    chars_per_token = catalogue.get(turn.served_model or turn.options.model).chars_per_token
    return _priced(turn, catalogue, round(characters / chars_per_token))


def running_cost(turn: Turn, catalogue: Catalogue, output_tokens: int) -> Cost | None:
    """What a reply has cost up to now, with so many tokens by an estimate; None where that is unknown."""
    return _priced(turn, catalogue, output_tokens)


def _priced(turn: Turn, catalogue: Catalogue, estimated_output: int | None) -> Cost | None:
    """The cost by what the API said; where the output is only estimated, at least by that."""
    usage = turn.usage
    if usage.prompt_tokens is None:
        return None
    speed = usage.served_speed or ("standard" if turn.options.speed == "standard" else None)
    if speed is None:
        return None
    price = catalogue.get(turn.served_model or turn.options.model).price_at(speed, usage.prompt_tokens)
    if price is None:
        return None
    if estimated_output is None:
        return Cost(price.of(usage))
    output = Usage(output_tokens=max(usage.output_tokens or 0, estimated_output))
    return Cost(price.of(usage.merged(output)), exact=False)


@dataclass(slots=True)
class Ledger:
    """Money of one session: all of it, and fast alone."""

    total: Decimal = Decimal(0)
    fast: Decimal = Decimal(0)
    unknown_turns: int = 0

    def book(self, turn: Turn, cost: Cost | None) -> None:
        """Add an ended turn; one that never reached the model costs nothing."""
        if cost is None:
            self.unknown_turns += turn.usage.prompt_tokens is not None
            return
        self.total += cost.usd
        if turn.served_speed == "fast":
            self.fast += cost.usd

    def with_running(self, turn: Turn, cost: Cost | None) -> "Ledger":
        """As it would be if `turn` ended now."""
        ahead = replace(self)
        ahead.book(turn, cost)
        return ahead


class Quote(NamedTuple):
    """What the next message would cost at one speed.

    `reread_tokens` is the context that must be read again because the prompt cache misses
    for this speed, effort or model; `warm_s` is how long the cache would still hold.
    """

    usd: Decimal | None
    speed: Speed
    prompt_tokens: int
    output_tokens: int
    reread_tokens: int
    warm_s: float | None


def expected_output(path: Sequence[Turn], effort: Effort | None) -> int:
    """Output tokens the next reply may take: the mean of the last five at that effort, or a typical one."""
    counted = [
        turn.usage.output_tokens
        for turn in path
        if turn.status == "completed" and turn.options.effort == effort and turn.usage.output_tokens
    ][-5:]
    return round(sum(counted) / len(counted)) if counted else _EXPECTED_OUTPUT[effort]


def warm_seconds(last: Turn | None, model: Model, speed: Speed, effort: Effort | None, now: datetime) -> float | None:
    """Seconds the prompt cache still holds for a request of that kind; None when it misses.

    The cache is kept per model, speed and effort, for as long as was asked, from the start of the request.
    """
    if last is None or last.usage.prompt_tokens is None:
        return None
    same = (last.options.model, last.served_speed or last.options.speed, last.options.effort)
    if same != (model.id, speed, effort):
        return None
    if model.cache_min_tokens is None or last.usage.prompt_tokens < model.cache_min_tokens:
        return None
    asked_at = last.created_at + timedelta(seconds=last.timing.waited_s)
    left_s = (asked_at + CACHE_LIVES[last.options.cache_ttl] - now).total_seconds()
    return left_s if left_s > 0 else None


def quote(
    conversation: Conversation,
    prompt: str,
    model: Model,
    speed: Speed,
    effort: Effort | None,
    now: datetime,
    cache_ttl: CacheTtl = "5m",
) -> Quote:
    """Estimate the next message: the context so far, `prompt`, and a reply of the usual length."""
    path = conversation.path()
    last = next((turn for turn in reversed(path) if turn.usage.prompt_tokens is not None), None)
    new_tokens = round((len(prompt) + (0 if last else len(conversation.system))) / model.chars_per_token) + 8
    context = (last.usage.context_tokens or 0) if last else 0
    output_tokens = expected_output(path, effort)
    warm_s = warm_seconds(last, model, speed, effort, now)
    kept = (last.usage.prompt_tokens or 0) if last is not None and warm_s is not None else 0
    fresh = context - kept + new_tokens
    cacheable = model.cache_min_tokens is not None and context + new_tokens >= model.cache_min_tokens
    usage = Usage(
        input_tokens=0 if cacheable else fresh,
        cache_write_5m_tokens=fresh if cacheable and cache_ttl == "5m" else 0,
        cache_write_1h_tokens=fresh if cacheable and cache_ttl == "1h" else 0,
        cache_read_tokens=kept,
        output_tokens=output_tokens,
    )
    price = model.price_at(speed, context + new_tokens)
    return Quote(
        price.of(usage) if price else None, speed, context + new_tokens, output_tokens,
        reread_tokens=context - kept if context >= (model.cache_min_tokens or 0) else 0,
        warm_s=warm_s,
    )  # fmt: skip

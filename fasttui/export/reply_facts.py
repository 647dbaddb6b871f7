"""What an export tells about a reply beside its words, and about all replies together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from fasttui.chat.conversation import DocumentBlock, ImageBlock, Turn
from fasttui.chat.usage import Speed

# Dollars for a reply; None where the price is unknown. Prices live where exports may not look.
CostOf = Callable[[Turn], Decimal | None]


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure, as in `first token` and `1.20 s`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the replies that are shown; `cost` is None when no reply has a known price."""

    replies: int
    prompt_tokens: int
    output_tokens: int
    cost: Decimal | None
    fast_otps: float | None
    standard_otps: float | None


def reply_facts(turn: Turn, cost: Decimal | None) -> tuple[Fact, ...]:
    """The telemetry of one reply; figures that nobody reported are left out, the speeds never."""
    usage, rate, first_token_s = turn.usage, turn.output_tokens_per_s, turn.timing.first_token_s
    facts = [Fact("served", turn.served_speed or "unknown"), Fact("asked", turn.asked_speed)]
    if turn.options.effort:
        facts.append(Fact("effort", turn.options.effort))
    if rate is not None:
        facts.append(Fact("rate", f"{rate:,.1f} tok/s"))
    if first_token_s is not None:
        facts.append(Fact("first token", f"{first_token_s:,.2f} s"))
    if usage.output_tokens is not None:
        thinking = f" ({usage.thinking_tokens:,} thinking)" if usage.thinking_tokens else ""
        facts.append(Fact("out", f"{usage.output_tokens:,} tokens{thinking}"))
    if usage.prompt_tokens is not None:
        cached = f" ({usage.cache_read_tokens:,} from cache)" if usage.cache_read_tokens else ""
        facts.append(Fact("in", f"{usage.prompt_tokens:,} tokens{cached}"))
    if cost is not None:
        facts.append(Fact("cost", dollars(cost)))
    facts.append(Fact("model", turn.served_model or turn.options.model))
    if turn.request_id:
        facts.append(Fact("request", turn.request_id))
    return tuple(facts)


def totals(turns: Iterable[Turn], cost_of: CostOf) -> Totals:
    """Sums over `turns`."""
    turns = tuple(turns)
    costs = [cost for turn in turns if (cost := cost_of(turn)) is not None]
    return Totals(
        replies=len(turns),
        prompt_tokens=sum(turn.usage.prompt_tokens or 0 for turn in turns),
        output_tokens=sum(turn.usage.output_tokens or 0 for turn in turns),
        cost=sum(costs, Decimal()) if costs else None,
        fast_otps=_median_otps(turns, "fast"),
        standard_otps=_median_otps(turns, "standard"),
    )


def _median_otps(turns: Iterable[Turn], speed: Speed) -> float | None:
    rates = [turn.output_tokens_per_s for turn in turns if turn.served_speed == speed]
    known = [rate for rate in rates if rate is not None]
    return median(known) if known else None


def outcome(turn: Turn) -> str:
    """How a reply ended other than well, in a sentence; "" when it is whole."""
    if turn.status == "completed":
        return ""
    words = {
        "streaming": "The reply was still coming.",
        "interrupted": "The reply was interrupted.",
        "failed": "The reply failed.",
        "refused": "Claude declined to answer.",
    }
    return turn.error or words[turn.status]


def dollars(amount: Decimal) -> str:
    """An amount with the digits that matter: `$1.25`, `$0.094`, `$0.0003`."""
    digits = 2 if amount >= 1 else 3 if amount >= Decimal("0.01") else 4
    return f"${amount:,.{digits}f}"


def attachment_line(block: ImageBlock | DocumentBlock) -> str:
    """An attachment's name, kind and size on one line, none of it escaped."""
    return f"{block.name or 'unnamed'} ({block.media_type}, {_size(len(block.data))})"


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1e6:,.1f} MB"

"""Auto speed: rules anyone can read, from facts to a choice and one line that explains it."""

from decimal import Decimal
from typing import NamedTuple

from fasttui.chat.usage import Speed

SHORT_REPLY_TOKENS = 250
DEAR_SWITCH_USD = Decimal("0.25")


class Facts(NamedTuple):
    """What auto looks at. `fuel_tokens` is None while the budget is unknown; costs are None when unknown."""

    fast_offered: bool
    fast_refusal: str | None
    cooldown_s: float
    expected_tokens: int
    fuel_tokens: int | None
    fast_usd: Decimal | None
    standard_usd: Decimal | None
    reread_tokens: int


class Choice(NamedTuple):
    """The speed for one message, and why."""

    speed: Speed
    reason: str


def choose(facts: Facts) -> Choice:
    """The first rule that applies decides."""
    if not facts.fast_offered:
        return Choice("standard", "this model offers no fast mode")
    if facts.fast_refusal is not None:
        return Choice("standard", facts.fast_refusal)
    if facts.cooldown_s > 0:
        return Choice("standard", f"fast is refilling for {facts.cooldown_s:.0f} s more")
    if facts.fuel_tokens is not None and facts.fuel_tokens < facts.expected_tokens:
        return Choice(
            "standard",
            f"{facts.fuel_tokens:,} fast tokens are left and about {facts.expected_tokens:,} are needed",
        )
    if facts.expected_tokens < SHORT_REPLY_TOKENS:
        return Choice("standard", "a short reply is expected: fast does not shorten the wait for the first token")
    extra = _extra_usd(facts)
    if facts.reread_tokens and extra is not None and extra > DEAR_SWITCH_USD:
        return Choice("standard", f"fast would re-read the context for ${extra:.2f} more")
    return Choice("fast", f"about {facts.expected_tokens:,} tokens are expected")


def _extra_usd(facts: Facts) -> Decimal | None:
    if facts.fast_usd is None or facts.standard_usd is None:
        return None
    return facts.fast_usd - facts.standard_usd

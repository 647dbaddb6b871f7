"""`fasttui stats`: how fast the replies of all chats came, and what they cost, by the speed that served them."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median, quantiles

from fasttui.chat.conversation import utc_now
from fasttui.chat.usage import Speed
from fasttui.cli import compose, output
from fasttui.engine import wording
from fasttui.store.spending import ServedReply

_MOST_DAYS = 36_500  # a calendar does not go back for ever
_SPEEDS: tuple[Speed, ...] = ("fast", "standard")


@dataclass(frozen=True, slots=True)
class SpeedSummary:
    """The replies that one speed served; OTPS and its tenths are None where too few were measured."""

    served_speed: Speed
    replies: int
    otps_median: float | None
    otps_p10: float | None
    otps_p90: float | None
    first_token_s: float | None
    usd: Decimal


def run(args: argparse.Namespace) -> int:
    """Print a line a speed, or one JSON object."""
    since = utc_now() - timedelta(days=min(args.days, _MOST_DAYS))
    with compose.saved_chats(compose.set_up(args)) as store:
        replies, spent = store.served(since), store.spent(since)
    summaries = [summary(speed, replies, spent) for speed in _SPEEDS]
    asked_fast = [reply for reply in replies if reply.asked_speed == "fast"]
    fast_hits = sum(reply.served_speed == "fast" for reply in asked_fast)
    if args.json:
        speeds = [asdict(one) | {"usd": format(one.usd, "f")} for one in summaries]
        output.write_json({"asked_fast": len(asked_fast), "served_fast": fast_hits, "speeds": speeds})
        return 0
    output.line("served    replies   tok/s (median, p10 to p90)   first token      cost")
    for one in summaries:
        output.line(_row(one))
    if asked_fast:
        output.line(f"Of {len(asked_fast)} replies asked for at fast, {fast_hits} were served at fast.")
    return 0


def summary(speed: Speed, replies: Sequence[ServedReply], spent: Mapping[Speed, Decimal]) -> SpeedSummary:
    """What the replies served at `speed` have in common."""
    served = [reply for reply in replies if reply.served_speed == speed]
    rates = [rate for reply in served if (rate := reply.output_tokens_per_s) is not None]
    waits_s = [wait_s for reply in served if (wait_s := reply.timing.first_token_s) is not None]
    tenths = quantiles(rates, n=10, method="inclusive") if len(rates) > 1 else None
    return SpeedSummary(
        speed,
        len(served),
        median(rates) if rates else None,
        tenths[0] if tenths else None,
        tenths[-1] if tenths else None,
        median(waits_s) if waits_s else None,
        spent.get(speed, Decimal(0)),
    )


def _row(one: SpeedSummary) -> str:
    waited = "–" if one.first_token_s is None else wording.seconds(one.first_token_s)
    cost = wording.dollars(one.usd)
    return f"{one.served_speed:<9} {one.replies:>7}   {_rate(one):<26}   {waited:>11}  {cost:>8}"


def _rate(one: SpeedSummary) -> str:
    if one.otps_median is None:
        return "–"
    spread = "" if one.otps_p10 is None else f" ({one.otps_p10:.0f} to {one.otps_p90:.0f})"
    return f"{one.otps_median:.0f}{spread}"

"""Figures in words, the same in every front end: lines of (text, style name) with no toolkit."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from fasttui.chat.conversation import SpeedChoice, Turn
from fasttui.chat.models import Model
from fasttui.chat.usage import Speed
from fasttui.engine.fuel import FuelReading
from fasttui.engine.ledger import Cost, Quote
from fasttui.engine.session import Forecast, Retry
from fasttui.engine.telemetry import Reading, thinking_seconds

Words = tuple[tuple[str, str], ...]

FAST_MARK = "⚡"
BARS = "▁▂▃▄▅▆▇█"
_FULL_BAR_RATE = 120.0
_WARN_DAYS = 30


def seconds(value: float) -> str:
    """`0.84 s`, `4.2 s`, `73 s`, `4 min 5 s`."""
    if value < 1:
        return f"{value:.2f} s"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def dollars(value: Decimal) -> str:
    """Two decimals from ten cents up, three below, and `<$0.001` for a trace."""
    if value == 0:
        return "$0.00"
    if value < Decimal("0.001"):
        return "<$0.001"
    return f"${value:.3f}" if value < Decimal("0.1") else f"${value:.2f}"


def tokens(value: float) -> str:
    """`842`, `9.4k`, `312k`, `1M`, `1.2M`."""
    if value < 1_000:
        return f"{value:.0f}"
    if value < 9_950:
        return f"{value / 1_000:.1f}k"
    if value < 999_500:
        return f"{value / 1_000:.0f}k"
    return f"{value / 1_000_000:.1f}".removesuffix(".0") + "M"


def speed_name(speed: SpeedChoice | Speed) -> str:
    """The speed with its mark, as it is shown everywhere."""
    return f"{FAST_MARK} fast" if speed == "fast" else speed


def prices(forecast: Forecast) -> str:
    """Of the next message, at both speeds: `next ≈ $0.02 · standard ≈ $0.43 · cached until 12:09`."""
    parts = [f"next {_about(forecast.chosen)}"]
    if forecast.other is not None:
        other = FAST_MARK if forecast.other.speed == "fast" else forecast.other.speed
        parts.append(f"{other} {_about(forecast.other)}")
    if forecast.cached_until is not None:
        parts.append(f"cached until {forecast.cached_until.astimezone():%H:%M}")
    elif forecast.chosen.reread_tokens:
        parts.append("not cached")
    return " · ".join(parts)


def _about(quote: Quote) -> str:
    return "price unknown" if quote.usd is None else f"≈ {dollars(quote.usd)}"


def rate(reading: Reading) -> str:
    """`~108 tok/s` while it is an estimate, `108 tok/s` once it is exact."""
    if reading.tokens_per_s is None:
        return ""
    return f"{'' if reading.exact else '~'}{reading.tokens_per_s:.0f} tok/s"


def sparkline(recent: Sequence[float]) -> str:
    """One bar for each rate; a full bar is the usual fast speed, or the highest rate if that is more."""
    top = max(_FULL_BAR_RATE, *recent) if recent else _FULL_BAR_RATE
    return "".join(BARS[min(len(BARS) - 1, int(value / top * len(BARS)))] if value else " " for value in recent)


def reply_heading(turn: Turn) -> Words:
    """Who answered, at which speed and effort. Until the API says who served it, only what was asked for."""
    served, asked = turn.served_speed, turn.asked_speed
    effort = (f" · {turn.options.effort}" if turn.options.effort else "", "telemetry")
    if served is not None:
        words: Words = (("claude", "claude"), (f"  {speed_name(served)}", f"served.{served}"), effort)
        return (*words, (f"  asked {speed_name(asked)}", "mismatch")) if turn.mismatched else words
    shown = speed_name(asked)
    if turn.status == "failed":
        shown = f"asked {shown}"
    elif turn.status != "streaming" and asked == "fast":
        shown += " (not reported)"
    return (("claude", "claude"), (f"  {shown}", "telemetry"), effort)


def reply_explanation(turn: Turn) -> Words:
    """Why the speed is what it is, where it is not simply the one asked for; nothing otherwise."""
    if turn.mismatched:
        reason = turn.fallback_reason or "The API served another speed than the one asked for."
        return ((f"! asked {turn.asked_speed}, served {turn.served_speed}: {reason}", "mismatch"),)
    if turn.fallback_reason and turn.status == "streaming":
        return ((f"! {turn.fallback_reason} Asking for standard.", "mismatch"),)
    if turn.options.speed_reason:
        auto = "auto: " if turn.options.speed_choice == "auto" else ""
        return ((f"{auto}{turn.options.speed} because {turn.options.speed_reason}", "note"),)
    return ()


def reply_figures(turn: Turn, reading: Reading, cost: Cost | None) -> Words:
    """OTPS, time to first token, tokens and cost of a reply, as far as they are known."""
    if reading.phase == "waiting":
        return ((f"waiting {seconds(reading.waiting_s or 0.0)}", "telemetry"),)
    about = "" if reading.exact else "~"
    parts: list[str] = []
    if reading.tokens_per_s is not None:
        parts.append(f"{about}{reading.tokens_per_s:.0f} tok/s")
    if reading.first_token_s is not None:
        parts.append(f"first {seconds(reading.first_token_s)}")
    if reading.output_tokens:
        parts.append(f"{about}{reading.output_tokens:,} tok")
    reached_the_model = turn.usage.prompt_tokens is not None
    if turn.status != "streaming" and reached_the_model:
        parts.append("cost unknown" if cost is None else f"{'' if cost.exact else '≈ '}{dollars(cost.usd)}")
    return ((" · ".join(parts), "telemetry"),)


def thinking_label(turn: Turn, reading: Reading | None = None) -> str:
    """`thought for 4.2 s · 812 tokens`, `thinking for 3 s …` while it does; "" of a reply that did not think.

    Only the live `reading` knows how long a reply has been thinking that says nothing of it.
    """
    if turn.timing.first_text_s is None and turn.status == "streaming":
        thinks_s = thinking_seconds(turn) if reading is None else reading.thinking_s
        return "" if thinks_s is None else f"thinking for {thinks_s:.0f} s …"
    thought_s = thinking_seconds(turn)
    if thought_s is None:
        return ""
    count = f" · {turn.usage.thinking_tokens:,} tokens" if turn.usage.thinking_tokens else ""
    return f"thought for {seconds(thought_s)}{count}"


def reply_ending(turn: Turn) -> tuple[Words, ...]:
    """How a reply ended, where it did not simply end well, and what can be done."""
    if turn.error is not None:
        hint: tuple[Words, ...] = (((f"  {turn.error_hint}", "error.hint"),),) if turn.error_hint else ()
        return (((f"✗ {turn.error}", "error"),), *hint)
    if turn.status == "interrupted":
        go_on = "go on with /continue, " if turn.reply.text else ""
        return ((("■ stopped", "note"), (f"  {go_on}ask again with /retry", "error.hint")),)
    if turn.stop_reason == "max_tokens":
        return ((("■ cut at the token limit", "note"), ("  go on with /continue", "error.hint")),)
    if turn.status == "completed" and not turn.reply.text.strip():
        return ((("■ the reply is empty", "note"), ("  ask again with /retry", "error.hint")),)
    return ()


def waiting_retry(retry: Retry) -> Words:
    """Why and when the request goes out again."""
    return ((f"… {retry.sentence} Attempt {retry.attempt} in {retry.left_s:.0f} s; Esc stops.", "note"),)


def fuel(reading: FuelReading) -> str:
    """The gauge in words: `312k/400k full in 13 s`."""
    if reading.state == "unavailable":
        return "no fast mode"
    if reading.state == "cooling":
        return f"fast again in {reading.cooldown_s or 0:.0f} s"
    if reading.remaining is None or reading.limit is None:
        return "fuel unknown"
    full = "full" if not reading.full_s or reading.full_s < 1 else f"full in {reading.full_s:.0f} s"
    return f"{tokens(reading.remaining)}/{tokens(reading.limit)} {full}"


def fast_notice(model: Model, on: date, successor: Model | None) -> str:
    """A warning while the end of a model's fast mode is near, or a word that it is gone; "" otherwise."""
    days = model.fast_days_left(on)
    if days is None or days > _WARN_DAYS:
        return ""
    offer = f" {successor.name} has it: /model {successor.id}." if successor else ""
    if days <= 0:
        return f"{model.name} no longer offers fast mode.{offer}"
    unit = "day" if days == 1 else "days"
    return f"Fast mode of {model.name} ends in {days} {unit}.{offer}"


def telemetry_line(turn: Turn, reading: Reading, cost: Cost | None, gauge: FuelReading) -> str:
    """An ended reply in one line: `served fast · 108 tok/s · first 1.2 s · 842 tok · $0.043 · fuel 312k/400k`."""
    parts = [f"served {turn.served_speed}" if turn.served_speed else "served speed not reported"]
    parts += [text for text, _ in reply_figures(turn, reading, cost) if text]
    if gauge.remaining is not None and gauge.limit is not None:
        parts.append(f"fuel {tokens(gauge.remaining)}/{tokens(gauge.limit)}")
    elif gauge.state == "cooling":
        parts.append(fuel(gauge))
    return " · ".join(parts)


def spoken_turn(turn: Turn, reading: Reading, cost: Cost | None, gauge: FuelReading) -> str:
    """The same for the ear: `served fast, 142 tokens per second, 3 cents, 61 percent of the fast budget left`."""
    served = f"served {turn.served_speed}" if turn.served_speed else "served speed not reported"
    parts = [f"asked {turn.asked_speed}, {served}" if turn.mismatched else served]
    if reading.tokens_per_s is not None:
        parts.append(f"{'' if reading.exact else 'about '}{reading.tokens_per_s:.0f} tokens per second")
    parts.append(_spoken_cost(cost))
    if gauge.state == "cooling":
        parts.append(f"fast again in {gauge.cooldown_s or 0:.0f} seconds")
    elif gauge.fraction is not None:
        parts.append(f"{gauge.fraction * 100:.0f} percent of the fast budget left")
    return ", ".join(parts)


def _spoken_cost(cost: Cost | None) -> str:
    if cost is None:
        return "cost unknown"
    words = spoken_dollars(cost.usd)
    return words if cost.exact or words[0].isalpha() else f"about {words}"


def spoken_dollars(value: Decimal) -> str:
    """`nothing`, `less than a cent`, `3 cents`, `1 dollar 25 cents`."""
    if value == 0:
        return "nothing"
    if value < Decimal("0.005"):
        return "less than a cent"
    whole, cents = divmod(int((value * 100).to_integral_value(ROUND_HALF_UP)), 100)
    parts = [_counted(whole, "dollar")] if whole else []
    return " ".join([*parts, _counted(cents, "cent")] if cents else parts)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""The status bar in words: what each of its cells says, with the name of how good that is.

The names of styles are those of the bar alone: fast, standard, mismatch, good, low, empty, text, muted.
"""

from fasttui.engine import wording
from fasttui.engine.fuel import FuelReading
from fasttui.engine.session import Status
from fasttui.engine.wording import Words

GAUGE_CELLS = 6
_LOW, _EMPTY = 0.35, 0.12
_MANY_REPLIES = 9  # no reason to save fuel, and more digits than the bar has room for


def speed(status: Status) -> Words:
    """Which speed serves the running or last reply; before the first, what the next one asks for."""
    served = status.served_speed
    if served is not None:
        mismatched = served != status.asked_speed
        name = f"{wording.FAST_MARK} FAST" if served == "fast" else "STANDARD"
        return ((f"{name}{' !' if mismatched else ''}", "mismatch" if mismatched else served),)
    if status.streaming and status.asked_speed is not None:
        return ((f"{status.asked_speed} ?", "muted"),)
    return ((wording.speed_name(status.next_speed), "muted"),)


def rate(status: Status) -> Words:
    """Tokens a second with their last seconds as bars, or what is waited for."""
    reading = status.reading
    if status.retry is not None:
        return ((f"attempt {status.retry.attempt} in {status.retry.left_s:.0f} s", "low"),)
    if reading.phase == "waiting":
        return ((f"waiting {wording.seconds(reading.waiting_s or 0)}", "muted"),)
    words = wording.rate(reading)
    if not words:
        return (("thinking…" if reading.phase == "thinking" else "– tok/s", "muted"),)
    return ((f"{words:<11}", "text"), (wording.sparkline(reading.recent), status.served_speed or "muted"))


def first_token(status: Status) -> Words:
    """The time to the first token."""
    first_s = status.reading.first_token_s
    return (("first –" if first_s is None else f"first {wording.seconds(first_s)}", "muted"),)


def fuel(status: Status) -> Words:
    """The fast budget as a gauge and in figures."""
    reading = status.fuel
    words = wording.fuel(reading)
    if reading.state == "cooling":
        return (("fuel ", "muted"), (words, "low"))
    fraction = reading.fraction
    if fraction is None or reading.state != "known":
        return ((words, "muted"),)
    return (("fuel ", "muted"), (_gauge(fraction), _level(fraction)), (f" {words}", "text"),
            (_replies_left(reading, status.replies_left), "muted"))  # fmt: skip


def money(status: Status) -> Words:
    """What the session cost, and how much of it was for fast."""
    ledger = status.ledger
    unknown = "+?" if ledger.unknown_turns else ""
    fast = f" ({wording.FAST_MARK} {wording.dollars(ledger.fast)})" if ledger.fast else ""
    return ((f"{wording.dollars(ledger.total)}{unknown}", "text"), (fast, "muted"))


def context(status: Status) -> Words:
    """The share of the model's context that is used."""
    if status.context_tokens is None or not status.model.context_tokens:
        return (("ctx –", "muted"),)
    share = 100 * status.context_tokens / status.model.context_tokens
    shown = f"{share:.0f} %" if share >= 1 or share == 0 else "<1 %"
    return ((f"ctx {shown}", "low" if share > 80 else "muted"),)


def _gauge(fraction: float) -> str:
    full = round(fraction * GAUGE_CELLS)
    return "▓" * full + "░" * (GAUGE_CELLS - full)


def _level(fraction: float) -> str:
    return "empty" if fraction < _EMPTY else "low" if fraction < _LOW else "good"


def _replies_left(reading: FuelReading, replies: int | None) -> str:
    full = reading.full_s is not None and reading.full_s < 1
    if replies is None or not full:
        return ""
    return f" ≈{replies} more" if replies <= _MANY_REPLIES else f" {_MANY_REPLIES}+ more"

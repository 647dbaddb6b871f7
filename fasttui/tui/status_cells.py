"""The session's status as cells of the status bar."""

from fasttui.engine import wording
from fasttui.engine.fuel import FuelReading
from fasttui.engine.session import Status
from fasttui.tui.widgets.status_bar import Cell, Part

_GAUGE_CELLS = 6
_LOW, _EMPTY = 0.35, 0.12


def status_cells(status: Status) -> tuple[Cell, ...]:
    """All cells of the bar as of now."""
    return (
        Cell("speed", _speed(status)),
        Cell("rate", _rate(status)),
        Cell("first", _first(status)),
        Cell("fuel", _fuel(status.fuel, status.replies_left)),
        Cell("total", _money(status)[:1]),
        Cell("money", _money(status)),
        Cell("context", _context(status)),
    )


def _speed(status: Status) -> tuple[Part, ...]:
    served = status.served_speed
    if served is not None:
        mismatched = served != status.asked_speed
        name = "⚡ FAST" if served == "fast" else "STANDARD"
        return ((f"{name}{' !' if mismatched else ''}", "mismatch" if mismatched else served),)
    if status.streaming and status.asked_speed is not None:
        return ((f"{status.asked_speed} ?", "muted"),)
    return ((wording.speed_name(status.next_speed), "muted"),)


def _rate(status: Status) -> tuple[Part, ...]:
    reading = status.reading
    if status.retry is not None:
        return ((f"attempt {status.retry.attempt} in {status.retry.left_s:.0f} s", "low"),)
    if reading.phase == "waiting":
        return ((f"waiting {wording.seconds(reading.waiting_s or 0)}", "muted"),)
    rate = wording.rate(reading)
    if not rate:
        return (("thinking…" if reading.phase == "thinking" else "– tok/s", "muted"),)
    return ((f"{rate:<11}", "text"), (wording.sparkline(reading.recent), status.served_speed or "muted"))


def _first(status: Status) -> tuple[Part, ...]:
    first_s = status.reading.first_token_s
    return (("first –" if first_s is None else f"first {wording.seconds(first_s)}", "muted"),)


def _fuel(fuel: FuelReading, replies_left: int | None) -> tuple[Part, ...]:
    words = wording.fuel(fuel)
    if fuel.state == "cooling":
        return (("fuel ", "muted"), (words, "low"))
    fraction = fuel.fraction
    if fraction is None or fuel.state != "known":
        return ((words, "muted"),)
    level = "empty" if fraction < _EMPTY else "low" if fraction < _LOW else "good"
    full = round(fraction * _GAUGE_CELLS)
    gauge = "▓" * full + "░" * (_GAUGE_CELLS - full)
    tail = f" ≈{replies_left} more" if replies_left is not None and fuel.full_s is not None and fuel.full_s < 1 else ""
    return (("fuel ", "muted"), (gauge, level), (f" {words}", "text"), (tail, "muted"))


def _money(status: Status) -> tuple[Part, ...]:
    ledger = status.ledger
    unknown = "+?" if ledger.unknown_turns else ""
    fast = f" (⚡ {wording.dollars(ledger.fast)})" if ledger.fast else ""
    return ((f"{wording.dollars(ledger.total)}{unknown}", "text"), (fast, "muted"))


def _context(status: Status) -> tuple[Part, ...]:
    if status.context_tokens is None or not status.model.context_tokens:
        return (("ctx –", "muted"),)
    share = 100 * status.context_tokens / status.model.context_tokens
    shown = f"{share:.0f} %" if share >= 1 or share == 0 else "<1 %"
    return ((f"ctx {shown}", "low" if share > 80 else "muted"),)

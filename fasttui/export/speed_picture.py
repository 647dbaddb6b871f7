"""A small picture of tokens per second, one bar a reply, coloured by the speed that served it."""

from collections.abc import Sequence
from html import escape
from math import floor, log10

from fasttui.chat.conversation import Turn

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 150, 34, 18, 8


def speed_svg(turns: Sequence[Turn]) -> str:
    """The picture as inline SVG; "" when no reply was measured. Each bar leads to its reply."""
    rates = [turn.output_tokens_per_s for turn in turns]
    fastest = max((rate for rate in rates if rate is not None), default=0.0)
    if not fastest:
        return ""
    top = _round_up(fastest)
    step = (_WIDTH - _LEFT) / len(turns)
    bars = "".join(_bar(number, turn, top, step) for number, turn in enumerate(turns, 1))
    lines = "".join(_grid_line(top * part / 2, top) for part in (0, 1, 2))
    return (
        f'<svg class="speeds" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="Tokens per second of each reply">{lines}{bars}</svg>'
    )


def _round_up(rate: float) -> float:
    """The next round figure, so that the middle line is one too."""
    power: float = 10.0 ** floor(log10(rate))
    return next((step * power for step in (1, 1.2, 1.6, 2, 3, 4, 6, 8) if step * power >= rate), 10 * power)


def _y(rate: float, top: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - rate / top)


def _grid_line(rate: float, top: float) -> str:
    y = _y(rate, top)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{rate:,.4g}</text>'
    )


def _bar(number: int, turn: Turn, top: float, step: float) -> str:
    rate, served = turn.output_tokens_per_s, turn.served_speed or "unknown"
    width = max(min(step * 0.7, 40), 0.5)
    x = _LEFT + step * (number - 0.5) - width / 2
    said = f"Reply {number}: not measured" if rate is None else f"Reply {number}: {rate:,.1f} tok/s, {served}"
    y = _y(rate, top) if rate is not None else _y(0, top) - 2
    height = _y(0, top) - y
    label = ""
    if step >= 26:
        label = f'<text x="{x + width / 2:.1f}" y="{_HEIGHT - 4}" text-anchor="middle">{number}</text>'
    return (
        f'<a href="#reply-{number}"><rect class="{served}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{min(width / 4, 3):.1f}"><title>{escape(said)}</title></rect>{label}</a>'
    )

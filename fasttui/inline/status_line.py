"""The two lines around the prompt: what the next message asks for, and the status bar."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prompt_toolkit.utils import get_cwidth

from fasttui.engine import status_words, wording
from fasttui.engine.session import Forecast, Session, Status
from fasttui.engine.wording import Words
from fasttui.inline.style import STATUS_STYLES, Palette

Fragments = list[tuple[str, str]]
"""Text with style strings of prompt-toolkit."""


class Cell(NamedTuple):
    """A place of the status bar: a width that keeps its neighbours still, and who gives way to whom."""

    words: Words
    width: int
    from_columns: int
    below_columns: int = 1_000_000

    def is_shown(self, columns: int) -> bool:
        """Whether a screen of that width has it."""
        return self.from_columns <= columns < self.below_columns


def cells_of(status: Status) -> Iterator[Cell]:
    """The cells of the status bar; speed and rate stay on the narrowest screen."""
    yield Cell(status_words.speed(status), 10, 0)
    yield Cell(status_words.rate(status), 20, 0)
    yield Cell(status_words.first_token(status), 12, 116)
    yield Cell(status_words.fuel(status), 34, 74)
    money, context = status_words.money(status), status_words.context(status)
    yield Cell(money[:1], 8, 80, 101)
    yield Cell(money, 19, 101)
    # In between there is room for fuel and money alone, which matter more.
    yield Cell(context, 9, 50, 74)
    yield Cell(context, 9, 91)


def status_line(status: Status, columns: int, palette: Palette) -> Fragments:
    """The status bar, without blanks at its end."""
    shown = [cell for cell in cells_of(status) if cell.is_shown(columns)]
    fragments: Fragments = []
    for number, cell in enumerate(shown):
        used = 0
        for text, style in cell.words:
            text = cut(text, cell.width - used)  # noqa: PLW2901 - the same words, as far as there is room
            used += get_cwidth(text)
            fragments.append((palette.fragment(STATUS_STYLES[style]), text))
        if number < len(shown) - 1:
            fragments.append((palette.fragment("faint"), " " * (cell.width - used) + "│ "))
    return list(fitted(fragments, columns - 1))


def next_line(session: Session, forecast: Forecast, columns: int, palette: Palette) -> Fragments:
    """What the next message asks for, and what it will cost."""
    choices = session.choices
    speed, effort = choices.next_speed, choices.next_effort(session.model)
    once = " · once" if choices.speed_once or choices.effort_once else ""
    why = forecast.warning or forecast.reason
    asked: Fragments = [
        (palette.fragment(f"served.{speed}"), wording.speed_name(speed)),
        (palette.fragment("muted"), f" · {effort}" if effort else ""),
        (palette.fragment("accent"), once),
        (palette.fragment("faint"), "  "),
        (palette.fragment("warning" if forecast.warning else "muted"), why),
    ]
    line = list(fitted(asked, columns - 1))
    room = columns - 1 - sum(get_cwidth(text) for _, text in line)
    prices = f"{' · ' if why else ''}{wording.prices(forecast)}"
    return [*line, (palette.fragment("muted"), whole_parts(prices, room))]


def whole_parts(text: str, columns: int) -> str:
    """As many of the parts between dots as fit into so many cells: half a price would be another one."""
    while text and get_cwidth(text) > columns:
        text = text.rpartition(" · ")[0]
    return text


def fitted(fragments: Iterable[tuple[str, str]], columns: int) -> Iterator[tuple[str, str]]:
    """As many of the fragments as fit into so many cells; the last one cut."""
    for style, text in fragments:
        text = cut(text, columns)  # noqa: PLW2901 - the same fragment, as far as there is room
        columns -= get_cwidth(text)
        if text:
            yield style, text


def cut(text: str, columns: int) -> str:
    """`text`, or what of it fits into so many cells."""
    if get_cwidth(text) <= columns:
        return text
    used = 0
    for place, character in enumerate(text):
        used += get_cwidth(character)
        if used > columns:
            return text[:place]
    return text


def shortened(text: str, columns: int) -> str:
    """`text`, or its beginning and a sign that there is more, in so many cells."""
    return text if get_cwidth(text) <= columns else f"{cut(text, columns - 1)}…"

"""The bottom line: speed, rate, fuel, money and context, each in a cell of fixed width."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

Part = tuple[str, str]


class Cell(NamedTuple):
    """What one place of the bar shows: parts of text, each with the name of a component class."""

    id: str
    parts: tuple[Part, ...] = ()


class Place(NamedTuple):
    """A cell's width, and the screens it is shown on: at least and less than so many columns wide."""

    id: str
    width: int
    from_columns: int = 0
    below_columns: int = 1_000_000


PLACES = (
    Place("speed", 10),
    Place("rate", 20),
    Place("first", 12, 110),
    Place("fuel", 34, 68),
    Place("total", 8, 80, 92),
    Place("money", 19, 92),
    Place("context", 9, 122),
)
_SEPARATOR = "│ "


class StatusBar(Widget):
    """Repaints only when a cell really changes; a cell never moves its neighbours."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1; dock: bottom; background: $surface; color: $text-muted;
        & > .status--fast { color: $fast; text-style: bold; }
        & > .status--standard { color: $standard; text-style: bold; }
        & > .status--mismatch { color: $warning; text-style: bold; }
        & > .status--good { color: $success; }
        & > .status--low { color: $warning; }
        & > .status--empty { color: $error; }
        & > .status--text { color: $text; }
        & > .status--muted { color: $text-muted; }
        & > .status--separator { color: $border; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"status--{name}"
        for name in ("fast", "standard", "mismatch", "good", "low", "empty", "text", "muted", "separator")
    }

    @dataclass
    class CellClicked(Message):
        """The user clicked a cell of the bar."""

        cell_id: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._cells: dict[str, Cell] = {}

    def show(self, *cells: Cell) -> None:
        """Take over cells; those that are equal to what stands there cost nothing."""
        changed = [cell for cell in cells if self._cells.get(cell.id) != cell]
        if changed:
            self._cells |= {cell.id: cell for cell in changed}
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The one line, cut to the screen's width."""
        del y
        base = self.rich_style
        segments = [Segment(" ", base)]
        for index, place in enumerate(self._places()):
            if index:
                segments.append(Segment(_SEPARATOR, base + self._style("separator")))
            segments += self._cell(place, base)
        return Strip(segments).crop(0, self.size.width).extend_cell_length(self.size.width, base)

    def _cell(self, place: Place, base: Style) -> list[Segment]:
        cell = self._cells.get(place.id, Cell(place.id))
        parts = [Segment(text, base + self._style(name)) for text, name in cell.parts if text]
        strip = Strip(parts).crop(0, place.width).extend_cell_length(place.width, base)
        return list(strip)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"status--{name}", partial=True)

    def _places(self) -> list[Place]:
        return [place for place in PLACES if place.from_columns <= self.size.width < place.below_columns]

    def on_click(self, event: events.Click) -> None:
        """Tell which cell was meant."""
        x = 1
        for place in self._places():
            if event.x < x + place.width:
                self.post_message(self.CellClicked(place.id))
                return
            x += place.width + len(_SEPARATOR)

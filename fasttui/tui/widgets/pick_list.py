"""A long list to pick from: rows of one or more lines under headings, drawn only where they are seen."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

PieceKind = Literal["title", "muted", "faint", "tag", "match", "heading"]
Pieces = tuple[tuple[str, PieceKind], ...]

_NEAR_END = 30  # so many rows before the last one, more are asked for


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line: `right` is kept whole, `left` gives way. The texts are safe and hold no line end."""

    left: Pieces = ()
    right: Pieces = ()


@dataclass(frozen=True, slots=True)
class ListRow:
    """What is picked as one; a heading cannot be picked."""

    lines: tuple[ListLine, ...]
    is_heading: bool = False


class PickList(ScrollView, can_focus=True):
    """Rows to move through with the keys or the mouse; Enter or a second click picks one."""

    DEFAULT_CSS = """
    PickList {
        height: 1fr; background: $background; color: $text; overflow-x: hidden; scrollbar-size-vertical: 1;
        & > .list--muted { color: $muted; }
        & > .list--faint { color: $faint; }
        & > .list--tag { color: $standard; }
        & > .list--match { color: $fast; text-style: bold; }
        & > .list--heading { color: $accent; text-style: bold; }
        & > .list--cursor { background: $selection; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--muted", "list--faint", "list--tag", "list--match", "list--heading", "list--cursor",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "to_end(-1)", show=False),
        Binding("end,G", "to_end(1)", show=False),
        Binding("enter", "pick", show=False),
    ]

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row; None is no row."""

        index: int | None

    @dataclass
    class Picked(Message):
        """The user picked a row."""

        index: int

    class EndNeared(Message):
        """The cursor or the view is near the last row: `extend` with more, if there is more."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._rows: list[ListRow] = []
        self._starts: list[int] = []
        self._height = 0
        self._cursor: int | None = None
        self._styles: dict[str, Style] = {}  # looking one up takes longer than drawing a line

    @property
    def cursor(self) -> int | None:
        """The row the cursor stands on."""
        return self._cursor

    def show(self, rows: Sequence[ListRow], cursor: int = 0) -> None:
        """Show other rows, the cursor on the row nearest to `cursor`."""
        self._rows, self._starts, self._height = [], [], 0
        self._add(rows)
        self._cursor = None
        self.scroll_to(y=0, animate=False, force=True)
        self._stand_on(self._nearest(cursor, 1))

    def extend(self, rows: Sequence[ListRow]) -> None:
        """Add rows below the others."""
        self._add(rows)
        self.refresh()

    def _add(self, rows: Sequence[ListRow]) -> None:
        for row in rows:
            self._rows.append(row)
            self._starts.append(self._height)
            self._height += len(row.lines)
        self.virtual_size = Size(0, self._height)

    # ── moving ────────────────────────────────────────────────────────────────────────────────

    def action_move(self, step: int) -> None:
        """To the row above (-1) or below (1)."""
        if self._cursor is not None:
            self._stand_on(self._nearest(self._cursor + step, step))

    def action_page(self, step: int) -> None:
        """A page up or down."""
        if self._cursor is not None:
            line = self._starts[self._cursor] + step * max(1, self.size.height - 1)
            self._stand_on(self._nearest(self._row_at(max(0, min(self._height - 1, line))), step))

    def action_to_end(self, step: int) -> None:
        """To the first row (-1) or the last one (1)."""
        self._stand_on(self._nearest(0 if step < 0 else len(self._rows) - 1, -step))

    def action_pick(self) -> None:
        """Pick the row under the cursor."""
        if self._cursor is not None:
            self.post_message(self.Picked(self._cursor))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a second one picks."""
        line = event.y + self.scroll_offset.y
        if line >= self._height or self._rows[row := self._row_at(line)].is_heading:
            return
        self._stand_on(row)
        if event.chain > 1:
            self.action_pick()

    def _nearest(self, index: int, step: int) -> int | None:
        """The row at `index` or the next one that can be picked, first in the direction of `step`."""
        index = max(0, min(len(self._rows) - 1, index))
        ahead = range(index, len(self._rows)) if step > 0 else range(index, -1, -1)
        behind = range(index, -1, -1) if step > 0 else range(index, len(self._rows))
        return next((i for way in (ahead, behind) for i in way if not self._rows[i].is_heading), None)

    def _stand_on(self, index: int | None) -> None:
        self._cursor = index
        if index is not None:
            # The heading above the first row of a group is seen with it.
            first = index - 1 if index and self._rows[index - 1].is_heading else index
            top, bottom = self._starts[first], self._starts[index] + len(self._rows[index].lines)
            self.scroll_to_region(Region(0, top, 1, bottom - top), animate=False, force=True)
            if index >= len(self._rows) - _NEAR_END:
                self.post_message(self.EndNeared())
        self.refresh()
        self.post_message(self.Highlighted(index))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for more when the wheel or the scrollbar comes near the end."""
        super().watch_scroll_y(old_value, new_value)
        if new_value + self.size.height >= self._height - _NEAR_END and new_value > old_value:
            self.post_message(self.EndNeared())

    def _row_at(self, line: int) -> int:
        return bisect_right(self._starts, line) - 1

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    def render_line(self, y: int) -> Strip:
        """One line of what is seen."""
        width, line = self.size.width, y + self.scroll_offset.y
        if line >= self._height:
            return Strip.blank(width, self._base(marked=False))
        index = self._row_at(line)
        row = self._rows[index]
        shown = row.lines[line - self._starts[index]]
        marked = index == self._cursor
        base = self._base(marked=marked)
        right = self._strip(shown.right, base)
        room = max(0, width - right.cell_length - 2)
        cursor: Pieces = () if row.is_heading else (("▌ " if marked else "  ", "tag"),)
        left = self._strip((*cursor, *shown.left), base)
        if left.cell_length > room:
            left = Strip.join([left.crop(0, max(0, room - 1)), self._strip((("…", "faint"),), base)])
        left = left.extend_cell_length(max(0, width - right.cell_length - 1), base)
        return Strip.join([left, right]).adjust_cell_length(width, base).crop(0, width)

    def _strip(self, pieces: Pieces, base: Style) -> Strip:
        return Strip(
            Segment(text, base if kind == "title" else base + self._style(kind)) for text, kind in pieces if text
        )

    def _base(self, *, marked: bool) -> Style:
        if "title" not in self._styles:
            self._styles["title"] = self.rich_style
        return self._styles["title"] + self._style("cursor") if marked else self._styles["title"]

    def _style(self, kind: str) -> Style:
        if kind not in self._styles:
            self._styles[kind] = self.get_component_rich_style(f"list--{kind}", partial=True)
        return self._styles[kind]

    def notify_style_update(self) -> None:
        """Another theme, or the focus has come or gone."""
        super().notify_style_update()
        self._styles.clear()

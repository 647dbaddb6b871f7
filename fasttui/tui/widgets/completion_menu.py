"""What is being typed may go on like this: a few rows above the composer, one of which may be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fasttui.tui.terminal_rows import rows_of

MOST_ROWS = 8
FRAME_ROWS = 1  # the line above the rows
_HINT = " ↑ ↓ choose · Enter takes it · Esc closes "
_NAME_SHARE = 0.45  # of the width that names may take where something is told about them
_GAP = "  "
_BOLD = Style(bold=True)

Row = tuple[str, str]
"""A name and what there is to say of it; both safe, on one line."""


class CompletionMenu(Widget, can_focus=False):
    """Shows rows and which is chosen; the keys are the composer's."""

    ALLOW_SELECT: ClassVar[bool] = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--about", "menu--chosen", "menu--mark"}
    DEFAULT_CSS = """
    CompletionMenu {
        display: none; background: $panel; color: $text; border-top: solid $border;
        border-title-color: $text-muted; border-title-background: $panel; border-title-align: right;
        & > .menu--about { color: $muted; }
        & > .menu--chosen { background: $selection; }
        & > .menu--mark { color: $standard; }
    }
    """

    @dataclass
    class Clicked(Message):
        """The user clicked on a row."""

        index: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.border_title = Content(_HINT)
        self._rows: Sequence[Row] = ()
        self._chosen: int | None = None
        self._top = 0
        self._shown = 0
        self._styles: dict[str, Style] = {}  # looking one up takes longer than drawing a line

    @property
    def chosen(self) -> int | None:
        """The row that is chosen; none at first."""
        return self._chosen

    def show(self, rows: Sequence[Row], room: int) -> None:
        """Show these rows, none of them chosen, on at most `room` lines of the screen."""
        self._rows, self._chosen, self._top = rows, None, 0
        self.fit(room)
        self.display = True
        self.refresh()

    def fit(self, room: int) -> None:
        """Keep to so many lines of the screen."""
        self._shown = max(0, min(len(self._rows), MOST_ROWS, room - FRAME_ROWS))
        self.styles.height = self._shown + FRAME_ROWS

    def choose(self, step: int) -> None:
        """On to the row below (1) or above (-1); past the last one, none is chosen."""
        places = len(self._rows) + 1  # one is for none of them
        at = (0 if self._chosen is None else self._chosen + 1) + step
        self._chosen = at % places - 1 if at % places else None
        if self._chosen is not None:
            self._top = max(self._chosen - self._shown + 1, min(self._top, self._chosen))
        self._show_now()

    def _scroll(self, lines: int) -> None:
        self._top = max(0, min(len(self._rows) - self._shown, self._top + lines))
        self._show_now()

    def _show_now(self) -> None:
        self.refresh()
        if self.is_mounted and (rows := rows_of(self)):
            rows.echo(self)

    # ── mouse ─────────────────────────────────────────────────────────────────────────────────

    def on_click(self, event: events.Click) -> None:
        """A click takes the row it is on."""
        event.stop()
        place = event.get_content_offset(self)
        if place is not None and place.y < self._shown:
            self.post_message(self.Clicked(self._top + place.y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Rows further down."""
        event.stop()
        self._scroll(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Rows further up."""
        event.stop()
        self._scroll(-1)

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    def render_line(self, y: int) -> Strip:
        """One row of those that are seen."""
        width, index = self.size.width, self._top + y
        if index >= len(self._rows):
            return Strip.blank(width, self._style("text"))
        chosen = index == self._chosen
        base = self._style("text") + self._style("chosen") if chosen else self._style("text")
        name, about = self._rows[index]
        mark = Segment("▌ " if chosen else "  ", base + self._style("mark"))
        names = self._name_width(width)
        parts = [Strip([mark]), _fitted(name, names, base + _BOLD if chosen else base)]
        if about:
            parts.append(_fitted(_GAP + about, max(0, width - names - 4), base + self._style("about")))
        line = Strip.join(parts).extend_cell_length(width - 1, base).crop(0, width - 1)
        return Strip.join([line, Strip([Segment(self._thumb(y), base + self._style("about"))])])

    def _name_width(self, width: int) -> int:
        """How wide the column of names is: the same for all rows, so that nothing moves while one scrolls."""
        widest = max((Content(name).cell_length for name, _ in self._rows), default=0)
        if any(about for _, about in self._rows):
            return min(widest, int(width * _NAME_SHARE))
        return min(widest, width - 4)

    def _thumb(self, y: int) -> str:
        """The right edge of a row: a bar where the rows that are seen lie among all of them."""
        count, shown = len(self._rows), self._shown
        if count <= shown:
            return " "
        first = round(self._top * shown / count)
        return "▐" if first <= y < first + max(1, round(shown * shown / count)) else " "

    def _style(self, kind: str) -> Style:
        if kind not in self._styles:
            text = kind == "text"
            self._styles[kind] = (
                self.rich_style if text else self.get_component_rich_style(f"menu--{kind}", partial=True)
            )
        return self._styles[kind]

    def notify_style_update(self) -> None:
        """Another theme."""
        super().notify_style_update()
        self._styles.clear()


def _fitted(text: str, width: int, style: Style) -> Strip:
    """The text in so many cells, cut or filled up."""
    content = Content(text)
    if content.cell_length > width:
        content = content.truncate(width, ellipsis=True)
    return Strip([Segment(content.plain, style)]).extend_cell_length(width, style).crop(0, width)

"""What is on the terminal now: writes only the cells that differ.

Textual's compositor says what whole pieces of rows should look like, and repaints each piece it was told about.
`TerminalRows` remembers every cell it wrote, so that an update costs the bytes of what changed, text that moved is
scrolled by the terminal itself, and a widget that knows which of its rows changed may paint them without layout and
compositor (`paint`). Both ways go through the same memory, so either may follow the other.

This is the one file that uses private parts of Textual. They are listed in `HOOKS`; a test looks each up, and when one
is missing at run time the app paints in Textual's own way: slower, and nothing else.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from rich.cells import split_graphemes
from rich.color import Color, ColorSystem
from rich.console import COLOR_SYSTEMS
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget


class Hook(NamedTuple):
    """A private part of Textual that this file leans on."""

    owner: str
    name: str
    why: str


HOOKS = (
    Hook("App", "_display", "every update goes through it on its way to the terminal"),
    Hook("App", "_driver", "the way to the terminal; None before the start"),
    Hook("App", "_running", "nothing may be written before the app runs"),
    Hook("App", "_closed", "nothing may be written after it has closed"),
    Hook("App", "_batch_count", "nothing is shown while updates are batched"),
    Hook("App", "_sync_available", "the terminal takes synchronized updates"),
    Hook("App", "_background_screens", "the compositor wants the screens below the top one"),
    Hook("Animator", "_animations", "an animation may change what a painted row should look like"),
    Hook("Screen", "_compositor", "knows where each widget is, and what is in front of it"),
    Hook("Screen", "_selecting", "the mouse is marking text"),
    Hook("Widget", "_repaint_regions", "what of a widget is due"),
    Hook("Widget", "_exchange_repaint_regions", "takes what is due, as the compositor does"),
    Hook("Compositor", "visible_widgets", "regions and clips, front to back"),
    Hook("Compositor", "size", "the screen the regions were laid out for"),
    Hook("Compositor", "update_widgets", "marks the echo of a key as due"),
    Hook("Compositor", "render_update", "renders what is due"),
    Hook("LayoutUpdate", "strips", "the rows of a full update"),
    Hook("LayoutUpdate", "region", "where they belong"),
    Hook("ChopsUpdate", "chops", "the pieces of each row of a partial update"),
    Hook("ChopsUpdate", "spans", "which of them are due"),
    Hook("ChopsUpdate", "chop_ends", "where each piece ends"),
)

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
UNKNOWN = "\x00"  # a cell nothing is known of, so that anything differs from it
CONTINUED = ""  # the right half of a wide character
JOIN_GAP = 5  # fewer equal cells than this are cheaper to write again than to skip
BLANKS = " " * 7  # fewer blanks than this are cheaper to write than to erase
UNSURE_CELLS = 8  # a sequence of emoji may take so many cells where it is not drawn as one
UNSURE_WIDTH = (
    ("\u2300", "\u2400"),
    ("\u2600", "\u2800"),
    ("\u2b00", "\u2c00"),
    ("\U0001f000", "\U00020000"),
)


class Pen(NamedTuple):
    """How a cell is drawn: SGR parameters, and the target of a terminal link."""

    attributes: str = ""
    color: str = ""
    background: str = ""
    link: str = ""

    @property
    def erases(self) -> bool:
        """Whether an erased cell looks like a blank written with this pen."""
        return not self.link and not set(self.attributes.split(";")) - {"", "1", "2", "3"}


PLAIN = Pen()


@lru_cache(8192)
def pen_of(style: Style | None, system: ColorSystem) -> Pen:
    """The pen that draws a style on a terminal with so many colours."""
    if style is None or not style:
        return PLAIN

    def codes(color: Color | None, *, foreground: bool) -> str:
        return ";".join(color.downgrade(system).get_ansi_codes(foreground)) if color else ""

    return Pen(
        attributes=Strip.render_ansi(style.without_color, system),
        color=codes(style.color, foreground=True),
        background=codes(style.bgcolor, foreground=False),
        link=f"id={style.link_id};{style.link}" if style.link else "",
    )


@lru_cache(8192)
def change_of_pen(old: Pen, new: Pen) -> str:
    """The shortest sequence that turns one pen into another."""
    if old.attributes and old.attributes != new.attributes:
        parts = ["0", new.attributes, new.color, new.background]
    else:
        parts = [
            new.attributes if old.attributes != new.attributes else "",
            (new.color or "39") if old.color != new.color else "",
            (new.background or "49") if old.background != new.background else "",
        ]
    sgr = ";".join(part for part in parts if part)
    link = f"\x1b]8;{new.link or ';'}\x1b\\" if old.link != new.link else ""
    return f"\x1b[{sgr}m{link}" if sgr else link


@lru_cache(4096)
def cells_of(text: str) -> tuple[str, ...]:
    """One string for each cell; a wide character is followed by `CONTINUED`."""
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        if width:
            cells.append(text[start:end])
            cells.extend([CONTINUED] * (width - 1))
        elif cells:
            # A mark without a width belongs to the character it follows.
            lead = next(i for i in range(len(cells) - 1, -1, -1) if cells[i] != CONTINUED)
            cells[lead] += text[start:end]
    return tuple(cells)


class CellRow:
    """One row of the terminal: what each cell shows, and with which pen."""

    __slots__ = ("cells", "pens", "pieces")

    def __init__(self, columns: int) -> None:
        self.cells = [UNKNOWN] * columns
        self.pens = [PLAIN] * columns
        self.pieces: dict[int, Strip] = {}
        """The strips last written, by column: the same strip again needs no look at its cells."""


class CellMemory:
    """The cells of the terminal; each change of them is returned as the text to write."""

    def __init__(self) -> None:
        self.columns = 0
        self.lines = 0
        self.system = ColorSystem.TRUECOLOR
        self.can_erase = True
        """Whether erasing fills with the background colour (GNU screen does not)."""
        self._rows: list[CellRow] = []

    def resize(self, columns: int, lines: int) -> None:
        """Forget everything, and expect a terminal of this size."""
        self.columns, self.lines = columns, lines
        self._rows = [CellRow(columns) for _ in range(lines)]

    def row(self, y: int) -> tuple[list[str], list[Pen]]:
        """What row `y` shows: its cells and their pens."""
        return self._rows[y].cells, self._rows[y].pens

    def write(self, x: int, y: int, strip: Strip) -> str:
        """Put a strip at a cell; what has to be written for it."""
        if x >= self.columns or y >= self.lines:
            # The terminal has become smaller, and the layout has not heard of it yet.
            return ""
        row = self._rows[y]
        known = row.pieces.get(x)
        if known is strip:
            return ""
        if known is not None and known == strip:
            row.pieces[x] = strip
            return ""
        cells, pens = self._flatten(strip)
        room = self.columns - x
        text = self._put(x, y, cells[:room], pens[:room])
        end = x + strip.cell_length
        for start, piece in list(row.pieces.items()):
            if start < end and start + piece.cell_length > x:
                del row.pieces[start]
        row.pieces[x] = strip
        return text

    def scroll(self, region: Region, lines: int) -> str:
        """Move the rows of `region` up by `lines` (down if negative); all that stands beside them stays."""
        top, bottom, left, right = region.y, region.bottom, region.x, region.right
        before = self._rows[top:bottom]
        lefts = [(row.cells[:left], row.pens[:left]) for row in before] if left else []
        rights = [(row.cells[right:], row.pens[right:]) for row in before] if right < self.columns else []
        fresh = [CellRow(self.columns) for _ in range(abs(lines))]
        self._rows[top:bottom] = before[lines:] + fresh if lines > 0 else fresh + before[:lines]
        edge, step = (bottom, "\n") if lines > 0 else (top + 1, "\x1bM")
        parts = [f"\x1b[{top + 1};{bottom}r\x1b[{edge};1H{step * abs(lines)}\x1b[r"]
        for row in self._rows[top:bottom]:
            row.pieces = {left: row.pieces[left]} if left in row.pieces else {}
        # The terminal moves whole rows: what stands left and right of the region is put back.
        parts.extend(self._put(0, y, *was) for y, was in enumerate(lefts, top))
        parts.extend(self._put(right, y, *was) for y, was in enumerate(rights, top))
        return "".join(parts)

    def _flatten(self, strip: Strip) -> tuple[list[str], list[Pen]]:
        cells: list[str] = []
        pens: list[Pen] = []
        system = self.system
        for text, style, control in strip:
            if control:
                continue
            part: Sequence[str] = text if text.isascii() else cells_of(text)
            cells.extend(part)
            pens.extend([pen_of(style, system)] * len(part))
        return cells, pens

    def _put(self, x: int, y: int, cells: list[str], pens: list[Pen]) -> str:
        """Remember cells; what has to be written so that the terminal shows them."""
        row = self._rows[y]
        end = x + len(cells)
        was, were = row.cells[x:end], row.pens[x:end]
        if was == cells and were == pens:
            return ""
        row.cells[x:end] = cells
        row.pens[x:end] = pens
        if not "".join(cells).isascii() and any(map(has_unsure_width, cells)):
            # It may be drawn over what stands right of it, so that is looked at too.
            beside = row.cells[end:]
            beside = beside[: beside.index(UNKNOWN)] if UNKNOWN in beside else beside
            cells, pens = cells + beside, pens + row.pens[end : end + len(beside)]
            was, were = was + beside, were + row.pens[end : end + len(beside)]
        out: list[str] = []
        for start, stop in _differing(was, were, cells, pens):
            out.append(f"\x1b[{y + 1};{x + start + 1}H")
            out.append(self._run(x, cells, pens, start, stop))
        return "".join(out)

    def _run(self, x: int, cells: list[str], pens: list[Pen], start: int, stop: int) -> str:
        """The text that draws cells `start` to `stop`, from a plain pen to a plain pen."""
        out: list[str] = []
        pen = PLAIN
        here = start
        for new, group in groupby(range(start, stop), key=pens.__getitem__):
            there = here + sum(1 for _ in group)
            if new is not pen:
                out.append(change_of_pen(pen, new))
                pen = new
            text = "".join(cells[here:there])
            if not text.isascii():
                text = self._wide_text(x + here, cells[here:there])
            elif self.can_erase and text.endswith(BLANKS) and new.erases:
                bare = text.rstrip(" ")
                blanks = len(text) - len(bare)
                text = f"{bare}\x1b[{blanks}X" + (f"\x1b[{blanks}C" if there < stop else "")
            out.append(text)
            here = there
        out.append("\x1b]8;;\x1b\\" if pen.link else "")
        out.append("\x1b[0m" if pen[:3] != PLAIN[:3] else "")
        return "".join(out)

    def _wide_text(self, x: int, cells: list[str]) -> str:
        """Text with other characters than ASCII; after each run of them the cursor is put where it belongs."""
        out: list[str] = []
        moved = False
        for index, cell in enumerate(cells):
            if cell == CONTINUED:
                continue
            here = x + index + 1
            if cell.isascii():
                out.append(f"\x1b[{here}G{cell}" if moved else cell)
                moved = False
            elif has_unsure_width(cell):
                # Cleared first, as a terminal may draw it narrower; kept in the row, as it may draw it wider.
                spot, cells_wide = f"\x1b[{here}G", 1 + (cells[index + 1 : index + 2] == [CONTINUED])
                drawn = cell if here < self.columns - UNSURE_CELLS else f"\x1b[?7l{cell}\x1b[?7h"
                out.append(f"{spot}{' ' * cells_wide}{spot}{drawn}\x1b[{here + cells_wide}G")
                moved = False
            else:
                out.append(cell)
                moved = True
        return "".join(out) + (f"\x1b[{x + len(cells) + 1}G" if moved else "")


@lru_cache(4096)
def has_unsure_width(cell: str) -> bool:
    """Whether terminals differ in how wide they draw this: emoji, symbols with a coloured form, and sequences."""
    return len(cell) > 1 or any(first <= cell < last for first, last in UNSURE_WIDTH)


def _differing(was: list[str], were: list[Pen], cells: list[str], pens: list[Pen]) -> Iterator[tuple[int, int]]:
    """Runs of cells that differ, never beginning or ending within a wide character."""
    count = len(cells)
    changed = [i for i in range(count) if cells[i] != was[i] or pens[i] is not were[i]]
    if not changed:
        return
    unsure = next((i for i in changed if not cells[i].isascii() and has_unsure_width(cells[i])), count)
    if unsure < count:
        # It may be drawn over what follows it, so that is written again.
        changed = [i for i in changed if i < unsure] + list(range(unsure, count))
    start = stop = changed[0]
    for i in changed:
        if i - stop > JOIN_GAP:
            yield _whole(cells, start, stop)
            start = i
        stop = i + 1
    yield _whole(cells, start, stop)


def _whole(cells: list[str], start: int, stop: int) -> tuple[int, int]:
    while start > 0 and cells[start] == CONTINUED:
        start -= 1
    while stop < len(cells) and cells[stop] == CONTINUED:
        stop += 1
    return start, stop


class TerminalRows:
    """Paints an app's updates by what differs; `enabled=False` leaves everything to Textual."""

    def __init__(self, app: App[Any], *, enabled: bool = True) -> None:
        self._app = app
        self._enabled = enabled
        self._checked = False
        self._memory = CellMemory()
        self._memory.can_erase = "STY" not in os.environ
        self._cursor = (-1, -1)
        self._clear_view: tuple[object, Widget, Region] | None = None

    @property
    def enabled(self) -> bool:
        """Whether this object writes; if not, Textual does."""
        return self._enabled

    def forget(self) -> None:
        """Take nothing on the terminal for granted: the next update is written in full."""
        self._memory.resize(0, 0)
        self._cursor = (-1, -1)

    def display(self, screen: Screen[Any], renderable: object) -> bool:
        """Write an update of the compositor; False if Textual has to do it."""
        if not isinstance(renderable, LayoutUpdate | ChopsUpdate) or not self._may_write(screen):
            if isinstance(renderable, CompositorUpdate):
                self.forget()
            return False
        self._fit()
        text = "".join(self._memory.write(x, y, strip) for x, y, strip in _pieces(renderable))
        self._emit(screen, text)
        return True

    def can_paint(self, widget: Widget) -> bool:
        """Whether the widget's rows may be painted at once: nothing is in front of them or about to change them."""
        app = self._app
        screen = app.screen
        return (
            widget.screen is screen
            and not app._batch_count
            and self._may_write(screen)
            and not screen.selections
            and not screen._selecting
            and not app.animator._animations
            and not widget.loading
            and screen._compositor.size == app.size
            and self._is_in_front(screen, widget)
        )

    def paint(self, widget: Widget, strips: Iterable[tuple[int, Strip]], *, moved: int = 0) -> None:
        """Paint rows of a widget's content, counted from its top, after it moved up by `moved` rows.

        The caller has asked `can_paint` before.
        """
        self._fit()
        region = self._clear_view[2] if self._clear_view else widget.scrollable_content_region
        parts: list[str] = []
        if moved and abs(moved) < region.height:
            parts.append(self._memory.scroll(region, moved))
        parts.extend(self._memory.write(region.x, region.y + row, strip) for row, strip in strips)
        self._emit(widget.screen, "".join(parts))

    def echo(self, widget: Widget) -> None:
        """Paint now what a widget has marked for the next update, as the answer to a key.

        If a layout is due as well, it follows in its own time, and repaints what it moves.
        """
        screen = widget.screen
        if self._app.screen is not screen or self._app._batch_count or not self._may_write(screen):
            return
        if widget.outer_size.region not in widget._repaint_regions and self.can_paint(widget):
            self._paint_due_rows(widget)
            return
        compositor = screen._compositor
        compositor.update_widgets({widget})
        self._app._display(screen, compositor.render_update(screen_stack=self._app._background_screens))

    def _paint_due_rows(self, widget: Widget) -> None:
        """Paint the rows of the content that are due; the compositor would render every widget for them."""
        self._fit()
        area = widget.scrollable_content_region
        x, y = widget.region.offset
        here = area.translate((-x, -y))
        parts: list[str] = []
        for region in widget._exchange_repaint_regions():
            top, bottom = max(region.y, here.y), min(region.bottom, here.bottom)
            strips = widget.render_lines(Region(here.x, top, here.width, bottom - top)) if top < bottom else []
            parts.extend(self._memory.write(area.x, y + row, strip) for row, strip in enumerate(strips, top))
        self._emit(widget.screen, "".join(parts))

    def _may_write(self, screen: Screen[Any]) -> bool:
        app = self._app
        if not self._enabled:
            return False
        if not self._checked:
            self._checked = True
            self._enabled = not missing_hooks(app, screen)
            app.app_resume_signal.subscribe(app, lambda _: self.forget())
        driver = app._driver
        return (
            self._enabled
            and driver is not None
            and not driver.is_headless
            and not driver.is_inline
            and app._running
            and not app._closed
        )

    def _is_in_front(self, screen: Screen[Any], widget: Widget) -> bool:
        """Whether the whole content of the widget can be seen. The answer holds until the next layout."""
        visible = screen._compositor.visible_widgets
        if self._clear_view is not None and self._clear_view[0] is visible and self._clear_view[1] is widget:
            return True
        area = widget.scrollable_content_region
        for other, (region, clip) in visible.items():
            if other is widget:
                if not area or not clip.contains_region(area):
                    return False
                self._clear_view = (visible, widget, area)
                return True
            if region.intersection(clip).overlaps(area):
                return False
        return False

    def _fit(self) -> None:
        size = self._app.size
        memory = self._memory
        if (memory.columns, memory.lines) != (size.width, size.height):
            memory.resize(size.width, size.height)
            memory.system = COLOR_SYSTEMS[self._app.console.color_system or "truecolor"]
            self._cursor = (-1, -1)

    def _emit(self, screen: Screen[Any], text: str) -> None:
        app = self._app
        x, y = cursor = screen.outer_size.clamp_offset(app.cursor_position)
        driver = app._driver
        if driver is None or (not text and cursor == self._cursor):
            return
        self._cursor = cursor
        text += f"\x1b[{y + 1};{x + 1}H"
        driver.write(f"{SYNC_START}{text}{SYNC_END}" if app._sync_available else text)
        driver.flush()


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The strips of an update with the cell each begins at, as (column, row, strip)."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for end, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if piece is not None and x < right and end > left:
                yield x, y, piece


def missing_hooks(app: App[Any], screen: Screen[Any]) -> list[Hook]:
    """The hooks this version of Textual does not have."""
    owners: dict[str, object] = {
        "App": app,
        "Animator": app.animator,
        "Screen": screen,
        "Widget": screen,
        "Compositor": getattr(screen, "_compositor", None),
        "LayoutUpdate": LayoutUpdate([], Region()),
        "ChopsUpdate": ChopsUpdate([], [], []),
    }
    return [hook for hook in HOOKS if not hasattr(owners[hook.owner], hook.name)]


class RowsApp(App[None]):
    """An app whose updates go through `TerminalRows`."""

    def __init__(self, *, write_only_changes: bool = True, **options: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(**options)
        self.terminal_rows = TerminalRows(self, enabled=write_only_changes)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:  # noqa: ANN401 - Textual's own
        if self._batch_count or not self.terminal_rows.display(screen, renderable):
            super()._display(screen, renderable)
        else:
            self.post_display_hook()


def rows_of(widget: Widget) -> TerminalRows | None:
    """The rows a widget may paint through, if its app has them."""
    app = widget.app
    return app.terminal_rows if isinstance(app, RowsApp) else None

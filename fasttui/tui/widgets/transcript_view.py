"""Entries in one scrolled view: any number of them, and the same cost per token however long one grows.

What is seen is laid out in rows, the heights of the rest are estimates; strips are made only for rows that are painted.
While nothing is in front of the view, rows that changed are painted straight through `TerminalRows`.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple

from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from fasttui.tui.terminal_rows import rows_of
from fasttui.tui.widgets.transcript_entries import Entry, EntryList, HeaderLine, Spans
from fasttui.tui.widgets.transcript_find import Finder, Match
from fasttui.tui.widgets.transcript_heights import Heights, estimated_heights
from fasttui.tui.widgets.transcript_layout import EntryLayout
from fasttui.tui.widgets.transcript_selection import Place, line_start, row_text
from fasttui.tui.widgets.transcript_strips import Brush, Mark, Palette

SCROLLBAR_S = 1.0  # the scrollbar follows a stream this often: each update of it renders the view beside it
LATE_CHANGES_S = 0.06  # how often to look for highlighting that came late ...
LATE_CHANGES = 30  # ... and how many times after the last row was laid out
GATHER_S = 0.004  # one read of the network brings many deltas: they are painted together
KEPT_LAYOUTS = 200
KEPT_STRIPS = 4096
FAR = 4  # a jump of more than so many screens starts from the place jumped to

Text = Literal["text", "thinking"]


class Anchor(NamedTuple):
    """A row of an entry, and the row of the screen it stands in."""

    entry: int
    row: int
    screen_row: int


class ReadPlace(NamedTuple):
    """What stood at the top of the view, in a way that survives another width."""

    entry: int
    row: int
    source: int | None
    """The position in the source of the entry's text, if the row shows any."""
    top: int
    """The row of the transcript that was at the top of the view."""


class Focus(NamedTuple):
    """What the block cursor is on: an entry, or one block of its text."""

    entry: int
    block: int | None = None


class TranscriptView(ScrollView, can_focus=False):
    """A scrolled view of entries; replies are Markdown and may grow while they are shown."""

    DEFAULT_CSS = """
    TranscriptView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    @dataclass
    class FollowChanged(Message):
        """The view took up or let go of the tail, or more lines came below it."""

        following: bool
        new_lines: int

    def __init__(
        self,
        *,
        frame_rate: int = 30,
        id: str | None = None,  # noqa: A002 - Textual's own word
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.frame_rate = frame_rate
        self._entries = EntryList()
        self._heights = Heights()
        self._sizes: list[int] = []
        self._layouts: dict[int, EntryLayout] = {}
        self._strips: dict[tuple[int, int], tuple[object, Strip]] = {}
        self._brush = Brush()
        self._background: Color | None = None
        self._finder: Finder | None = None
        self._match: Match | None = None
        self._focus: Focus | None = None
        self._shifts: dict[Focus, int] = {}
        self._fold_thinking = True
        self._wrap_code = False
        self._area = Size(0, 0)
        self._outer_size = Size(0, 0)
        self._top = 0
        self._reading: ReadPlace | None = None
        self._following = True
        self._new_lines = 0
        self._announced = (True, 0)
        self._unpainted: dict[str, list[tuple[Text, str]]] = {}
        self._due = asyncio.Event()
        self._next_frame_s = 0.0
        self._scrollbar_update: asyncio.TimerHandle | None = None
        self._late_changes: asyncio.TimerHandle | None = None
        self._late_looks = 0

    # -- what is shown

    def show(self, entries: Sequence[Entry], sizes: Sequence[int] | None = None) -> None:
        """Show a conversation from its end. With `sizes` (characters of each entry) unseen entries are not touched."""
        self._unpainted.clear()
        self._entries = EntryList(entries)
        self._sizes = list(sizes) if sizes is not None else [len(e.text) + len(e.thinking) for e in entries]
        self._focus = self._match = None
        self._shifts.clear()
        self._following, self._new_lines = True, 0
        self._start_over()

    def clear(self) -> None:
        """Show nothing."""
        self.show(())

    def append_entry(self, entry: Entry) -> None:
        """Add an entry below all others."""
        self._paint_new()
        self._entries.append(entry)
        self._sizes.append(len(entry.text) + len(entry.thinking))
        self._heights.append(*self._estimates(self._sizes[-1:]))
        if not self._area:
            return
        first = self._heights.start(len(self._entries) - 1)
        was = self._anchor()
        self._layout(len(self._entries) - 1)
        self._note_growth(self._heights.total - first)
        top = self._tail() if self._following else self._top
        self._show(top, first, moved=self._moved(was, top))
        self._announce()

    def remove_entry(self, key: str) -> None:
        """Take an entry out."""
        self._paint_new()
        index = self._entries.index_of(key)
        anchor = self._anchor()
        self._entries.remove(index)
        self._heights.remove(index)
        del self._sizes[index]
        self._layouts = {i - (i > index): layout for i, layout in self._layouts.items() if i != index}
        self._unpainted.pop(key, None)
        self._focus = self._match = None
        self._reading = None
        self._shifts.clear()
        self._strips.clear()
        self.screen.clear_selection()
        if anchor.entry > index:
            anchor = anchor._replace(entry=anchor.entry - 1)
        elif anchor.entry == index:
            anchor = Anchor(min(index, max(0, len(self._entries) - 1)), 0, 0)
        self._show(self._tail() if self._following else self._settled(anchor), 0, moved=0)

    def add_text(self, key: str, text: str) -> None:
        """Take a delta of a reply; the clock puts it on the screen."""
        self._unpainted.setdefault(key, []).append(("text", text))
        self._due.set()

    def add_thinking(self, key: str, text: str) -> None:
        """Take a delta of a reply's thinking; the clock puts it on the screen."""
        self._unpainted.setdefault(key, []).append(("thinking", text))
        self._due.set()

    def finish(self, key: str) -> None:
        """No more text comes for this reply."""
        self._paint_new()
        index = self._entries.index_of(key)
        self._change(index, EntryLayout.finish)
        if self._layouts[index].has_code:
            self._look_for_late_changes()

    def set_header(self, key: str, header: HeaderLine) -> None:
        """Show another header above an entry."""
        self._change(self._entries.index_of(key), lambda layout: layout.set_header(header))

    def set_thinking_label(self, key: str, label: str) -> None:
        """Show another label above an entry's thinking."""
        self._change(self._entries.index_of(key), lambda layout: layout.set_thinking_label(label))

    def set_note(self, key: str, notes: tuple[Spans, ...]) -> None:
        """Show other rows below an entry."""
        self._change(self._entries.index_of(key), lambda layout: layout.set_notes(notes))

    def set_palette(self, palette: Palette) -> None:
        """Take other styles for the style names, and repaint in them."""
        self._brush.set_palette(palette)
        self._repaint()

    def fold_thinking(self, folded: bool) -> None:  # noqa: FBT001 - the name says what it means
        """Show all thinking, or only the label of each."""
        self._fold_thinking = folded
        for index, layout in list(self._layouts.items()):
            if layout.folded != folded:
                self._change(index, lambda layout: layout.fold(folded=folded))

    @property
    def wrap_code(self) -> bool:
        """Whether long code lines go on in the next row, or are cut at the right edge."""
        return self._wrap_code

    @wrap_code.setter
    def wrap_code(self, wrap: bool) -> None:
        if wrap != self._wrap_code:
            self._wrap_code = wrap
            self._paint_new()
            for index, layout in self._layouts.items():
                self._entries[index] = layout.current_entry
            self._shifts.clear()
            self._start_over(self._read_place())

    @property
    def following(self) -> bool:
        """Whether the view stays at the tail when lines come."""
        return self._following

    @property
    def new_lines(self) -> int:
        """Lines that came below since the view let go of the tail."""
        return self._new_lines

    @property
    def is_at_rest(self) -> bool:
        """Whether no clock runs, as nothing is due."""
        return not self._due.is_set() and self._scrollbar_update is self._late_changes is None

    # -- the frame clock

    async def _run_clock(self) -> None:
        """Paint at most `frame_rate` times a second; sleep while nothing is due.

        A worker, since a call through the widget's message queue costs more than the frame it asks for.
        """
        loop = asyncio.get_running_loop()
        while True:
            await self._due.wait()
            await asyncio.sleep(max(GATHER_S, self._next_frame_s - loop.time()))
            self._paint_new()

    def _paint_new(self) -> None:
        """Lay out the deltas that came since the last frame, and paint what they changed."""
        self._due.clear()
        if not self._unpainted:
            return
        self._next_frame_s = asyncio.get_running_loop().time() + 1 / self.frame_rate
        unpainted, self._unpainted = self._unpainted, {}
        for key, deltas in unpainted.items():
            self._change(self._entries.index_of(key), partial(_grow, deltas), streaming=True)

    def _change(self, index: int, change: Callable[[EntryLayout], int], *, streaming: bool = False) -> None:
        """Change the rows of an entry and show it; `change` returns the first row that is not as it was."""
        self._fit()
        was = anchor = self._anchor()
        layout = self._layout(index)
        old = layout.height
        first = change(layout)
        if (late := layout.take_changes()) is not None:
            first = min(first, late)
        if self._finder is not None:
            # A match may go from the row before into the one that changed.
            first = line_start(layout, first)
            for row in range(first, old):
                self._strips.pop((index, row), None)
        new = self._heights[index] = layout.height
        if not self._area:
            return
        self._note_growth(new - old)
        if self._following:
            top = self._tail()
        else:
            if anchor.entry == index and anchor.row >= first:
                anchor = anchor._replace(row=max(first, anchor.row + new - old))
            top = self._settled(anchor)
        self._show(
            top,
            self._heights.start(index) + first,
            end=None if old != new else index,
            moved=self._moved(was, top),
            streaming=streaming,
        )
        self._announce()

    def _moved(self, was: Anchor, top: int) -> int:
        """How many rows the view has gone down from the row that was at its top, with row `top` there now."""
        return top - self._heights.start(was.entry) - was.row

    def _note_growth(self, lines: int) -> None:
        if not self._following:
            self._new_lines = max(0, self._new_lines + lines)

    def _announce(self) -> None:
        state = (self._following, self._new_lines)
        if state != self._announced:
            self._announced = state
            self.post_message(self.FollowChanged(*state))

    def _look_for_late_changes(self) -> None:
        """Highlighting is loaded in a thread: look for it a few times after code was laid out."""
        self._late_looks = LATE_CHANGES
        if self._late_changes is None and self.is_running:
            loop = asyncio.get_running_loop()
            self._late_changes = loop.call_later(LATE_CHANGES_S, self.call_next, self._take_late_changes)

    def _take_late_changes(self) -> None:
        self._late_changes = None
        for index, layout in list(self._layouts.items()):
            if (first := layout.take_changes()) is not None:
                self._change(index, partial(_already_changed, first))
        self._late_looks -= 1
        if self._late_looks > 0:
            loop = asyncio.get_running_loop()
            self._late_changes = loop.call_later(LATE_CHANGES_S, self.call_next, self._take_late_changes)

    # -- layout: what is seen is laid out, the heights of the rest are estimates

    def _estimates(self, sizes: Sequence[int]) -> list[int]:
        return estimated_heights(sizes, self._area.width or 80)

    def _layout(self, index: int) -> EntryLayout:
        """The rows of an entry, laid out for the width of the view."""
        width = self._area.width or 80
        layout = self._layouts.get(index)
        if layout is None:
            self._drop_layouts()
            layout = self._layouts[index] = EntryLayout(
                self._entries[index], width, fold_thinking=self._fold_thinking, wrap_code=self._wrap_code
            )
            if layout.has_code:
                self._look_for_late_changes()
        elif layout.width != width:
            layout.resize(width)
            self._forget_strips(index)
        self._heights[index] = layout.height
        return layout

    def layout_of(self, index: int) -> EntryLayout:
        """The rows of an entry, wherever it is; the view stays where it is."""
        anchor = self._anchor()
        layout = self._layout(index)
        self._place(self._heights.start(anchor.entry) + anchor.row)
        return layout

    def _drop_layouts(self) -> None:
        if len(self._layouts) < KEPT_LAYOUTS:
            return
        seen = range(self._heights.at(self._top)[0], self._heights.at(self._top + self._area.height)[0] + 1)
        for index, layout in list(self._layouts.items())[: KEPT_LAYOUTS // 2]:
            if index not in seen and not layout.entry.streaming:
                self._entries[index] = layout.entry
                del self._layouts[index]

    def _anchor(self) -> Anchor:
        """The row at the top of the view."""
        return Anchor(*self._heights.at(self._top), 0)

    def _settled(self, anchor: Anchor) -> int:
        """Lay out all that is seen when the anchor stands where it should; returns the row at the top."""
        count, height = len(self._entries), self._area.height
        if not count:
            return 0
        while True:
            top = max(0, min(self._heights.start(anchor.entry) + anchor.row - anchor.screen_row, self._last_top()))
            last = self._heights.at(top + height - 1)[0]
            first = self._heights.at(top)[0]
            unseen = [i for i in range(first, last + 1) if not self._is_laid_out(i)]
            if not unseen:
                return top
            # From below: what is seen hangs on the anchor, and the anchor is mostly the lower end.
            self._layout(unseen[-1])

    def _is_laid_out(self, index: int) -> bool:
        layout = self._layouts.get(index)
        return layout is not None and layout.width == self._area.width and layout.height == self._heights[index]

    def _last_top(self) -> int:
        return max(0, self._heights.total - self._area.height)

    def _tail(self) -> int:
        """Lay out the last screen; returns the row at its top."""
        last = len(self._entries) - 1
        if last < 0:
            return 0
        self._layout(last)
        return self._settled(Anchor(last, self._heights[last] - 1, self._area.height - 1))

    def _read_place(self) -> ReadPlace:
        """The row at the top of the view, and the position in the source of what it shows."""
        if self._reading is not None and self._reading.top == self._top:
            return self._reading
        index, row = self._heights.at(self._top)
        layout = self._layouts.get(index)
        if layout is None or not layout.text_start <= row < layout.notes_start:
            return ReadPlace(index, row, None, self._top)
        return ReadPlace(index, row, layout.text.lines[row - layout.text_start].source[0], self._top)

    def _back_at(self, place: ReadPlace | None) -> int:
        """Lay out what is seen around a place; returns the row at the top."""
        if self._following or place is None or not len(self._entries):
            return self._tail()
        layout = self._layout(place.entry)
        row = min(place.row, layout.height - 1) if place.source is None else layout.row_at_source(place.source)
        top = self._settled(Anchor(place.entry, row, 0))
        # Another width before the reader moves goes back to the same place, not to the start of this row.
        self._reading = place._replace(top=top)
        return top

    def _start_over(self, place: ReadPlace | None = None) -> None:
        """Forget all layouts and repaint."""
        self._layouts.clear()
        self._strips.clear()
        self._reading = None
        self._heights = Heights(self._estimates(self._sizes))
        if self._area:
            self.screen.clear_selection()
            self._show(self._back_at(place), 0, moved=0)
            self._announce()

    def _fit(self) -> None:
        """Follow the size of the widget: what is seen is wrapped anew now, the rest when it is seen."""
        if self.outer_size == self._outer_size or not self.is_attached:
            return
        area = self.scrollable_content_region.size
        if area == self._area or not area:
            return
        self._outer_size = self.outer_size
        place = self._read_place() if self._area else None
        width_changed = area.width != self._area.width
        self._area = area
        if width_changed:
            self._brush.width = area.width
            self._strips.clear()
            if place is not None and self.screen.selections:
                self.call_next(self.screen.clear_selection)
            heights = self._estimates(self._sizes)
            for index, layout in self._layouts.items():
                if layout.width == area.width:
                    heights[index] = layout.height
            self._heights = Heights(heights)
        self._place(self._back_at(place))
        self.call_next(self._after_fit)

    def _after_fit(self) -> None:
        self._update_scrollbar()

    # -- painting

    def _place(self, top: int) -> None:
        """Stand at a row, without asking Textual for a layout or a repaint."""
        self._top = top
        self.set_reactive(Widget.virtual_size, Size(self._area.width, self._heights.total))
        self.set_reactive(Widget.scroll_y, top)
        self.set_reactive(Widget.scroll_target_y, top)

    def _show(
        self, top: int, first: int, *, end: int | None = None, moved: int | None = None, streaming: bool = False
    ) -> None:
        """Stand at row `top`, and repaint the rows from `first` to the end of entry `end` or of the view."""
        height = self._area.height
        moved = top - self._top if moved is None else moved
        self._place(top)
        stop = height if end is None else min(height, self._heights.start(end + 1) - top)
        changed = range(max(0, first - top), max(0, stop))
        rows = rows_of(self)
        if rows is not None and rows.can_paint(self):
            rows.paint(self, ((y, self._strip(top + y)) for y in _due_rows(changed, moved, height)), moved=moved)
        elif moved:
            self.refresh(self.size.region)
        elif changed:
            self.refresh(Region(0, changed.start, self._area.width, len(changed)))
        if streaming:
            self._update_scrollbar_later()
        else:
            self._update_scrollbar()

    def _update_scrollbar_later(self) -> None:
        if self._scrollbar_update is None:
            loop = asyncio.get_running_loop()
            self._scrollbar_update = loop.call_later(SCROLLBAR_S, self.call_next, self._update_scrollbar)

    def _update_scrollbar(self) -> None:
        self._scrollbar_update = cancelled(self._scrollbar_update)
        bar = self.vertical_scrollbar
        bar.window_virtual_size = self._heights.total
        bar.window_size = self._area.height
        bar.position = self._top

    def forget_strips(self) -> None:
        """Make every row anew when it is painted next."""
        self._strips.clear()

    def _repaint(self) -> None:
        self._strips.clear()
        self.refresh()

    def _forget_strips(self, index: int) -> None:
        for key in [key for key in self._strips if key[0] == index]:
            del self._strips[key]

    def _strip(self, y: int) -> Strip:
        """The strip of a row of the transcript, as it is painted."""
        if y >= self._heights.total:
            return self._filtered(self._brush.blank())
        index, row_index = self._heights.at(y)
        row = self._layout(index).row(row_index)
        key = (index, row_index)
        kept = self._strips.get(key)
        # A streaming table makes its lines anew whenever they are looked at: equal is enough.
        if kept is not None and kept[0] == row.content:
            return kept[1]
        focus = Focus(index, row.block)
        shift = self._shifts.get(focus, 0) if row.block is not None else 0
        strip = self._brush.strip(
            row,
            focused=self._focus is not None and self._focus in {focus, Focus(index)},
            shift=shift,
            marks=self._marks(index, row_index, shift),
        )
        strip = self._filtered(strip)
        if len(self._strips) >= KEPT_STRIPS:
            for old in list(self._strips)[: KEPT_STRIPS // 2]:
                del self._strips[old]
        self._strips[key] = (row.content, strip)
        return strip

    def _filtered(self, strip: Strip) -> Strip:
        """A strip as Textual's filters leave it: fewer colours, or none."""
        if self._background is None:
            self._background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, self._background)
        return strip

    def _marks(self, index: int, row: int, shift: int) -> Iterator[Mark]:
        layout = self._layouts[index]
        if self._finder is not None:
            for match in self._finder.in_row(index, layout, row):
                is_current = self._match is not None and match.place == self._match.place
                style = self._brush.style("find.current" if is_current else "find")
                yield Mark(match.start - shift, match.stop - shift, style)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(Place(index, row).y)) is not None:
            start, stop = span
            stop = len(row_text(layout.row(row))) if stop == -1 else stop
            yield Mark(start - shift, stop - shift, self.screen.get_component_rich_style("screen--selection"))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows the compositor asks for."""
        self._fit()
        strips = [self._strip(self._top + y) for y in crop.line_range]
        if crop.column_span != (0, self._area.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """A row with the place of each character, by which Textual selects text."""
        self._fit()
        row = self._top + y
        if row >= self._heights.total:
            return self._strip(row)
        index, row_index = self._heights.at(row)
        strip = self._strip(row)
        shift = self._shifts.get(Focus(index, self._layouts[index].row(row_index).block), 0)
        return strip.apply_offsets(shift, Place(index, row_index).y)

    def notify_style_update(self) -> None:
        """The theme has changed."""
        super().notify_style_update()
        self._brush.set_base(self.visual_style.rich_style)
        self._background = None
        self._strips.clear()

    # -- scrolling

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:  # noqa: ARG002 - the name is Textual's
        """Textual moved the view: wheel, scrollbar, keys."""
        wanted = round(new_value)
        if wanted == self._top or self.outer_size != self._outer_size:
            return
        moved = wanted - self._top
        was = self._anchor()
        if abs(moved) > FAR * self._area.height or self.is_vertical_scrollbar_grabbed:
            index, row = self._heights.at(wanted)
            row = min(row, self._layout(index).height - 1)
            top = self._settled(Anchor(index, row, 0))
        else:
            top = self._settled(Anchor(was.entry, was.row, -moved))
        self._following = moved > 0 and top >= self._last_top()
        if self._following:
            self._new_lines = 0
        self._show(top, self._heights.total, moved=self._moved(was, top))
        self._announce()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """The view never moves sideways; blocks of code do."""

    def scroll_end(self, **_options: object) -> None:
        """Go to the tail and follow it."""
        self._following, self._new_lines = True, 0
        if self._area:
            was = self._anchor()
            top = self._tail()
            self._show(top, self._heights.total, moved=self._moved(was, top))
        self._announce()

    def scroll_to(self, x: float | None = None, y: float | None = None, **_options: object) -> None:
        """Go to a row at once: rows are too many and too dear for animations."""
        super().scroll_to(x, y, animate=False)

    def on_mount(self) -> None:
        """The clock runs as long as the view is there."""
        self.run_worker(self._run_clock())

    def on_unmount(self) -> None:
        """No clock runs on."""
        self._scrollbar_update = cancelled(self._scrollbar_update)
        self._late_changes = cancelled(self._late_changes)

    def scroll_home(self, **_options: object) -> None:
        """Go to the first row."""
        self.scroll_to(y=0)


def cancelled(call: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Cancel a call if there is one; returns what stands for no call."""
    if call is not None:
        call.cancel()
    return None


def _grow(deltas: Iterable[tuple[Text, str]], layout: EntryLayout) -> int:
    """Append deltas, neighbours of one kind at once; returns the first row that changed."""
    first = layout.height
    for kind, group in groupby(deltas, key=itemgetter(0)):
        text = "".join(delta for _, delta in group)
        first = min(first, layout.add_text(text) if kind == "text" else layout.add_thinking(text))
    return first


def _already_changed(first: int, _layout: EntryLayout) -> int:
    return first


def _due_rows(changed: range, moved: int, height: int) -> Iterable[int]:
    """The rows of the screen to look at: what changed, and what came into view by moving."""
    if abs(moved) >= height:
        return range(height)
    fresh = range(height - moved, height) if moved > 0 else range(-moved)
    return sorted({*changed, *fresh}) if moved else changed

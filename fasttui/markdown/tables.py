"""Tables: box-drawn where they fit, cells wrapped where they do not, records where even that fails.

While a table streams its columns only widen. A widening costs nothing by itself: rows keep their
place, and a row's text is made when it is looked at.
"""

from collections.abc import Sequence
from typing import NamedTuple

from fasttui.markdown.blocks import Leaf, Row, alignments, split_row
from fasttui.markdown.inline import Inline, parse, spans
from fasttui.markdown.layout import Entry, Flow, Setting
from fasttui.markdown.lines import Line, Span
from fasttui.markdown.wrap import wrap

NARROWEST_COLUMN = 6
_FRAMES = {"top": ("┌", "┬", "┐"), "middle": ("├", "┼", "┤"), "bottom": ("└", "┴", "┘")}


class Cells(NamedTuple):
    row: Row
    texts: tuple[Inline, ...]
    widths: tuple[int, ...]


class TableLine:
    """One line of a table, made anew when the columns have widened since."""

    __slots__ = ("_cells", "_flow", "_line", "_part", "_version")

    def __init__(self, flow: "TableFlow", cells: Cells | str, part: int) -> None:
        self._flow = flow
        self._cells = cells
        self._part = part
        self._version = -1
        self._line: Line | None = None

    def line(self) -> Line:
        if self._line is None or self._version != self._flow.version:
            self._version = self._flow.version
            self._line = self._flow.draw(self._cells, self._part)
        return self._line

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TableLine)
            and self._flow is other._flow
            and self._cells is other._cells
            and self._part == other._part
        )

    __hash__ = None  # type: ignore[assignment]  # it is equal to lines yet to grow


class TableFlow(Flow):
    """A table's rows so far."""

    def __init__(self, leaf: Leaf, before: Leaf | None, block: int, setting: Setting) -> None:
        super().__init__(leaf, before, block, setting)
        self.version = 0
        self.widened = False
        """Lines that were settled look different now."""
        self._start = (leaf.start, leaf.start)
        self._header = self._cells(leaf.rows[0], 0)
        self._count = len(self._header.texts)
        self._align: list[str] = []
        self._natural = list(self._header.widths)
        self._exact = list(self._header.widths)
        self._columns = self._allotted(self._natural)
        self._rows = 0
        self._body: list[Cells] = []
        self._began = False

    def show(self, leaf: Leaf, *, partial: bool) -> list[Entry]:
        self._take_header(leaf)
        complete = max(0, len(leaf.rows) - 2 - (partial and len(leaf.rows) > 2))
        added = [self._cells(row, self._count) for row in leaf.rows[2 + self._rows : 2 + complete]]
        open_row = [self._cells(row, self._count) for row in leaf.rows[2 + complete :]]
        self._rows = complete
        self._body += added
        for cells in added:
            self._exact = [max(pair) for pair in zip(self._exact, cells.widths, strict=True)]
        rebuilt = self._widen([*added, *open_row])
        lines = [] if self._began and not rebuilt else [*self._spacer, *self._head()]
        self.rebuilt = rebuilt
        if rebuilt:
            self.settled = 0
        for cells in self._body if rebuilt or not self._began else added:
            lines += self._entries(cells)
        self._began = True
        self.settled += len(lines)
        for cells in open_row:
            lines += self._entries(cells)
        return [*lines, *self._frame("bottom")]

    def close(self, leaf: Leaf) -> tuple[int, list[Entry]]:
        self.definitions = self.setting.definitions()
        self._take_header(leaf)
        added = [self._cells(row, self._count) for row in leaf.rows[2 + self._rows :]]
        self._rows = max(0, len(leaf.rows) - 2)
        self._body += added
        for cells in added:
            self._exact = [max(pair) for pair in zip(self._exact, cells.widths, strict=True)]
        columns = self._allotted(self._exact)
        crowded, self._natural = self._is_crowded(), self._exact
        if columns == self._columns and crowded == self._is_crowded() and self._began:
            settled, entries = self.settled, []
        else:
            self.version += 1
            self.widened = self._began
            self._columns = columns
            settled, entries, added = 0, [*self._spacer, *self._head()], self._body
        for cells in added:
            entries += self._entries(cells)
        return settled, [*entries, *self._frame("bottom")]

    def _take_header(self, leaf: Leaf) -> None:
        self._align = (alignments(leaf.rows[1].text) or [] if len(leaf.rows) > 1 else []) or [""] * self._count

    def _cells(self, row: Row, count: int) -> Cells:
        texts = split_row(row.text)
        if count:
            texts = (texts + [""] * (count - len(texts)))[:count]
        inlines = tuple(parse(text, self.setting.env) for text in texts)
        return Cells(row, inlines, tuple(self.setting.cell_len(each.text) for each in inlines))

    def _widen(self, rows: list[Cells]) -> bool:
        """Let the columns hold these rows too. True when rows take other heights now."""
        natural = self._natural
        for cells in rows:
            natural = [max(pair) for pair in zip(natural, cells.widths, strict=True)]
        if natural == self._natural:
            return False
        room = self._room()
        if sum(natural) > room:
            # Wide tables rewrap all rows when a column widens: let it widen in few steps.
            natural = [_step(width) if width > old else old for width, old in zip(natural, self._natural, strict=True)]
        self._natural = natural
        columns = self._allotted(natural)
        if columns == self._columns:
            return False
        fitted = self._columns is not None and columns is not None and sum(natural) <= room
        self._columns = columns
        self.version += 1
        self.widened = True
        return not fitted

    def _is_crowded(self) -> bool:
        """Cells are wrapped, so that rows need lines between them."""
        return sum(self._natural) > self._room()

    def _room(self) -> int:
        return self.width - 3 * self._count - 1

    def _allotted(self, natural: Sequence[int]) -> list[int] | None:
        """Columns that fit the width; None where the table must be shown as records."""
        count, room = len(natural), self.width - 3 * len(natural) - 1
        if sum(natural) <= room:
            return [max(1, width) for width in natural]
        if room < NARROWEST_COLUMN * count:
            return None
        columns = [0] * count
        left, open_columns = room, sorted(range(count), key=lambda column: natural[column])
        while open_columns:
            share = left // len(open_columns)
            column = open_columns.pop(0)
            columns[column] = max(1, min(natural[column], share))
            left -= columns[column]
        return columns

    def _head(self) -> list[Entry]:
        if self._columns is None:
            return []
        return [*self._frame("top"), *self._entries(self._header), *self._frame("middle")]

    def _frame(self, name: str) -> list[Entry]:
        return [] if self._columns is None else [TableLine(self, name, 0)]

    def _entries(self, cells: Cells) -> list[Entry]:
        columns = self._columns
        if columns is None:
            return [*self._record(cells)]
        height = 1
        if any(width > column for width, column in zip(cells.widths, columns, strict=True)):
            height = max(len(self._wrap(text, width)) for text, width in zip(cells.texts, columns, strict=True))
        rows: list[Entry] = [TableLine(self, cells, part) for part in range(height)]
        apart = self._is_crowded() and cells is not self._header and bool(self._body) and cells is not self._body[0]
        return [*self._frame("middle"), *rows] if apart else rows

    def _wrap(self, text: Inline, width: int) -> list[tuple[int, int]]:
        return wrap(text.text, width, width, self.setting.cell_len)

    def draw(self, cells: Cells | str, part: int) -> Line:
        columns = self._columns or []
        if isinstance(cells, str):
            left, cross, right = _FRAMES[cells]
            text = left + cross.join("─" * (width + 2) for width in columns) + right
            return self.make_line([Span(text, "table.border", gutter=True)], self._start, first=cells == "top")
        content = [_EDGE]
        base = "table.header" if cells is self._header else self.quoted
        for inline, width, align in zip(cells.texts, columns, self._align, strict=True):
            content += self._cell(inline, width, align, base, part)
        del content[-1]
        place = (cells.row.offset, cells.row.end)
        return self.make_line(content, place, soft=part > 0)

    def _cell(self, text: Inline, width: int, align: str, base: str, part: int) -> list[Span]:
        cuts = self._wrap(text, width)
        found = spans(text, *cuts[part], base)[0] if part < len(cuts) else []
        blank = width - sum(self.setting.cell_len(span.text) for span in found)
        before = {"right": blank, "center": blank // 2}.get(align, 0)
        after = Span(" " * max(0, blank - before) + " │", "table.border", gutter=True)
        return [*([Span(" " * before, "", gutter=True)] if before > 0 else []), *found, after, *_SPACE]

    def _record(self, cells: Cells) -> list[Line]:
        """A row as lines of "header: value"."""
        place = (cells.row.offset, cells.row.end)
        lines = [self.make_line([], place)] if self._body and cells is not self._body[0] else []
        for header, text in zip(self._header.texts, cells.texts, strict=True):
            label = f"{header.text}: "
            both = Inline(label + text.text, tuple(run._replace(start=run.start + len(label)) for run in text.runs))
            for start, stop in self._wrap(both, self.width):
                head = Span(both.text[start : min(stop, len(label))], "table.header")
                rest = spans(both, max(start, len(label)), stop, self.quoted)[0] if stop > len(label) else []
                content = [head, *rest] if start < len(label) else rest
                lines.append(self.make_line(content, place, soft=start > 0))
        return lines


_EDGE = Span("│ ", "table.border", gutter=True)
_SPACE = [Span(" ", "table.border", gutter=True)]


def _step(width: int) -> int:
    """The next of widths that grow by a quarter."""
    step = 8
    while step < width:
        step += max(1, step // 4)
    return step

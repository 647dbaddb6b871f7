"""From rows on the screen back to the text they show: wrapped lines joined, decoration left out."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len
from textual.selection import Selection

from fasttui.markdown.lines import Line
from fasttui.tui.widgets.transcript_layout import INDENT, THINKING_BAR, EntryLayout, Part, Row

ROWS = 1 << 20  # more than any entry has
COPIED = frozenset({Part.THINKING, Part.TEXT})


class Place(NamedTuple):
    """A row of an entry. `y` puts all rows in order, however the entries above grow or shrink."""

    entry: int
    row: int

    @property
    def y(self) -> int:
        """One number for both, for Textual's selections."""
        return self.entry * ROWS + self.row

    @classmethod
    def of(cls, y: int) -> "Place":
        """The place a number stands for."""
        return cls(*divmod(y, ROWS))


def row_text(row: Row) -> str:
    """The characters of a row from the left edge of the view; long code lines in full."""
    bar = THINKING_BAR.text if row.part is Part.THINKING else ""
    lead = 1 if row.part is Part.HEADER else INDENT
    return " " * lead + bar + "".join(span.text for span in row.spans)


def link_at(row: Row, x: int, shift: int = 0) -> str:
    """The address a cell of a row links to; "" for none. `shift` is how far a code line is scrolled."""
    text = row_text(row)
    cells = cell_len(text) - cell_len("".join(span.text for span in row.spans))
    for span in row.spans:
        cells += cell_len(span.text)
        if x + shift < cells:
            return span.link
    return ""


def selected_text(layout: EntryLayout, index: int, selection: Selection) -> str:
    """The source text of what is selected in entry `index`."""
    out: list[str] = []
    before: Line | None = None
    for row_index in range(layout.height):
        span = selection.get_span(Place(index, row_index).y)
        row = layout.row(row_index)
        line = row.content
        if span is None or row.part not in COPIED or not isinstance(line, Line) or _is_label(line) or _is_border(line):
            continue
        if before is not None:
            out.append(_joint(before, line))
        out.append(_between(row, *span))
        before = line
    return "".join(out)


def code_text(layout: EntryLayout, rows: range) -> str:
    """The source text of a code block's rows, without fences and gutter."""
    out: list[str] = []
    before: Line | None = None
    for row_index in rows:
        line = layout.row(row_index).content
        if not isinstance(line, Line) or not line.code or _is_label(line):
            continue
        if before is not None:
            out.append(_joint(before, line))
        out.extend(span.text for span in line.spans if not span.gutter)
        before = line
    return "".join(out)


def _is_label(line: Line) -> bool:
    """Whether it is the row above a code block that names its language."""
    return any(span.style == "fence.label" for span in line.spans)


def _is_border(line: Line) -> bool:
    """Whether it is a table's border between rows."""
    return len(line.spans) > 0 and all(span.gutter for span in line.spans) and line.spans[-1].style == "table.border"


def logical_line(layout: EntryLayout, row: int) -> Iterator[tuple[int, str, str]]:
    """The rows that one wrapped line takes around `row`: each with what joins it to the one before, and its text."""
    first = line_start(layout, row)
    before: Line | None = None
    while True:
        line = layout.row(first).content
        joint = _joint(before, line) if before is not None and isinstance(line, Line) else ""
        yield first, joint, row_text(layout.row(first))
        before = line if isinstance(line, Line) else None
        first += 1
        if first >= layout.height or not _is_soft(layout, first):
            return


def line_start(layout: EntryLayout, row: int) -> int:
    """The first row of the wrapped line that a row belongs to."""
    while 0 < row < layout.height and _is_soft(layout, row):
        row -= 1
    return row


def _is_soft(layout: EntryLayout, row: int) -> bool:
    content = layout.row(row).content
    return isinstance(content, Line) and content.soft


def _joint(before: Line, line: Line) -> str:
    """What stood in the source where one row ended and the next began."""
    if not line.soft:
        return "\n"
    return " " if line.source[0] > before.source[1] else ""


def _between(row: Row, start: int, stop: int) -> str:
    """The characters from `start` to `stop` of a row (-1: its end), without decoration; a tab between cells."""
    position = len(row_text(row)) - sum(len(span.text) for span in row.spans)
    out: list[str] = []
    after_border = False
    for span in row.spans:
        first = max(0, start - position)
        last = len(span.text) if stop == -1 else max(0, stop - position)
        position += len(span.text)
        if span.gutter:
            after_border |= span.style == "table.border" and any(out)
        elif text := span.text[first:last]:
            out.append(f"\t{text}" if after_border else text)
            after_border = False
    return "".join(out)

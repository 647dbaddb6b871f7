"""Markdown that grows, as rows: those that are final, each once, and those that may still change."""

from typing import NamedTuple

from prompt_toolkit.utils import get_cwidth

from fasttui.inline.rows import Row, row_of, visible
from fasttui.inline.style import Palette
from fasttui.markdown.document import Document
from fasttui.markdown.lines import Line


class Rows(NamedTuple):
    """Rows to print for good, and rows that stand below them for now."""

    finished: list[Row]
    tail: list[Row]


class MarkdownRows:
    """One Markdown text. Deltas are only collected; `take` lays out what is new.

    What of an open block the screen has no room for goes out once it has all its text, before the end
    of the block makes it final. Should it turn out to mean something else, the text still goes on
    where it was.
    """

    def __init__(self, palette: Palette, columns: int, base: str = "") -> None:
        self._palette, self._columns, self._base = palette, columns, base
        self._document = Document(columns, cell_len=get_cwidth)
        self._unread: list[str] = []
        self._printed = 0  # lines
        self._skip = 0  # visible characters of the next line that are printed already
        self._last: Line | None = None  # the last printed line, and how much of its block was printed with it
        self._extent = 0
        self.changed = False

    @property
    def waiting(self) -> bool:
        """Code is still without colours, because its lexer is being loaded."""
        return self._document.waiting

    def add(self, text: str) -> None:
        """More text."""
        self._unread.append(text)
        self.changed = True

    def finish(self) -> list[Row]:
        """The text is complete: the rest of its rows."""
        self._read()
        self._document.finish()
        self._find_place()
        return self._print(len(self._document.lines))

    def take(self, room: int) -> Rows:
        """The rows to print since the last call, and a tail of at most `room` rows that may still change."""
        self._read()
        self._document.take_changes()
        self.changed = False
        self._find_place()
        finished = self._print(self._document.final)
        lines = len(self._document.lines)
        tail: list[Row] = []
        for index in range(lines - 1, self._printed - 1, -1):
            row = self._row(index)
            room -= row.height(self._columns)
            if room < 0 and tail:
                finished += self._print(max(self._printed, min(index + 1, self._document.complete)))
                break
            tail.append(row)
        return Rows(finished, tail[::-1])

    def leave(self, count: int) -> None:
        """The first `count` lines of the tail have left the screen, and are printed thereby."""
        self._print(min(self._printed + count, len(self._document.lines)))

    def resize(self, columns: int) -> None:
        """Lay out what is not printed yet for another width; go on in the middle of a line if need be."""
        self._read()
        self._find_place()
        self._columns = columns
        self._document.resize(columns)
        self._find_place(moved=True)

    def _print(self, stop: int) -> list[Row]:
        rows = [self._row(index) for index in range(self._printed, stop)]
        if rows:
            lines = self._document.lines
            self._printed, self._skip = stop, 0
            self._last = lines[stop - 1]
            start = self._first_line(self._last.block)
            self._extent = sum(_extent(line) for line in lines[start:stop])
        return rows

    def _find_place(self, *, moved: bool = False) -> None:
        """Where what is printed ends, in case the lines are not those that were printed."""
        last = self._last
        if last is None:
            return
        lines = self._document.lines
        if moved or self._printed > len(lines) or lines[self._printed - 1].source != last.source:
            self._printed, self._skip = self._place(self._first_line(last.block), self._extent)

    def _read(self) -> None:
        if self._unread:
            text = "".join(self._unread)
            self._unread.clear()
            self._document.append(text)

    def _row(self, index: int) -> Row:
        skip = self._skip if index == self._printed else 0
        return row_of(self._document.lines[index], self._palette, self._base, skip)

    def _first_line(self, block: int) -> int:
        blocks = self._document.blocks
        return blocks[block].first_line if block < len(blocks) else len(self._document.lines)

    def _place(self, line: int, shown: int) -> tuple[int, int]:
        """The line, and how many of its visible characters, that end an extent of `shown` from `line` on."""
        lines = self._document.lines
        while shown > 0 and line < len(lines) and (extent := _extent(lines[line])) <= shown:
            shown -= extent
            line += 1
        if shown <= 0 or line == len(lines):
            return line, 0
        return line, shown - (not lines[line].soft)


def _extent(line: Line) -> int:
    """Visible characters, and one for the end of a line of the source: the same sum for every width."""
    return visible(line) + (not line.soft)

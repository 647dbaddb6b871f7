"""Markdown that grows, as rows: those that are final, each once, and those that may still change."""

from typing import NamedTuple

from prompt_toolkit.utils import get_cwidth

from fasttui.inline.rows import Row, common, row_of, visible_text
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
        self._skip = 0  # characters of the next line's text that are printed already
        self._tail = 0  # lines of the last tail
        self._last: Line | None = None  # the last printed line, and what of its block is printed
        self._texts: list[str] = []
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
        self._tail = len(tail)
        return Rows(finished, tail[::-1])

    def leave(self, count: int) -> None:
        """The first `count` lines of the last tail are on the screen for good, and are printed thereby."""
        count = min(count, self._tail)
        self._print(self._printed + count)
        self._tail -= count

    def resize(self, columns: int) -> None:
        """Lay out what is not printed yet for another width; go on in the middle of a line if need be."""
        self._read()
        self._find_place()
        self._columns = columns
        self._document.resize(columns)
        self._find_place(moved=True)

    def _print(self, stop: int) -> list[Row]:
        rows = [self._row(index) for index in range(self._printed, stop)]
        for index in range(self._printed, stop):
            line = self._document.lines[index]
            if self._last is None or self._last.block != line.block:
                self._texts = []
            self._last = line
            self._texts.append(_text(line)[self._skip :])
            self._printed, self._skip = index + 1, 0
        return rows

    def _find_place(self, *, moved: bool = False) -> None:
        """Where what is printed ends, in case the lines are not those that were printed."""
        last = self._last
        if last is None:
            return
        lines = self._document.lines
        if moved or self._printed > len(lines) or lines[self._printed - 1].source != last.source:
            self._printed, self._skip = self._place(self._first_line(last.block), last.block)

    def _read(self) -> None:
        if self._unread:
            text = "".join(self._unread)
            self._unread.clear()
            self._document.append(text)

    def _row(self, index: int) -> Row:
        line = self._document.lines[index]
        skip = self._skip - (not line.soft) if index == self._printed and self._skip else 0
        return row_of(line, self._palette, self._base, skip)

    def _first_line(self, block: int) -> int:
        blocks = self._document.blocks
        return blocks[block].first_line if block < len(blocks) else len(self._document.lines)

    def _place(self, line: int, block: int) -> tuple[int, int]:
        """The line, and how many characters of its text, behind what is printed of a block that begins at `line`."""
        lines = self._document.lines
        texts = [_text(each) for each in lines[line : self._first_line(block + 1)]]
        rest = _end_of("".join(self._texts), "".join(texts))
        for text in texts:
            if rest < len(text):
                return line, rest
            rest -= len(text)
            line += 1
        return line, 0


def _text(line: Line) -> str:
    """What is visible of a line, and one character more where a line of the source begins: at every width the same."""
    return visible_text(line) if line.soft else "\n" + visible_text(line)


def _end_of(printed: str, text: str) -> int:
    """Where in `text` ends what is `printed`; since then, some of that may have turned out to be marks."""
    if text.startswith(printed):
        return len(printed)
    for length in (32, 16, 8, 4):
        end = printed[-length:]
        if (found := text.rfind(end, 0, len(printed) + length)) >= 0:
            return found + len(end)
    # Rather a few characters twice than one of them not at all.
    return max(common(printed, text), min(len(printed), len(text)) - 16)

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
    """One Markdown text. Deltas are only collected; `take` lays out what is new."""

    def __init__(self, palette: Palette, columns: int, base: str = "") -> None:
        self._palette, self._base = palette, base
        self._document = Document(columns, cell_len=get_cwidth)
        self._unread: list[str] = []
        self._printed = 0  # lines
        self._skip = 0  # visible characters of the next line that an earlier width has printed
        self.changed = False

    @property
    def waiting(self) -> bool:
        """Code is still without colours, because its lexer is being loaded."""
        return self._document.waiting

    def add(self, text: str) -> None:
        """More text."""
        self._unread.append(text)
        self.changed = True

    def finish(self) -> None:
        """The text is complete: with the next `take` every row is final."""
        self._read()
        self._document.finish()
        self.changed = True

    def take(self, tail: int = 0, *, everything: bool = False) -> Rows:
        """The rows that became final since the last call, and the last `tail` lines that may still change.

        `everything` makes them all final, be they coloured or not.
        """
        self._read()
        self._document.take_changes()
        self.changed = False
        lines = self._document.lines
        final = len(lines) if everything else self._document.final
        finished = [self._row(index) for index in range(self._printed, final)]
        if final > self._printed:
            self._printed, self._skip = final, 0
        return Rows(finished, [self._row(index) for index in range(max(final, len(lines) - tail), len(lines))])

    def resize(self, columns: int) -> None:
        """Lay out what is not printed yet for another width; go on in the middle of a line if need be."""
        self._read()
        lines = self._document.lines
        if not self._printed:
            self._document.resize(columns)
            return
        block = lines[self._printed - 1].block
        start = self._first_line(block)
        shown = sum(_extent(line) for line in lines[start : self._printed])
        if self._skip:
            shown += self._skip + (not lines[self._printed].soft)
        self._document.resize(columns)
        self._printed, self._skip = self._place(self._first_line(block), shown)

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


def last_code(text: str) -> str:
    """The source of the last code block of a Markdown text; "" where there is none."""
    lines = Document.of(text, 80, cell_len=get_cwidth).lines
    end = next((index for index in range(len(lines), 0, -1) if lines[index - 1].code), 0)
    start = next((index for index in range(end, 0, -1) if not lines[index - 1].code), 0)
    parts: list[str] = []
    for line in lines[start:end]:
        if any(span.style == "fence.label" for span in line.spans):
            continue
        code = "".join(span.text for span in line.spans if not span.gutter)
        parts.append(code if line.soft or not parts else f"\n{code}")
    return "".join(parts)

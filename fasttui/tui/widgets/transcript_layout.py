"""One entry of a transcript laid out in rows: header, thinking, text, notes, and the blank row below."""

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from fasttui.markdown.lines import Line, Span
from fasttui.tui.widgets.transcript_entries import Entry, HeaderLine, Spans
from fasttui.tui.widgets.transcript_notes import wrapped
from fasttui.tui.widgets.transcript_plain import PlainText

if TYPE_CHECKING:
    from fasttui.markdown.document import Document  # 20 ms that the first frame does not need

INDENT = 2  # cells left of the text; the first shows the block cursor
MARGIN = 1  # cells right of it
THINKING_BAR = Span("▏ ", "thinking.bar", gutter=True)


class Part(Enum):
    """Which part of an entry a row belongs to."""

    HEADER = auto()
    THINKING_LABEL = auto()
    THINKING = auto()
    TEXT = auto()
    NOTE = auto()
    BLANK = auto()


class Row(NamedTuple):
    """One row: `content` is replaced whenever what the row shows changes, so that its identity can stand for it."""

    part: Part
    content: Line | HeaderLine | Spans

    @property
    def spans(self) -> Spans:
        """What the row shows, from left to right; of a header the left side."""
        match self.content:
            case Line(spans=spans) | HeaderLine(left=spans):
                return spans
        return self.content

    @property
    def block(self) -> int | None:
        """The block of the text it belongs to."""
        return self.content.block if self.part is Part.TEXT and isinstance(self.content, Line) else None


BLANK = Row(Part.BLANK, ())


class EntryLayout:
    """The rows of one entry. Text is appended; only the rows it changes are made anew."""

    def __init__(self, entry: Entry, width: int, *, fold_thinking: bool, wrap_code: bool) -> None:
        self.entry = entry
        self.width = width
        self.folded = fold_thinking
        self.header = entry.header if isinstance(entry.header, HeaderLine) else entry.header()
        self._wrap_code = wrap_code
        self._label: Spans = (Span(entry.thinking_label, "thinking"),)
        self.thinking: Document | None = self._thinking(entry.thinking) if entry.thinking else None
        self.text: Document | PlainText = self._text(entry)
        self._notes = wrapped(entry.notes, self._text_width)

    def _thinking(self, text: str) -> "Document":
        return self._document(text, self._thinking_width)

    def _document(self, text: str, width: int) -> "Document":
        from fasttui.markdown.document import Document

        document = Document(width, cell_len=cell_len, wrap_code=self._wrap_code)
        document.append(text)
        if not self.entry.streaming:
            document.finish()
        return document

    def _text(self, entry: Entry) -> "Document | PlainText":
        if entry.kind == "reply":
            return self._document(entry.text, self._text_width)
        return PlainText(entry.text, self._text_width, cell_len=cell_len, style=entry.kind)

    @property
    def has_code(self) -> bool:
        """Whether any of the text is a block of code."""
        return any(line.code for line in self.text.lines)

    @property
    def current_entry(self) -> Entry:
        """The entry with all the text that has come."""
        thinking = self.thinking.source if self.thinking else ""
        return replace(self.entry, text=self.text.source, thinking=thinking)

    @property
    def _text_width(self) -> int:
        return max(1, self.width - INDENT - MARGIN)

    @property
    def _thinking_width(self) -> int:
        return max(1, self._text_width - len(THINKING_BAR.text))

    # -- what changes it: each returns the first row that may look different

    def add_text(self, text: str) -> int:
        """Append to the text."""
        return self.text_start + self.text.append(text)

    def add_thinking(self, text: str) -> int:
        """Append to the thinking."""
        if self.thinking is None:
            self.thinking = self._thinking("")
            self.thinking.append(text)
            return self.thinking_start
        first = self.thinking.append(text)
        return self.thinking_start + (0 if self.folded else 1 + first)

    def finish(self) -> int:
        """No more text comes."""
        self.entry = replace(self.current_entry, streaming=False)
        first = self.text_start + self.text.finish()
        if self.thinking is not None:
            first = min(first, self.thinking_start + 1 + self.thinking.finish())
        return first

    def take_changes(self) -> int | None:
        """The first row that changed by itself since the last call: highlighting that came late."""
        first: int | None = None
        if (line := self.text.take_changes()) is not None:
            first = self.text_start + line
        if self.thinking is not None and (line := self.thinking.take_changes()) is not None:
            first = self.thinking_start + (0 if self.folded else 1 + line)
        return first

    def set_header(self, header: HeaderLine) -> int:
        """Show another header."""
        self.entry = replace(self.entry, header=header)
        self.header = header
        return 0

    def set_thinking_label(self, label: str) -> int:
        """Show another label above the thinking."""
        self.entry = replace(self.entry, thinking_label=label)
        self._label = (Span(label, "thinking"),)
        return self.thinking_start

    def set_notes(self, notes: tuple[Spans, ...]) -> int:
        """Show other rows below the text."""
        self.entry = replace(self.entry, notes=notes)
        self._notes = wrapped(notes, self._text_width)
        return self.notes_start

    def fold(self, *, folded: bool) -> int:
        """Show the thinking, or only its label."""
        self.folded = folded
        return self.thinking_start

    def resize(self, width: int) -> None:
        """Wrap for another width."""
        self.width = width
        self.text.resize(self._text_width)
        if self.thinking is not None:
            self.thinking.resize(self._thinking_width)
        self._notes = wrapped(self.entry.notes, self._text_width)

    # -- where its rows are

    @property
    def thinking_start(self) -> int:
        """The row of the thinking's label."""
        return 1 if self.header.left or self.header.right else 0

    @property
    def text_start(self) -> int:
        """The first row of the text."""
        if self.thinking is None:
            # Of thinking that says nothing there is only the label.
            return self.thinking_start + (1 if self.entry.thinking_label else 0)
        return self.thinking_start + 1 + (0 if self.folded else len(self.thinking.lines) + 1)

    @property
    def notes_start(self) -> int:
        """The first row below the text."""
        return self.text_start + len(self.text.lines)

    @property
    def height(self) -> int:
        """How many rows there are, the blank one below included."""
        return self.notes_start + len(self._notes) + 1

    def row(self, index: int) -> Row:
        """What stands in a row of the entry."""
        if index < self.thinking_start:
            return Row(Part.HEADER, self.header)
        if index < (text_start := self.text_start):
            return self._thinking_row(index - self.thinking_start)
        lines = self.text.lines
        if index < text_start + len(lines):
            return Row(Part.TEXT, lines[index - text_start])
        note = index - text_start - len(lines)
        return Row(Part.NOTE, self._notes[note]) if note < len(self._notes) else BLANK

    def _thinking_row(self, index: int) -> Row:
        if index == 0 or self.thinking is None:
            return Row(Part.THINKING_LABEL, self._label)
        lines = self.thinking.lines
        return Row(Part.THINKING, lines[index - 1]) if index <= len(lines) else BLANK

    def rows_of_block(self, block: int) -> range:
        """The rows of one block of the text."""
        lines = self.text.lines
        start = self.text_start
        first = next((i for i, line in enumerate(lines) if line.block == block), len(lines))
        last = first
        while last < len(lines) and lines[last].block == block:
            last += 1
        return range(start + first, start + last)

    def row_at_source(self, position: int) -> int:
        """The row of the text that shows a position of its source."""
        row = self.text_start
        for index, line in enumerate(self.text.lines):
            if line.source[0] > position:
                break
            row = self.text_start + index
        return row

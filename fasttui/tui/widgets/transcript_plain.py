"""Text that means nothing but itself, wrapped to lines: what a user typed, notes, errors."""

from collections.abc import Callable, Iterator, Sequence

from rich.cells import split_graphemes

from fasttui.markdown.lines import Line, Span

TAB = 4


class PlainText:
    """Lines of plain text, wrapped at `width` cells; what a layout needs of a Markdown `Document`."""

    def __init__(self, text: str, width: int, *, cell_len: Callable[[str], int], style: str = "") -> None:
        self.source = text
        self.lines: Sequence[Line] = ()
        self._cell_len = cell_len
        self._style = style
        self.resize(width)

    def append(self, text: str) -> int:
        """Add text; returns the first line that may differ."""
        self.source += text
        self.resize(self._width)
        return 0

    def finish(self) -> int:
        """No more text comes; returns the first line that may differ."""
        return len(self.lines)

    def take_changes(self) -> int | None:
        """Plain text never changes by itself."""
        return None

    def resize(self, width: int) -> None:
        """Wrap anew."""
        self._width = max(1, width)
        self.lines = tuple(self._wrapped(self._width))

    def _wrapped(self, width: int) -> Iterator[Line]:
        start = 0
        for number, text in enumerate(self.source.split("\n")):
            rows = list(self._rows(text, width))
            for place, (first, last) in enumerate(rows):
                yield self._line(text[first:last], number, (start + first, start + last), soft=place > 0)
            start += len(text) + 1

    def _line(self, text: str, block: int, source: tuple[int, int], *, soft: bool) -> Line:
        shown = text.expandtabs(TAB)
        spans = (Span(shown, self._style),) if shown else ()
        return Line(spans, soft=soft, source=source, block=block, code=False, width=self._cell_len(shown))

    def _rows(self, text: str, width: int) -> Iterator[tuple[int, int]]:
        """Where each row of one line begins and ends: broken after blanks, else where it must."""
        start = 0
        while True:
            end = start + self._fitting(text[start : start + width * 4], width)
            if end >= len(text):
                break
            blank = text.rfind(" ", start, end + 1)
            if blank > start:
                end = blank + 1
            yield start, end
            start = end
        yield start, len(text)

    def _fitting(self, text: str, width: int) -> int:
        """How many characters fit, one at least."""
        if text.isascii() and "\t" not in text:
            return min(len(text), width)
        used = 0
        for first, _, cells in split_graphemes(text)[0]:
            used += TAB - used % TAB if text[first] == "\t" else cells
            if used > width:
                return max(first, 1)
        return len(text)

"""Rows of a transcript as strips: style names become styles, marks are laid over them, all is cut to the width."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from fasttui.markdown.lines import Line, Span
from fasttui.tui.widgets.transcript_entries import HeaderLine, Spans
from fasttui.tui.widgets.transcript_layout import INDENT, MARGIN, THINKING_BAR, Part, Row

TRANSCRIPT_STYLES: Final = frozenset(
    {"prompt", "note", "error", "thinking", "thinking.bar", "code.block", "overflow", "cursor", "find", "find.current"}
)
"""The names of styles that are the transcript's own, beside those of Markdown and those of headers and notes."""

Palette = Mapping[str, Style] | Callable[[str], Style | None]
CURSOR = "▌"
CUT = "›"


class Mark(NamedTuple):
    """A style laid over some characters of a row, counted from the row's left edge."""

    start: int
    stop: int
    style: Style


class Brush:
    """Turns rows into strips of one width, in the styles of a palette."""

    def __init__(self) -> None:
        self.width = 0
        self._base = Style()
        self._palette: Palette = {}
        self._styles: dict[str, Style] = {}

    def set_palette(self, palette: Palette) -> None:
        """Take other styles for the style names."""
        self._palette = palette
        self._styles.clear()

    def set_base(self, base: Style) -> None:
        """Take another style to lay all others over."""
        self._base = base
        self._styles.clear()

    def style(self, names: str) -> Style:
        """The style of names joined by blanks, laid over the base; unknown names change nothing."""
        style = self._styles.get(names)
        if style is None:
            style = self._base
            for name in names.split():
                style += self._named(name) or Style.null()
            self._styles[names] = style
        return style

    def _named(self, name: str) -> Style | None:
        palette = self._palette
        return palette.get(name) if isinstance(palette, Mapping) else palette(name)

    def blank(self) -> Strip:
        """A row with nothing on it."""
        return Strip.blank(self.width, self._base)

    def strip(self, row: Row, *, focused: bool = False, shift: int = 0, marks: Iterable[Mark] = ()) -> Strip:
        """A row's strip. `shift` is how many cells of a long code line are scrolled off to the left."""
        if self.width <= INDENT + MARGIN:
            return self.blank()
        first = Segment(CURSOR, self.style("cursor")) if focused else Segment(" ", self._base)
        return Strip(_marked([first, *self._body(row, shift)], marks), self.width)

    def _body(self, row: Row, shift: int) -> list[Segment]:
        """All cells but the first."""
        room = self.width - INDENT - MARGIN
        match row.content:
            case HeaderLine(left=left, right=right):
                return self._header(left, right)
            case Line(code=True) as line:
                bar = (THINKING_BAR,) if row.part is Part.THINKING else ()
                return self._code(line, self._segments(bar, over="thinking"), shift)
            case Line(spans=spans):
                lead = [Segment(" " * (INDENT - 1), self._base)]
                if row.part is Part.THINKING:
                    return lead + self._fitted(self._segments((THINKING_BAR, *spans), over="thinking"), room + MARGIN)
                return lead + self._fitted(self._segments(spans), room + MARGIN)
        lead = [Segment(" " * (INDENT - 1), self._base)]
        return lead + self._fitted(self._segments(row.spans), room + MARGIN)

    def _segments(self, spans: Spans, *, under: str = "", over: str = "") -> list[Segment]:
        if not (under or over):
            return [Segment(span.text, self.style(span.style)) for span in spans]
        return [Segment(span.text, self.style(f"{under} {span.style} {over}")) for span in spans]

    def _fitted(self, segments: list[Segment], room: int, fill: str = "") -> list[Segment]:
        """Segments filled up or cut to `room` cells."""
        cells = sum(_cells(segment.text) for segment in segments)
        if cells < room:
            segments.append(Segment(" " * (room - cells), self.style(fill)))
        elif cells > room:
            segments = list(Strip(segments, cells).crop(0, room))
        return segments

    def _header(self, left: Spans, right: Spans) -> list[Segment]:
        room = self.width - 1
        left_segments = self._segments(left)
        left_cells = sum(_cells(segment.text) for segment in left_segments)
        right_segments = self._segments(_figures_within(right, room - left_cells - 1 - MARGIN))
        right_cells = sum(_cells(segment.text) for segment in right_segments)
        if right_cells and left_cells + 1 + right_cells + MARGIN <= room:
            gap = Segment(" " * (room - left_cells - right_cells - MARGIN), self._base)
            return [*left_segments, gap, *right_segments, Segment(" " * MARGIN, self._base)]
        return self._fitted(left_segments, room)

    def _code(self, line: Line, bar: list[Segment], shift: int) -> list[Segment]:
        """A row of code on its ground; of one wider than the screen the gutter stays, the rest is scrolled and cut."""
        spans = line.spans
        gutter = next((i for i, span in enumerate(spans) if span.style == "fence.gutter"), 0)
        outside = [Segment(" " * (INDENT - 1), self._base), *bar, *self._segments(spans[:gutter])]
        room = self.width - 1 - MARGIN - sum(_cells(segment.text) for segment in outside)
        lead = self._segments(spans[gutter : gutter + 1], under="code.block")
        code = self._segments(spans[gutter + 1 :], under="code.block")
        code_room = max(0, room - sum(_cells(segment.text) for segment in lead))
        code_cells = sum(_cells(segment.text) for segment in code)
        is_cut = code_cells > shift + code_room
        if code_cells > code_room:
            code = list(Strip(code, code_cells).crop(shift, shift + code_room))
        return [
            *outside,
            *self._fitted([*lead, *code], max(0, room), "code.block"),
            Segment(CUT if is_cut else " ", self.style("overflow") if is_cut else self._base),
        ]


def _figures_within(spans: Spans, room: int) -> Spans:
    """As many of the figures, which ` · ` parts, as there is room for; the first ones matter most."""
    if len(spans) != 1:
        return spans
    text, style = spans[0].text, spans[0].style
    while text and _cells(text) > room:
        text = text.rpartition(" · ")[0]
    return (Span(text, style),)


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _marked(segments: list[Segment], marks: Iterable[Mark]) -> list[Segment]:
    """Segments with marks laid over them."""
    for start, stop, style in marks:
        out: list[Segment] = []
        position = 0
        for text, old, _ in segments:
            first = max(0, min(len(text), start - position))
            last = max(first, min(len(text), stop - position))
            pieces = ((text[:first], old), (text[first:last], (old or Style.null()) + style), (text[last:], old))
            out.extend(Segment(piece, look) for piece, look in pieces if piece)
            position += len(text)
        segments = out
    return segments

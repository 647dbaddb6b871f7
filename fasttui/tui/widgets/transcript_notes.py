"""Notes below an entry, wrapped to the width of the view: an error is never cut off."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from fasttui.markdown.lines import Span
from fasttui.markdown.wrap import wrap
from fasttui.tui.widgets.transcript_entries import Spans

_HANGING = Span("  ", "", gutter=True)


def wrapped(notes: Sequence[Spans], width: int) -> tuple[Spans, ...]:
    """The rows of all notes; what goes on in a second row is indented there."""
    return tuple(row for spans in notes for row in _rows(spans, width))


def _rows(spans: Spans, width: int) -> Iterator[Spans]:
    text = "".join(span.text for span in spans)
    for number, (start, stop) in enumerate(wrap(text, width, width - len(_HANGING.text), cell_len)):
        row = _part(spans, start, stop)
        yield (_HANGING, *row) if number else row


def _part(spans: Spans, start: int, stop: int) -> Spans:
    """The spans of the characters from `start` to `stop` of the whole text."""
    parts: list[Span] = []
    at = 0
    for span in spans:
        first, last = max(0, start - at), max(0, stop - at)
        if piece := span.text[first:last]:
            parts.append(span._replace(text=piece))
        at += len(span.text)
    return tuple(parts)

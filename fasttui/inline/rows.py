"""Rows of text as they go to the terminal: pieces of text, each with its escape sequence.

A row that is wider than the screen is left to the terminal to wrap, so that copying it gives one line.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from prompt_toolkit.utils import get_cwidth

from fasttui.inline.style import RESET, Palette
from fasttui.markdown.lines import Line

Piece = tuple[str, str]
"""An escape sequence, "" for plain text, and the text."""


class Row(NamedTuple):
    """One line of the scrollback, without blanks at its end."""

    pieces: tuple[Piece, ...]
    cells: int
    certain: bool
    """Every terminal gives each of its characters one cell."""

    def height(self, columns: int) -> int:
        """How many rows of a screen it takes."""
        if self.cells <= columns:
            return 1
        if self.certain:
            return -(-self.cells // columns)
        at, rows = 0, 1
        for _, text in self.pieces:
            for character in text:
                cells = get_cwidth(character)
                if at + cells > columns:
                    at, rows = 0, rows + 1
                at += cells
        return rows

    @property
    def encoded(self) -> str:
        """The whole row with its escape sequences; plain at its end."""
        return encode(self.pieces)

    def cut(self, cells: int) -> "tuple[Row, Row]":
        """The first so many cells, and the rest."""
        head: list[Piece] = []
        at = 0
        for index, (sequence, text) in enumerate(self.pieces):
            for place, character in enumerate(text):
                at += get_cwidth(character)
                if at > cells:
                    head.append((sequence, text[:place]))
                    return row(head), row([(sequence, text[place:]), *self.pieces[index + 1 :]])
            head.append((sequence, text))
        return self, BLANK


BLANK = Row((), 0, certain=True)


def row(pieces: Iterable[Piece]) -> Row:
    """A row of pieces: neighbours of one style joined, blanks at the end left out."""
    joined: list[Piece] = []
    for sequence, text in pieces:
        if joined and joined[-1][0] == sequence:
            joined[-1] = (sequence, joined[-1][1] + text)
        elif text:
            joined.append((sequence, text))
    while joined and not joined[-1][1].rstrip(" "):
        joined.pop()
    if joined:
        sequence, text = joined[-1]
        joined[-1] = (sequence, text.rstrip(" "))
    whole = "".join(text for _, text in joined)
    if whole.isascii():
        return Row(tuple(joined), len(whole), certain=True)
    widths = [get_cwidth(character) for character in whole]
    return Row(tuple(joined), sum(widths), certain=all(width == 1 for width in widths))


def row_of(line: Line, palette: Palette, base: str = "", skip: int = 0) -> Row:
    """A row of a Markdown line; of code there is only the source, without bars beside it, and above it its language.

    `skip` leaves out so many of the line's visible characters, which an earlier row has shown.
    """
    pieces: list[Piece] = []
    for span in line.spans:
        if span.gutter and line.code and span.style != "fence.label":
            continue
        text = span.text
        if skip and not span.gutter:
            text, skip = without(text, skip)
        if text:
            pieces.append((palette.sequence(f"{base} {span.style}".strip()), text))
    return row(pieces)


def without(text: str, skip: int) -> tuple[str, int]:
    """`text` behind its first `skip` visible characters, and how many of them it did not have."""
    for place, character in enumerate(text):
        if not skip and character != " ":
            return text[place:], 0
        skip -= character != " "
    return "", skip


def visible_text(line: Line) -> str:
    """What of a line is text of the source, without blanks."""
    return "".join(span.text.replace(" ", "") for span in line.spans if not span.gutter)


def words_rows(words: Iterable[tuple[str, str]], palette: Palette, columns: int) -> list[Row]:
    """Words, each with the name of its style, as rows that end at a newline, or between two words."""
    pieces = [(palette.sequence(style), text.expandtabs(4)) for text, style in words]
    text = "".join(text for _, text in pieces)
    return [row(_between(pieces, start, stop)) for start, stop in _lines(text, columns)]


def _lines(text: str, columns: int) -> Iterator[tuple[int, int]]:
    """Where each line of a text of several words begins and ends; a word wider than the screen is left to it."""
    start = 0
    for line in text.split("\n"):
        stop = start + len(line)
        while (end := _line_end(text, start, stop, columns)) < stop:
            yield start, end
            start = end + 1
        yield start, stop
        start = stop + 1


def _line_end(text: str, start: int, stop: int, columns: int) -> int:
    """The last blank between words in so many cells; the first one, where there is none."""
    blank = None
    for at in range(start, stop):
        columns -= get_cwidth(text[at])
        if text[at] == " " and text[start:at].strip():
            blank = at
        if columns < 0 and blank is not None:
            return blank
    return stop


def _between(pieces: Iterable[Piece], start: int, stop: int) -> Iterator[Piece]:
    for sequence, text in pieces:
        yield sequence, text[max(0, start) : max(0, stop)]
        start, stop = start - len(text), stop - len(text)


def encode(pieces: Iterable[Piece]) -> str:
    """Pieces with their escape sequences; plain at the end, as before them."""
    parts: list[str] = []
    style = ""
    for sequence, text in pieces:
        if sequence != style:
            parts.append(RESET + sequence if style else sequence)
            style = sequence
        parts.append(text)
    if style:
        parts.append(RESET)
    return "".join(parts)


def difference(old: Sequence[Piece], new: Sequence[Piece]) -> tuple[int, list[Piece]]:
    """How many characters both begin with, and the pieces of `new` behind those."""
    same = 0
    for index, piece in enumerate(new):
        if index < len(old) and old[index] == piece:
            same += len(piece[1])
            continue
        sequence, text = piece
        kept = common(old[index][1], text) if index < len(old) and old[index][0] == sequence else 0
        rest = [(sequence, text[kept:])] if text[kept:] else []
        return same + kept, [*rest, *new[index + 1 :]]
    return same, []


def common(one: str, other: str) -> int:
    """With how many of the same characters both begin."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))

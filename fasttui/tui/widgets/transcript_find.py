"""Finding text in a transcript: where it stands in the rows as they are shown."""

from collections.abc import Iterator
from typing import NamedTuple

from fasttui.engine.finding import pattern_of
from fasttui.tui.widgets.transcript_entries import Entry
from fasttui.tui.widgets.transcript_layout import EntryLayout
from fasttui.tui.widgets.transcript_selection import Place, logical_line


class Match(NamedTuple):
    """A piece of a match within one row, in characters from the row's left edge."""

    place: tuple[Place, int]
    """The row and character where the whole match begins: the same for all its pieces."""
    row: int
    start: int
    stop: int


class Finder:
    """Matches of a query, whatever its case, wrapped or not."""

    def __init__(self, query: str) -> None:
        self._pattern = pattern_of(query)
        self._words = [pattern_of(word) for word in query.split()]

    def may_be_in(self, entry: Entry) -> bool:
        """Whether an entry can have a match, judged by its source alone."""
        texts = (entry.text, entry.thinking)
        return bool(self._words) and any(all(word.search(text) for word in self._words) for text in texts)

    def count_in_source(self, entry: Entry) -> int:
        """How many matches the source of an entry has."""
        return sum(len(self._pattern.findall(text)) for text in (entry.text, entry.thinking))

    def in_row(self, index: int, layout: EntryLayout, row: int) -> Iterator[Match]:
        """The pieces of matches in one row of an entry."""
        return (match for match in self._in_line(index, layout, row) if match.row == row)

    def all_in(self, index: int, layout: EntryLayout) -> Iterator[Match]:
        """The first piece of each match in an entry, from top to bottom."""
        row = 0
        while row < layout.height:
            rows = list(logical_line(layout, row))
            seen = None
            for match in self._in_line(index, layout, row):
                if match.place != seen:
                    seen = match.place
                    yield match
            row = rows[-1][0] + 1

    def _in_line(self, index: int, layout: EntryLayout, row: int) -> Iterator[Match]:
        """The pieces of matches in the wrapped line around a row."""
        parts: list[tuple[int, int, int]] = []
        text, indents = "", 0
        for number, joint, shown in logical_line(layout, row):
            bare = shown.lstrip(" ") if parts else shown
            indents = len(shown) - len(bare)
            start = len(text) + len(joint)
            text += joint + bare
            parts.append((number, start, indents))
        for match in self._pattern.finditer(text):
            place: tuple[Place, int] | None = None
            for (number, start, indent), stop in zip(parts, [*(p[1] for p in parts[1:]), len(text)], strict=True):
                first, last = max(match.start(), start), min(match.end(), stop)
                if first < last:
                    place = place or (Place(index, number), first - start + indent)
                    yield Match(place, number, first - start + indent, last - start + indent)

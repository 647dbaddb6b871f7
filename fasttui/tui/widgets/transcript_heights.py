"""Where each entry of a transcript begins: heights in rows, some known and some estimated."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from math import ceil

ROWS_BESIDE_TEXT = 3  # the header, one line of text at least, the blank row between entries
FILL = 0.8  # of a row's width is text, on average


def estimated_heights(sizes: Iterable[int], width: int) -> list[int]:
    """Rows that entries with so many characters of text will take, more or less."""
    row = max(1.0, width * FILL)
    return [ROWS_BESIDE_TEXT + ceil(size / row) for size in sizes]


class Heights:
    """Heights of entries from top to bottom; the sums are redone lazily, from the first that changed."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights = list(heights)
        self._starts: list[int] = [0]
        """Rows above each entry; one longer than the part of `_heights` it is right for."""

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def __setitem__(self, index: int, height: int) -> None:
        if self._heights[index] != height:
            self._heights[index] = height
            del self._starts[index + 1 :]

    @property
    def total(self) -> int:
        """Rows of all entries."""
        return self.start(len(self._heights))

    def start(self, index: int) -> int:
        """Rows above an entry."""
        known = len(self._starts) - 1
        if index > known:
            sums = accumulate(self._heights[known:], initial=self._starts[known])
            self._starts[known:] = sums
        return self._starts[index]

    def at(self, row: int) -> tuple[int, int]:
        """The entry that row `row` of the transcript belongs to, and the row within it.

        Rows above the first and below the last entry count as theirs.
        """
        if not self._heights:
            return 0, 0
        row = max(0, min(row, self.total - 1))
        index = bisect_right(self._starts, row) - 1
        return index, row - self._starts[index]

    def append(self, height: int) -> None:
        """Add an entry at the end."""
        self._heights.append(height)

    def remove(self, index: int) -> None:
        """Take an entry out."""
        del self._heights[index]
        del self._starts[index + 1 :]

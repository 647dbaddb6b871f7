"""What a resize does to the rows on the screen, and which of them are certainly still ours.

Some terminals wrap anew what stands on the screen, others cut it off, and which one this is cannot
be asked. What is erased is only what both would have left to us: a row too many stays, none is lost.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from prompt_toolkit.data_structures import Size

from fasttui.inline.rows import Row

# TERM goes along with ssh, and names the terminal it is, not one that an outer one was started from.
_MULTIPLEXERS = ("tmux", "screen")
_WRAPPING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")
_WRAPPING_VARIABLES = (
    "TMUX", "STY", "ZELLIJ", "VTE_VERSION", "KITTY_WINDOW_ID", "ALACRITTY_WINDOW_ID", "WEZTERM_PANE",
    "KONSOLE_VERSION", "WT_SESSION", "ITERM_SESSION_ID", "TERM_PROGRAM",
)  # fmt: skip
_CUTTING_VARIABLE = "XTERM_VERSION"
_MOSH_VARIABLE = "NCURSES_NO_UTF8_ACS"  # mosh cuts, whatever the terminal does


class Wrapping(NamedTuple):
    """What the terminal may do with rows that no longer fit; both, where it is unknown."""

    wraps: bool
    cuts: bool


def wrapping_of(environ: Mapping[str, str]) -> Wrapping:
    """What is known of the terminal by its variables; one started from another has those of both."""
    term = environ.get("TERM", "")
    if term.startswith(_MULTIPLEXERS):
        return Wrapping(wraps=True, cuts=False)
    wraps = term.startswith(_WRAPPING_TERMS) or any(name in environ for name in _WRAPPING_VARIABLES)
    cuts = _CUTTING_VARIABLE in environ
    is_told = term.startswith(("xterm", *_WRAPPING_TERMS)) and _MOSH_VARIABLE not in environ
    return Wrapping(wraps, cuts) if is_told and wraps != cuts else Wrapping(wraps=True, cuts=True)


class Area(NamedTuple):
    """The prompt area as it stands on the screen, and where the cursor is in it."""

    rows: tuple[Row, ...]
    x: int
    y: int

    def above(self, columns: int) -> int:
        """Rows of a screen of that width above the cursor."""
        if not self.rows:
            return 0
        # Terminals keep the cursor on its character, or behind the last one of the row.
        before, _ = self.rows[self.y].cut(self.x + 1)
        return sum(row.height(columns) for row in self.rows[: self.y]) + before.height(columns) - 1

    def height(self, columns: int) -> int:
        """Rows of a screen of that width in all."""
        return max(1, sum(row.height(columns) for row in self.rows))


class Ours(NamedTuple):
    """Rows that can be erased."""

    above: int
    """How many above the cursor; all below it can, too."""
    left: int
    """How many lines of the tail stay where they are, because nobody knows how high they stand."""


class Resizing:
    """Any number of resizes between two paints."""

    def __init__(self, tail: Sequence[Row], area: Area, size: Size, wrapping: Wrapping) -> None:
        self._tail, self._area, self._wrapping = tail, area, wrapping
        self._painted_columns = size.columns
        self._kept = len(tail)
        self.note(size)

    def note(self, size: Size) -> None:
        """The terminal has this size now: what is too much for it has left the screen, maybe for good."""
        self._columns = size.columns
        self._kept = min(self._kept, *(self._fitting(size.rows, columns) for columns in self._widths()))

    def ours(self) -> Ours:
        """What can be erased at the last size."""
        widths = self._widths()
        above = [self._area.above(columns) for columns in widths]
        left = len(self._tail)
        if min(above) == max(above):
            for row in reversed(self._tail[left - self._kept :]):
                heights = [row.height(columns) for columns in widths]
                if min(heights) != max(heights):
                    break
                above[0] += heights[0]
                left -= 1
            return Ours(above[0], left)
        return Ours(min(above), left)

    def _widths(self) -> list[int]:
        """At which widths the rows may be wrapped now."""
        wrapped = [self._columns] if self._wrapping.wraps else []
        return wrapped + ([self._painted_columns] if self._wrapping.cuts else [])

    def _fitting(self, rows: int, columns: int) -> int:
        """How many lines of the tail, counted from its end, are on a screen of so many rows."""
        rows -= self._area.height(columns)
        for count, row in enumerate(reversed(self._tail)):
            rows -= row.height(columns)
            if rows < 0:
                return count
        return len(self._tail)

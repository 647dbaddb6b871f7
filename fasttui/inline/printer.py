"""Writes rows into the terminal's scrollback, above the prompt, without painting the prompt again.

From top to bottom the screen holds: rows that are finished and never touched again; the tail, rows
of a reply that may still change; the prompt area, which belongs to prompt-toolkit. New rows come in
between: newlines at the bottom let the whole screen scroll, so that every terminal keeps what leaves
at the top; then as many lines are inserted above the prompt area, which puts it back in its place.
Scroll regions would cost as little, but some terminals forget what leaves them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from prompt_toolkit.output import Output

from fasttui.inline.rows import BLANK, Row, difference, encode

_SAVE, _RESTORE = "\x1b7", "\x1b8"
_ERASE_LINE, _ERASE_BELOW = "\x1b[K", "\x1b[J"
_WRAP_ON, _WRAP_OFF = "\x1b[?7h", "\x1b[?7l"
_DOWN = "\v"  # as a newline, but the line discipline does not make two bytes of it
_STEP = 6  # rows that are added at once
_SLACK = 8  # rows by which the prompt area may grow before the tail leaves the screen


class Place(NamedTuple):
    """Where the cursor stands in the prompt area, and how many rows that has."""

    x: int = 0
    y: int = 0
    height: int = 1


class Printer:
    """The only one beside prompt-toolkit who writes to the terminal. Rows hold safe text."""

    def __init__(self, output: Output, place: Callable[[], Place]) -> None:
        self._output, self._place = output, place
        self._shown: list[Row] = []
        self._columns, self._rows = 0, 0
        self._room = 0
        self._parts: list[str] = []
        self._at = 0  # the cursor's row, counted from the first of the prompt area; above it negative

    @property
    def tail(self) -> Sequence[Row]:
        """The rows above the prompt that may still change."""
        return self._shown

    def room(self) -> int:
        """How many rows of a tail the screen has room for, with some to spare for a longer draft."""
        return max(1, self._output.get_size().rows - self._place().height - _SLACK)

    def tail_height(self, columns: int) -> int:
        """How many rows of a screen of that width the tail takes."""
        return sum(row.height(columns) for row in self._shown)

    def gain_room(self, rows: int) -> None:
        """At most so many more rows are blank below the prompt area. Too many cost a few bytes, too few lose rows."""
        self._room += rows

    def forget_screen(self) -> None:
        """Someone else wrote to the terminal: the tail is gone, and where the prompt area stands is unknown."""
        self._shown = []
        self._columns = 0

    def show(self, finished: Iterable[Row], tail: Sequence[Row] = ()) -> None:
        """Print finished rows for good, and leave `tail` below them, as much of it as fits."""
        size = self._output.get_size()
        if (size.columns, size.rows) != (self._columns, self._rows):
            self._columns, self._rows = size.columns, size.rows
            self._room = size.rows
        place = self._place()
        limit = max(1, size.rows - place.height)
        while self._shown and self.tail_height(size.columns) > limit:
            del self._shown[0]  # the prompt area has grown, and the screen scrolled
        shown = self._fitting(tail, limit)
        for finished_rows, tail_rows in self._steps(list(self._split(finished, limit)), shown, limit):
            self._frame(finished_rows, tail_rows, place)
        self._flush()

    def _steps(self, finished: Sequence[Row], tail: list[Row], limit: int) -> Iterator[tuple[Sequence[Row], list[Row]]]:
        """Frames that add a few rows each.

        Should the screen have become lower without a word of it yet, as tmux has it for a quarter of
        a second, no row is lost above its top.
        """
        start = height = 0
        most = min(limit, self.tail_height(self._columns) + _STEP)
        rows = [*finished, *tail]
        for stop, row in enumerate(rows):
            row_height = row.height(self._columns)
            if height + row_height > most and stop > start:
                done = min(stop, len(finished))
                yield finished[start:done], rows[done:stop]
                height = sum(each.height(self._columns) for each in rows[done:stop])
                start, most = done, min(limit, height + _STEP)
            height += row_height
        yield finished[start:], tail

    def clear_tail(self) -> None:
        """Take the tail off the screen; the next `show` puts it back, wherever the prompt is then."""
        place = self._place()
        lines = self.tail_height(self._columns) if self._shown else 0
        if lines:
            self._at = place.y
            self._go_to(-lines)
            self._parts.append(f"\x1b[{lines}M")
            self._room += lines
            # The prompt area has moved up to where the tail began.
            self._at = 0
            self._return_to(place)
            self._flush()
        self._shown = []

    # ── one frame ─────────────────────────────────────────────────────────────────────────────────

    def _split(self, rows: Iterable[Row], limit: int) -> Iterable[Row]:
        """Rows of which none is higher than the screen."""
        for row in rows:
            rest = row
            while rest.height(self._columns) > limit:
                head, rest = rest.cut(limit * self._columns)
                yield head
            yield rest

    def _fitting(self, tail: Sequence[Row], limit: int) -> list[Row]:
        """The last rows of the tail, as many as the screen has room for."""
        fitting: list[Row] = []
        for row in reversed(tail):
            height = row.height(self._columns)
            if height > limit:
                if not fitting:
                    fitting = [row.cut(limit * self._columns)[0]]
                break
            limit -= height
            fitting.append(row)
        return fitting[::-1]

    def _frame(self, finished: Sequence[Row], tail: list[Row], place: Place) -> None:
        """Bring what stands above the prompt from the old tail to `finished` and `tail`."""
        columns = self._columns
        old, new = self._shown, [*finished, *tail]
        if old == new:
            self._shown = tail
            return
        anchored = self._room == 0
        if anchored:
            self._parts.append(_SAVE)
        self._at = place.y
        gone = self._scroll_off(old, new)
        old = old[gone:]
        old_height, new_height = (sum(row.height(columns) for row in rows) for rows in (old, new))
        # A tail that became shorter leaves blank rows, which the next rows fill: nothing jumps.
        blank = max(0, old_height - new_height)
        new += [BLANK] * blank
        self._shown = [*tail, *[BLANK] * blank]
        if new_height > old_height:
            self._make_room(new_height - old_height, place)
        self._write_rows(old, new, -max(old_height, new_height))
        if anchored and self._room == 0:
            self._parts.append(_RESTORE)
        else:
            self._return_to(place)

    def _scroll_off(self, old: Sequence[Row], new: Sequence[Row]) -> int:
        """Delete rows at the top that a tail as high as the screen has no room for any more; how many."""
        if len(old) < _SLACK or not new or old[0] == new[0] or new[0] not in old:
            return 0
        gone = old.index(new[0])
        overlap = list(zip(old[gone:], new, strict=False))
        if 2 * sum(one == other for one, other in overlap) < len(overlap):
            return 0
        height = sum(row.height(self._columns) for row in old[:gone])
        self._go_to(-self.tail_height(self._columns))
        self._parts.append(f"\x1b[{height}M")
        self._at += height  # what was below has come up
        self._room += height
        return gone

    def _make_room(self, rows: int, place: Place) -> None:
        """Blank rows between the tail and the prompt area; the cursor is in the first of them."""
        self._go_to(place.height - 1)
        self._parts.append(_DOWN * rows)
        self._parts.append(_up(rows + place.height - 1))
        self._parts.append("\x1b[L" if rows == 1 else f"\x1b[{rows}L")
        self._room = max(0, self._room - rows)
        self._at = -rows

    def _write_rows(self, old: Sequence[Row], new: Sequence[Row], top: int) -> None:
        """Rewrite what differs; the first row of both stands at `top`."""
        columns, at, moved = self._columns, top, False
        for index, row in enumerate(new):
            before = old[index] if index < len(old) else BLANK
            height = row.height(columns)
            if index < len(old) and before.height(columns) != height:
                moved = True
            if moved or row != before:
                known = not moved and before.certain and row.certain and height == 1
                self._write_row(row, before if known else None, at, blank=index >= len(old) and not moved)
            at += height

    def _write_row(self, row: Row, before: Row | None, at: int, *, blank: bool) -> None:
        """One row; `before` is what stands there as far as one can go by it, `blank` that nothing does."""
        self._go_to(at)
        if before is not None:
            same, rest = difference(before.pieces, row.pieces)
            self._go_to_column(same)
            self._parts.append(encode(rest))
            if row.cells < before.cells:
                self._parts.append(_ERASE_LINE)
            return
        self._go_to_column(0)
        height = row.height(self._columns)
        # Where terminals disagree on widths, a row must not spill over into the next one.
        guarded = not row.certain and height == 1
        if not blank:
            self._erase(height, at)
        self._parts.append(f"{_WRAP_OFF}{row.encoded}{_WRAP_ON}" if guarded else row.encoded)
        self._at += height - 1

    def _erase(self, height: int, at: int) -> None:
        self._parts.append(_ERASE_LINE)
        for below in range(at + 1, at + height):
            self._go_to(below)
            self._parts.append(_ERASE_LINE)
        self._go_to(at)
        self._go_to_column(0)

    # ── moving about ──────────────────────────────────────────────────────────────────────────────

    def _go_to(self, row: int) -> None:
        if row < self._at:
            self._parts.append(_up(self._at - row))
        elif row > self._at:
            # All of these rows are there, so that going down scrolls nothing.
            below = row - self._at
            self._parts.append(_DOWN * below if below <= len(f"\x1b[{below}B") else f"\x1b[{below}B")
        self._at = row

    def _go_to_column(self, column: int) -> None:
        # A vt102 knows no column by its number.
        self._parts.append(f"\r\x1b[{column}C" if column else "\r")

    def _return_to(self, place: Place) -> None:
        self._go_to(place.y)
        self._go_to_column(place.x)

    def _flush(self) -> None:
        if self._parts:
            self._output.write_raw("".join(self._parts))
            self._parts.clear()
            self._output.flush()


def _up(rows: int) -> str:
    return "" if not rows else "\x1b[A" if rows == 1 else f"\x1b[{rows}A"

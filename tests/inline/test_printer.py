"""Rows above a prompt area: each once, in order, with the area untouched below."""

import re

from hypothesis import given
from hypothesis import strategies as st

from fasttui.inline.printer import Place, Printer
from fasttui.inline.rows import Row, row
from tests.inline.terminal import Terminal

AREA = ["next", "> draft", "status"]
PLACE = Place(x=7, y=1, height=3)


def plain(text: str) -> Row:
    return row([("", text)])


def area_on(terminal: Terminal) -> Printer:
    """The prompt area painted where the cursor is, which ends up in its draft."""
    terminal.write("\r\n".join(AREA) + "\x1b[A\r\x1b[7C")
    return Printer(terminal.output, lambda: PLACE)


def texts(words: list[str]) -> list[Row]:
    return [plain(word) for word in words]


def test_a_row_is_printed_above_the_area_and_the_area_stays() -> None:
    terminal = Terminal()
    printer = area_on(terminal)
    printer.show([plain("one")], [plain("two")])
    assert terminal.lines == ["one", "two", *AREA]
    assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == (7, 3)


def test_a_growing_tail_writes_only_what_is_new() -> None:
    terminal = Terminal()
    printer = area_on(terminal)
    printer.show([], [plain("a long beginning of a row")])
    terminal.written.clear()
    printer.show([], [plain("a long beginning of a row, and its end")])
    assert "beginning" not in "".join(terminal.written)
    assert ", and its end" in "".join(terminal.written)
    assert terminal.lines[0] == "a long beginning of a row, and its end"


def test_nothing_is_written_that_a_vt102_does_not_know() -> None:
    terminal = Terminal()
    printer = area_on(terminal)
    terminal.written.clear()
    for number in range(30):
        rows = texts([f"row {number}", "wrapped " * 10, "漢字 👍🏽"])
        printer.show(rows[: number % 3], rows[number % 3 :])
    written = "".join(terminal.written)
    assert {sequence[-1] for sequence in re.findall(r"\x1b\[[?\d;]*[a-zA-Z]", written)} <= set("ABCKJLMhlm")


def test_what_leaves_at_the_top_is_in_the_scrollback_once_and_in_order() -> None:
    terminal = Terminal()
    printer = area_on(terminal)
    for number in range(100):
        printer.show([plain(f"row {number}")], [plain(f"growing {number}")])
    assert terminal.lines == [*(f"row {number}" for number in range(100)), "growing 99", *AREA]


def test_a_tail_that_has_no_room_for_its_first_rows_shows_the_last_ones() -> None:
    terminal = Terminal(rows=20)
    printer = area_on(terminal)
    rows = [plain(f"item {number}") for number in range(60)]
    for count in range(1, 61):
        terminal.written.clear()
        printer.show([], rows[max(0, count - 14) : count])
        assert len("".join(terminal.written)) < 120
    assert terminal.scrollback == []
    printer.show(rows)
    assert terminal.lines == [*(f"item {number}" for number in range(60)), *AREA]


def test_a_row_wider_than_the_screen_is_wrapped_by_the_terminal() -> None:
    terminal = Terminal(columns=20)
    printer = area_on(terminal)
    code = "x = " + "0123456789" * 5
    printer.show([], [plain(code[:30])])
    printer.show([plain(code)], [plain("after")])
    assert terminal.lines == [code[:20], code[20:40], code[40:], "after", *AREA]


def test_clearing_the_tail_leaves_what_is_finished() -> None:
    terminal = Terminal()
    printer = area_on(terminal)
    printer.show([plain("kept")], texts(["one", "two", "three"]))
    printer.clear_tail()
    assert terminal.lines == ["kept", *AREA]
    assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == (7, 2)


# A wide character in the last column is where pyte goes wrong, so wide ones come in short rows.
words = (st.text("abc äé ", max_size=30) | st.text("漢👍", max_size=4)).map(lambda text: text.strip() or "x")
frames = st.lists(
    st.tuples(st.lists(words, max_size=6), st.lists(words, max_size=14)), min_size=1, max_size=25
)  # fmt: skip


@given(frames=frames, rows=st.integers(6, 24), columns=st.sampled_from([10, 40]), start=st.integers(0, 30))
def test_any_frames_leave_finished_rows_then_the_tail_then_the_area(
    frames: list[tuple[list[str], list[str]]], rows: int, columns: int, start: int
) -> None:
    terminal = Terminal(columns=columns, rows=rows)
    terminal.write("shell\r\n" * start)
    printer = area_on(terminal)
    finished: list[str] = []
    for done, tail in frames:
        printer.show(texts(done), texts(tail))
        finished += done
    printer.show([])
    printer.clear_tail()
    shown = "".join(terminal.lines[start:]).replace(" ", "")
    expected = "".join([*finished, *AREA]).replace(" ", "")
    assert shown == expected
    assert terminal.screen.cursor.x == PLACE.x

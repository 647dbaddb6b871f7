"""What is erased after a resize: all that is ours where that is certain, and never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.data_structures import Size

from fasttui.inline.resizing import Area, Ours, Resizing, Wrapping, wrapping_of
from fasttui.inline.rows import Row, row

WRAPS, CUTS = Wrapping(wraps=True, cuts=False), Wrapping(wraps=False, cuts=True)
UNKNOWN = Wrapping(wraps=True, cuts=True)
AREA = Area((row([("", "n" * 50)]), row([("", "› draft")]), row([("", "s" * 70)])), x=7, y=1)


def wide(*cells: int) -> list[Row]:
    return [row([("", "x" * each)]) for each in cells]


def after(tail: list[Row], wrapping: Wrapping, *sizes: tuple[int, int]) -> Ours:
    """What is ours after resizes of an 80 × 24 screen, each (columns, rows)."""
    resizing = Resizing(tail, AREA, Size(24, 80), wrapping)
    for columns, rows in sizes:
        resizing.note(Size(rows, columns))
    return resizing.ours()


@pytest.mark.parametrize("wrapping", [WRAPS, CUTS, UNKNOWN])
def test_where_nothing_is_wrapped_all_is_ours_on_any_terminal(wrapping: Wrapping) -> None:
    assert after(wide(50, 20), wrapping, (60, 24)) == Ours(above=3, left=0)


def test_a_terminal_that_wraps_has_more_rows_after_narrowing_and_one_that_cuts_has_not() -> None:
    assert after(wide(70, 20), WRAPS, (40, 24)) == Ours(above=5, left=0)
    assert after(wide(70, 20), CUTS, (40, 24)) == Ours(above=3, left=0)


def test_where_the_height_is_unknown_the_tail_stays() -> None:
    assert after(wide(70, 20), UNKNOWN, (60, 24)) == Ours(above=2, left=1)
    assert after(wide(70, 20), UNKNOWN, (40, 24)) == Ours(above=1, left=2)


def test_what_a_lower_screen_had_no_room_for_is_not_taken_back_from_a_higher_one() -> None:
    assert after(wide(*[20] * 10), WRAPS, (80, 8), (80, 24)) == Ours(above=6, left=5)


def test_a_cursor_in_a_row_that_is_wrapped_stands_below_the_first_part_of_it() -> None:
    area = Area((row([("", "next")]), row([("", "› " + "d" * 60)])), x=62, y=1)
    assert [area.above(columns) for columns in (70, 62, 61, 40, 20)] == [1, 1, 2, 2, 4]


@pytest.mark.parametrize(
    ("environ", "wrapping"),
    [
        ({"TERM": "xterm", "XTERM_VERSION": "XTerm(379)"}, CUTS),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/tmux", "XTERM_VERSION": "XTerm(379)"}, WRAPS),
        ({"TERM": "screen.xterm-256color", "STY": "1.tty"}, WRAPS),
        ({"TERM": "xterm-kitty"}, WRAPS),
        ({"TERM": "xterm-kitty", "NCURSES_NO_UTF8_ACS": "1"}, UNKNOWN),
        ({"TERM": "xterm", "XTERM_VERSION": "XTerm(379)", "KITTY_WINDOW_ID": "1"}, UNKNOWN),
        ({"TERM": "st-256color", "KITTY_WINDOW_ID": "1"}, UNKNOWN),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, WRAPS),
        ({"TERM": "xterm-256color"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_a_terminal_is_known_by_its_variables_or_taken_for_either(environ: dict[str, str], wrapping: Wrapping) -> None:
    assert wrapping_of(environ) == wrapping


sizes = st.lists(st.tuples(st.integers(10, 130), st.integers(4, 40)), min_size=1, max_size=6)


@given(tail=st.lists(st.integers(0, 120), max_size=12), sizes=sizes)
def test_of_an_unknown_terminal_no_more_is_erased_than_of_either_kind(
    tail: list[int], sizes: list[tuple[int, int]]
) -> None:
    unknown = after(wide(*tail), UNKNOWN, *sizes)
    for wrapping in (WRAPS, CUTS):
        known = after(wide(*tail), wrapping, *sizes)
        assert unknown.above <= known.above
        assert unknown.left >= known.left

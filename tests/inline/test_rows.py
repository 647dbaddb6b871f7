"""Rows of words: notices, headings, figures."""

import pytest

from fasttui.config.themes import load_theme
from fasttui.inline.rows import words_rows
from fasttui.inline.style import Palette

MONO = Palette(load_theme("mono"))


def texts(columns: int, *words: str) -> list[str]:
    rows = words_rows([(word, "") for word in words], MONO, columns)
    return ["".join(text for _, text in row.pieces) for row in rows]


@pytest.mark.parametrize(
    ("columns", "words", "expected"),
    [
        (20, ("fits",), ["fits"]),
        (10, ("exactly te",), ["exactly te"]),
        (10, ("one two three",), ["one two", "three"]),
        (10, ("one ", "two", " three four"), ["one two", "three four"]),
        (8, ("  hint at the end",), ["  hint", "at the", "end"]),
        (6, ("a wordtoolongforit b",), ["a", "wordtoolongforit", "b"]),
        (8, ("你好 世界 再见",), ["你好", "世界", "再见"]),
        (40, ("one\ntwo\n\nthree",), ["one", "two", "", "three"]),
        (40, ("",), [""]),
        (40, ("a\tb",), ["a   b"]),
    ],
)
def test_words_end_their_rows_at_newlines_and_between_words(
    columns: int, words: tuple[str, ...], expected: list[str]
) -> None:
    assert texts(columns, *words) == expected


def test_a_style_goes_on_behind_the_end_of_a_row() -> None:
    palette = Palette(load_theme("dusk"))
    first, second = words_rows([("plain ", ""), ("long words", "error")], palette, 10)
    error = palette.sequence("error")
    assert first.pieces == (("", "plain "), (error, "long"))
    assert second.pieces == ((error, "words"),)

"""How many colours a terminal gets, and which."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.output import ColorDepth

from fasttui.config.themes import load_theme
from fasttui.inline.style import Palette, color_depth, readable
from tests.config.test_themes import contrast


@pytest.mark.parametrize(
    ("term", "depth"),
    [
        ("xterm-256color", ColorDepth.DEPTH_8_BIT),
        ("linux", ColorDepth.DEPTH_4_BIT),
        ("vt100", ColorDepth.DEPTH_1_BIT),
        ("vt220", ColorDepth.DEPTH_1_BIT),
    ],
)
def test_a_terminal_gets_the_colours_it_has(term: str, depth: ColorDepth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("PROMPT_TOOLKIT_COLOR_DEPTH", raising=False)
    assert color_depth({"TERM": term}) is depth


def test_under_no_color_styles_are_kept_and_colours_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    palette = Palette(load_theme("dusk"))
    sequences = [palette.sequence(name) for name in ("heading.1", "code", "error", "link", "served.fast", "muted")]
    assert any(sequences)
    assert not all(sequences)
    assert {number for each in sequences for number in each[2:-1].split(";")} <= {"", "1", "2", "3", "4", "9"}


@given(color=st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_a_readable_colour_stands_out_from_white_and_from_black(color: str) -> None:
    assert contrast(readable(color), "#ffffff") > 3.2
    assert contrast(readable(color), "#000000") > 3.2


@pytest.mark.parametrize("theme", ["dusk", "paper"])
def test_where_the_background_is_unknown_every_style_can_be_read_on_white_and_on_black(theme: str) -> None:
    palette = Palette(load_theme(theme), ColorDepth.DEPTH_24_BIT, any_background=True)
    for name in ("served.fast", "code", "link", "muted", "faint", "claude", "error", "syntax.keyword", "rule"):
        for color in re.findall(r"fg:(#\w{6})", palette.fragment(name)):
            assert min(contrast(color, "#ffffff"), contrast(color, "#000000")) > 3.2, name


def test_a_chosen_theme_keeps_its_colours() -> None:
    assert Palette(load_theme("dusk"), ColorDepth.DEPTH_24_BIT).fragment("accent") == "fg:#8fb4e8"

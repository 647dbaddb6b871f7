"""How many colours a terminal gets."""

import pytest
from prompt_toolkit.output import ColorDepth

from fasttui.config.themes import load_theme
from fasttui.inline.style import Palette, color_depth


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

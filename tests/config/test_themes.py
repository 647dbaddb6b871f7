"""Themes: readable, told apart by colour-blind eyes, and their errors named by line."""

from itertools import combinations
from pathlib import Path

import pytest

from fasttui.chat.errors import ConfigError
from fasttui.config.themes import (
    COLOR_NAMES,
    STYLES,
    SYNTAX_NAMES,
    TextStyle,
    choose_theme,
    load_theme,
    mix,
    read_theme,
    theme_names,
)
from fasttui.markdown.styles import STYLES as MARKDOWN_STYLES

COLORED = [name for name in theme_names() if name != "mono"]
# What carries words a reader must be able to read, and what only needs to be made out.
READ = ("text", "accent", "link", "fast", "standard", "success", "warning", "error", "code",
        *(f"syntax.{name}" for name in SYNTAX_NAMES if name != "comment"))  # fmt: skip
MADE_OUT = ("muted", "faint", "syntax.comment")

MINIMAL = """
[colors]
background = "#101010"
text = "#eeeeee"
accent = "#88aaff"
fast = "#ffcc66"
"""


def linear(color: str) -> tuple[float, float, float]:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    shades = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (shades[1] + 0.05) / (shades[0] + 0.05)


def lab_seen_by_deuteranope(color: str) -> tuple[float, float, float]:
    """CIE L*a*b* after the full deuteranopia matrix of Machado, Oliveira and Fernandes (2009)."""
    r, g, b = linear(color)
    r, g, b = (
        max(0.0, x * r + y * g + z * b)
        for x, y, z in ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881))
    )
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def write_theme(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", COLORED)
def test_words_can_be_read_on_every_ground(name: str) -> None:
    colors = load_theme(name).colors
    for ground in ("background", "surface", "panel"):
        for color in READ:
            assert contrast(colors[color], colors[ground]) >= 4.5, (color, ground)
        for color in MADE_OUT:
            assert contrast(colors[color], colors[ground]) >= 3, (color, ground)
    assert contrast(colors["text"], colors["selection"]) >= 4.5
    assert contrast(colors["muted"], colors["background"]) >= 4.5
    assert contrast(colors["code"], colors["code.background"]) >= 4.5


def test_high_contrast_means_seven_to_one() -> None:
    colors = load_theme("contrast").colors
    assert all(contrast(colors[color], colors["panel"]) >= 7 for color in (*READ, *MADE_OUT))


def test_speeds_and_errors_differ_for_a_deuteranope() -> None:
    colors = load_theme("deuter").colors
    for one, other in combinations(("fast", "standard", "warning", "error", "text"), 2):
        seen = zip(*(lab_seen_by_deuteranope(colors[name]) for name in (one, other)), strict=True)
        assert sum((a - b) ** 2 for a, b in seen) ** 0.5 > 15, (one, other)


@pytest.mark.parametrize("name", theme_names())
def test_fast_standard_and_mismatch_never_look_alike(name: str) -> None:
    theme = load_theme(name)
    looks = {kind: theme.style(kind) for kind in ("served.fast", "served.standard", "mismatch", "text")}
    assert len(set(looks.values())) == len(looks)


def test_mono_has_no_colour_in_any_style() -> None:
    theme = load_theme("mono")
    shown = [theme.style(kind) for kind in STYLES]
    assert {color for style in shown for color in (style.color, style.background)} <= {None, "default"}


def test_every_markdown_style_has_a_look() -> None:
    assert set(STYLES) >= MARKDOWN_STYLES


def test_four_colours_make_a_theme(tmp_path: Path) -> None:
    theme = read_theme(write_theme(tmp_path, MINIMAL))
    assert set(theme.colors) == {*COLOR_NAMES, *(f"syntax.{name}" for name in SYNTAX_NAMES)}
    assert contrast(theme.colors["muted"], theme.colors["background"]) >= 4.5
    assert theme.style("syntax.keyword").color == "#88aaff"
    assert (theme.name, theme.dark) == ("mine", True)


def test_styles_lie_over_one_another() -> None:
    theme = load_theme("dusk")
    colors = theme.colors
    assert theme.style("quote strong") == TextStyle(colors["muted"], None, frozenset({"italic", "bold"}))
    assert theme.style("heading.2 link").color == colors["link"]
    assert theme.style("code").background == colors["code.background"]
    assert theme.style("heading.9") == theme.style("heading")
    assert theme.style("") == theme.style("nothing.known") == TextStyle()


def test_a_user_theme_comes_before_the_programs_own(tmp_path: Path) -> None:
    write_theme(tmp_path, MINIMAL, "dusk")
    write_theme(tmp_path, MINIMAL, "mine")
    assert load_theme("dusk", tmp_path).colors["background"] == "#101010"
    assert load_theme("dusk").colors["background"] != "#101010"
    assert "mine" in theme_names(tmp_path)
    assert "mine" not in theme_names()


@pytest.mark.parametrize(
    ("added", "error"),
    [
        ('txt = "#ffffff"', 'line 7: [colors] has no "txt"; did you mean "text"?'),
        ('link = "red"', 'line 7: "red" is not a colour: write "#rrggbb" or "default".'),
        ("link = 3", "line 7: link must be text in quotes."),
        ('[syntax]\nkeyword = "#12"', 'line 8: "#12" is not a colour: write "#rrggbb" or "default".'),
        ('[styles]\n"heading.1" = "bold acent"',
         'line 8: "acent" is no colour and no attribute; did you mean "accent"?'),
        ('[styles]\nyou = "text muted"', 'line 8: "text muted" names two colours for one place.'),
        ('[style]\nyou = "bold"', 'line 7: a theme has no "style"; did you mean "styles"?'),
        ('link = "#ffffff', 'line 7: Illegal character'),
    ],
)  # fmt: skip
def test_an_error_in_a_theme_names_file_and_line(tmp_path: Path, added: str, error: str) -> None:
    path = write_theme(tmp_path, MINIMAL + added + "\n")
    with pytest.raises(ConfigError) as caught:
        read_theme(path)
    assert f"mine.toml, {error}" in str(caught.value)


def test_a_missing_colour_or_wrong_switch_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must give fast"):
        read_theme(write_theme(tmp_path, MINIMAL.replace("fast", "link")))
    with pytest.raises(ConfigError, match="dark must be true or false"):
        read_theme(write_theme(tmp_path, 'dark = "yes"\n' + MINIMAL))


@pytest.mark.parametrize("name", ["dsk", "../dusk", "/etc/passwd", ""])
def test_a_theme_that_does_not_exist_is_a_config_error(name: str) -> None:
    with pytest.raises(ConfigError, match="There is no theme"):
        load_theme(name)


@pytest.mark.parametrize(
    ("wanted", "environ", "chosen"),
    [
        ("auto", {}, "dusk"), ("auto", {"COLORFGBG": "0;15"}, "paper"),
        ("auto", {"COLORFGBG": "15;default;0"}, "dusk"), ("auto", {"NO_COLOR": ""}, "dusk"),
        ("deuter", {"COLORFGBG": "0;15"}, "deuter"), ("dusk", {"NO_COLOR": "1"}, "mono"),
    ],
)  # fmt: skip
def test_the_environment_chooses_where_the_user_did_not(wanted: str, environ: dict[str, str], chosen: str) -> None:
    assert choose_theme(wanted, environ) == chosen


def test_mixing_lies_between() -> None:
    assert mix("#ffffff", "#000000", 0.5) == "#808080"
    assert mix("#ffffff", "default", 0.5) == "default"

"""A theme as escape sequences and as prompt-toolkit styles.

The terminal keeps its own background, and ordinary text its own colour: what is printed stands
among what other programs print, on a background nobody knows.
"""

import os
from collections.abc import Mapping
from io import StringIO

from prompt_toolkit.data_structures import Size
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Attrs

from fasttui.config.themes import DEFAULT, TextStyle, Theme

RESET = "\x1b[m"

# WCAG's relative luminance: the shares of red, green and blue, and the range in which all backgrounds do.
_LUMINANCE = (0.2126, 0.7152, 0.0722)
_DARKEST, _LIGHTEST = 0.12, 0.27

# What the status bar calls its styles, in the theme's words.
STATUS_STYLES = {
    "fast": "served.fast",
    "standard": "served.standard",
    "mismatch": "mismatch",
    "good": "success",
    "low": "warning",
    "empty": "error",
    "text": "text",
    "muted": "muted",
}


def color_depth(environ: Mapping[str, str]) -> ColorDepth:
    """How many colours are used: none under NO_COLOR and on a vt100, else those of a palette.

    True colours look hardly better and take twice the bytes, on a line that may be slow; who wants
    them sets PROMPT_TOOLKIT_COLOR_DEPTH.
    """
    if chosen := ColorDepth.from_env():
        return chosen
    term = environ.get("TERM", "")
    if term.startswith("vt"):
        return ColorDepth.DEPTH_1_BIT
    return ColorDepth.DEPTH_4_BIT if term in {"linux", "eterm-color"} else ColorDepth.DEPTH_8_BIT


def readable(color: str) -> str:
    """`#rrggbb`, as light or dark as it must be to stand out from white and from black by a ratio of 3.2."""
    linear = [_linear(byte / 255) for byte in bytes.fromhex(color[1:])]
    light = sum(share * part for share, part in zip(_LUMINANCE, linear, strict=True))
    if light > _LIGHTEST:
        linear = [part * _LIGHTEST / light for part in linear]
    elif light < _DARKEST:
        white = (_DARKEST - light) / (1 - light)
        linear = [part + white * (1 - part) for part in linear]
    return "#" + "".join(f"{round(255 * _encoded(part)):02x}" for part in linear)


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _encoded(part: float) -> float:
    return float(12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055)


class Palette:
    """The styles of one theme, by the names that Markdown lines and words carry."""

    def __init__(self, theme: Theme, depth: ColorDepth | None = None, *, any_background: bool = False) -> None:
        """`any_background` keeps its colours between what is too light for white and too dark for black."""
        self._theme, self._any_background = theme, any_background
        self._depth = color_depth(os.environ) if depth is None else depth
        self._written = StringIO()
        # prompt-toolkit knows how a colour is told to a terminal that has fewer of them.
        self._encoder = Vt100_Output(self._written, lambda: Size(24, 80), enable_cpr=False)
        self._sequences: dict[str, str] = {}

    @property
    def depth(self) -> ColorDepth:
        """How many colours there are."""
        return self._depth

    def sequence(self, names: str) -> str:
        """What turns the style on, after plain text; "" is plain text itself."""
        if names not in self._sequences:
            self._sequences[names] = self._encode(self._style(names))
        return self._sequences[names]

    def fragment(self, names: str) -> str:
        """The same as a style string of prompt-toolkit."""
        style = self._style(names)
        words = [f"fg:{style.color}"] if style.color else []
        return " ".join([*words, *sorted(style.attributes)])

    def _style(self, names: str) -> TextStyle:
        style = self._theme.style(names)
        own = style.color in {None, DEFAULT, self._theme.colors["text"]}
        color = None if own else style.color
        return TextStyle(readable(color) if color and self._any_background else color, None, style.attributes)

    def _encode(self, style: TextStyle) -> str:
        if style == TextStyle():
            return ""
        has = style.attributes.__contains__
        color = (style.color or "").removeprefix("#")
        self._encoder.set_attributes(
            Attrs(
                color=color, bgcolor="", bold=has("bold"), underline=has("underline"), strike=has("strike"),
                italic=has("italic"), blink=False, reverse=has("reverse"), hidden=False, dim=has("dim"),
            ),
            self._depth,
        )  # fmt: skip
        self._encoder.flush()
        sequence = self._written.getvalue()
        self._written.seek(0)
        self._written.truncate()
        # Without colours, nothing may be left of a style.
        return "" if sequence == "\x1b[0m" else sequence.replace("\x1b[0;", "\x1b[")

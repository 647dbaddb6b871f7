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


class Palette:
    """The styles of one theme, by the names that Markdown lines and words carry."""

    def __init__(self, theme: Theme, depth: ColorDepth | None = None) -> None:
        self._theme = theme
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
        return TextStyle(None if own else style.color, None, style.attributes)

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

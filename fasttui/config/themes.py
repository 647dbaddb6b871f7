"""Themes: files of named colours, and the styles that text gets from them. No toolkit here.

A theme file needs four colours, `background`, `text`, `accent` and `fast`; every other colour is
derived from those unless it is given. `[styles]` may change how one kind of text looks:

    [styles]
    "heading.1" = "bold underline accent"
    "find.current" = "bold background on warning"

A style is attributes and at most one colour, then `on` and a colour for the background; a colour
is a name of `[colors]` or `[syntax]`, `#rrggbb`, or `default` for the terminal's own.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from fasttui.chat.errors import ConfigError
from fasttui.config.toml_file import TomlFile, nearest

ATTRIBUTES = ("bold", "dim", "italic", "underline", "strike", "reverse")
DEFAULT = "default"  # the terminal's own colour

_REQUIRED = ("background", "text", "accent", "fast")
# What stands for a colour the file leaves out: another colour's name, or so much of one laid over
# the background.
_DERIVED: dict[str, str | tuple[str, float]] = {
    "surface": ("text", 0.04),
    "panel": ("text", 0.08),
    "muted": ("text", 0.66),
    "faint": ("text", 0.50),
    "border": ("text", 0.22),
    "selection": ("accent", 0.30),
    "standard": "muted",
    "link": "accent",
    "success": "accent",
    "warning": "fast",
    "error": "warning",
    "code": "text",
    "code.background": "surface",
}
_SYNTAX = {
    "keyword": "accent",
    "string": "success",
    "comment": "muted",
    "number": "warning",
    "function": "link",
    "class": "fast",
    "operator": "text",
    "builtin": "link",
    "decorator": "warning",
}
COLOR_NAMES = (*_REQUIRED, *_DERIVED)
SYNTAX_NAMES = tuple(_SYNTAX)

# How each kind of text looks. A kind that is missing here looks like the kind before its last dot.
STYLES = {
    "text": "text",
    "strong": "bold",
    "emphasis": "italic",
    "strike": "strike muted",
    "code": "code on code.background",
    "code.block": "text on code.background",
    "overflow": "faint",
    "link": "underline link",
    "heading": "bold text",
    "heading.1": "bold underline accent",
    "heading.2": "bold accent",
    "heading.3": "bold text",
    "heading.4": "bold italic text",
    "heading.5": "bold muted",
    "heading.6": "italic muted",
    "quote": "italic muted",
    "quote.bar": "border",
    "bullet": "accent",
    "rule": "border",
    "table": "text",
    "table.border": "border",
    "table.header": "bold text",
    "fence": "muted",
    "fence.label": "muted",
    "fence.gutter": "border",
    "math": "italic text",
    "footnote": "muted",
    "task": "text",
    "task.done": "success",
    "task.open": "muted",
    "image": "italic link",
    "html": "faint",
    "syntax": "text",
    "syntax.keyword": "syntax.keyword",
    "syntax.string": "syntax.string",
    "syntax.comment": "italic syntax.comment",
    "syntax.number": "syntax.number",
    "syntax.function": "syntax.function",
    "syntax.class": "syntax.class",
    "syntax.operator": "syntax.operator",
    "syntax.builtin": "syntax.builtin",
    "syntax.decorator": "syntax.decorator",
    "syntax.variable": "text",
    "syntax.tag": "syntax.keyword",
    "syntax.attribute": "syntax.function",
    "syntax.deleted": "error",
    "syntax.inserted": "success",
    "syntax.heading": "bold accent",
    "syntax.strong": "bold text",
    "syntax.emphasis": "italic text",
    "syntax.error": "underline error",
    "you": "bold text",
    "claude": "bold accent",
    "time": "faint",
    "served": "muted",
    "served.fast": "bold fast",
    "served.standard": "standard",
    "mismatch": "bold warning",
    "telemetry": "muted",
    "thinking": "italic muted",
    "thinking.bar": "faint",
    "note": "muted",
    "error": "bold error",
    "error.hint": "muted",
    "warning": "warning",
    "success": "success",
    "muted": "muted",
    "faint": "faint",
    "accent": "accent",
    "find": "text on selection",
    "find.current": "bold background on warning",
    "selection": "on selection",
    "cursor": "bold accent",
}

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


class TextStyle(NamedTuple):
    """How text looks; None leaves the colour to what lies beneath."""

    color: str | None = None
    background: str | None = None
    attributes: frozenset[str] = frozenset()

    def over(self, beneath: "TextStyle") -> "TextStyle":
        """This style laid over another: its colours win, the attributes of both stay."""
        return TextStyle(
            self.color or beneath.color,
            self.background or beneath.background,
            self.attributes | beneath.attributes,
        )


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme as it was read: every colour as `#rrggbb` or `default`."""

    name: str
    dark: bool
    colors: Mapping[str, str]
    about: str = ""
    _styles: Mapping[str, str] = field(default_factory=dict, repr=False)

    def style(self, names: str) -> TextStyle:
        """The style of one or more kinds of text, as in `heading.2 strong`; later ones lie on top.

        An unknown name changes nothing.
        """
        style = TextStyle()
        for name in names.split():
            style = self._style_named(name).over(style)
        return style

    def _style_named(self, name: str) -> TextStyle:
        while name not in STYLES and name not in self._styles and "." in name:
            name = name.rpartition(".")[0]
        written = self._styles.get(name, STYLES.get(name, ""))
        return _style_written(written, self.colors)


def packaged_themes() -> Path:
    """The folder of the themes that come with the program."""
    package = Path(__file__).parents[1]
    inside = package / "themes"
    # An editable install leaves the folder where the checkout has it, beside the package.
    return inside if inside.is_dir() else package.parent / "themes"


ThemeNames = Callable[[], tuple[str, ...]]
"""Asked again each time: users write their own themes while the program runs."""


def theme_names(*folders: Path) -> tuple[str, ...]:
    """The names of all themes in the given folders and in the program's own."""
    found = {path.stem for folder in (*folders, packaged_themes()) for path in folder.glob("*.toml")}
    return tuple(sorted(found))


def load_theme(name: str, *folders: Path) -> Theme:
    """The theme of that name: the user's in one of `folders`, or else the program's.

    Raises:
        ConfigError: there is none, or its file is wrong.
    """
    # A name is a file's stem; a path in its place would reach any file.
    if name and "/" not in name and "\\" not in name:
        for folder in (*folders, packaged_themes()):
            if (path := folder / f"{name}.toml").is_file():
                return read_theme(path)
    raise ConfigError(
        f'There is no theme "{name}"{nearest(name, theme_names(*folders))}', hint="`fasttui themes` lists them."
    )


def read_theme(path: Path) -> Theme:
    """The theme in that file.

    Raises:
        ConfigError: the file cannot be read, or something in it is wrong.
    """
    file = TomlFile.read(path)
    for key in file.values:
        if key not in _KEYS:
            raise file.error([key], f'a theme has no "{key}"{nearest(key, _KEYS)}')
    dark, about = file.values.get("dark", True), file.values.get("about", "")
    if not isinstance(dark, bool):
        raise file.error(["dark"], "dark must be true or false.")
    if not isinstance(about, str):
        raise file.error(["about"], "about must be text in quotes.")
    colors = _colors(file)
    return Theme(path.stem, dark, colors, about, _styles(file, colors))


_KEYS = ("dark", "about", "colors", "syntax", "styles")


def choose_theme(wanted: str, environ: Mapping[str, str]) -> str:
    """The theme to start with: `mono` under NO_COLOR; for `auto` by the terminal's background.

    COLORFGBG is `foreground;background` in ANSI numbers, of which 7 and 15 are white.
    """
    if environ.get("NO_COLOR"):
        return "mono"
    if wanted != "auto":
        return wanted
    return "paper" if environ.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"} else "dusk"


def mix(over: str, beneath: str, share: float) -> str:
    """`share` of one colour laid over another, both `#rrggbb`; `default` cannot be mixed and stays."""
    if DEFAULT in (over, beneath):
        return DEFAULT
    pairs = zip(_rgb(over), _rgb(beneath), strict=True)
    return "#" + "".join(f"{round(top * share + bottom * (1 - share)):02x}" for top, bottom in pairs)


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))


def _colors(file: TomlFile) -> dict[str, str]:
    """Every colour, syntax ones as `syntax.NAME`; derived where the file is silent."""
    given = dict(_section(file, "colors", COLOR_NAMES))
    syntax = dict(_section(file, "syntax", SYNTAX_NAMES))
    for keys, color in [*((("colors", n), c) for n, c in given.items()),
                        *((("syntax", n), c) for n, c in syntax.items())]:  # fmt: skip
        if color != DEFAULT and not _HEX.fullmatch(color):
            raise file.error(keys, f'"{color}" is not a colour: write "#rrggbb" or "default".')
    for name in _REQUIRED:
        if name not in given:
            raise file.error(["colors"], f"[colors] must give {name}.")
    colors = given
    for name, source in _DERIVED.items():
        if name not in colors:
            colors[name] = (
                colors[source] if isinstance(source, str)
                else mix(colors[source[0]], colors["background"], source[1])
            )  # fmt: skip
    for name, other in _SYNTAX.items():
        colors[f"syntax.{name}"] = syntax.get(name, colors[other])
    return colors


def _styles(file: TomlFile, colors: Mapping[str, str]) -> dict[str, str]:
    styles = dict(_section(file, "styles", tuple(STYLES)))
    for name, written in styles.items():
        try:
            _style_written(written, colors)
        except ValueError as error:
            raise file.error(["styles", name], str(error)) from error
    return styles


def _section(file: TomlFile, section: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The entries of one table of the file, all strings of known names."""
    table = file.values.get(section, {})
    if not isinstance(table, dict):
        raise file.error([section], f"{section} must be a table: [{section}].")
    for name, value in table.items():
        if name not in names:
            raise file.error([section, name], f'[{section}] has no "{name}"{nearest(name, names)}')
        if not isinstance(value, str):
            raise file.error([section, name], f"{name} must be text in quotes.")
        yield name, value


def _style_written(written: str, colors: Mapping[str, str]) -> TextStyle:
    """A style from its words.

    Raises:
        ValueError: a word is neither an attribute nor a colour, or a colour comes twice.
    """
    found: dict[bool, str] = {}
    attributes = set()
    behind = False
    for word in written.split():
        if word == "on":
            behind = True
        elif word in ATTRIBUTES:
            attributes.add(word)
        elif word == DEFAULT or word in colors or _HEX.fullmatch(word):
            if behind in found:
                raise ValueError(f'"{written}" names two colours for one place.')
            found[behind] = colors.get(word, word)
        else:
            raise ValueError(f'"{word}" is no colour and no attribute{nearest(word, (*colors, *ATTRIBUTES))}')
    return TextStyle(found.get(False), found.get(True), frozenset(attributes))

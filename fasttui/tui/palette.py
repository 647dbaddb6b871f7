"""A theme of ours as Textual wants it, and as Rich styles for the widgets that draw their own lines."""

from rich.color import Color
from rich.style import Style
from textual.theme import Theme as TextualTheme

from fasttui.config.themes import DEFAULT, TextStyle, Theme

# Colours a widget's CSS may use as `$fast`, `$muted`, … beside Textual's own names.
_VARIABLES = ("text", "muted", "faint", "border", "selection", "link", "fast", "standard", "code")
# In the terminal's own colours, a cursor or selection shows by black and white changing places.
_WITHOUT_COLORS = {
    "ansi-background": "ansi_black",
    "ansi-foreground": "ansi_white",
    "block-cursor-foreground": "ansi_black",
    "block-cursor-background": "ansi_white",
    "input-cursor-text-style": "reverse",
    "input-selection-background": "ansi_white",
    "input-selection-foreground": "ansi_black",
    "screen-selection-background": "ansi_white",
    "screen-selection-foreground": "ansi_black",
}


class Palette:
    """The Rich styles of one theme, each made once."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._styles: dict[str, Style] = {}

    def __getitem__(self, names: str) -> Style:
        """The style of one or more kinds of text, as in `heading.2 strong`."""
        style = self._styles.get(names)
        if style is None:
            style = self._styles[names] = rich_style(self.theme.style(names))
        return style

    @property
    def base(self) -> Style:
        """Plain text on the theme's background."""
        colors = self.theme.colors
        return rich_style(TextStyle(colors["text"], colors["background"]))


def rich_style(style: TextStyle) -> Style:
    """The same style as a Rich one."""
    has = style.attributes
    return Style(
        color=style.color and Color.parse(style.color),
        bgcolor=style.background and Color.parse(style.background),
        bold="bold" in has or None,
        dim="dim" in has or None,
        italic="italic" in has or None,
        underline="underline" in has or None,
        strike="strike" in has or None,
        reverse="reverse" in has or None,
    )


def textual_theme(theme: Theme) -> TextualTheme:
    """The theme to register with the app, under its own name.

    Colours whose name Textual knows too keep their meaning; ours are CSS variables beside them.
    """
    colors = {name: _css(color) for name, color in theme.colors.items()}
    return TextualTheme(
        name=theme.name,
        primary=colors["accent"],
        secondary=colors["standard"],
        accent=colors["accent"],
        warning=colors["warning"],
        error=colors["error"],
        success=colors["success"],
        foreground=colors["text"],
        background=colors["background"],
        surface=colors["surface"],
        panel=colors["panel"],
        dark=theme.dark,
        ansi=theme.colors["background"] == DEFAULT,
        variables={
            **{name: colors[name] for name in _VARIABLES},
            "text-muted": colors["muted"],
            "text-disabled": colors["faint"],
            "border-blurred": colors["border"],
            "input-selection-background": colors["selection"],
            "screen-selection-background": colors["selection"],
            "scrollbar": colors["border"],
            "scrollbar-hover": colors["faint"],
            "scrollbar-active": colors["accent"],
            "scrollbar-background": colors["background"],
            "scrollbar-background-hover": colors["background"],
            "scrollbar-background-active": colors["background"],
            "scrollbar-corner-color": colors["background"],
            "footer-key-foreground": colors["accent"],
            "link-color": colors["link"],
            **(_WITHOUT_COLORS if theme.colors["background"] == DEFAULT else {}),
        },
    )


def _css(color: str) -> str:
    return "ansi_default" if color == DEFAULT else color

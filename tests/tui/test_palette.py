"""Themes as Textual and Rich take them."""

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.widgets import Static

from fasttui.config.themes import load_theme, theme_names
from fasttui.tui.palette import Palette, textual_theme


class ThemedApp(App[None]):
    """One line in our own colours."""

    CSS = "Static { color: $fast; background: $panel; border: solid $border; } Screen { background: $background; }"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.register_theme(textual_theme(load_theme(name)))
        self.theme = name

    def compose(self) -> ComposeResult:
        yield Static("fast", markup=False)


@pytest.mark.parametrize("name", theme_names())
async def test_every_theme_dresses_an_app(name: str) -> None:
    app = ThemedApp(name)
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        drawn = app.query_one(Static).styles
        wanted = load_theme(name).colors
        if wanted["fast"] != "default":
            assert drawn.color.hex.lower() == wanted["fast"]
            assert drawn.background.hex.lower() == wanted["panel"]
        assert app.current_theme.dark is load_theme(name).dark


def test_a_style_is_made_once_and_later_names_lie_on_top() -> None:
    palette = Palette(load_theme("dusk"))
    colors = palette.theme.colors
    assert palette["heading.2 code"] == Style.parse(f"bold {colors['code']} on {colors['code.background']}")
    assert palette["heading.2 code"] is palette["heading.2 code"]
    assert palette.base == Style.parse(f"{colors['text']} on {colors['background']}")


def test_a_theme_without_colours_keeps_its_attributes() -> None:
    palette = Palette(load_theme("mono"))
    assert palette["mismatch"] == Style(bold=True, reverse=True)
    assert palette["telemetry"] == Style(dim=True)

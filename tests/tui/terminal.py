"""An app on an emulated terminal: what Textual writes is read by pyte, and may be compared with what it should show."""

import asyncio
from typing import Any

import pyte
from pyte.screens import Char
from rich.color import ColorSystem
from textual._context import visible_screen_stack
from textual.app import App
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from textual.widget import Widget

Cell = tuple[str, str, str, bool, bool]


class Terminal:
    """An emulated terminal."""

    def __init__(self, columns: int, lines: int) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self.screen)

    def feed(self, data: str) -> None:
        """Take what a program writes."""
        self._stream.feed(data)

    def row(self, y: int) -> list[Char]:
        """The cells of a row."""
        return [self.screen.buffer[y][x] for x in range(self.screen.columns)]

    def text(self, y: int) -> str:
        """The characters of a row."""
        return "".join(cell.data for cell in self.row(y))

    def cells(self) -> list[list[Cell]]:
        """Character, colours, bold and underlined of each cell."""
        return [
            [(cell.data, cell.fg, cell.bg, cell.bold, cell.underscore) for cell in self.row(y)]
            for y in range(self.screen.lines)
        ]


class EmulatedDriver(HeadlessDriver):
    """Writes to an emulated terminal, and keeps what was written."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        # Textual keeps a style's codes for the first terminal it was drawn on: so all are alike.
        app.console._color_system = ColorSystem.TRUECOLOR
        self.terminal = Terminal(*self._get_terminal_size())
        self.written: list[str] = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written.append(data)
        self.terminal.feed(data)

    def flush(self) -> None:
        """All is written already."""


def terminal_of(app: App[Any]) -> EmulatedDriver:
    """The driver of an app that runs on an emulated terminal."""
    driver: Driver | None = app._driver
    assert isinstance(driver, EmulatedDriver)
    return driver


async def painted(pilot: Pilot[Any]) -> None:
    """Wait until nothing that was asked for is still to be painted."""
    while True:
        await pilot.pause()
        app, screen = pilot.app, pilot.app.screen
        is_resizing = app._resize_event is not None or app._resize_timer is not None
        if (
            not is_resizing
            and not screen._dirty_widgets
            and not any(
                widget._layout_required or widget._scroll_required or widget._repaint_required
                for widget in screen.walk_children(with_self=True)
                if isinstance(widget, Widget)
            )
        ):
            return
        await asyncio.sleep(1 / 120)


def resize_terminal(app: App[Any], columns: int, lines: int) -> None:
    """Give the terminal another size, before the app hears of it."""
    terminal_of(app).terminal.screen.resize(lines, columns)


def differences(app: App[Any]) -> list[str]:
    """Where the terminal does not show what a full repaint by the compositor would show."""
    fresh = Terminal(app.size.width, app.size.height)
    visible_screen_stack.set(app._background_screens)
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        fresh.feed(f"\x1b[{y + 1};1H{strip.render(app.console)}")
    out = []
    for y, (shown, wanted) in enumerate(zip(terminal_of(app).terminal.cells(), fresh.cells(), strict=True)):
        x = next((x for x, pair in enumerate(zip(shown, wanted, strict=True)) if pair[0] != pair[1]), None)
        if x is not None:
            text, wanted_text = ("".join(cell[0] for cell in cells) for cells in (shown, wanted))
            out.append(f"row {y}, column {x}: {text!r}, not {wanted_text!r}; {shown[x]}, not {wanted[x]}")
    return out


def text_of(app: App[Any]) -> list[str]:
    """The rows the terminal shows, without the blanks at their ends."""
    return [line.rstrip() for line in terminal_of(app).terminal.screen.display]

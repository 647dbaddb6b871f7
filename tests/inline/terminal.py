"""An independent terminal with a scrollback, and what stands in it."""

import io

import pyte
from prompt_toolkit.data_structures import Size
from rich.console import Console
from rich.style import Style
from rich.text import Text

from fasttui.inline.terminal import TerminalOutput


class Terminal(io.StringIO):
    """What a program writes goes to an emulator; `written` keeps it."""

    def __init__(self, columns: int = 60, rows: int = 12) -> None:
        super().__init__()
        self.screen = pyte.HistoryScreen(columns, rows, history=100_000, ratio=0.1)
        self._stream = pyte.Stream(self.screen)
        self.written: list[str] = []
        self.output = TerminalOutput(self, lambda: Size(self.screen.lines, self.screen.columns))

    def write(self, text: str) -> int:
        self.written.append(text)
        # As a terminal's line discipline does, and pyte knows nothing of synchronized output.
        self._stream.feed(text)
        return len(text)

    def flush(self) -> None:
        pass

    @property
    def scrollback(self) -> list[str]:
        """The lines that have left the screen at its top."""
        columns = self.screen.columns
        return ["".join(line[x].data for x in range(columns)).rstrip() for line in self.screen.history.top]

    @property
    def lines(self) -> list[str]:
        """Every line there is, the last ones that are blank left out."""
        lines = [*self.scrollback, *(line.rstrip() for line in self.screen.display)]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def picture(self, title: str) -> str:
        """The screen as an SVG."""
        console = Console(
            width=self.screen.columns, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor",
            legacy_windows=False,
        )  # fmt: skip
        for y in range(self.screen.lines):
            cells = (self.screen.buffer[y][x] for x in range(self.screen.columns))
            console.print(Text.assemble(*((cell.data, _style(cell)) for cell in cells)), no_wrap=True, end="\n")
        return console.export_svg(title=title, unique_id="terminal")

    @property
    def text(self) -> str:
        """Every line there is."""
        return "\n".join(self.lines)


def _style(cell: pyte.screens.Char) -> Style:
    color = f"#{cell.fg}" if len(cell.fg) == 6 and set(cell.fg) <= set("0123456789abcdef") else None
    return Style(
        color=color, bold=cell.bold, italic=cell.italics, underline=cell.underscore, strike=cell.strikethrough,
        reverse=cell.reverse,
    )  # fmt: skip

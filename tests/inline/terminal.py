"""An independent terminal with a scrollback, and what stands in it."""

import io

import pyte
from prompt_toolkit.data_structures import Size

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

    @property
    def text(self) -> str:
        """Every line there is."""
        return "\n".join(self.lines)

"""The terminal as prompt-toolkit's output: never asked for anything, and written to in few bytes."""

import os
import sys
from collections.abc import Callable
from typing import TextIO

from prompt_toolkit.data_structures import Size
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.flush_stdout import flush_stdout
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Attrs

from fasttui.inline.wire import Wire


class TerminalOutput(Vt100_Output):
    """Standard output without what prompt-toolkit writes around every paint.

    A paint is one write, so the cursor need not be hidden meanwhile; nothing in the prompt area
    reaches the last column, so that wrapping can stay on. Nothing is asked of the terminal either: on
    a slow line the answers would come late, among the keys.
    """

    def __init__(self, stdout: TextIO, get_size: Callable[[], Size]) -> None:
        super().__init__(stdout, get_size, term=os.environ.get("TERM"), enable_cpr=False)
        self._plain = False
        self._muted = False
        self.wire = Wire.beside(stdout)

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has not taken yet all that was written."""
        return self.wire is not None and self.wire.is_behind

    def mute(self) -> None:
        """Nothing that is written from here on reaches the terminal."""
        self.flush()
        self._muted = True

    def unmute(self) -> None:
        """Write again. Who painted meanwhile must paint anew."""
        self.flush()
        self._muted = self._plain = False

    def flush(self) -> None:
        """Write what has gathered."""
        text = "".join(self._buffer)
        self._buffer.clear()
        if not text or self._muted:
            return
        if self.wire is None:
            flush_stdout(self.stdout, text)
        else:
            self.wire.write(text.encode(self.encoding(), "replace"))

    def set_attributes(self, attrs: Attrs, color_depth: ColorDepth) -> None:
        """Text from here on looks so."""
        super().set_attributes(attrs, color_depth)
        self._plain = False

    def reset_attributes(self) -> None:
        """Text from here on is plain, which is said only once."""
        if not self._plain:
            self.write_raw("\x1b[m")
            self._plain = True

    def hide_cursor(self) -> None:
        """The cursor stays where it is seen."""

    def show_cursor(self) -> None:
        """The cursor has never gone."""

    def disable_autowrap(self) -> None:
        """Wrapping stays on."""

    def enable_autowrap(self) -> None:
        """Wrapping has never been off."""


def terminal_size() -> Size:
    """Rows and columns; those of an old terminal where it does not say."""
    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        columns, rows = 0, 0
    return Size(rows=rows or 24, columns=columns or 80)

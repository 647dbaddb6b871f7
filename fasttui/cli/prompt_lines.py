"""Where the plain conversation gets its prompts from: a person at a terminal, or the lines of a file."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from fasttui.chat.safe_text import safe_text
from fasttui.cli import output


class PromptLines:
    """Reads one answer a call; `interactive` is whether a person can be asked."""

    def __init__(self) -> None:
        self.interactive = output.is_terminal(sys.stdin)
        self._echoed = not (self.interactive and output.is_terminal(sys.stdout))
        if sys.stdin is not None and hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")

    def remember(self, prompts: Iterable[str]) -> None:
        """Let Up and Ctrl+R find these, the oldest first, where the platform has readline."""
        if self._echoed or os.environ.get("TERM", "dumb") == "dumb":
            return
        with suppress(ImportError):
            import readline

            for prompt in prompts:
                readline.add_history(prompt)

    def read(self, label: str) -> str | None:
        """What was typed after `label`; None at the end of input. A backslash at its end takes in the next line.

        Raises:
            KeyboardInterrupt: Ctrl+C was pressed.
        """
        lines: list[str] = []
        while (line := self._line(label)) is not None:
            if not (self.interactive and line.endswith("\\")):
                return "\n".join([*lines, line])
            lines.append(line[:-1])
            label = "more: "
        return "\n".join(lines) if lines else None

    def _line(self, label: str) -> str | None:
        if not self._echoed:
            with suppress(EOFError):
                return safe_text(input(label))
            output.line()
            return None
        if self.interactive and sys.stderr is not None:
            sys.stderr.write(label)
            sys.stderr.flush()
        output.flush()  # whoever feeds the lines may wait for what the last one brought
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            return None
        text = safe_text(line.removesuffix("\n"))
        if text.strip():
            output.line(f"{label}{text}")
        return text

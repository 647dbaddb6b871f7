"""Where the plain conversation gets prompts and answers from: a person at a terminal, or the lines of a file."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from fasttui.chat.errors import CommandError
from fasttui.chat.safe_text import safe_text
from fasttui.cli import output
from fasttui.engine.completion import Offer

_MOST_SHOWN = 40

Offers = Callable[[str], Iterable[Offer]]


class PromptLines:
    """Reads one answer a call; `interactive` is whether a person can be asked."""

    def __init__(self) -> None:
        self.interactive = output.is_terminal(sys.stdin)
        self._echoed = not (self.interactive and output.is_terminal(sys.stdout))
        self._edits = not self._echoed and _can_edit_lines()
        if self._edits:
            _set_up_editing()
        self._label = ""
        self._offered: list[str] = []
        if sys.stdin is not None and hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")

    # ── reading ───────────────────────────────────────────────────────────────────────────────────

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

    def choose(self, options: Sequence[str]) -> int | None:
        """Which of a numbered list the user names; None for none.

        Raises:
            CommandError: the answer is no number of the list.
        """
        for number, option in enumerate(options, 1):
            output.line(f"{number}. {option}")
        answer = (self.read("number, or Enter for none: ") or "").strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(options):
            return int(answer) - 1
        if answer:
            raise CommandError(f"There is no number {answer}.", hint=f"Say one from 1 to {len(options)}.")
        return None

    def agrees(self, question: str) -> bool:
        """Whether the answer is yes; anything else is no."""
        return (self.read(f"{question} Say yes or no: ") or "").strip().lower() in {"y", "yes"}

    def _line(self, label: str) -> str | None:
        if not self._echoed:
            self._label = label
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

    # ── editing a line, where the platform has readline ───────────────────────────────────────────────

    def remember(self, prompts: Iterable[str]) -> None:
        """Let Up and Ctrl+R find these, the oldest first."""
        if self._edits:
            import readline

            for prompt in prompts:
                readline.add_history(prompt)

    def complete_with(self, offers: Offers) -> None:
        """Let Tab complete the line."""
        if self._edits:
            import readline

            def complete(before: str, state: int) -> str | None:
                if state == 0:
                    self._offered = completed(before, offers(before))
                return self._offered[state] if state < len(self._offered) else None

            readline.set_completer_delims("")  # the offers know themselves where a word begins
            readline.set_completer(complete)
            readline.set_completion_display_matches_hook(self._show_offered)
            readline.parse_and_bind("bind ^I rl_complete" if _uses_libedit() else "tab: complete")

    def _show_offered(self, _: str, matches: Sequence[str], __: int) -> None:
        import readline

        line = readline.get_line_buffer()
        word = max(line.rfind(" "), line.rfind("@")) + 1
        more = len(matches) - _MOST_SHOWN
        shown = [match[word:] for match in matches[:_MOST_SHOWN]] + ([f"and {more:,} more."] if more > 0 else [])
        output.write("".join(f"\n{offer}" for offer in shown) + f"\n{self._label}{line}")


def completed(before: str, offers: Iterable[Offer]) -> list[str]:
    """What the whole line may become; of several only those that go on with it, as readline keeps what they share."""
    lines = [before[: len(before) - offer.replaced] + offer.text for offer in offers]
    return lines if len(lines) == 1 else [line for line in lines if line.startswith(before)]


def _can_edit_lines() -> bool:
    if os.environ.get("TERM", "dumb") == "dumb":
        return False
    try:
        import readline  # noqa: F401 - that it is there makes `input` use it
    except ImportError:
        return False
    return True


def _set_up_editing() -> None:
    import readline

    # By itself it would remember the answers to menus too.
    readline.set_auto_history(False)
    if not _uses_libedit():
        # Python turns this off. A paste of several lines is one prompt, not as many requests.
        readline.parse_and_bind("set enable-bracketed-paste on")


def _uses_libedit() -> bool:
    import readline

    return "libedit" in (readline.__doc__ or "")

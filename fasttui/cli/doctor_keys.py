"""`fasttui doctor keys`: what this terminal sends for each key, and what the program does with it."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from prompt_toolkit.input import Input, create_input
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import KEY_ALIASES

from fasttui.chat.errors import UsageError
from fasttui.chat.safe_text import safe_text
from fasttui.cli import compose, output
from fasttui.cli.exit_codes import DONE
from fasttui.config.keymap import Keymap
from fasttui.config.keys import SHIFT_F3_SENT, human_key, is_printable, key_names, prompt_toolkit_key

_LEAVES = "c-c"
_ESCAPE = "escape"
_FLUSH_S = 0.05  # how long an Esc waits for the rest of an escape sequence


def run(setup: compose.Setup) -> int:
    """Tell of every key until Ctrl+C."""
    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stdout)):
        raise UsageError("Only a terminal has keys.", hint="Run `fasttui doctor keys` without pipes.")
    output.line("Press the keys you want to know about; Ctrl+C leaves. What never shows here was kept by")
    output.line("the terminal, tmux or the window manager: give that action another key under [keys].")
    output.flush()
    keyboard = create_input()
    asyncio.run(_tell(keyboard, KeyNames(setup.keymap)))
    return DONE


async def _tell(keyboard: Input, names: "KeyNames") -> None:
    """Write a line for each key that arrives."""
    loop, left = asyncio.get_running_loop(), asyncio.Event()

    def show(presses: Sequence[KeyPress]) -> None:
        for line in names.lines(presses):
            output.write(f"{line}\r\n")
        if any(press.key == _LEAVES for press in presses):
            left.set()

    def arrived() -> None:
        presses = keyboard.read_keys()
        show(presses)
        if not presses:
            loop.call_later(_FLUSH_S, lambda: show(keyboard.flush_keys()))
        if keyboard.closed:
            left.set()

    with keyboard.raw_mode(), keyboard.attach(arrived):
        await left.wait()


class KeyNames:
    """What a keymap says of keys as prompt-toolkit reports them."""

    def __init__(self, keymap: Keymap) -> None:
        self._names: dict[tuple[str, ...], str] = {}
        self._effects: dict[tuple[str, ...], str] = {}
        for key in _all_keys():
            self._note(self._names, key, human_key(key))
        for action, keys in keymap:
            for key in keys:
                self._note(self._effects, key, action.help)

    def _note(self, notes: dict[tuple[str, ...], str], key: str, text: str) -> None:
        reported = prompt_toolkit_key(key)
        # A letter acts only while the transcript has the keys; here it is a letter.
        if reported is not None and not is_printable(key):
            # Two keys may send the same byte, and two actions share a key: the first is the usual one.
            notes.setdefault(tuple(KEY_ALIASES.get(part, part) for part in reported), text)

    def lines(self, presses: Sequence[KeyPress]) -> Iterator[str]:
        """One line for each key: its name, the bytes it came as, and what it does."""
        at = 0
        while at < len(presses):
            # Alt arrives as Esc and the key right behind it.
            count = 2 if presses[at].key == _ESCAPE and at + 1 < len(presses) else 1
            yield self._line(presses[at : at + count])
            at += count

    def _line(self, presses: Sequence[KeyPress]) -> str:
        received = "".join(press.data for press in presses)
        reported = tuple(str(getattr(press.key, "value", press.key)) for press in presses)
        if received == SHIFT_F3_SENT:
            reported = prompt_toolkit_key("shift+f3") or reported
        name = self._names.get(reported) or _unknown_name(reported)
        effect = self._effects.get(reported) or _unknown_effect(received)
        return f"{name:<16} {received.encode('utf-8', 'surrogateescape').hex(' '):<24} {effect}"


def _all_keys() -> Iterator[str]:
    """Every key that prompt-toolkit may report and that types nothing."""
    for base in (*key_names(), *ascii_lowercase):
        for modifiers in ("", "shift+", "ctrl+", "alt+", "alt+ctrl+", "alt+shift+", "ctrl+shift+"):
            if modifiers or not is_printable(base):
                yield f"{modifiers}{base}"


def _unknown_name(reported: tuple[str, ...]) -> str:
    written = reported if len(reported) == 1 else ("Alt", *reported[1:])
    return "+".join(safe_text(word) for word in written)


def _unknown_effect(received: str) -> str:
    return "types itself" if received.isprintable() else "no action has it"

"""Keys and commands as lines to print, at any width."""

import textwrap
from collections.abc import Callable, Iterator

from fasttui.config.keymap import Keymap
from fasttui.config.keys import human_key
from fasttui.engine.commands import COMMANDS

_KEYS, _COMMAND = 15, 17  # columns
_LEAST_ABOUT = 20
_TYPED = (
    ("\\ Enter", "Start a new line, on any terminal"),
    ("@path", "Send a file along: text, PDF or image"),
    ("!fast !std", "At the start of a prompt: the speed of this message only"),
    ("!low … !max", "The effort of this message only"),
)

WordsLine = list[tuple[str, str]]


def help_lines(keymap: Keymap, has: Callable[[str], bool], columns: int) -> Iterator[WordsLine]:
    """What the keys do and the commands take; `has` tells which actions there are."""
    yield [("Keys and commands", "heading.2")]
    for action, keys in keymap:
        # The keys of the transcript move in the draft here.
        names = [human_key(key) for key in keys] if action.context != "transcript" else []
        if has(action.id) and (names or action.command):
            yield from _lines(_keys_that_fit(names), action.command, action.help, columns)
    for command in COMMANDS:
        yield from _lines("", f"/{command.name}", f"{command.help}: {command.usage}", columns)
    for typed, about in _TYPED:
        yield from _lines(typed, "", about, columns)


def _lines(keys: str, command: str, about: str, columns: int) -> Iterator[WordsLine]:
    room = columns - 1 - _KEYS - _COMMAND
    if room < _LEAST_ABOUT:
        yield from _stacked_lines(keys, command, about, columns)
        return
    first, *rest = textwrap.wrap(about, room, break_on_hyphens=False)
    yield [(f"{keys:<{_KEYS}}", "accent"), (f"{command:<{_COMMAND}}", "code"), (first, "")]
    for line in rest:
        yield [(" " * (_KEYS + _COMMAND) + line, "")]


def _stacked_lines(keys: str, command: str, about: str, columns: int) -> Iterator[WordsLine]:
    """For a screen without room for columns: what it is about below the keys."""
    yield [(keys, "accent"), ("  " if keys and command else "", ""), (command, "code")]
    for line in textwrap.wrap(about, max(_LEAST_ABOUT, columns - 1), initial_indent="  ", subsequent_indent="  "):
        yield [(line, "")]


def _keys_that_fit(keys: list[str]) -> str:
    """As many of the keys as the column has room for; the first one in any case."""
    while len(keys) > 1 and len(" ".join(keys)) >= _KEYS:
        keys.pop()
    return " ".join(keys)

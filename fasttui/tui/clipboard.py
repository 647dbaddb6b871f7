"""Copying that says where the text went: the terminal's clipboard, and the machine's own where there is one."""

import os
import shutil
import subprocess
from collections.abc import Iterator

from textual.app import App

_TIMEOUT_S = 2.0
_TOOLS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("", ("pbcopy",)),
)


def copy(app: App[object], text: str) -> str:
    """Copy `text`, and name every way it went, as `terminal, tmux`.

    OSC 52 reaches the terminal over ssh too, where it is allowed; nothing ever answers it, so a
    tool of this machine is used as well when there is one.
    """
    app.copy_to_clipboard(text)
    return ", ".join(("terminal", *(name for name, command in _commands() if _run(command, text))))


def _commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    if os.environ.get("TMUX"):
        yield "tmux", ("tmux", "load-buffer", "-w", "-")
    if os.environ.get("SSH_CONNECTION"):
        return  # the clipboard of the far machine is nobody's
    for variable, command in _TOOLS:
        if (not variable or os.environ.get(variable)) and shutil.which(command[0]):
            yield command[0], command
            return


def _run(command: tuple[str, ...], text: str) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the text goes in by standard input
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

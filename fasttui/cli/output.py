"""What goes to stdout and stderr, by every command alike: errors of the outside world have one answer each.

A reader that has seen enough (`| head -1`) ends the program quietly, as `BrokenPipeError`, which
`main` takes. A disk that is full is `OutputFailed`. Nothing that happens to stderr stops anything.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from fasttui.chat.errors import FasttuiError, OutputFailed


def write(text: str) -> None:
    """Put `text` on stdout at once."""
    with _translated():
        if sys.stdout is not None:
            sys.stdout.write(text)
            sys.stdout.flush()


def line(text: str = "") -> None:
    """Put a line on stdout, with the next `write` or at the end."""
    with _translated():
        if sys.stdout is not None:
            sys.stdout.write(f"{text}\n")


def write_json(value: object) -> None:
    """Put `value` on stdout: indented for a person, on one line for a program."""
    indent = 2 if is_terminal(sys.stdout) else None
    write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def notice(text: str) -> None:
    """Put a line on stderr."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()


def error(failure: FasttuiError) -> None:
    """The sentence on stderr, and the next step below it."""
    notice(f"fasttui: {failure}")
    if failure.hint:
        notice(f"         {failure.hint}")


def styled(stream: TextIO | None) -> bool:
    """Whether a terminal will show bold text on `stream`, and the user wants it to."""
    return can_redraw(stream) and not os.environ.get("NO_COLOR")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees or types what goes through `stream`; None is a stream that was closed."""
    return stream is not None and stream.isatty()


def can_redraw(stream: TextIO | None) -> bool:
    """Whether `stream` is a terminal that can write over what it has written."""
    return is_terminal(stream) and os.environ.get("TERM", "dumb") != "dumb"


def redraw(text: str) -> None:
    """Put `text` in the place of the last line of stderr, which is a terminal."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()


def accept_any_text() -> None:
    """Let every character through, whatever the locale: what cannot be encoded must not stop a reply."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            with _translated():  # it writes first what is buffered
                stream.reconfigure(errors="replace")


def flush() -> None:
    """Write what `line` has gathered."""
    write("")


def give_up() -> None:
    """Send what is still buffered nowhere, or the interpreter would complain of it on its way out."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise OutputFailed(failure.strerror or str(failure)) from failure

"""Arguments to one front end or one command. Errors are one sentence and one next step, on stderr."""

import sys
from collections.abc import Sequence
from importlib import import_module

from fasttui.chat.errors import CapReached, FasttuiError, NoCredential
from fasttui.cli.parser import build_parser

DONE, REPLY_FAILED, WRONG_USAGE, NO_CREDENTIAL, CAP_STOPPED, INTERRUPTED = 0, 1, 2, 3, 4, 130
_CHAT = "chat"


def run(argv: Sequence[str]) -> int:
    """Carry out a command line; returns the exit code."""
    args = build_parser().parse_args(argv)
    # Each command is a module of this folder with a `run(args)`, imported only when it is asked for.
    command = import_module(f"fasttui.cli.{args.command or _CHAT}")
    try:
        code: int = command.run(args)
    except FasttuiError as error:
        print_error(error)
        return exit_code(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def print_error(error: FasttuiError) -> None:
    """The sentence, and the next step below it."""
    print(f"fasttui: {error}", file=sys.stderr)
    if error.hint:
        print(f"         {error.hint}", file=sys.stderr)


def exit_code(error: FasttuiError) -> int:
    """The exit code that stands for that error."""
    if isinstance(error, NoCredential):
        return NO_CREDENTIAL
    return CAP_STOPPED if isinstance(error, CapReached) else WRONG_USAGE

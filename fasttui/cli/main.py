"""Arguments to one front end or one command. Errors are one sentence and one next step, on stderr."""

from collections.abc import Sequence
from importlib import import_module

from fasttui.chat.errors import FasttuiError, OutputFailed
from fasttui.cli import output
from fasttui.cli.exit_codes import DONE, INTERRUPTED, exit_code
from fasttui.cli.parser import build_parser

_CHAT = "chat"


def run(argv: Sequence[str]) -> int:
    """Carry out a command line; returns the exit code."""
    try:
        output.accept_any_text()
        code = _carry_out(argv)
        output.flush()
    except BrokenPipeError:
        output.give_up()
        return DONE
    except FasttuiError as error:
        output.error(error)
        if isinstance(error, OutputFailed):
            output.give_up()
        return exit_code(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _carry_out(argv: Sequence[str]) -> int:
    try:
        args = build_parser().parse_args(argv)
    except SystemExit:  # --help and --version have been printed
        return DONE
    # Each command is a module of this folder with a `run(args)`, imported only when it is asked for.
    command = import_module(f"fasttui.cli.{args.module if args.command else _CHAT}")
    code: int = command.run(args)
    return code

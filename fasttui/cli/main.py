"""Arguments to one front end or one command. Errors are one sentence and one next step, on stderr."""

from collections.abc import Sequence
from importlib import import_module

from fasttui.chat.errors import (
    AttachmentError,
    CapReached,
    CommandError,
    ConfigError,
    ConversationNotFound,
    FasttuiError,
    NoCredential,
    OutputFailed,
    UsageError,
)
from fasttui.cli import output
from fasttui.cli.parser import build_parser

DONE, REPLY_FAILED, WRONG_USAGE, NO_CREDENTIAL, CAP_STOPPED, INTERRUPTED = 0, 1, 2, 3, 4, 130
_CHAT = "chat"
_USERS_WORDS = (AttachmentError, CommandError, ConfigError, ConversationNotFound, UsageError)


def run(argv: Sequence[str]) -> int:
    """Carry out a command line; returns the exit code."""
    args = build_parser().parse_args(argv)
    # Each command is a module of this folder with a `run(args)`, imported only when it is asked for.
    command = import_module(f"fasttui.cli.{args.module if args.command else _CHAT}")
    output.accept_any_text()
    try:
        code: int = command.run(args)
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


def exit_code(error: FasttuiError) -> int:
    """The exit code that stands for that error."""
    if isinstance(error, NoCredential):
        return NO_CREDENTIAL
    if isinstance(error, CapReached):
        return CAP_STOPPED
    return WRONG_USAGE if isinstance(error, _USERS_WORDS) else REPLY_FAILED

"""What is wrong with a command line, as every other error is told: a sentence and a next step, without the synopsis."""

import argparse
import re
from typing import TYPE_CHECKING, NoReturn

from fasttui.chat.errors import UsageError
from fasttui.chat.safe_text import safe_line
from fasttui.cli import output

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_NO_SUCH_CHOICE = re.compile(r"argument (?P<what>\S+): invalid choice: (?P<given>.*) \(choose from (?P<choices>.*)\)")
COMMAND = "COMMAND"
_HIDDEN = "_"


class Parser(argparse.ArgumentParser):
    """Raises `UsageError` where argparse would print its synopsis and leave."""

    def print_help(self, file: "SupportsWrite[str] | None" = None) -> None:
        """As every other output: a reader that has seen enough, a full disk and no stdout have one answer each."""
        if file is None:
            output.write(self.format_help())
        else:
            super().print_help(file)

    def error(self, message: str) -> NoReturn:
        """Called by argparse with a clause such as `argument --days: 'x' is not a whole number from 1`."""
        if found := _NO_SUCH_CHOICE.fullmatch(message):
            choices = [choice.strip(" '") for choice in found["choices"].split(",")]
            raise _no_such_choice(found["what"], found["given"].strip("'\""), choices)
        clause = safe_line(message.removeprefix("argument "))
        raise UsageError(f"{clause[0].upper()}{clause[1:]}.", hint=f"See: {self.prog} --help")


def _no_such_choice(what: str, given: str, choices: list[str]) -> UsageError:
    import difflib

    shown = [choice for choice in choices if not choice.startswith(_HIDDEN)]
    near = difflib.get_close_matches(given, shown, n=1)
    given = safe_line(given)
    sentence = f'There is no command "{given}".' if what == COMMAND else f'{what} cannot be "{given}".'
    if what == COMMAND and " " in given:
        return UsageError(sentence, hint=f'A question is asked with: fasttui ask "{given}"')
    if near:
        return UsageError(sentence, hint=f"Did you mean {near[0]}?")
    return UsageError(sentence, hint=f"Say one of {', '.join(shown)}.")


def whole_number(text: str) -> int:
    """A whole number from 1, as argparse takes a type."""
    return _number(text, 1, None)


def port_number(text: str) -> int:
    """A port to listen at; 0 is any that is free."""
    return _number(text, 0, 65_535)


def _number(text: str, least: int, most: int | None) -> int:
    if text.isdecimal() and int(text) >= least and (most is None or int(text) <= most):
        return int(text)
    to = "" if most is None else f" to {most}"
    raise argparse.ArgumentTypeError(f'"{text}" is not a whole number from {least}{to}')

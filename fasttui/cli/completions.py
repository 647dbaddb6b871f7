"""`fasttui completions`: scripts that let a shell complete commands, options, chats, themes and files."""

import argparse

from fasttui.cli import output
from fasttui.cli.complete import OFFERS
from fasttui.cli.parser import build_parser

# Not `compgen -W`: that would run what a file name has between $( and ).
_BASH = """\
_fasttui_{kind}() {{
  fasttui _complete {kind} 2>/dev/null | cut -f1 | while IFS= read -r offer; do
    [[ $offer == "$1"* ]] && printf '%s\\n' "$offer"
  done
}}
"""
_ZSH = """\
_fasttui_{kind}() {{
  local -a offers
  offers=(${{(f)"$(fasttui _complete {kind} 2>/dev/null | sed 's/:/\\\\:/g' | tr '\\t' ':')"}})
  _describe '{kind}' offers
}}
"""
_FUNCTIONS = {"bash": _BASH, "zsh": _ZSH, "fish": ""}
_CALLS = {"bash": "_fasttui_{kind}", "zsh": "_fasttui_{kind}", "fish": "(fasttui _complete {kind} 2>/dev/null)"}


def run(args: argparse.Namespace) -> int:
    """Print the script for one shell."""
    output.write(script(args.shell))
    return 0


def script(shell: str) -> str:
    """The completion script of `shell`."""
    import shtab

    functions = "".join(_FUNCTIONS[shell].format(kind=kind) for kind in OFFERS)
    calls = {kind: _CALLS[shell].format(kind=kind) for kind in OFFERS}
    return shtab.complete(build_parser(), shell, preamble=functions, choice_functions=calls)

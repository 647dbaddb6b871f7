"""Every command and option, declared once; the modules that run them are imported only then."""

import argparse

from fasttui import __version__
from fasttui.chat.conversation import EFFORTS, SPEED_CHOICES

_DESCRIPTION = "Chat with Claude in the terminal, and see how fast the tokens really come and what they cost."
_EPILOG = "Without a credential the embedded simulator answers. The keys: F1 in the program."


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `command` is None for the chat itself."""
    parser = argparse.ArgumentParser(
        "fasttui",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"fasttui {__version__}")
    _asking(parser)
    parser.add_argument("--theme", metavar="NAME", help="colours: a theme's name")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    simulate = _command(
        commands, "simulate", "serve the simulated Messages API to any client", "fasttui simulate --port 8787"
    )
    simulate.add_argument("--port", type=int, default=0, help="default: any free port")
    simulate.add_argument("--scenario", metavar="NAME", help="what goes wrong; `list` shows them")
    _command(commands, "themes", "list the themes", "fasttui --theme paper")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help_: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=help_,
        description=f"{help_[0].upper()}{help_[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _asking(parser: argparse.ArgumentParser) -> None:
    """Options of every command that asks the model."""
    parser.add_argument("--demo", action="store_true", help="let the embedded simulator answer")
    parser.add_argument("--scenario", metavar="NAME", help="with --demo: what goes wrong (`simulate --scenario list`)")
    parser.add_argument("--base-url", metavar="URL", help="another server that speaks the Messages API")
    parser.add_argument("--model", metavar="ID", help="as claude-opus-4-8, or opus-4-8")
    parser.add_argument("--speed", choices=SPEED_CHOICES, help="what the first message asks for")
    parser.add_argument("--effort", choices=EFFORTS, help="how much work goes into a reply")
    parser.add_argument("--system", metavar="TEXT|@FILE", help="the system prompt")

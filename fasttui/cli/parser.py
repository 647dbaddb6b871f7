"""Every command and option, declared once; the modules that run them are imported only then."""

import argparse

from fasttui import __version__
from fasttui.chat.conversation import EFFORTS, SPEED_CHOICES
from fasttui.cli.usage import COMMAND, Parser, port_number, whole_number

_DESCRIPTION = """\
Chat with Claude in the terminal, and see how fast the tokens really come and
what they cost.
"""
_EPILOG = """\
Without a credential the embedded simulator answers the chat, and says so.
F1 in the chat shows its keys. A pipe, or a terminal with TERM=dumb, gets the
plain conversation of --plain.

examples:
  fasttui --speed fast --effort low
  git diff | fasttui ask "Review this."
  fasttui < questions.txt > answers.txt

environment:
  ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL   as for the Anthropic SDK
  FASTTUI_CONFIG_DIR, FASTTUI_DATA_DIR    other folders than the platform's
  VISUAL, EDITOR                          the editor for long prompts
  NO_COLOR                                no colours

exit codes:
  0 done  1 the reply failed  2 wrong usage  3 no credential  130 interrupted
"""
_ASK_ABOUT = """\
Ask one question and print the answer.

Its text goes to stdout as it comes; speed, tokens and cost go to stderr as one
line. Piped input becomes a part of the message after PROMPT; with - or without
PROMPT it is the prompt.
"""


def build_parser() -> Parser:
    """The parser of the whole command line; `command` is None for the chat itself."""
    parser = Parser(
        "fasttui",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"fasttui {__version__}")
    front_end = parser.add_mutually_exclusive_group()
    front_end.add_argument(
        "--inline", action="store_true", help="chat in the terminal's own scrollback, for ssh and tmux"
    )
    front_end.add_argument("--plain", action="store_true", help="lines of plain text, for screen readers and pipes")
    _asking(parser)
    _resuming(parser)
    _offer("theme", parser.add_argument("--theme", metavar="NAME", help="colours: a theme's name"))
    commands = parser.add_subparsers(dest="command", metavar=COMMAND, title="commands")
    _ask(commands)
    _saved_chats(commands)
    simulate = _command(
        commands, "simulate", "serve the simulated Messages API to any client", "fasttui simulate --port 8787"
    )
    simulate.add_argument("--port", type=port_number, default=0, metavar="N", help="default: any free port")
    _offer("scenario", simulate.add_argument("--scenario", metavar="NAME", help="what goes wrong; `list` shows them"))
    _command(commands, "themes", "list the themes", "fasttui themes\n  fasttui --theme paper")
    _config(commands)
    _doctor(commands)
    completions = _command(
        commands, "completions", "print the completions for a shell", 'eval "$(fasttui completions bash)"'
    )
    completions.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell that will read them")
    return parser


def _doctor(commands: "argparse._SubParsersAction[Parser]") -> None:
    about = "tell what the program finds: versions, folders, credential, terminal"
    doctor = _command(commands, "doctor", about, "fasttui doctor keys")
    what = doctor.add_mutually_exclusive_group()
    what.add_argument("keys", nargs="?", choices=("keys",), help="tell what the terminal sends for each key you press")
    what.add_argument("--json", action="store_true", help="print one JSON object")


def _ask(commands: "argparse._SubParsersAction[Parser]") -> None:
    ask = _command(
        commands,
        "ask",
        "ask one question and print the answer",
        'git diff | fasttui ask "Review this." --speed fast --effort low\n'
        '  fasttui ask "What is on the picture?" -f photo.jpg',
        about=_ASK_ABOUT,
    )
    ask.add_argument("prompt", nargs="?", metavar="PROMPT|-", help="the question; - reads it from stdin")
    _offer("file", ask.add_argument(
        "-f", "--file", action="append", default=[], dest="files", metavar="FILE",
        help="attach text, a PDF or an image; may be repeated",
    ))  # fmt: skip
    ask.add_argument("--json", action="store_true", help="print one JSON object at the end instead of the text")
    ask.add_argument("--max-tokens", type=whole_number, metavar="N", help="longest reply, in tokens")
    ask.add_argument("--no-save", action="store_true", help="do not keep this chat")
    # What was said before the command's name must not be overwritten by defaults.
    _asking(ask, default=argparse.SUPPRESS)
    _resuming(ask, default=argparse.SUPPRESS)


def _saved_chats(commands: "argparse._SubParsersAction[Parser]") -> None:
    chats = _command(commands, "chats", "list the saved chats, newest first", "fasttui chats --limit 5")
    chats.add_argument("--json", action="store_true", help="print a JSON array")
    chats.add_argument("--limit", type=whole_number, default=50, metavar="N", help="at most so many; default: 50")

    search = _command(commands, "search", "find messages in all saved chats", "fasttui search retry backoff")
    search.add_argument("query", nargs="+", metavar="QUERY", help="words that a message must all hold")
    search.add_argument("--json", action="store_true", help="print a JSON array")
    search.add_argument("--limit", type=whole_number, default=20, metavar="N", help="at most so many; default: 20")

    export = _command(
        commands, "export", "write saved chats as Markdown, JSON or HTML",
        "fasttui export last --format html -o chat.html\n  fasttui export all --format json -o backup/",
    )  # fmt: skip
    _offer("chat", export.add_argument("chat", nargs="?", default="last", metavar="ID|last|all", help="default: last"))
    export.add_argument("--format", choices=("md", "json", "html"), default="md", help="default: md")
    _offer("file", export.add_argument("-o", "--output", metavar="FILE|DIR", help="where to; default: stdout"))
    export.add_argument("--force", action="store_true", help="write over a file that is there")
    export.add_argument("--no-redact", action="store_true", help="leave keys and tokens in")

    import_ = _command(
        commands, "import", "take in chats of fasttui, ChatGPT or Claude.ai", "fasttui import chatgpt-export.zip",
        module="import_",
    )  # fmt: skip
    _offer(
        "file",
        import_.add_argument("files", nargs="+", metavar="FILE", help="JSON, a zip archive, or its unpacked folder"),
    )

    stats = _command(commands, "stats", "tell how fast replies came and what they cost", "fasttui stats --days 7")
    stats.add_argument("--days", type=whole_number, default=30, metavar="N", help="the last so many days; default: 30")
    stats.add_argument("--json", action="store_true", help="print one JSON object")

    delete = _command(commands, "delete", "delete a chat; --undo brings it back", "fasttui delete 3f2a")
    _offer("chat", delete.add_argument("chat", metavar="ID|last", help="the beginning of its id"))
    delete.add_argument("--undo", action="store_true", help="bring back the chat of this id")

    for command in (chats, search, export, import_, stats, delete):
        command.add_argument(
            "--demo", action="store_true", default=argparse.SUPPRESS, help="the chats with the embedded simulator"
        )

    # For the completion scripts: no help, so that no list of commands shows it.
    complete = commands.add_parser("_complete", add_help=False)
    complete.add_argument("kind", choices=("chat", "theme", "model", "scenario", "setting"))
    complete.set_defaults(module="complete")


def _config(commands: "argparse._SubParsersAction[Parser]") -> None:
    config = _command(
        commands, "config", "print the settings, or change one", "fasttui config theme paper\n  fasttui config speed"
    )
    _offer("setting", config.add_argument("name", nargs="?", metavar="NAME", help="one setting; default: all of them"))
    config.add_argument("value", nargs="?", metavar="VALUE", help="what it is from now on")


def _command(
    commands: "argparse._SubParsersAction[Parser]",
    name: str,
    help_: str,
    example: str,
    *,
    about: str = "",
    module: str = "",
) -> Parser:
    parser = commands.add_parser(
        name,
        help=help_,
        description=about or f"{help_[0].upper()}{help_[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(module=module or name)
    return parser


def _asking(parser: argparse.ArgumentParser, *, default: str | None = None) -> None:
    """Options of every command that asks the model."""
    parser.add_argument(
        "--demo", action="store_true", default=default or False, help="let the embedded simulator answer"
    )
    _offer(
        "scenario",
        parser.add_argument(
            "--scenario",
            metavar="NAME",
            help="with --demo: what goes wrong (`simulate --scenario list`)",
            default=default,
        ),
    )
    parser.add_argument("--base-url", metavar="URL", help="another server with the Messages API", default=default)
    _offer(
        "model", parser.add_argument("--model", metavar="ID", help="as claude-opus-4-8, or opus-4-8", default=default)
    )
    parser.add_argument("--speed", choices=SPEED_CHOICES, help="what the first message asks for", default=default)
    parser.add_argument("--effort", choices=EFFORTS, help="how much work goes into a reply", default=default)
    parser.add_argument("--system", metavar="TEXT|@FILE", help="the system prompt", default=default)


def _resuming(parser: argparse.ArgumentParser, *, default: str | None = None) -> None:
    """Options of every command that can go on with a saved chat."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "-c", "--continue", action="store_true", dest="continue_last", default=default or False,
        help="go on with the last chat",
    )  # fmt: skip
    _offer(
        "chat",
        which.add_argument(
            "-r", "--resume", metavar="ID", help="go on with the chat whose id begins so", default=default
        ),
    )


def _offer(kind: str, action: argparse.Action) -> None:
    """Let the completion scripts offer a "file" for the action's value, or what `_complete KIND` prints."""
    action.complete = kind  # type: ignore[attr-defined]  # where shtab looks for it

"""`fasttui doctor`: what the program finds, a sentence each, and a next step where something is wrong."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version

from fasttui import __version__
from fasttui.chat.errors import StoreError
from fasttui.chat.safe_text import safe_line
from fasttui.cli import compose, output
from fasttui.provider.credential import NO_CREDENTIAL_NAME, credential_name, has_credential

_PACKAGES = ("anthropic", "textual", "prompt-toolkit")
_OWN_API = "https://api.anthropic.com"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact; `next_step` is "" where nothing needs doing."""

    name: str
    sentence: str
    next_step: str = ""
    ok: bool = True


def run(args: argparse.Namespace) -> int:
    """Print what was found; 1 when something is broken."""
    if args.keys:
        from fasttui.cli import doctor_keys

        return doctor_keys.run(compose.set_up(args))
    found = list(findings(compose.set_up(args), os.environ))
    if args.json:
        output.write_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            output.line(f"{'ok ' if finding.ok else 'BAD'} {finding.name:<11} {finding.sentence}")
            if finding.next_step:
                output.line(f"{'':<16}{finding.next_step}")
    return 0 if all(finding.ok for finding in found) else 1


def findings(setup: compose.Setup, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Everything that is looked at; nothing is created, and nothing goes over the network."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("versions", f"fasttui {__version__}, Python {python} on {sys.platform}, {packages}.")
    yield from _settings(setup)
    yield _database(setup)
    yield _credential(setup, environ)
    yield Finding("server", f"Requests go to {safe_line(setup.base_url) or _OWN_API}.")
    yield _terminal(environ)
    yield _characters()


def _settings(setup: compose.Setup) -> Iterator[Finding]:
    path = setup.paths.settings
    there = "is there" if path.exists() else "is not there, so the defaults hold"
    yield Finding("settings", f"{safe_line(str(path))} {there}.")
    for problem in setup.problems:
        yield Finding("settings", str(problem), problem.hint, ok=False)


def _database(setup: compose.Setup) -> Finding:
    from fasttui.store.database import Database

    path = setup.paths.demo_database if setup.demo else setup.paths.database
    shown = safe_line(str(path))
    if not path.exists():
        return Finding("chats", f"{shown} is not there yet; the first message creates it.")
    try:
        database = Database.open(path)
        try:
            ((count,),) = database.rows("SELECT count(*) FROM conversation WHERE deleted_at IS NULL")
        finally:
            database.close()
    except StoreError as error:
        return Finding("chats", f"{shown}: {error}", error.hint, ok=False)
    return Finding("chats", f"{shown} holds {count:,} chats in {path.stat().st_size / 1e6:.1f} MB.")


def _credential(setup: compose.Setup, environ: Mapping[str, str]) -> Finding:
    if not has_credential(environ):
        sentence = "There is none, so the embedded simulator answers." if setup.demo else "There is none."
        return Finding("credential", sentence, "Set ANTHROPIC_API_KEY to talk to Claude.")
    name = credential_name(None, environ)
    return Finding("credential", f"It is {'a profile on disk' if name == NO_CREDENTIAL_NAME else name}.")


def _terminal(environ: Mapping[str, str]) -> Finding:
    names = ("TERM", "COLORTERM", "TERM_PROGRAM", "TMUX", "SSH_TTY", "NO_COLOR")
    said = ", ".join(f"{name}={safe_line(environ[name], limit=40)}" for name in names if environ.get(name))
    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stdout)):
        return Finding("terminal", f"This is none, so --plain is used ({said or 'nothing set'}).")
    if environ.get("TERM", "dumb") == "dumb":
        return Finding("terminal", "TERM is dumb, so --plain is used.", "Set TERM to what the terminal is.")
    columns, rows = os.get_terminal_size()
    small = "" if columns >= 60 and rows >= 15 else "Make it larger: 60 columns by 15 rows is the least."
    return Finding("terminal", f"{columns} columns, {rows} rows, {said}.", small, ok=not small)


def _characters() -> Finding:
    encoding = sys.stdout.encoding if sys.stdout is not None else "utf-8"
    if encoding.lower().replace("-", "") == "utf8":
        return Finding("characters", "The locale writes UTF-8.")
    return Finding("characters", f"The locale writes {encoding}: much will show as ?.", "Set LC_ALL=C.UTF-8.", ok=False)

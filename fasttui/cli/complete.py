"""`fasttui _complete KIND`: what a completion script offers for an argument, a value and its meaning a line.

Run at every press of Tab: fast, silent, and never the one that creates a file.
"""

import argparse
from collections.abc import Callable, Iterator

from fasttui.chat.safe_text import safe_line
from fasttui.cli import output
from fasttui.config.paths import find_paths

_OFFERED_CHATS = 200

Offer = tuple[str, str]


def run(args: argparse.Namespace) -> int:
    """Print the offers, tab-separated."""
    for value, meaning in OFFERS[args.kind]():
        output.line(f"{value}\t{meaning}")
    return 0


def _chats() -> Iterator[Offer]:
    from fasttui.store.store import Store

    yield "last", "the newest chat"
    paths = find_paths()
    path = paths.database if paths.database.exists() else paths.demo_database
    if path.exists():
        store = Store.open(path)
        try:
            for chat in store.recent(_OFFERED_CHATS):
                yield chat.id[:8], safe_line(chat.title, limit=60)
        finally:
            store.close()


def _themes() -> Iterator[Offer]:
    from fasttui.config.themes import theme_names

    for name in theme_names(find_paths().themes):
        yield name, "theme"


def _models() -> Iterator[Offer]:
    from fasttui.chat.models import Catalogue

    for model in Catalogue().models:
        yield model.id, model.name


def _scenarios() -> Iterator[Offer]:
    from fasttui.simulator import SCENARIOS

    yield from SCENARIOS.items()


def _settings() -> Iterator[Offer]:
    from fasttui.config.settings import describe

    for setting in describe():
        yield setting.name, setting.help


OFFERS: dict[str, Callable[[], Iterator[Offer]]] = {
    "chat": _chats, "theme": _themes, "model": _models, "scenario": _scenarios,
    "setting": _settings,
}  # fmt: skip

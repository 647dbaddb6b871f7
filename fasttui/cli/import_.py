"""`fasttui import`: chats from fasttui, ChatGPT and Claude.ai; what is broken is named, the rest taken in."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from fasttui.chat.conversation import Conversation
from fasttui.chat.errors import TransferError
from fasttui.chat.models import Catalogue
from fasttui.chat.safe_text import safe_line
from fasttui.cli import compose, output
from fasttui.engine.ledger import cost_of
from fasttui.export.importers import BrokenEntry, read_export
from fasttui.store.store import Store

_BAR_WIDTH = 30


def run(args: argparse.Namespace) -> int:
    """Take in every file; 1 when anything could not be read."""
    setup = compose.set_up(args)
    count = Count()
    with compose.saved_chats(setup) as store:
        for file in args.files:
            try:
                _take_in(Path(file).expanduser(), store, setup.catalogue, count)
            except TransferError as error:
                output.error(error)
                count.broken += 1
    there = f"; {count.known} were there already" if count.known else ""
    output.line(f"Chats taken in: {count.chats}, with {count.turns} new turns{there}.")
    if count.broken:
        output.notice(f"Not readable: {count.broken}.")
    return 1 if count.broken else 0


@dataclass(slots=True)
class Count:
    """What came of the files so far."""

    chats: int = 0
    turns: int = 0
    known: int = 0
    broken: int = 0


def _take_in(path: Path, store: Store, catalogue: Catalogue, count: Count) -> None:
    bar = Bar(safe_line(path.name, limit=40))
    try:
        for entry in read_export(path, progress=bar.show):
            if isinstance(entry, BrokenEntry):
                bar.clear()
                output.notice(f"fasttui: {entry.place}: {entry.reason}")
                count.broken += 1
            else:
                _save(entry, store, catalogue, count)
    finally:
        bar.clear()


def _save(conversation: Conversation, store: Store, catalogue: Catalogue, count: Count) -> None:
    costs = {turn.id: cost.usd for turn in conversation.turns if (cost := cost_of(turn, catalogue)) is not None}
    added = store.add(conversation, costs)
    count.turns += added
    if added:
        count.chats += 1
    else:
        count.known += 1


class Bar:
    """How far a file has been read, on one line of a terminal's stderr; nothing anywhere else."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._shown = ""
        self._visible = output.can_redraw(sys.stderr)

    def show(self, done: int, total: int) -> None:
        """Draw the bar where it has changed; both figures in bytes."""
        share = min(1.0, done / total) if total else 1.0
        full = round(share * _BAR_WIDTH)
        line = f"{self._name} [{'#' * full}{'.' * (_BAR_WIDTH - full)}] {share:4.0%}"
        if self._visible and line != self._shown:
            self._shown = line
            output.redraw(line)

    def clear(self) -> None:
        """Leave an empty line."""
        if self._shown:
            self._shown = ""
            output.redraw("")

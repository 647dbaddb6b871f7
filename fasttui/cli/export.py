"""`fasttui export`: saved chats as Markdown, JSON or HTML, to stdout or into files."""

import argparse
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from fasttui.chat.conversation import Conversation, Turn
from fasttui.chat.errors import UsageError
from fasttui.cli import compose, output
from fasttui.engine.ledger import cost_of
from fasttui.export.files import target_path, write_new
from fasttui.export.writers import Export, export
from fasttui.store.store import Store

ALL = "all"
_PAGE = 200


def run(args: argparse.Namespace) -> int:
    """Write one chat, or all; the names of the files go to stdout."""
    setup = compose.set_up(args)
    folder = Path(args.output).expanduser() if args.output else None
    if args.chat == ALL and (folder is None or not folder.is_dir()):
        raise UsageError("All chats need a folder that exists.", hint="Name it with -o: fasttui export all -o FOLDER")
    hidden = 0
    with compose.saved_chats(setup) as store:
        for id_ in _ids(store, args.chat):
            conversation = store.load(id_)
            written = _written(setup, conversation, args)
            hidden += written.redacted
            if folder is None:
                output.write(written.text if written.text.endswith("\n") else f"{written.text}\n")
            else:
                target = target_path(folder, conversation, f".{args.format}")
                write_new(target, written.text, overwrite=args.force)
                output.line(str(target))
    if hidden:
        output.notice(f"Hidden secrets: {hidden}. Leave them in with --no-redact.")
    return 0


def _ids(store: Store, named: str) -> Iterator[str]:
    if named != ALL:
        yield compose.chat_id(store, named)
        return
    page = store.recent(_PAGE)
    while page:
        yield from (chat.id for chat in page)
        page = store.recent(_PAGE, page[-1])


def _written(setup: compose.Setup, conversation: Conversation, args: argparse.Namespace) -> Export:
    def dollars(turn: Turn) -> Decimal | None:
        cost = cost_of(turn, setup.catalogue)
        return None if cost is None else cost.usd

    redact = setup.settings.redact and not args.no_redact
    return export(conversation, args.format, cost_of=dollars, redact=redact)

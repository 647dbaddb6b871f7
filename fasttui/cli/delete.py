"""`fasttui delete`: hide a chat, and how to get it back."""

import argparse

from fasttui.cli import compose, output


def run(args: argparse.Namespace) -> int:
    """Delete a chat, or bring one back."""
    with compose.saved_chats(compose.set_up(args)) as store:
        if args.undo:
            store.undelete(args.chat)
            output.line(f"{args.chat[:8]} is back: {store.load(args.chat).title or 'Untitled'}")
            return 0
        id_ = compose.chat_id(store, args.chat)
        title = store.load_tail(id_, 1).title or "Untitled"
        token = store.delete(id_)
    output.line(f"Deleted {id_[:8]}: {title}")
    output.notice(f"To get it back: fasttui delete {'--demo ' if args.demo else ''}--undo {token}")
    return 0

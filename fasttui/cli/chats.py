"""`fasttui chats`: the saved chats, newest first."""

import argparse

from fasttui.cli import compose, output
from fasttui.engine import wording
from fasttui.store.conversations import ConversationSummary


def run(args: argparse.Namespace) -> int:
    """List them, a line each or as JSON."""
    with compose.saved_chats(compose.set_up(args)) as store:
        chats = store.recent(args.limit)
    if args.json:
        output.write_json([_as_object(chat) for chat in chats])
        return 0
    if not chats:
        output.notice("There is no saved chat yet. Begin one with: fasttui")
    for chat in chats:
        cost = "" if chat.cost is None else wording.dollars(chat.cost)
        day = f"{chat.updated_at.astimezone():%Y-%m-%d %H:%M}"
        tags = "".join(f" #{tag}" for tag in chat.tags)
        output.line(f"{chat.id[:8]}  {day}  {chat.turns:>4}  {cost:>8}  {chat.title or 'Untitled'}{tags}")
    return 0


def _as_object(chat: ConversationSummary) -> dict[str, object]:
    return {
        "id": chat.id,
        "title": chat.title,
        "tags": list(chat.tags),
        "created_at": chat.created_at.isoformat(),
        "updated_at": chat.updated_at.isoformat(),
        "turns": chat.turns,
        "model": chat.model,
        "cost_usd": None if chat.cost is None else format(chat.cost, "f"),
        "preview": chat.preview,
    }

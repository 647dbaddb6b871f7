"""`fasttui search`: messages of all saved chats that hold every word."""

import argparse
import sys

from fasttui.cli import compose, output
from fasttui.store.search import SearchHit


def run(args: argparse.Namespace) -> int:
    """Print the hits, best first; 1 when there are none, as grep does."""
    with compose.saved_chats(compose.set_up(args)) as store:
        hits = store.search(" ".join(args.query), args.limit)
    if args.json:
        output.write_json([_as_object(hit) for hit in hits])
    else:
        for hit in hits:
            output.line(f"{hit.conversation_id[:8]}  {_speaker(hit)}  {hit.title or 'Untitled'}")
            output.line(f"          {_shown(hit).strip()}")
    return 0 if hits else 1


def _as_object(hit: SearchHit) -> dict[str, object]:
    return {
        "chat_id": hit.conversation_id,
        "turn_id": hit.turn_id,
        "title": hit.title,
        "speaker": _speaker(hit),
        "snippet": "".join(text for text, _ in hit.snippet),
        "matches": [text for text, matched in hit.snippet if matched],
    }


def _speaker(hit: SearchHit) -> str:
    return "claude" if hit.in_reply else "you"


def _shown(hit: SearchHit) -> str:
    """The snippet, its matches in bold where that can be seen."""
    bold = output.styled(sys.stdout)
    return "".join(f"\x1b[1m{text}\x1b[22m" if matched and bold else text for text, matched in hit.snippet)

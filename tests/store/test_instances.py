"""Several windows write to one file."""

import os
import subprocess
import sys
from pathlib import Path

from fasttui.store.store import Store
from tests.paths import ROOT

TURNS = int(os.environ.get("FASTTUI_DRILL_TURNS", "100"))

CHILD = """
import sys
from decimal import Decimal
from pathlib import Path
from fasttui.chat.conversation import Conversation
from fasttui.store.store import Store
from tests.store.turns import answer, new_turn, play, reply_events

store = Store.open(Path(sys.argv[1]))
conversation = Conversation(title=sys.argv[2])
for number in range(int(sys.argv[3])):
    turn = new_turn(conversation, f"{sys.argv[2]} asks {number}")
    store.begin_turn(conversation, turn)
    for event, at_s in play(turn, reply_events("some words")):
        store.journal(turn, event, at_s)
    store.end_turn(answer(turn, f"reply {number}"), Decimal("0.001"))
store.close()
if store.trouble:
    sys.exit(str(store.trouble))
"""


def test_two_windows_that_start_and_write_at_once_lose_nothing(path: Path) -> None:
    names = ("left", "right")
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, str(path), name, str(TURNS)], cwd=ROOT) for name in names
    ]
    assert [child.wait() for child in children] == [0, 0]
    store = Store.open(path)
    assert store.trouble is None
    for summary in store.recent(10):
        turns = store.load(summary.id).path()
        assert [turn.prompt.text for turn in turns] == [f"{summary.title} asks {n}" for n in range(TURNS)]
        assert all(turn.status == "completed" for turn in turns)
    assert {summary.title for summary in store.recent(10)} == set(names)
    assert store._database.row("PRAGMA integrity_check") == ("ok",)
    store.close()

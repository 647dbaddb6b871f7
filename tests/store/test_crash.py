"""The program is killed in the middle of a reply."""

import os
import random
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from fasttui.chat.conversation import Conversation
from fasttui.store.store import JOURNAL_S, Store
from tests.paths import ROOT
from tests.store.turns import new_turn, play, reply_events

LIMIT_S = 0.25
KILLS = int(os.environ.get("FASTTUI_DRILL_KILLS", "3"))

# Streams 300 words a second and tells when each one came, before it is given to the store.
CHILD = """
import sys, time
from pathlib import Path
from fasttui.chat import events
from fasttui.chat.conversation import Conversation
from fasttui.store.store import Store
from tests.store.turns import new_turn, reply_events

store = Store.open(Path(sys.argv[1]))
conversation = Conversation(title="Killed")
turn = new_turn(conversation, "Tell me a long story")
store.begin_turn(conversation, turn)
for event in reply_events(""):
    store.journal(turn, event, 0.0)
for number in range(100_000):
    now = time.monotonic()
    sys.stdout.write(f"{number} {now}\\n")
    sys.stdout.flush()
    store.journal(turn, events.TextDelta(f"{number} "), number / 300)
    time.sleep(1 / 300)
"""


@pytest.mark.parametrize("seed", range(KILLS))
def test_after_a_kill_at_most_a_blink_of_the_reply_is_missing(path: Path, seed: int) -> None:
    command = [sys.executable, "-c", CHILD, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        received = [child.stdout.readline() for _ in range(random.Random(seed).randrange(1, 250))]
        child.send_signal(signal.SIGKILL)
        received += child.stdout.readlines()
    came_s = {int(number): float(at_s) for number, at_s in map(str.split, received) if at_s}

    store = Store.open(path)
    assert store.trouble is None
    (summary,) = store.recent(1)
    (turn,) = store.load(summary.id).turns
    assert turn.prompt.text == "Tell me a long story"
    assert turn.status == "interrupted"
    assert turn.error == "fasttui ended before this reply did."
    kept = [int(number) for number in turn.reply.text.split()]
    assert kept == list(range(len(kept)))
    missing = [at_s for number, at_s in came_s.items() if number >= len(kept)]
    # A machine that did not let the child run for a while did not let it save either.
    pauses = [later - earlier for earlier, later in pairwise(came_s.values())]
    if missing:
        assert max(missing) - min(missing) <= LIMIT_S + max(pauses, default=0)
    assert store._database.row("PRAGMA integrity_check") == ("ok",)
    assert list(path.parent.glob("*-live-*")) == []
    store.close()


def test_the_rest_of_a_stalled_stream_is_saved_without_another_event(path: Path) -> None:
    store, conversation = Store.open(path), Conversation()
    turn = new_turn(conversation, "Hello")
    store.begin_turn(conversation, turn)
    for event, at_s in play(turn, reply_events("and then silence")):
        store.journal(turn, event, at_s)
    assert store.settled(within_s=JOURNAL_S * 20)
    other = Store.open(path)
    assert other.load(conversation.id).turns[0].reply.text == "and then silence "
    other.close()
    store.close()


def test_a_reply_another_window_is_streaming_is_not_called_interrupted(path: Path) -> None:
    store, conversation = Store.open(path), Conversation()
    turn = new_turn(conversation, "Hello")
    store.begin_turn(conversation, turn)
    for event, at_s in play(turn, reply_events("so far")):
        store.journal(turn, event, at_s)
    store.flush()

    other = Store.open(path)
    assert other.load(conversation.id).turns[0].status == "streaming"
    store._owner.close()  # as the system does for a program that dies
    assert other.load(conversation.id).turns[0].status == "interrupted"
    other.close()
    store.close()


def test_what_was_cut_off_can_be_found_after_the_next_start(path: Path) -> None:
    store, conversation = Store.open(path), Conversation()
    turn = new_turn(conversation, "Hello")
    store.begin_turn(conversation, turn)
    for event, at_s in play(turn, reply_events("half a wombat")):
        store.journal(turn, event, at_s)
    store.flush()
    store._owner.close()
    other = Store.open(path)
    assert [hit.turn_id for hit in other.search("wombat")] == [turn.id]
    assert other._database.row("SELECT count(*) FROM journal") == (0,)
    other.close()
    store.close()

"""Another program in the way: nothing freezes and nothing is lost."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from fasttui.chat.conversation import Conversation
from fasttui.chat.errors import StoreLocked
from fasttui.chat.events import TurnCompleted
from fasttui.store.store import Store
from tests.store.turns import answer, new_turn, play, reply_events


@pytest.fixture
def foreign(path: Path, store: Store) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the same file, with a lock on it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def test_a_whole_turn_under_a_foreign_lock_is_saved_when_the_lock_goes(
    path: Path, store: Store, foreign: sqlite3.Connection
) -> None:
    conversation = Conversation(title="Locked out")
    turn = new_turn(conversation, "Hello")
    began_s = monotonic()
    store.begin_turn(conversation, turn)
    for event, at_s in play(turn, [*reply_events("Good day to you"), TurnCompleted("end_turn")]):
        store.journal(turn, event, at_s)
    store.end_turn(turn)
    assert monotonic() - began_s < 2
    assert "Another program" in str(store.trouble)
    assert store.load(conversation.id).turns == (turn,)

    foreign.execute("ROLLBACK")
    assert store.settled(within_s=5)
    assert store.trouble is None
    other = Store.open(path)
    assert other.load(conversation.id).turns[0].reply.text == "Good day to you "
    other.close()


def test_reading_goes_on_under_a_foreign_lock(store: Store, path: Path) -> None:
    conversation = Conversation()
    turn = new_turn(conversation, "Where is the teapot?")
    store.begin_turn(conversation, turn)
    store.end_turn(answer(turn, "On the shelf"))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    assert [hit.turn_id for hit in store.search("teapot")] == [turn.id]
    assert [summary.id for summary in store.recent(5)] == [conversation.id]
    other = Store.open(path)
    assert other.trouble is None
    assert other.load(conversation.id).turns[0].reply.text == "On the shelf "
    other.close()
    connection.close()


def test_what_the_user_asks_for_by_name_is_done_or_refused_not_put_off(store: Store, path: Path) -> None:
    conversation = Conversation(title="Tea")
    store.save_conversation(conversation)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked):
        store.rename(conversation.id, "Coffee")
    connection.close()
    assert store.load(conversation.id).title == "Tea"


def test_leaving_the_program_waits_for_the_lock(path: Path, store: Store) -> None:
    conversation = Conversation(title="Last words")
    closing = Store.open(path)
    foreign = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    foreign.execute("BEGIN IMMEDIATE")
    closing.save_conversation(conversation)
    assert isinstance(closing.trouble, StoreLocked)
    foreign.close()
    closing.close()
    assert store.load(conversation.id).title == "Last words"


def test_a_long_lock_is_waited_for_once_and_then_only_looked_at(path: Path) -> None:
    Store.open(path).close()
    foreign = sqlite3.connect(path, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    store, conversation = Store.open(path, busy_s=0.2), Conversation()
    began_s = monotonic()
    for number in range(50):
        store.begin_turn(conversation, new_turn(conversation, str(number)))
    assert monotonic() - began_s < 50 * 0.2 / 2
    foreign.close()
    store.close()
    store = Store.open(path)
    assert len(store.load(conversation.id).turns) == 50
    store.close()

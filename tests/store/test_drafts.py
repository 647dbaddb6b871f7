"""What was typed: drafts, history, and the money behind it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from fasttui.chat.conversation import Conversation
from fasttui.store.store import DRAFT_S, Store
from tests.store.turns import NOON, answer, new_turn


def test_a_draft_is_in_the_file_a_second_later(path: Path, store: Store) -> None:
    for end in range(1, 6):
        store.save_draft("chat", "Hello"[:end])
    assert store.draft("chat") == "Hello"
    assert store.settled(within_s=DRAFT_S * 10)
    other = Store.open(path)
    assert other.draft("chat") == "Hello"
    other.close()


def test_each_chat_has_its_own_draft_and_so_has_the_one_not_begun(path: Path) -> None:
    store = Store.open(path)
    store.save_draft(None, "new")
    store.save_draft("chat", "old")
    store.save_draft("sent", "gone")
    store.flush()
    store.save_draft("sent", "")
    store.close()
    store = Store.open(path)
    assert [store.draft(key) for key in (None, "chat", "sent")] == ["new", "old", ""]
    store.close()


def test_history_is_newest_first_each_prompt_once(store: Store) -> None:
    for prompt in ("one", "two", "one", "three"):
        store.add_history(prompt)
    assert store.history() == ["three", "one", "two"]
    assert store.history(2) == ["three", "one"]


def test_money_is_summed_exactly_by_the_speed_that_served(store: Store) -> None:
    conversation = Conversation()
    for _ in range(10):
        turn = answer(new_turn(conversation, "Hello"), "Yes")
        store.begin_turn(conversation, turn)
        store.end_turn(turn, Decimal("0.1"))
    unpriced = answer(new_turn(conversation, "Hello"), "Yes")
    store.begin_turn(conversation, unpriced)
    store.end_turn(unpriced)
    since = conversation.turns[0].created_at
    assert store.spent(since) == {"fast": Decimal("1.0")}
    assert store.spent(unpriced.created_at + timedelta(seconds=1)) == {}
    replies = store.served(since)
    assert len(replies) == 11
    assert replies[0].output_tokens_per_s == conversation.turns[0].output_tokens_per_s
    assert (replies[0].asked_speed, replies[0].served_speed, replies[0].effort) == ("fast", "fast", "high")
    assert (replies[0].cost, replies[-1].cost) == (Decimal("0.1"), None)


def test_deleted_chats_still_cost_what_they_cost(store: Store) -> None:
    conversation = Conversation()
    turn = answer(new_turn(conversation, "Hello"), "Yes")
    store.begin_turn(conversation, turn)
    store.end_turn(turn, Decimal("0.25"))
    store.delete(conversation.id)
    assert store.spent(min(NOON, turn.created_at)) == {"fast": Decimal("0.25")}

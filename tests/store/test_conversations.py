"""The list of chats and what can be done with one."""

import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from fasttui.chat.conversation import Conversation, Turn, TurnOptions, prompt_of
from fasttui.chat.errors import ConversationNotFound
from fasttui.store.store import Store
from tests.store.turns import NOON, answer, conversation_facts, new_turn, turn_facts


def chat(store: Store, title: str, *prompts: str) -> Conversation:
    conversation = Conversation(title=title)
    for prompt in prompts:
        turn = new_turn(conversation, prompt)
        store.begin_turn(conversation, turn)
        store.end_turn(answer(turn, f"About {prompt}"), Decimal("0.1"))
    return conversation


def test_the_chat_with_the_latest_words_comes_first(store: Store) -> None:
    tea, coffee = chat(store, "Tea", "How hot?"), chat(store, "Coffee", "How fine?", "How long?")
    first, second = store.recent(10)
    assert (first.id, second.id) == (coffee.id, tea.id)
    assert (first.title, first.turns, first.preview, first.model) == ("Coffee", 2, "How long?", "claude-opus-4-8")
    assert first.cost == Decimal("0.2")
    turn = new_turn(tea, "How long?")
    store.begin_turn(tea, turn)
    assert [summary.title for summary in store.recent(10)] == ["Tea", "Coffee"]


def test_pages_follow_one_another_without_gap_or_overlap(store: Store) -> None:
    for number in range(25):
        chat(store, str(number), "Hello")
    titles: list[str] = []
    last = None
    while page := store.recent(10, before=last):
        titles += [summary.title for summary in page]
        last = page[-1]
    assert titles == [str(number) for number in reversed(range(25))]


def test_the_list_is_filtered_by_title_and_tag(store: Store) -> None:
    tea, _ = chat(store, "Green Tea", "Hello"), chat(store, "Coffee", "Hello")
    store.tag(tea.id, ("Kitchen",))
    assert [summary.id for summary in store.recent(5, matching="tea")] == [tea.id]
    assert [summary.id for summary in store.recent(5, matching="kitch")] == [tea.id]
    assert store.recent(5, matching="%") == []


def test_a_chat_is_renamed_and_tagged_in_its_place(store: Store) -> None:
    tea, _ = chat(store, "Tea", "Hello"), chat(store, "Coffee", "Hello")
    store.rename(tea.id, "Oolong")
    store.tag(tea.id, ("leaf", "hot"))
    assert [summary.title for summary in store.recent(5)] == ["Coffee", "Oolong"]
    assert store.load(tea.id).tags == ("leaf", "hot")


def test_a_title_given_in_another_window_is_not_undone_by_the_next_prompt(store: Store) -> None:
    tea = chat(store, "Tea", "How hot?")
    store.rename(tea.id, "Oolong")
    store.begin_turn(tea, new_turn(tea, "How long?"))
    assert store.load(tea.id).title == "Oolong"
    store.save_conversation(tea)
    assert store.load(tea.id).title == "Tea"


def test_a_deleted_chat_comes_back_whole(store: Store) -> None:
    tea = chat(store, "Tea", "How hot?")
    before = conversation_facts(store.load(tea.id))
    token = store.delete(tea.id)
    assert store.recent(5) == []
    with pytest.raises(ConversationNotFound):
        store.load(tea.id)
    store.undelete(token)
    assert conversation_facts(store.load(tea.id)) == before


def test_a_purged_chat_is_gone_and_what_was_deleted_later_is_not(store: Store) -> None:
    old, young = chat(store, "Old", "Hello"), chat(store, "Young", "Hello")
    old_token = store.delete(old.id)
    boundary = store._now()
    young_token = store.delete(young.id)
    store.purge(boundary)
    with pytest.raises(ConversationNotFound):
        store.undelete(old_token)
    store.undelete(young_token)
    assert [summary.title for summary in store.recent(5)] == ["Young"]


def test_nothing_can_be_done_with_an_unknown_chat(store: Store) -> None:
    for act in (store.load, store.delete, store.undelete, store.resolve):
        with pytest.raises(ConversationNotFound):
            act("no such id")
    with pytest.raises(ConversationNotFound):
        store.rename("no such id", "Tea")
    with pytest.raises(ConversationNotFound):
        store.load_tail("no such id", 5)


def test_a_chat_is_known_by_the_beginning_of_its_id(store: Store) -> None:
    for id_ in ("abc1", "abc2", "b%"):
        store.save_conversation(Conversation(id=id_))
    assert store.resolve("abc2") == "abc2"
    assert store.resolve("b") == "b%"
    for beginning in ("abc", "", "%"):
        with pytest.raises(ConversationNotFound):
            store.resolve(beginning)


def test_a_fork_repeats_the_path_under_new_ids_and_costs_nothing(store: Store) -> None:
    tea = chat(store, "Tea", "One", "Two", "Three")
    spent = store.spent(NOON.replace(year=2000))
    fork = store.fork(tea, tea.turns[1])
    assert [turn.prompt.text for turn in store.load(fork.id).path()] == ["One", "Two"]
    assert conversation_facts(store.load(fork.id)) == conversation_facts(fork)
    assert not {turn.id for turn in fork.turns} & {turn.id for turn in tea.turns}
    same = {name: fact for name, fact in turn_facts(fork.turns[0]).items() if name not in ("id", "parent_id")}
    assert same.items() <= turn_facts(tea.turns[0]).items()
    assert store.spent(NOON.replace(year=2000)) == spent
    assert len(store.served(NOON.replace(year=2000))) == 3
    assert conversation_facts(store.load(tea.id)) == conversation_facts(tea)


def test_the_shown_branch_is_remembered(store: Store) -> None:
    tea = chat(store, "Tea", "One", "Two")
    first, second = tea.turns
    sibling = answer(Turn(prompt_of("Two again"), TurnOptions("m"), parent_id=first.id), "Yes")
    tea.add(sibling)
    store.begin_turn(tea, sibling)
    assert store.load(tea.id).head_id == sibling.id
    tea.show(second)
    store.set_head(tea)
    loaded = store.load(tea.id)
    assert [turn.prompt.text for turn in loaded.path()] == ["One", "Two"]
    assert [turn.id for turn in loaded.siblings(loaded.turn(second.id))] == [second.id, sibling.id]


def test_the_end_of_a_long_chat_is_loaded_alone_with_its_siblings(store: Store) -> None:
    tea = chat(store, "Tea", *map(str, range(20)))
    last = tea.turns[-1]
    sibling = Turn(prompt_of("19 again"), TurnOptions("m"), parent_id=last.parent_id)
    tea.add(sibling)
    store.begin_turn(tea, sibling)
    tail = store.load_tail(tea.id, 3)
    assert [turn.prompt.text for turn in tail.path()] == ["17", "18", "19 again"]
    assert [turn.id for turn in tail.siblings(sibling)] == [last.id, sibling.id]
    assert conversation_facts(store.load_tail(tea.id, 100)) == conversation_facts(store.load(tea.id))


def test_importing_twice_changes_nothing(store: Store) -> None:
    conversation = Conversation(title="Tea", created_at=NOON)
    answer(new_turn(conversation, "One"), "Yes")
    assert store.add(conversation) == 1
    store.rename(conversation.id, "Mine")
    before = conversation_facts(store.load(conversation.id))
    assert store.add(conversation) == 0
    assert conversation_facts(store.load(conversation.id)) == before
    store.delete(conversation.id)
    assert store.add(conversation) == 0
    assert [summary.title for summary in store.recent(5)] == ["Mine"]


def test_memory_does_not_grow_with_the_number_of_chats(path: Path) -> None:
    peaks: list[int] = []
    for count in (100, 900):
        store = Store.open(path)
        for number in range(count):
            conversation = Conversation(title=str(number))
            new_turn(conversation, "word " * 50).status = "completed"
            store.add(conversation)
        store.close()
        tracemalloc.start()
        store = Store.open(path)
        store.recent(50)
        store.search("word")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        store.close()
    assert peaks[1] < peaks[0] * 1.5

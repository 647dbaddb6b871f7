"""What is saved comes back as it was."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fasttui.chat.conversation import Conversation, ImageBlock, Turn, TurnOptions, prompt_of
from fasttui.chat.events import TERMINAL, StreamEvent
from fasttui.store.journal import decode_events, encode_events
from fasttui.store.store import Store
from tests import strategies
from tests.store.turns import answer, conversation_facts, new_turn, play, reply_facts, turn_facts


@settings(max_examples=60, deadline=None)
@given(strategies.conversations())
def test_any_conversation_comes_back_as_it_was(conversation: Conversation) -> None:
    for turn in conversation.turns:
        if turn.status == "streaming":
            turn.status = "interrupted"
    store = Store.open(None)
    assert store.add(conversation) == len(conversation.turns)
    assert conversation_facts(store.load(conversation.id)) == conversation_facts(conversation)
    store.close()


@settings(max_examples=40, deadline=None)
@given(strategies.streams(), st.data())
def test_a_turn_saved_as_it_happens_comes_back_as_it_ended(stream: list[StreamEvent], data: st.DataObject) -> None:
    store = Store.open(None)
    conversation = Conversation()
    turn = new_turn(conversation, "Hello")
    store.begin_turn(conversation, turn)
    for event, at_s in play(turn, stream):
        store.journal(turn, event, at_s)
        if data.draw(st.booleans()):
            store.flush()
    store.end_turn(turn)
    assert turn_facts(store.load(conversation.id).turn(turn.id)) == turn_facts(turn)
    store.close()


@given(strategies.streams(), st.lists(st.integers(0, 15), max_size=4))
def test_the_journal_replays_to_the_same_reply_however_it_was_cut(stream: list[StreamEvent], cuts: list[int]) -> None:
    body = [event for event in stream if not isinstance(event, TERMINAL)]
    streamed = new_turn(Conversation(), "Hello")
    timed = play(streamed, body)
    bounds = [0, *sorted(cuts), len(timed)]
    replayed = new_turn(Conversation(), "Hello")
    for start, end in pairwise(bounds):
        stored = encode_events(timed[start:end])
        assert stored.isascii()
        for event, at_s in decode_events(stored):
            replayed.apply(event, at_s)
    assert reply_facts(replayed) == reply_facts(streamed)


@settings(max_examples=50, deadline=None)
@given(strategies.hostile_text, strategies.hostile_text)
def test_half_a_surrogate_pair_never_reaches_the_database(title: str, prompt: str) -> None:
    store = Store.open(None)
    conversation = Conversation(title=title)
    turn = answer(new_turn(conversation, prompt), "fine")
    store.begin_turn(conversation, turn)
    store.end_turn(turn)
    store.save_draft(None, prompt)
    store.add_history(prompt)
    store.flush()
    assert store.trouble is None
    for text in (store.load(conversation.id).title, *store.history()):
        text.encode()
    store.close()


def test_an_image_sent_many_times_is_stored_once(store: Store) -> None:
    conversation = Conversation()
    picture = ImageBlock(b"\x89PNG" * 1000, "image/png", "cat.png")
    for _ in range(3):
        turn = Turn(prompt_of("What is it?", picture), TurnOptions("m"), parent_id=conversation.head_id)
        conversation.add(turn)
        store.begin_turn(conversation, turn)
    assert store._database.row("SELECT count(*) FROM attachment") == (1,)
    blocks = [turn.prompt.blocks[0] for turn in store.load(conversation.id).turns]
    assert blocks == [picture] * 3
    store.delete(conversation.id)
    store.purge()
    assert store._database.row("SELECT count(*) FROM attachment") == (0,)

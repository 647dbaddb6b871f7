"""A conversation is a tree; one path through it is shown and sent, and nothing is overwritten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat import events
from fasttui.chat.conversation import Conversation, Message, TextBlock, Turn, TurnOptions, prompt_of
from fasttui.chat.errors import Overloaded
from fasttui.chat.events import TerminalEvent
from tests.strategies import conversations

OPTIONS = TurnOptions("claude-opus-4-8")
DONE = events.TurnCompleted("end_turn")


def said(text: str, after: Turn | None = None, *, end: TerminalEvent = DONE, reply: str | None = None) -> Turn:
    """An ended turn that asks `text` and is answered "re: text"."""
    turn = Turn(prompt_of(text), OPTIONS, id=text, parent_id=after.id if after else None)
    turn.apply(events.TextDelta(f"re: {text}" if reply is None else reply), 1.0)
    turn.apply(end, 2.0)
    return turn


def tree() -> Conversation:
    """a ─┬─ b ─── c
    └─ d ─┬─ e
          └─ f
    """
    conversation = Conversation()
    a = said("a")
    b = said("b", a)
    d = said("d", a)
    for turn in (a, b, said("c", b), d, said("e", d), said("f", d)):
        conversation.add(turn)
    return conversation


def names(turns: tuple[Turn, ...]) -> str:
    return "".join(turn.id for turn in turns)


def test_an_empty_conversation_has_no_path() -> None:
    conversation = Conversation()
    assert conversation.head is None
    assert conversation.path() == ()


def test_what_was_added_last_is_shown() -> None:
    assert names(tree().path()) == "adf"


def test_siblings_share_a_parent_and_stand_in_the_order_they_were_made() -> None:
    conversation = tree()
    assert names(conversation.siblings(conversation.turn("d"))) == "bd"
    assert names(conversation.siblings(conversation.turn("e"))) == "ef"
    assert names(conversation.siblings(conversation.turn("a"))) == "a"


@pytest.mark.parametrize(("shown", "path"), [("b", "abc"), ("d", "adf"), ("e", "ade"), ("a", "adf"), ("c", "abc")])
def test_showing_a_turn_leads_on_to_its_newest_descendant(shown: str, path: str) -> None:
    conversation = tree()
    conversation.show(conversation.turn("b"))
    conversation.show(conversation.turn(shown))
    assert names(conversation.path()) == path


@given(conversation=conversations(), draw=st.data())
def test_a_shown_turn_is_on_the_path_and_the_path_is_unbroken(conversation: Conversation, draw: st.DataObject) -> None:
    if not conversation.turns:
        return
    turn = draw.draw(st.sampled_from(conversation.turns))
    conversation.show(turn)
    path = conversation.path()
    assert turn in path
    assert path[0].parent_id is None
    assert [child.parent_id for child in path[1:]] == [parent.id for parent in path[:-1]]
    assert not [child for child in conversation.turns if child.parent_id == path[-1].id]


@given(conversation=conversations())
def test_every_turn_is_among_its_own_siblings_once(conversation: Conversation) -> None:
    for turn in conversation.turns:
        assert conversation.siblings(turn).count(turn) == 1
        assert turn.id in conversation
        assert conversation.turn(turn.id) is turn


def test_a_request_repeats_only_the_path_before_its_turn() -> None:
    conversation = tree()
    assert [message.text for message in conversation.messages_before(conversation.turn("f"))] == [
        "a", "re: a", "d", "re: d",
    ]  # fmt: skip
    assert conversation.messages_before(conversation.turn("a")) == ()


@pytest.mark.parametrize("end", [events.TurnFailed(Overloaded()), events.TurnRefused(None, "")])
def test_failed_and_refused_turns_are_left_out_of_requests_whole(end: TerminalEvent) -> None:
    first = said("first")
    second = said("second", first, end=end)
    third = said("third", second)
    conversation = Conversation()
    for turn in (first, second, third):
        conversation.add(turn)
    assert [message.text for message in conversation.messages_before(third)] == ["first", "re: first"]


def test_an_interrupted_turn_is_repeated_as_far_as_it_came() -> None:
    half = said("half", end=events.TurnInterrupted())
    wordless = said("wordless", half, end=events.TurnInterrupted(), reply="")
    last = said("last", wordless)
    conversation = Conversation()
    for turn in (half, wordless, last):
        conversation.add(turn)
    assert [message.text for message in conversation.messages_before(last)] == ["half", "re: half"]


@given(conversation=conversations())
def test_requests_alternate_between_the_two_sides(conversation: Conversation) -> None:
    for turn in conversation.turns:
        roles = [message.role for message in conversation.messages_before(turn)]
        assert roles == ["user", "assistant"] * (len(roles) // 2)


def test_a_parent_that_is_not_there_ends_the_path() -> None:
    conversation = Conversation()
    conversation.add(Turn(prompt_of("orphan"), OPTIONS, id="orphan", parent_id="gone"))
    assert names(conversation.path()) == "orphan"


def test_text_of_a_message_is_its_text_blocks_apart() -> None:
    assert Message("assistant", (TextBlock("one"), TextBlock("two"))).text == "one\n\ntwo"


def test_attachments_go_before_the_words() -> None:
    message = prompt_of("what is this?", TextBlock("a file"))
    assert message.role == "user"
    assert message.blocks[-1] == TextBlock("what is this?")

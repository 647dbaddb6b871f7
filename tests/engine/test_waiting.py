"""Prompts that wait behind a running reply."""

import pytest

from fasttui.chat import events
from fasttui.chat.conversation import DocumentBlock, Turn, TurnOptions, prompt_of
from fasttui.chat.errors import Overloaded
from fasttui.chat.events import StreamEvent
from fasttui.engine.waiting import WaitingPrompts

COMPLETED = events.TurnCompleted("end_turn")


def ended_by(event: StreamEvent) -> Turn:
    turn = Turn(prompt_of("before"), TurnOptions("claude-opus-4-8"))
    turn.apply(event, 1.0)
    return turn


def test_they_go_out_in_order_with_their_files() -> None:
    waiting, file = WaitingPrompts(), DocumentBlock(b"data", "text/plain", "a.txt")
    waiting.add("one", [file])
    waiting.add("two")
    assert len(waiting) == 2
    assert waiting.next_after(ended_by(COMPLETED)) == ("one", [file])
    assert waiting.next_after(ended_by(COMPLETED)) == ("two", ())
    assert waiting.next_after(ended_by(COMPLETED)) is None


@pytest.mark.parametrize("end", [events.TurnInterrupted(), events.TurnFailed(Overloaded())])
def test_after_a_reply_that_did_not_end_well_they_go_back_into_the_draft(end: StreamEvent) -> None:
    waiting = WaitingPrompts()
    waiting.add("one")
    waiting.add("two")
    assert waiting.next_after(ended_by(end)) is None
    assert waiting.take_back("typed since") == "one\n\ntwo\n\ntyped since"
    assert waiting.take_back("typed since") == "typed since"

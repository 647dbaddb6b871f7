"""Turns to save, and what of a turn or conversation must come back."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from fasttui.chat import events
from fasttui.chat.conversation import Conversation, Turn, TurnOptions, prompt_of
from fasttui.chat.events import StreamEvent
from fasttui.chat.usage import Usage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """A wall clock that is one second later each time it is read."""

    def __init__(self) -> None:
        self._now = NOON

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def new_turn(conversation: Conversation, prompt: str) -> Turn:
    """A turn after the shown ones, not answered yet."""
    turn = Turn(prompt_of(prompt), TurnOptions("claude-opus-4-8", speed="fast"), parent_id=conversation.head_id)
    conversation.add(turn)
    return turn


def reply_events(text: str) -> list[StreamEvent]:
    """A reply that comes word by word, without its end."""
    words = [events.TextDelta(f"{word} ") for word in text.split()]
    return [
        events.RequestSent("fast"),
        events.ReplyStarted("msg_1", "claude-opus-4-8", "fast"),
        events.BlockStarted("text"),
        *words,
        events.UsageReported(Usage(input_tokens=10, output_tokens=len(words))),
    ]


def play(turn: Turn, stream: Iterable[StreamEvent]) -> list[tuple[StreamEvent, float]]:
    """Apply the events, a tenth of a second apart; gives them with their times."""
    timed = [(event, index / 10) for index, event in enumerate(stream)]
    for event, at_s in timed:
        turn.apply(event, at_s)
    return timed


def answer(turn: Turn, text: str) -> Turn:
    """Let the reply come and end."""
    play(turn, [*reply_events(text), events.TurnCompleted("end_turn")])
    return turn


def reply_facts(turn: Turn) -> dict[str, object]:
    """What a stream leaves in a turn."""
    names = (
        "reply", "usage", "timing", "request_id", "message_id", "served_model", "fallback_reason",
    )  # fmt: skip
    return {name: getattr(turn, name) for name in names}


def turn_facts(turn: Turn) -> dict[str, object]:
    """Everything a turn says."""
    names = (
        "id", "parent_id", "prompt", "options", "created_at", "status", "stop_reason", "error", "error_hint",
    )  # fmt: skip
    return {name: getattr(turn, name) for name in names} | reply_facts(turn)


def conversation_facts(conversation: Conversation) -> dict[str, object]:
    """Everything a conversation says."""
    names = ("id", "title", "created_at", "system", "tags", "head_id")
    turns = [turn_facts(turn) for turn in conversation.turns]
    return {name: getattr(conversation, name) for name in names} | {"turns": turns}

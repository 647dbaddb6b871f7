"""What it means for two conversations to be the same one: everything, not only what shows."""

from fasttui.chat.conversation import Conversation, Turn

_TURN_FACTS = (
    "id", "parent_id", "prompt", "reply", "options", "created_at", "status", "usage", "timing", "request_id",
    "message_id", "served_model", "stop_reason", "fallback_reason", "error", "error_hint",
)  # fmt: skip
_FACTS = ("id", "title", "created_at", "system", "tags", "head_id")


def assert_same_turn(one: Turn, other: Turn) -> None:
    """Every fact of both turns is equal."""
    for fact in _TURN_FACTS:
        assert getattr(one, fact) == getattr(other, fact), fact


def assert_same_conversation(one: Conversation, other: Conversation) -> None:
    """Every fact of both conversations is equal, their turns in the same order."""
    for fact in _FACTS:
        assert getattr(one, fact) == getattr(other, fact), fact
    assert [turn.id for turn in one.turns] == [turn.id for turn in other.turns]
    for turn, same in zip(one.turns, other.turns, strict=True):
        assert_same_turn(turn, same)

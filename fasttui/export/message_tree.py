"""Another program's tree of messages made into a tree of turns.

There, every message is a node of its own, and a reply may be several, tools among them. Here a
prompt and what follows it up to the next prompt are one turn; two replies to one prompt are two
turns with the same prompt.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from fasttui.chat.conversation import (
    Block,
    Conversation,
    Message,
    Role,
    TextBlock,
    Turn,
    TurnOptions,
    TurnTiming,
)
from fasttui.chat.errors import TransferError
from fasttui.chat.usage import Usage

_NAMESPACE = UUID("5d0f9a6e-5d0c-4c0e-9d0e-7b9c1f2a3e41")
_NO_PROMPT = "(The export holds no prompt for this reply.)"


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """One node. Without blocks it only links its children to its parent; `cut` means it never ended."""

    id: str
    parent_id: str | None
    role: Role
    blocks: tuple[Block, ...]
    created_at: datetime
    model: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A prompt and the replies so far on one way down the tree."""

    parent_turn_id: str | None
    prompt: SourceMessage | None
    replies: tuple[SourceMessage, ...] = ()


def derived_id(*source: str) -> str:
    """The same identifier whenever the same thing is imported."""
    return uuid5(_NAMESPACE, "\x1f".join(source)).hex


def plant(conversation: Conversation, messages: Iterable[SourceMessage], current_id: str | None) -> None:
    """Grow the turns of `messages` in the empty `conversation`; show the path that ends at `current_id`.

    Raises:
        TransferError: the messages form a ring.
    """
    _Planting(conversation, list(messages)).run(current_id)


class _Planting:
    def __init__(self, conversation: Conversation, messages: list[SourceMessage]) -> None:
        self._conversation = conversation
        self._children: dict[str | None, list[SourceMessage]] = {}
        self._turn_of: dict[str, str] = {}
        self._count = len(messages)
        known = {message.id for message in messages}
        for message in messages:
            parent_id = message.parent_id if message.parent_id in known else None
            self._children.setdefault(parent_id, []).append(message)

    def run(self, current_id: str | None) -> None:
        reached = 0
        for message, before in self._downwards():
            reached += 1
            if message.id not in self._children:
                self._end(before)
        if reached < self._count:
            raise TransferError("The messages form a ring.")
        if current_id in self._turn_of:
            self._conversation.head_id = self._turn_of[current_id]

    def _downwards(self) -> Iterator[tuple[SourceMessage, _Exchange | None]]:
        """Every message after its parent, with the exchange it is the newest part of."""
        todo: list[tuple[SourceMessage, _Exchange | None]] = [
            (root, None) for root in reversed(self._children.get(None, []))
        ]
        while todo:
            message, exchange = todo.pop()
            exchange = self._joined(message, exchange)
            yield message, exchange
            todo += [(child, exchange) for child in reversed(self._children.get(message.id, []))]

    def _joined(self, message: SourceMessage, exchange: _Exchange | None) -> _Exchange | None:
        if not message.blocks:
            return exchange
        if message.role == "user":
            return _Exchange(self._end(exchange), message)
        if exchange is None:
            return _Exchange(None, None, (message,))
        return _Exchange(exchange.parent_turn_id, exchange.prompt, (*exchange.replies, message))

    def _end(self, exchange: _Exchange | None) -> str | None:
        """The id of the turn that the exchange makes, which is added unless it is there already."""
        if exchange is None:
            return None
        parts = [part for part in (exchange.prompt, *exchange.replies) if part is not None]
        turn_id = derived_id(self._conversation.id, parts[0].id, parts[-1].id)
        if turn_id not in self._conversation:
            self._conversation.add(_turn(turn_id, exchange, parts[0].created_at))
            self._turn_of |= {part.id: turn_id for part in parts}
        return turn_id


def _turn(turn_id: str, exchange: _Exchange, created_at: datetime) -> Turn:
    prompt = exchange.prompt.blocks if exchange.prompt else (TextBlock(_NO_PROMPT),)
    replies = exchange.replies
    whole = bool(replies) and not replies[-1].cut
    model = next((reply.model for reply in reversed(replies) if reply.model), "")
    return Turn.restored(
        Message("user", prompt),
        TurnOptions(model or "unknown", effort=None, thinking=False),
        Message("assistant", tuple(block for reply in replies for block in reply.blocks)),
        id=turn_id,
        parent_id=exchange.parent_turn_id,
        created_at=created_at,
        status="completed" if whole else "interrupted",
        usage=Usage(),
        timing=TurnTiming(),
        served_model=model or None,
    )

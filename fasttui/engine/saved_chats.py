"""What every front end does with saved chats: find, open, fork, name, tag, and step through versions."""

from typing import TYPE_CHECKING, NamedTuple

from fasttui.chat.conversation import Conversation, Turn
from fasttui.chat.errors import CommandError, ConversationNotFound, StoreError
from fasttui.chat.safe_text import safe_line
from fasttui.engine.session import Session

if TYPE_CHECKING:
    from fasttui.store.conversations import ConversationSummary
    from fasttui.store.search import SearchHit
    from fasttui.store.store import Store  # 15 ms that the first frame does not need

TITLE_LENGTH = 100
UNTITLED = "Untitled chat"
_SHORTEST_ID = 4
_HEX = frozenset("0123456789abcdef")


class ChatNamed(NamedTuple):
    """A chat to open, at the turn that was found."""

    id: str
    turn_id: str | None = None


class Version(NamedTuple):
    """One of the versions of a message: which, of how many."""

    turn: Turn
    number: int
    of: int


def store_of(session: Session) -> "Store":
    """Where the session's chats are saved.

    Raises:
        StoreError: they are not, or not yet.
    """
    if session.store is None:
        raise StoreError("The saved chats are not open yet.", hint="Try again in a moment.")
    return session.store


# ── opening ───────────────────────────────────────────────────────────────────────────────────────


def chats_named(session: Session, words: str, limit: int) -> "list[ConversationSummary]":
    """The chats that `words` name: part of a title or tag; all of them, newest first, for none."""
    return store_of(session).recent(limit, matching=words.removeprefix("#"))


def messages_with(session: Session, words: str, limit: int) -> "list[SearchHit]":
    """The messages of all chats that hold every one of `words`, best first."""
    return store_of(session).search(words, limit) if words.strip() else []


def named(session: Session, words: str) -> ChatNamed | None:
    """The chat whose id `words` begin, and behind a slash the turn; None when they are no such thing."""
    id_, _, turn_id = words.partition("/")
    if len(id_) < _SHORTEST_ID or not set(id_) <= _HEX:
        return None
    try:
        return ChatNamed(store_of(session).resolve(id_), turn_id or None)
    except ConversationNotFound:
        return None


def check_free(conversation: Conversation | None) -> None:
    """Raises `StoreError` while another window receives a reply in that chat."""
    head = conversation.head if conversation is not None else None
    if head is not None and head.status == "streaming":
        raise answered_elsewhere()


def answered_elsewhere() -> StoreError:
    """The error for a chat in which another window receives a reply."""
    return StoreError("Another window is receiving a reply in that chat.", hint="Open it once that has ended.")


def show_found(conversation: Conversation, turn_id: str | None) -> Turn | None:
    """Show the branch that the turn is on; the turn, where the chat has it."""
    found = conversation.turn(turn_id) if turn_id is not None and turn_id in conversation else None
    if found is not None and found not in conversation.path():
        conversation.show(found)
    return found


def open_chat(session: Session, id_: str, turn_id: str | None = None) -> None:
    """Let the session go on with that chat, on the branch of that turn.

    Raises:
        StoreError: it is not there, cannot be read, or is being answered in another window.
    """
    conversation = store_of(session).load(id_)
    check_free(conversation)
    show_found(conversation, turn_id)
    session.start_over(conversation)


def fork(session: Session, turn: Turn | None) -> Conversation:
    """A new chat that repeats the shown one up to `turn`; that one stays as it is.

    Raises:
        CommandError: nothing was said yet.
        StoreError: it cannot be saved.
    """
    if turn is None:
        raise CommandError("There is nothing to fork yet.", hint="Say something first.")
    return store_of(session).fork(session.conversation, turn)


# ── versions of a message ─────────────────────────────────────────────────────────────────────────


def step_version(session: Session, turn: Turn | None, step: int) -> Version:
    """Show the version of `turn`, or of the last message that has any, so many steps on.

    Raises:
        CommandError: there is none.
    """
    conversation = session.conversation
    turn = turn or _last_fork(conversation)
    siblings = conversation.siblings(turn) if turn is not None else ()
    at = siblings.index(turn) + step if turn is not None else -1
    if not 0 <= at < len(siblings):
        raise CommandError("There is no other version there.", hint="/edit and /retry make one.")
    other = siblings[at]
    conversation.show(other)
    session.turn = conversation.head
    if session.store is not None:
        session.store.set_head(conversation)
    return Version(other, at + 1, len(siblings))


def _last_fork(conversation: Conversation) -> Turn | None:
    return next((turn for turn in reversed(conversation.path()) if len(conversation.siblings(turn)) > 1), None)


# ── names ─────────────────────────────────────────────────────────────────────────────────────────


def rename(session: Session, line: str) -> str:
    """Call the shown chat so; returns its title.

    Raises:
        CommandError: the title is empty.
        StoreError: it cannot be saved.
    """
    title = safe_line(line, limit=TITLE_LENGTH)
    if not title:
        raise CommandError("No title was given.", hint="Say /rename and the title.")
    conversation = session.conversation
    if conversation.head_id is not None:
        store_of(session).rename(conversation.id, title)
    conversation.title = title
    return title


def tag(session: Session, line: str) -> tuple[str, ...]:
    """Give the shown chat the tags that `line` names; returns them.

    Raises:
        StoreError: they cannot be saved.
    """
    tags = tags_in(line)
    conversation = session.conversation
    if conversation.head_id is not None:
        store_of(session).tag(conversation.id, tags)
    conversation.tags = tags
    return tags


def tags_in(line: str) -> tuple[str, ...]:
    """The tags that a line names, with or without #, each once."""
    words = safe_line(line).replace(",", " ").split()
    return tuple(dict.fromkeys(word.lstrip("#").lower() for word in words if word.strip("#")))

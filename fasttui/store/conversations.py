"""Conversations and their turns in the tables `conversation`, `turn` and `journal`.

Functions of a database; those that write are run inside a transaction of the caller.
"""

# ruff: noqa: S608 - what is put into SQL are constants of this package

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from json import loads

from fasttui.chat.conversation import Conversation, Turn, new_id
from fasttui.chat.errors import ConversationNotFound, ProviderError, StoreDamaged
from fasttui.chat.events import TurnInterrupted
from fasttui.chat.safe_text import safe_line
from fasttui.store import search
from fasttui.store.database import Database, Row, SqlValue
from fasttui.store.journal import TimedEvent, decode_events
from fasttui.store.rows import (
    ANSWERED_COLUMNS,
    TURN_COLUMNS,
    answered_row,
    asked_row,
    attachments_of,
    encode,
    moment,
    turn_of,
)

_ALL_COLUMNS = ", ".join(TURN_COLUMNS)
_PREVIEW_LENGTH = 160

Alive = Callable[[str | None], bool]


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line of a list of chats; `cost` is None while no turn has a known price."""

    id: str
    title: str
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    turns: int
    preview: str
    model: str
    cost: Decimal | None


def save_conversation(database: Database, conversation: Conversation, now: datetime) -> None:
    """Title, system prompt, tags and shown path; a chat that was deleted meanwhile comes back."""
    database.execute(
        "INSERT INTO conversation (id, title, system, tags, head_id, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
        " system = excluded.system, tags = excluded.tags, head_id = excluded.head_id,"
        " updated_at = excluded.updated_at, deleted_at = NULL",
        *_conversation_row(conversation, now),
    )


def touch_conversation(database: Database, conversation: Conversation, now: datetime) -> None:
    """Save that something is said. A title or tags that another window has given meanwhile stay."""
    database.execute(
        "INSERT INTO conversation (id, title, system, tags, head_id, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET head_id = excluded.head_id,"
        " title = CASE title WHEN '' THEN excluded.title ELSE title END,"
        " updated_at = excluded.updated_at, deleted_at = NULL",
        *_conversation_row(conversation, now),
    )


def _conversation_row(conversation: Conversation, now: datetime) -> tuple[SqlValue, ...]:
    return (
        conversation.id, conversation.title, conversation.system, encode(conversation.tags),
        conversation.head_id, moment(conversation.created_at), moment(now),
    )  # fmt: skip


def insert_turn(
    database: Database,
    conversation_id: str,
    turn: Turn,
    *,
    owner: str | None = None,
    cost: Decimal | None = None,
    copied_from: str | None = None,
) -> bool:
    """Save a turn the database has not seen; one that is there already stays, and the answer is no."""
    columns = ", ".join((*TURN_COLUMNS, "conversation_id", "owner", "cost_usd", "copied_from"))
    marks = ", ".join("?" * (len(TURN_COLUMNS) + 4))
    inserted = database.execute(
        f"INSERT INTO turn ({columns}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING",
        *asked_row(turn), *answered_row(turn), conversation_id, owner, _dollars(cost), copied_from,
    )  # fmt: skip
    position = inserted.lastrowid
    if not inserted.rowcount or position is None:
        return False
    for hash_, data in attachments_of(turn).items():
        database.execute("INSERT OR IGNORE INTO attachment VALUES (?, ?)", hash_, data)
        database.execute("INSERT OR IGNORE INTO attachment_use VALUES (?, ?)", position, hash_)
    search.index_prompt(database, position, turn.prompt.text)
    search.index_reply(database, position, turn.reply.text)
    return True


def add(database: Database, conversation: Conversation, costs: Mapping[str, Decimal], now: datetime) -> int:
    """Save a whole tree; what is there already stays, or comes back. Returns how many turns were new."""
    known = database.row("SELECT 1 FROM conversation WHERE id = ?", conversation.id)
    if known is None:
        last_said = max((turn.created_at for turn in conversation.turns), default=conversation.created_at)
        save_conversation(database, conversation, min(last_said, now))
    else:
        database.execute("UPDATE conversation SET deleted_at = NULL WHERE id = ?", conversation.id)
    return sum(insert_turn(database, conversation.id, turn, cost=costs.get(turn.id)) for turn in conversation.turns)


def end_turn(database: Database, turn: Turn, cost: Decimal | None) -> None:
    """The reply as it ended; its journal is no longer needed."""
    row = database.row("SELECT position FROM turn WHERE id = ?", turn.id)
    if row is None:
        return  # another window has deleted the chat for good
    (position,) = row
    assignments = ", ".join(f"{name} = ?" for name in ANSWERED_COLUMNS)
    database.execute(
        f"UPDATE turn SET {assignments}, owner = NULL, cost_usd = ? WHERE position = ?",
        *answered_row(turn), _dollars(cost), position,
    )  # fmt: skip
    database.execute("DELETE FROM journal WHERE turn_position = ?", position)
    search.index_reply(database, position, turn.reply.text)


def add_to_journal(database: Database, turn_id: str, events: str) -> None:
    """Append to what has arrived of a reply."""
    database.execute(
        "INSERT INTO journal (turn_position, events) SELECT position, ? FROM turn WHERE id = ?",
        events, turn_id,
    )  # fmt: skip


def load(database: Database, conversation_id: str, alive: Alive) -> Conversation:
    """The whole tree. A turn that a dead program left streaming comes back as interrupted.

    Raises:
        ConversationNotFound: there is none of that id, or it is deleted.
    """
    conversation = _without_turns(database, conversation_id)
    rows = database.rows(
        f"SELECT owner, position, {_ALL_COLUMNS} FROM turn WHERE conversation_id = ? ORDER BY position",
        conversation_id,
    )
    return _with_turns(database, conversation, rows, alive)


def load_tail(database: Database, conversation_id: str, turns: int, alive: Alive) -> Conversation:
    """The last `turns` of the shown path and their siblings; the first one's parent may be missing.

    Raises:
        ConversationNotFound: as for `load`.
    """
    conversation = _without_turns(database, conversation_id)
    rows = database.rows(
        "WITH RECURSIVE path (parent_id, id, depth) AS ("
        " SELECT parent_id, id, 1 FROM turn WHERE id = ? UNION ALL"
        " SELECT turn.parent_id, turn.id, depth + 1 FROM turn JOIN path ON turn.id = path.parent_id"
        " WHERE depth < ?)"
        f" SELECT owner, position, {_ALL_COLUMNS} FROM turn WHERE position IN ("
        " SELECT sibling.position FROM path JOIN turn AS sibling"
        " ON sibling.conversation_id = ? AND sibling.parent_id IS path.parent_id) ORDER BY position",
        conversation.head_id, turns, conversation_id,
    )  # fmt: skip
    return _with_turns(database, conversation, rows, alive)


def load_turn(database: Database, turn_id: str, alive: Alive) -> Turn:
    """One turn by itself.

    Raises:
        ConversationNotFound: there is none of that id.
    """
    row = database.row(f"SELECT owner, position, {_ALL_COLUMNS} FROM turn WHERE id = ?", turn_id)
    if row is None:
        raise ConversationNotFound(turn_id)
    return _turn(database, row, alive, _Attachments(database))


def recover(database: Database, alive: Alive) -> None:
    """End, as interrupted, every turn whose program has died."""
    rows = database.rows(f"SELECT owner, position, {_ALL_COLUMNS} FROM turn WHERE status = 'streaming'")
    for row in rows:
        turn = _turn(database, row, alive, lambda _: b"")  # the prompt stays as it was stored
        if turn.status != "streaming":
            end_turn(database, turn, None)


def needs_recovery(database: Database, alive: Alive) -> bool:
    """Whether `recover` would find anything."""
    owners = database.rows("SELECT owner FROM turn WHERE status = 'streaming'")
    return any(not alive(owner) for (owner,) in owners)


def resolve(database: Database, beginning: str) -> str:
    """The id of the one chat whose id begins so.

    Raises:
        ConversationNotFound: there is none, or more than one.
    """
    rows = database.rows(
        "SELECT id FROM conversation WHERE substr(id, 1, ?) = ? AND deleted_at IS NULL LIMIT 2",
        len(beginning), beginning,
    )  # fmt: skip
    if len(rows) != 1:
        raise ConversationNotFound(beginning)
    return str(rows[0][0])


def recent(
    database: Database, limit: int, before: ConversationSummary | None, matching: str
) -> list[ConversationSummary]:
    """Chats by the time something was last said, newest first; `matching` is part of a title or tag."""
    end, end_id = (moment(before.updated_at), before.id) if before else ("~", "")
    rows = database.rows(
        "SELECT id, title, tags, created_at, updated_at,"
        " (SELECT count(*) FROM turn WHERE conversation_id = conversation.id),"
        " (SELECT substr(text, 1, 400) FROM said JOIN turn ON said.id = turn.position * 2"
        "   WHERE turn.id = conversation.head_id),"
        " (SELECT json_extract(options, '$.model') FROM turn"
        "   WHERE turn.id = conversation.head_id AND json_valid(options)),"
        " (SELECT decimal_sum(cost_usd) FROM turn WHERE conversation_id = conversation.id)"
        " FROM conversation WHERE deleted_at IS NULL AND (updated_at, id) < (?1, ?2)"
        " AND (?3 = '' OR instr(lower(title), ?3) OR instr(lower(tags), ?3))"
        " ORDER BY updated_at DESC, id DESC LIMIT ?4",
        end, end_id, matching.lower(), limit,
    )  # fmt: skip
    return [_summary(*row) for row in rows]


def _summary(
    id_: str,
    title: str,
    tags: str,
    created_at: str,
    updated_at: str,
    turns: int,
    preview: str | None,
    model: str | None,
    cost: str | None,
) -> ConversationSummary:
    return ConversationSummary(
        id_,
        title,
        tuple(loads(tags)),
        datetime.fromisoformat(created_at),
        datetime.fromisoformat(updated_at),
        turns,
        safe_line(search.original(preview or ""), limit=_PREVIEW_LENGTH),
        model or "",
        None if cost is None else Decimal(cost),
    )


def rename(database: Database, conversation_id: str, title: str) -> None:
    """Another title."""
    _change(database, conversation_id, "title", title)


def tag(database: Database, conversation_id: str, tags: tuple[str, ...]) -> None:
    """These tags instead of those it had."""
    _change(database, conversation_id, "tags", encode(tags))


def set_head(database: Database, conversation_id: str, head_id: str | None) -> None:
    """Show another path. Nothing was said, so the chat keeps its place in the list."""
    database.execute("UPDATE conversation SET head_id = ? WHERE id = ?", head_id, conversation_id)


def delete(database: Database, conversation_id: str, now: datetime) -> None:
    """Hide a chat everywhere; `purge` makes it final."""
    _change(database, conversation_id, "deleted_at", moment(now))


def undelete(database: Database, conversation_id: str) -> None:
    """Take a deletion back.

    Raises:
        ConversationNotFound: it was purged.
    """
    if not database.execute("UPDATE conversation SET deleted_at = NULL WHERE id = ?", conversation_id).rowcount:
        raise ConversationNotFound(conversation_id)


def purge(database: Database, before: datetime) -> None:
    """Remove for good what was deleted before then, and attachments no turn uses any more."""
    database.execute("DELETE FROM conversation WHERE deleted_at < ?", moment(before))
    database.execute("DELETE FROM draft WHERE conversation_id NOT IN (SELECT id FROM conversation UNION SELECT '')")
    database.execute("DELETE FROM attachment WHERE hash NOT IN (SELECT hash FROM attachment_use)")


def forked(conversation: Conversation, turn: Turn) -> tuple[Conversation, dict[str, str]]:
    """A new chat that repeats the path up to `turn`, and the origin of each new turn's id."""
    fork = Conversation(title=conversation.title, system=conversation.system, tags=conversation.tags)
    origins: dict[str, str] = {}
    parent_id: str | None = None
    for original in (*reversed(tuple(conversation.ancestors(turn))), turn):
        copy = _copy(original, parent_id)
        origins[copy.id] = original.id
        fork.add(copy)
        parent_id = copy.id
    return fork, origins


def _copy(turn: Turn, parent_id: str | None) -> Turn:
    return Turn.restored(
        turn.prompt,
        turn.options,
        turn.reply,
        id=new_id(),
        parent_id=parent_id,
        created_at=turn.created_at,
        status="interrupted" if turn.status == "streaming" else turn.status,
        usage=turn.usage,
        timing=turn.timing,
        request_id=turn.request_id,
        message_id=turn.message_id,
        served_model=turn.served_model,
        stop_reason=turn.stop_reason,
        fallback_reason=turn.fallback_reason,
        error=turn.error,
        error_hint=turn.error_hint,
    )


def _change(database: Database, conversation_id: str, column: str, value: str) -> None:
    changed = database.execute(
        f"UPDATE conversation SET {column} = ? WHERE id = ? AND deleted_at IS NULL",
        value,
        conversation_id,
    )
    if not changed.rowcount:
        raise ConversationNotFound(conversation_id)


def _dollars(cost: Decimal | None) -> str | None:
    return None if cost is None else str(cost)


def _without_turns(database: Database, conversation_id: str) -> Conversation:
    row = database.row(
        "SELECT title, created_at, system, tags, head_id FROM conversation WHERE id = ? AND deleted_at IS NULL",
        conversation_id,
    )
    if row is None:
        raise ConversationNotFound(conversation_id)
    title, created_at, system, tags, head_id = row
    return Conversation(conversation_id, title, datetime.fromisoformat(created_at), system, tuple(loads(tags)), head_id)


def _with_turns(
    database: Database,
    conversation: Conversation,
    rows: list[Row],
    alive: Alive,
) -> Conversation:
    head_id = conversation.head_id
    attachment = _Attachments(database)
    for row in rows:
        conversation.add(_turn(database, row, alive, attachment))
    conversation.head_id = head_id
    return conversation


def _turn(
    database: Database,
    row: Row,
    alive: Alive,
    attachment: Callable[[str], bytes],
) -> Turn:
    owner, position, *columns = row
    try:
        turn = turn_of(tuple(columns), attachment)
        at_s = 0.0
        if turn.status == "streaming":
            for event, at_s in _journal(database, position):
                turn.apply(event, at_s)
    except (ValueError, TypeError, LookupError) as error:
        raise StoreDamaged(f"A saved turn cannot be read: {safe_line(str(error))}.") from error
    if turn.status == "streaming" and not alive(owner):
        turn.apply(TurnInterrupted(_program_ended()), at_s)
    return turn


def _journal(database: Database, position: int) -> Iterator[TimedEvent]:
    rows = database.rows("SELECT events FROM journal WHERE turn_position = ? ORDER BY id", position)
    return chain.from_iterable(decode_events(stored) for (stored,) in rows)


def _program_ended() -> ProviderError:
    return ProviderError(
        "fasttui ended before this reply did.",
        hint="Go on with /continue, or ask again with /retry.",
    )


class _Attachments:
    """The bytes of attachments, each read once however many turns repeat it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[str, bytes] = {}

    def __call__(self, hash_: str) -> bytes:
        if hash_ not in self._read:
            row = self._database.row("SELECT data FROM attachment WHERE hash = ?", hash_)
            # A chat without its picture is better than no chat.
            self._read[hash_] = row[0] if row else b""
        return self._read[hash_]

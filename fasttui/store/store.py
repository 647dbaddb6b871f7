"""The store as the rest of the program sees it: synchronous, never waiting, never losing.

What must not be lost (prompts, replies, drafts) is queued and written when the database lets it;
`trouble` says why it has not been. What the user asks for by name (rename, delete, fork) is done at
once or raises.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from fasttui.chat.conversation import Conversation, Turn, utc_now
from fasttui.chat.errors import StoreDamaged, StoreError
from fasttui.chat.events import StreamEvent
from fasttui.chat.safe_text import safe_line
from fasttui.chat.usage import Speed
from fasttui.store import conversations, drafts, search, spending
from fasttui.store.conversations import ConversationSummary
from fasttui.store.database import BUSY_S, Database, move_aside
from fasttui.store.journal import TimedEvent, encode_events
from fasttui.store.owners import Owner
from fasttui.store.search import SearchHit
from fasttui.store.spending import ServedReply
from fasttui.store.writer import Writer

JOURNAL_S = 0.2  # at most so much of a reply is missing after `kill -9`, plus one commit
DRAFT_S = 0.8
CLOSE_WAIT_S = 10.0


class Store:
    """All saved conversations. Its methods may be called from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = utc_now,
        trouble: StoreError | None = None,
    ) -> None:
        self._database = database
        self._now = now
        self._opening_trouble = trouble
        self._writer = Writer(database)
        self._owner = Owner(database.path)
        self._batches: dict[str, list[TimedEvent]] = {}
        self._drafts: dict[str | None, str] = {}
        self._drafts_queued: set[str | None] = set()
        self._unsaved: dict[str, Conversation] = {}

    @classmethod
    def open(cls, path: Path | None, *, now: Callable[[], datetime] = utc_now, busy_s: float = BUSY_S) -> "Store":
        """The store in the file at `path`; None keeps everything in memory.

        A file that cannot be used is no reason not to chat: the store is then in memory, and
        `trouble` says why. A damaged one is moved aside first.
        """
        database, trouble = _open(path, now, busy_s)
        store = cls(database, now=now, trouble=trouble)
        store._recover()
        return store

    @property
    def trouble(self) -> StoreError | None:
        """What keeps words from being saved now, or happened on opening; None when all is well."""
        return self._writer.trouble or self._opening_trouble

    @property
    def saving(self) -> bool:
        """Whether what is said reaches the file."""
        return self._database.path is not None and self._writer.trouble is None

    @property
    def path(self) -> Path | None:
        """The file; None when the store is in memory."""
        return self._database.path

    # ── as a chat goes on: queued, never raising ──────────────────────────────────────────────

    def save_conversation(self, conversation: Conversation) -> None:
        """Save title, system prompt, tags and shown path."""
        self._keep(conversation)
        snapshot = _head_of(conversation)
        self._writer.put(
            lambda database: conversations.save_conversation(database, snapshot, self._now()), durable=True
        )

    def begin_turn(self, conversation: Conversation, turn: Turn) -> None:
        """Save a turn's prompt, for good, before its request leaves."""
        self._keep(conversation)
        self._owner.show()
        snapshot, now = _head_of(conversation), self._now()
        # A write that has to wait must not see what the journal brings anyway.
        begun = Turn(turn.prompt, turn.options, id=turn.id, parent_id=turn.parent_id, created_at=turn.created_at)

        def write(database: Database) -> None:
            conversations.touch_conversation(database, snapshot, now)
            conversations.insert_turn(database, snapshot.id, begun, owner=self._owner.id)

        self._writer.put(write, durable=True)

    def journal(self, turn: Turn, event: StreamEvent, at_s: float) -> None:
        """Keep an event of a reply that streams; it is in the file `JOURNAL_S` seconds later."""
        with self._writer.lock:
            batch = self._batches.get(turn.id)
            if batch is None:
                batch = self._batches[turn.id] = []
                write = partial(self._write_batch, turn.id, batch)
                self._writer.put_soon(write, within_s=JOURNAL_S, durable=False)
            batch.append((event, at_s))

    def end_turn(self, turn: Turn, cost: Decimal | None = None) -> None:
        """Save how a turn ended, for good. `cost` in dollars, None where no price is known."""
        with self._writer.lock:
            batch = self._batches.pop(turn.id, None)
            if batch is not None:
                batch.clear()
            self._writer.put(lambda database: conversations.end_turn(database, turn, cost), durable=True)

    def save_draft(self, conversation_id: str | None, text: str) -> None:
        """Keep what is in the composer; at most a second of typing is not in the file."""
        with self._writer.lock:
            self._drafts[conversation_id] = text
            if conversation_id not in self._drafts_queued:
                self._drafts_queued.add(conversation_id)
                write = partial(self._write_draft, conversation_id)
                self._writer.put_soon(write, within_s=DRAFT_S, durable=True)

    def add_history(self, text: str) -> None:
        """Remember a prompt for the composer's history."""
        self._writer.put_soon(lambda database: drafts.add_history(database, text), within_s=DRAFT_S, durable=False)

    def set_head(self, conversation: Conversation) -> None:
        """Save which path is shown."""
        write = partial(conversations.set_head, conversation_id=conversation.id, head_id=conversation.head_id)
        self._writer.put(write, durable=False)

    def flush(self) -> None:
        """Write now what waits to be written."""
        self._writer.drain()

    def settled(self, within_s: float) -> bool:
        """Wait until everything is in the file; whether that came true in time."""
        return self._writer.settled(within_s)

    # ── by name: done at once, or raising StoreError ──────────────────────────────────────────

    def add(self, conversation: Conversation, costs: Mapping[str, Decimal] | None = None) -> int:
        """Save a whole conversation, as an import brings it; returns how many turns were new.

        What is there already stays as it is; a chat that was deleted comes back. `costs` are dollars by turn id.
        """
        known = costs or {}
        added = 0

        def write(database: Database) -> None:
            nonlocal added
            added = conversations.add(database, conversation, known, self._now())

        self._writer.must(write)
        return added

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a chat another title."""
        self._writer.must(lambda database: conversations.rename(database, conversation_id, title))

    def tag(self, conversation_id: str, tags: tuple[str, ...]) -> None:
        """Give a chat these tags instead of those it had."""
        self._writer.must(lambda database: conversations.tag(database, conversation_id, tags))

    def delete(self, conversation_id: str) -> str:
        """Delete a chat; what is returned takes the deletion back."""
        self._writer.must(lambda database: conversations.delete(database, conversation_id, self._now()))
        return conversation_id

    def undelete(self, token: str) -> None:
        """Bring back what `delete` took away."""
        self._writer.must(lambda database: conversations.undelete(database, token))

    def purge(self, deleted_before: datetime | None = None) -> None:
        """Remove for good what was deleted before then, by default all that is deleted."""
        before = deleted_before or datetime.max.replace(tzinfo=UTC)
        self._writer.must(lambda database: conversations.purge(database, before))

    def fork(self, conversation: Conversation, turn: Turn) -> Conversation:
        """A new chat that repeats this one up to `turn`; what the copies cost is not counted twice."""
        fork, origins = conversations.forked(conversation, turn)

        def write(database: Database) -> None:
            conversations.save_conversation(database, fork, self._now())
            for copy in fork.turns:
                conversations.insert_turn(database, fork.id, copy, copied_from=origins[copy.id])

        self._writer.must(write)
        return fork

    # ── reading ───────────────────────────────────────────────────────────────────────────────

    def load(self, conversation_id: str) -> Conversation:
        """A whole conversation.

        Raises:
            ConversationNotFound: there is none of that id.
            StoreError: it cannot be read.
        """
        with self._writer.lock:
            self.flush()
            if self._writer.waiting and conversation_id in self._unsaved:
                return self._unsaved[conversation_id]
            return conversations.load(self._database, conversation_id, self._owner.alive)

    def load_tail(self, conversation_id: str, turns: int) -> Conversation:
        """The last `turns` of the shown path with their siblings, for the first look at a long chat.

        Raises:
            ConversationNotFound: there is none of that id.
        """
        with self._writer.lock:
            self.flush()
            if self._writer.waiting and conversation_id in self._unsaved:
                return self._unsaved[conversation_id]
            return conversations.load_tail(self._database, conversation_id, turns, self._owner.alive)

    def turn(self, turn_id: str) -> Turn:
        """One turn by itself, as a search finds it.

        Raises:
            ConversationNotFound: there is none of that id.
        """
        with self._writer.lock:
            self.flush()
            return conversations.load_turn(self._database, turn_id, self._owner.alive)

    def resolve(self, beginning: str) -> str:
        """The id of the one chat whose id begins so.

        Raises:
            ConversationNotFound: there is none, or more than one.
        """
        with self._writer.lock:
            return conversations.resolve(self._database, beginning)

    def recent(
        self, limit: int, before: ConversationSummary | None = None, *, matching: str = ""
    ) -> list[ConversationSummary]:
        """A page of chats, those with the latest words first; `before` is the last one of the page above."""
        with self._writer.lock:
            return conversations.recent(self._database, limit, before, matching)

    def search(self, query: str, limit: int = 50) -> list[SearchHit]:
        """Messages that hold every word of `query`; any text is a query."""
        with self._writer.lock:
            return search.search(self._database, query, limit)

    def draft(self, conversation_id: str | None) -> str:
        """What was in the composer; "" when nothing was."""
        with self._writer.lock:
            if conversation_id in self._drafts:
                return self._drafts[conversation_id]
            return drafts.draft(self._database, conversation_id)

    def history(self, limit: int = 1000) -> list[str]:
        """Earlier prompts, newest first, each once."""
        with self._writer.lock:
            self.flush()
            return drafts.history(self._database, limit)

    def spent(self, since: datetime) -> Mapping[Speed, Decimal]:
        """Dollars since then by the speed that served them."""
        with self._writer.lock:
            return spending.spent(self._database, since)

    def served(self, since: datetime) -> list[ServedReply]:
        """The replies since then, for statistics."""
        with self._writer.lock:
            return spending.served(self._database, since)

    def close(self) -> None:
        """Write what waits, even if another program must be waited for, and let go of the file."""
        self._writer.close(CLOSE_WAIT_S)
        self._owner.close()
        self._database.close()

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def _recover(self) -> None:
        # Where this fails nothing is lost: `load` tells an interrupted turn by itself.
        with suppress(StoreError):
            if conversations.needs_recovery(self._database, self._owner.alive):
                self._writer.must(lambda database: conversations.recover(database, self._owner.alive))

    def _keep(self, conversation: Conversation) -> None:
        if not self._writer.waiting:
            self._unsaved.clear()
        self._unsaved[conversation.id] = conversation

    def _write_batch(self, turn_id: str, batch: list[TimedEvent], database: Database) -> None:
        # Sealed now: a repeated attempt writes the same events, later ones start a batch of their own.
        if self._batches.get(turn_id) is batch:
            del self._batches[turn_id]
        if batch:
            conversations.add_to_journal(database, turn_id, encode_events(batch))

    def _write_draft(self, conversation_id: str | None, database: Database) -> None:
        self._drafts_queued.discard(conversation_id)
        drafts.save_draft(database, conversation_id, self._drafts[conversation_id])


def _open(path: Path | None, now: Callable[[], datetime], busy_s: float) -> tuple[Database, StoreError | None]:
    try:
        return Database.open(path, busy_s=busy_s), None
    except StoreDamaged:
        if path is None:
            raise
        trouble = _make_way(path, now())
    except StoreError as error:
        if path is None:
            raise
        return Database.open(None), error
    try:
        return Database.open(path, busy_s=busy_s), trouble
    except StoreError as error:
        return Database.open(None), error


def _make_way(path: Path, now: datetime) -> StoreError:
    try:
        aside = move_aside(path, now)
    except StoreError as error:
        return error
    return StoreDamaged(
        f"The saved chats were damaged; the file is kept as {safe_line(str(aside))}, and a new one was begun.",
        hint="Restore a backup, or try `sqlite3 FILE .recover`.",
    )


def _head_of(conversation: Conversation) -> Conversation:
    """The conversation's own fields as they are now, without its turns."""
    return Conversation(
        conversation.id,
        conversation.title,
        conversation.created_at,
        conversation.system,
        conversation.tags,
        conversation.head_id,
    )

"""The writes of one store, in order and none lost: what the database refuses now waits in memory.

A write that may wait is committed by a thread of its own, so that a stalled stream, a blocked event
loop or another program's lock leaves nothing unsaved for long. The thread sleeps while nothing waits.
"""

import threading
from collections.abc import Callable
from functools import partial
from time import monotonic

from fasttui.chat.errors import StoreError, StoreLocked
from fasttui.store.database import Database

Write = Callable[[Database], None]

LOCKED_RETRY_S = 0.1
FAULT_RETRY_S = 0.5
FAULT_RETRY_MAX_S = 5.0


class Writer:
    """Queues writes and commits them together. `lock` guards the connection and all that is queued."""

    def __init__(self, database: Database) -> None:
        self.lock = threading.RLock()
        self.trouble: StoreError | None = None
        self._database = database
        self._waiting: list[tuple[Write, bool]] = []
        self._due_s: float | None = None
        self._fault_retry_s = FAULT_RETRY_S
        self._closed = False
        self._changed = threading.Condition(self.lock)
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> bool:
        """Whether anything is not in the database yet."""
        return bool(self._waiting)

    def put(self, write: Write, *, durable: bool) -> None:
        """Commit `write` and all before it now; where that fails it stays queued and `trouble` says why.

        A write may be run more than once, and must then do the same again.
        """
        with self.lock:
            self._waiting.append((write, durable))
            self.drain()

    def put_soon(self, write: Write, *, within_s: float, durable: bool) -> None:
        """Commit `write` at most `within_s` seconds from now, with whatever else is due by then."""
        with self.lock:
            self._waiting.append((write, durable))
            self._schedule(within_s)

    def must(self, write: Write) -> None:
        """Commit `write` now or not at all, after all that waits.

        Raises:
            StoreError: it was not written.
        """
        with self.lock:
            self.drain()
            if self.trouble is not None:
                raise self.trouble
            with self._database.transaction(durable=True):
                write(self._database)

    def drain(self) -> None:
        """Try to commit everything that waits, as one transaction."""
        with self.lock:
            if not self._waiting:
                return
            batch = list(self._waiting)
            try:
                with self._database.transaction(durable=any(durable for _, durable in batch)):
                    for write, _ in batch:
                        write(self._database)
            except StoreError as error:
                self._failed(error)
            else:
                del self._waiting[: len(batch)]
                self._succeeded()

    def settled(self, within_s: float) -> bool:
        """Wait until nothing waits any more; whether that came true in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, within_s)

    def close(self, wait_s: float) -> None:
        """Commit what waits, patiently this once, and end the thread."""
        with self.lock:
            if self._waiting:
                self._database.wait_for_locks(wait_s)
                self.drain()
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _succeeded(self) -> None:
        if isinstance(self.trouble, StoreLocked):
            self._database.wait_for_locks()
        self.trouble, self._fault_retry_s = None, FAULT_RETRY_S
        self._due_s = None
        self._changed.notify_all()

    def _failed(self, error: StoreError) -> None:
        self.trouble = error
        self._due_s = None
        if isinstance(error, StoreLocked):
            # Waited once; from now on only look, so that a long lock does not make each call slow.
            self._database.wait_for_locks(0)
            self._schedule(LOCKED_RETRY_S)
        else:
            self._schedule(self._fault_retry_s)
            self._fault_retry_s = min(self._fault_retry_s * 2, FAULT_RETRY_MAX_S)

    def _schedule(self, within_s: float) -> None:
        due_s = monotonic() + within_s
        if self._closed or (self._due_s is not None and self._due_s <= due_s):
            return
        self._due_s = due_s
        if self._thread is None:
            self._thread = threading.Thread(target=self._commit_when_due, name="store", daemon=True)
            self._thread.start()
        else:
            self._changed.notify_all()

    def _commit_when_due(self) -> None:
        with self.lock:
            while not self._closed:
                wait_s = None if self._due_s is None else self._due_s - monotonic()
                if wait_s is not None and wait_s <= 0:
                    self.drain()
                else:
                    self._changed.wait(wait_s)


def writing(sql: str, *values: str | int | None) -> Write:
    """One statement as a write."""
    return partial(_execute, sql, values)


def _execute(sql: str, values: tuple[str | int | None, ...], database: Database) -> None:
    database.execute(sql, *values)

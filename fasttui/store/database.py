"""One SQLite file: opened, migrated, guarded; every SQLite error leaves here as a `StoreError`.

The only module that touches `sqlite3`, which takes milliseconds to import: only a store that
is opened pays for it.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from fasttui.chat.errors import StoreDamaged, StoreError, StoreLocked
from fasttui.chat.safe_text import join_surrogates, safe_line

if TYPE_CHECKING:
    import sqlite3

# Marks the file as ours ("ftui"), so that another program's database is never migrated.
APPLICATION_ID = 0x66747569
BUSY_S = 0.1
OPEN_S = 2.0

SqlValue = str | int | float | bytes | None
Row = tuple[Any, ...]  # what a query gives is known to the query, not to the type checker


def migrations() -> tuple[str, ...]:
    """The scripts that lead from an empty file to the newest schema; the n-th makes version n."""
    folder = Path(__file__).with_name("schema")
    count = sum(1 for _ in folder.glob("*.sql"))
    return tuple((folder / f"{version}.sql").read_text("utf-8") for version in range(1, count + 1))


class DecimalSum:
    """The SQL aggregate `decimal_sum`: exact money, where SQLite's own `sum` would round."""

    def __init__(self) -> None:
        self._total: Decimal | None = None

    def step(self, figure: str | None) -> None:
        """Add one value; NULL is unknown and adds nothing."""
        if figure is not None:
            self._total = (self._total or Decimal()) + Decimal(figure)

    def finalize(self) -> str | None:
        """The sum, NULL when no value was known."""
        return None if self._total is None else str(self._total)


class Database:
    """A connection that may be used from any thread, one at a time."""

    def __init__(self, connection: "sqlite3.Connection", path: Path | None, busy_s: float) -> None:
        self._connection = connection
        self._busy_s = busy_s
        self.path = path

    @classmethod
    def open(
        cls,
        path: Path | None,
        *,
        scripts: Sequence[str] | None = None,
        busy_s: float = BUSY_S,
        open_s: float = OPEN_S,
    ) -> "Database":
        """The database at `path`, made or migrated where needed; None is one in memory.

        Raises:
            StoreDamaged: the file is there and is not a sound database; it was not touched.
            StoreError: it cannot be opened, or belongs to a newer version or another program.
        """
        import sqlite3

        with _translated(path):
            if path is not None:
                _prepare_files(path)
            connection = sqlite3.connect(
                ":memory:" if path is None else path,
                isolation_level=None, check_same_thread=False, timeout=open_s, cached_statements=256,
            )  # fmt: skip
        database = cls(connection, path, busy_s)
        try:
            database._set_up(migrations() if scripts is None else scripts, open_s)
            database.wait_for_locks()
        except StoreError:
            database.close()
            raise
        return database

    def execute(self, sql: str, *values: SqlValue) -> "sqlite3.Cursor":
        """Run one statement. Text is guarded: half a surrogate pair never reaches the file."""
        safe = tuple(_storable(value) if isinstance(value, str) else value for value in values)
        with _translated(self.path):
            return self._connection.execute(sql, safe)

    def rows(self, sql: str, *values: SqlValue) -> list[Row]:
        """All rows of a query."""
        cursor = self.execute(sql, *values)
        with _translated(self.path):
            return cursor.fetchall()

    def row(self, sql: str, *values: SqlValue) -> Row | None:
        """The first row of a query."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """All or nothing; `durable` outlives a power cut, not only the end of the program."""
        self.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:  # whatever it is, Ctrl+C included, nothing half is committed; and it is raised again
            # SQLite has rolled back by itself after some errors, a full disk among them.
            if self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise

    def wait_for_locks(self, seconds: float | None = None) -> None:
        """How long a statement waits for another program before it raises `StoreLocked`; None is as usual."""
        wait_s = self._busy_s if seconds is None else seconds
        self.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")

    def close(self) -> None:
        """Let go of the file; what is committed stays."""
        with _translated(self.path):
            self._connection.close()

    @property
    def version(self) -> int:
        """The schema's version; 0 is an empty file."""
        row = self.row("PRAGMA user_version")
        return int(row[0]) if row else 0

    def _set_up(self, scripts: Sequence[str], open_s: float) -> None:
        self._connection.create_aggregate("decimal_sum", 1, DecimalSum)  # type: ignore[arg-type]  # NULL is a result too
        self.execute("PRAGMA foreign_keys = ON")
        self._check_for_damage()
        self._check_owner(len(scripts))
        _retry_while_locked(lambda: self.execute("PRAGMA journal_mode = WAL"), open_s)
        self.execute("PRAGMA journal_size_limit = 16777216")
        if self.version < len(scripts):
            self._migrate(scripts)
        # A file cut short opens well and fails later; one look at each table's root tells now.
        for table in ("conversation", "turn", "journal", "said"):
            self.row(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - fixed names

    def _check_for_damage(self) -> None:
        """Look at every page, which takes seconds, but only when an earlier run has met a bad one."""
        if self.path is None or not _damage_mark(self.path).exists():
            return
        if self.rows("PRAGMA quick_check(1)") != [("ok",)]:
            raise StoreDamaged(f"{_named(self.path)} is damaged.")
        with _translated(self.path):
            _damage_mark(self.path).unlink()

    def _check_owner(self, newest: int) -> None:
        version = self.version
        (application_id,) = self.row("PRAGMA application_id") or (0,)
        (tables,) = self.row("SELECT count(*) FROM sqlite_master") or (0,)
        if tables and application_id != APPLICATION_ID:
            raise StoreError(
                f"{_named(self.path)} is another program's database.",
                hint="Move it away, or set FASTTUI_DATA_DIR; until then the chat is kept in memory only.",
            )
        if version > newest:
            raise StoreError(
                f"The chats were saved by a newer fasttui (schema {version}, this one knows {newest}).",
                hint="Update fasttui; until then the chat is kept in memory only.",
            )

    def _migrate(self, scripts: Sequence[str]) -> None:
        with self.transaction(durable=True):
            # Another instance may have migrated while this one waited for the lock.
            for version in range(self.version + 1, len(scripts) + 1):
                for statement in _statements(scripts[version - 1]):
                    self.execute(statement)
                self.execute(f"PRAGMA user_version = {version}")
            self.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def move_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged file and its companions; returns the new name. Nothing is deleted."""
    stamp = now.strftime("%Y-%m-%d-%H%M%S")
    aside = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}")
    count = 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.stem}-damaged-{stamp}-{count}{path.suffix}")
    try:
        for companion in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                path.with_name(path.name + companion).rename(aside.with_name(aside.name + companion))
        _damage_mark(path).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{_named(path)} is damaged and cannot be moved aside: {error.strerror}.") from error
    return aside


def _prepare_files(path: Path) -> None:
    """The folder and the file, for the user's eyes only; SQLite gives its companions the file's mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(handle).st_mode & 0o077 and os.fstat(handle).st_uid == os.geteuid():
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one; a trigger's body stays with it."""
    import sqlite3

    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _retry_while_locked(attempt: Callable[[], object], seconds: float) -> None:
    """SQLite's own waiting does not cover the switch to WAL, which two first starts may race for."""
    deadline_s = monotonic() + seconds
    while True:
        try:
            attempt()
        except StoreLocked:
            if monotonic() >= deadline_s:
                raise
            sleep(0.02)
        else:
            return


def _storable(text: str) -> str:
    return text if text.isascii() else join_surrogates(text)


def _damage_mark(path: Path) -> Path:
    """An empty file that tells the next start to look closely."""
    return path.with_name(f"{path.name}-damaged")


def _named(path: Path | None) -> str:
    return safe_line(str(path)) if path is not None else "The chats in memory"


@contextmanager
def _translated(path: Path | None) -> Iterator[None]:
    """SQLite's and the system's errors as one sentence each."""
    import sqlite3

    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise  # a bug of ours, not a fault of the disk
    except sqlite3.Error as error:
        raise _store_error(error, path) from error
    except OSError as error:
        reason = safe_line(error.strerror or str(error))
        raise StoreError(f"The chats cannot be saved in {_named(path)}: {reason}.") from error


def _store_error(error: "sqlite3.Error", path: Path | None) -> StoreError:
    import sqlite3

    # The low byte is the kind, the rest its detail.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    where = _named(path)
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreLocked()
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            if path is not None:
                with suppress(OSError):
                    _damage_mark(path).touch(mode=0o600)
            return StoreDamaged(f"{where} is damaged.")
        case sqlite3.SQLITE_FULL:
            return StoreError(f"The disk is full: {where} cannot grow.", hint=_ROOM)
        case sqlite3.SQLITE_IOERR if _disk_full(path):
            return StoreError(f"The disk is full: {where} cannot grow.", hint=_ROOM)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_AUTH:
            return StoreError(f"{where} cannot be written.", hint=_WRITABLE)
        case _:
            return StoreError(f"The chats cannot be saved or read: {safe_line(str(error))}.")


_ROOM = "Make room: what waits in memory is saved by itself then."
_WRITABLE = "Make the folder writable, or set FASTTUI_DATA_DIR; until then the chat is kept in memory only."


def _disk_full(path: Path | None) -> bool:
    if path is None:
        return False
    try:
        room = os.statvfs(path.parent)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < 65536

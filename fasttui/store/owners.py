"""Which running program streams a turn: each holds a lock that the system takes away when it dies.

Immediate after `kill -9`, and right across containers, where process ids say nothing.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4


class Owner:
    """This program's sign of life; the file is made when the first turn begins."""

    def __init__(self, database: Path | None) -> None:
        self.id = uuid4().hex
        self._database = database
        self._handle: int | None = None

    def show(self) -> None:
        """Take the lock. Where that is impossible others may think this program dead: better than none."""
        if self._handle is not None or self._database is None:
            return
        with suppress(OSError):
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._handle = os.open(_lock_file(self._database, self.id), flags, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def alive(self, owner_id: str | None) -> bool:
        """Whether the program of that id still runs; the file of a dead one is removed."""
        if owner_id is None or self._database is None:
            return False
        if owner_id == self.id:
            return True
        file = _lock_file(self._database, owner_id)
        try:
            handle = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        else:
            file.unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)

    def close(self) -> None:
        """Release the lock and remove its file."""
        if self._handle is None or self._database is None:
            return
        with suppress(OSError):
            _lock_file(self._database, self.id).unlink()
        os.close(self._handle)
        self._handle = None


def _lock_file(database: Path, owner_id: str) -> Path:
    # The name ends up in a path: an id that came from a damaged row must not lead elsewhere.
    safe_id = "".join(character for character in owner_id if character.isalnum())
    return database.with_name(f"{database.name}-live-{safe_id}")

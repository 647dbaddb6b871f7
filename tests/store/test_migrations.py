"""Every earlier version of the file opens in this one, whole or not at all."""

import sqlite3
from pathlib import Path

import pytest

from fasttui.chat.errors import StoreError
from fasttui.store.database import APPLICATION_ID, Database, migrations
from fasttui.store.store import Store

VERSIONS = Path(__file__).with_name("versions")
NEXT = (*migrations(), "ALTER TABLE conversation\n ADD COLUMN pinned INTEGER;\nUPDATE conversation SET pinned = 1;\n")


def make_version(path: Path, version: int) -> None:
    """A file as the release with that schema left it."""
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    for script in migrations()[:version]:
        connection.executescript(script)
    connection.executescript((VERSIONS / f"{version}.sql").read_text("utf-8"))
    connection.executescript(f"PRAGMA user_version = {version}; PRAGMA application_id = {APPLICATION_ID};")
    connection.close()


def test_every_version_has_a_file_to_migrate_from() -> None:
    assert sorted(int(file.stem) for file in VERSIONS.glob("*.sql")) == list(range(1, len(migrations()) + 1))


@pytest.mark.parametrize("version", range(1, len(migrations()) + 1))
def test_a_file_of_each_version_opens_with_all_its_words(path: Path, version: int) -> None:
    make_version(path, version)
    store = Store.open(path)
    assert store.trouble is None
    (summary,) = store.recent(10)
    assert (summary.title, summary.tags, summary.turns) == ("Tea", ("kitchen",), 2)
    answered, cut = store.load(summary.id).path()
    assert answered.reply.text == "Four minutes."
    assert answered.served_speed == "fast"
    assert cut.status == "interrupted"
    assert cut.reply.text == "Eighty deg"
    assert [hit.turn_id for hit in store.search("minutes")] == [answered.id]
    assert store._database.version == len(migrations())
    store.close()


def test_a_migration_keeps_what_was_saved(path: Path) -> None:
    make_version(path, 1)
    database = Database.open(path, scripts=NEXT)
    assert database.version == len(NEXT)
    assert database.row("SELECT title, pinned FROM conversation") == ("Tea", 1)
    database.close()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    make_version(path, 1)
    broken = (*NEXT[:-1], NEXT[-1] + "INSERT INTO no_such_table VALUES (1);\n")
    with pytest.raises(StoreError):
        Database.open(path, scripts=broken)
    store = Store.open(path)
    assert store.trouble is None
    assert store.recent(1)[0].title == "Tea"
    store.close()


def test_a_newer_schema_is_left_alone_and_the_chat_stays_in_memory(path: Path) -> None:
    Database.open(path, scripts=NEXT).close()
    before = path.read_bytes()
    store = Store.open(path)
    assert "newer fasttui (schema 2, this one knows 1)" in str(store.trouble)
    assert store.path is None
    store.close()
    assert path.read_bytes() == before

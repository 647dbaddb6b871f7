"""The file: who may read it, and what happens when it cannot be used."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fasttui.chat.conversation import Conversation
from fasttui.chat.errors import StoreDamaged
from fasttui.store.database import Database
from fasttui.store.store import Store
from tests.paths import ROOT
from tests.store.turns import Clock, answer, new_turn


def save_a_chat(store: Store, prompt: str = "Hello") -> Conversation:
    conversation = Conversation(title=prompt)
    turn = new_turn(conversation, prompt)
    store.begin_turn(conversation, turn)
    store.end_turn(answer(turn, "Good day"))
    return conversation


def test_nobody_else_may_read_the_folder_or_any_file_in_it(path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store.open(path)
        conversation = save_a_chat(store)
        store.begin_turn(conversation, new_turn(conversation, "Another"))
    finally:
        os.umask(before)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert len(modes) == 4
    assert set(modes.values()) == {0o600}
    store.close()


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    Store.open(path).close()
    path.chmod(0o644)
    Store.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["not a database at all, but long enough to be one" * 200, "cut"])
def test_a_damaged_file_is_moved_aside_and_kept(path: Path, damage: str) -> None:
    store = Store.open(path)
    save_a_chat(store)
    store.close()
    content = path.read_bytes()[:6000] if damage == "cut" else damage.encode()
    path.write_bytes(content)

    store = Store.open(path, now=Clock())
    assert isinstance(store.trouble, StoreDamaged)
    aside = path.with_name("chats-damaged-2026-11-22-120001.db")
    assert aside.name in str(store.trouble)
    assert aside.read_bytes() == content
    conversation = save_a_chat(store)
    store.close()

    store = Store.open(path)
    assert store.trouble is None
    assert store.load(conversation.id).title == "Hello"
    store.close()


def test_what_the_user_typed_is_written_to_outlive_a_power_cut(path: Path) -> None:
    full, normal = (2,), (1,)
    database = Database.open(path)
    with database.transaction(durable=True):
        assert database.row("PRAGMA synchronous") == full
    with database.transaction():
        assert database.row("PRAGMA synchronous") == normal
    assert database.row("PRAGMA journal_mode") == ("wal",)
    database.close()


@pytest.mark.parametrize("column", ["options", "usage", "prompt", "reply", "created_at"])
def test_a_turn_that_makes_no_sense_spoils_only_its_own_chat(store: Store, column: str) -> None:
    spoiled, other = save_a_chat(store), save_a_chat(store)
    store._database.execute(
        f"UPDATE turn SET {column} = '[{{}}' WHERE conversation_id = ?",
        spoiled.id,
    )
    with pytest.raises(StoreDamaged):
        store.load(spoiled.id)
    assert store.load(other.id).title == "Hello"
    assert {summary.id for summary in store.recent(5)} == {spoiled.id, other.id}


def test_damage_found_on_the_way_is_moved_aside_on_the_next_start(path: Path) -> None:
    store = Store.open(path)
    conversation = save_a_chat(store)
    (page,) = store._database.row("SELECT rootpage FROM sqlite_master WHERE name = 'turn'") or (0,)
    store.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(content)

    store = Store.open(path)
    with pytest.raises(StoreDamaged):
        store.load(conversation.id)
    store.close()
    store = Store.open(path)
    assert "kept as" in str(store.trouble)
    store.close()
    store = Store.open(path)
    assert store.trouble is None
    store.close()


def test_nothing_pays_for_sqlite_before_a_store_is_opened() -> None:
    script = "import sys, fasttui.store.store; sys.exit('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_two_damaged_files_of_one_second_are_both_kept(path: Path) -> None:
    for _ in range(2):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"?" * 5000)
        Store.open(path, now=Clock()).close()
    assert len(list(path.parent.glob("chats-damaged-*.db"))) == 2


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    store = Store.open(path)
    assert "another program" in str(store.trouble)
    assert store.path is None
    save_a_chat(store)
    store.close()
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_leaves_the_chat_in_memory(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")
    store = Store.open(tmp_path / "data" / "chats.db")
    assert store.trouble is not None
    assert store.trouble.hint
    conversation = save_a_chat(store)
    assert store.load(conversation.id).turns[0].reply.text == "Good day "
    store.close()


def test_a_disk_that_cannot_be_written_leaves_the_chat_in_memory(mount: Callable[[str], Path]) -> None:
    path = mount("size=4m") / "chats.db"
    store = Store.open(path)
    save_a_chat(store)
    store.close()
    mount("remount,ro")
    before = path.read_bytes()
    store = Store.open(path)
    assert "Read-only" in str(store.trouble)
    conversation = save_a_chat(store, "In memory")
    assert store.load(conversation.id).title == "In memory"
    store.close()
    assert path.read_bytes() == before


def test_a_full_disk_loses_nothing_and_is_written_once_there_is_room(mount: Callable[[str], Path]) -> None:
    folder = mount("size=1m")
    path = folder / "chats.db"
    store = Store.open(path)
    saved = save_a_chat(store)
    ballast = folder / "ballast"
    fill(ballast)

    conversation = Conversation(title="On a full disk")
    for number in range(30):
        turn = new_turn(conversation, f"Prompt {number} " + "x" * 4000)
        store.begin_turn(conversation, turn)
        store.end_turn(answer(turn, "word " * 500))
    assert "disk is full" in str(store.trouble)
    assert len(store.load(conversation.id).turns) == 30
    assert store.load(saved.id).turns[0].reply.text == "Good day "

    ballast.unlink()
    store.flush()
    assert store.trouble is None
    store.close()
    store = Store.open(path)
    assert len(store.load(conversation.id).turns) == 30
    assert store._database.row("PRAGMA integrity_check") == ("ok",)
    store.close()


def test_a_disk_that_is_full_from_the_start_touches_nothing_saved(mount: Callable[[str], Path]) -> None:
    folder = mount("size=1m")
    path = folder / "chats.db"
    store = Store.open(path)
    saved = save_a_chat(store)
    store.close()
    ballast = folder / "ballast"
    fill(ballast)

    store = Store.open(path)
    conversation = save_a_chat(store, "On a full disk")
    assert "disk is full" in str(store.trouble).lower()
    assert store.load(conversation.id).title == "On a full disk"
    ballast.unlink()
    store.close()
    store = Store.open(path)
    assert store.load(saved.id).turns[0].reply.text == "Good day "
    store.close()


def fill(file: Path) -> None:
    """Write until the disk has no room left."""
    with file.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * 4096)
        except OSError:
            pass

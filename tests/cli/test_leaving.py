"""What happens to the saved chats when the program is left."""

from datetime import timedelta
from pathlib import Path

import pytest

from fasttui.chat.conversation import Conversation, utc_now
from fasttui.chat.errors import ConversationNotFound
from fasttui.cli.compose import KEPT_DELETED, close_store
from fasttui.store.store import Store
from tests.cli.conftest import Program


def test_what_was_deleted_long_ago_goes_for_good_and_the_rest_can_come_back(tmp_path: Path) -> None:
    path, long_ago = tmp_path / "chats.db", utc_now() - KEPT_DELETED - timedelta(hours=1)
    old, new = Conversation(title="old"), Conversation(title="new")
    before = Store.open(path, now=lambda: long_ago)
    before.add(old)
    before.add(new)
    before.delete(old.id)
    before.close()
    store = Store.open(path)
    store.delete(new.id)
    close_store(store)

    reopened = Store.open(path)
    reopened.undelete(new.id)
    assert [chat.title for chat in reopened.recent(10)] == ["new"]
    with pytest.raises(ConversationNotFound):
        reopened.undelete(old.id)
    reopened.close()


def test_a_store_in_trouble_is_closed_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    Store.open(path).close()
    holder, store = Store.open(path), Store.open(path, busy_s=0.01)
    with holder._database.transaction():
        close_store(store)
    holder.close()


@pytest.mark.parametrize("argv", [["ask", "hi"], []])
def test_every_front_end_lets_go_of_what_was_deleted_long_ago(program: Program, argv: list[str]) -> None:
    long_ago, old = utc_now() - KEPT_DELETED - timedelta(hours=1), Conversation(title="old")
    before = Store.open(program.paths.database, now=lambda: long_ago)
    before.add(old)
    before.delete(old.id)
    before.close()
    assert program.run(*argv, stdin=b"hi\n").code == 0
    store = program.store()
    with pytest.raises(ConversationNotFound):
        store.undelete(old.id)
    store.close()

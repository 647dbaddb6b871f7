"""What the end of a draft can be completed to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fasttui.engine.completion import Completions
from fasttui.engine.session import Session
from fasttui.store.store import Store
from tests.engine.scripted import all_of, reply, session_with


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("Beta.md", "alpha.py", ".hidden", "two words.txt", "bad\x1bname"):
        (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "inner.txt").touch()
    return tmp_path


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store.open(None)
    yield store
    store.close()


def texts(before: str, session: Session | None = None, themes: tuple[str, ...] = ("dusk", "paper")) -> list[str]:
    completions = Completions(session or session_with()[0], lambda: themes, lambda action: action != "read")
    return [offer.text for offer in completions.offers(before)]


def test_commands_are_offered_by_their_beginning_and_only_those_there_are() -> None:
    assert texts("/ex") == ["/export"]
    assert "/read" not in texts("/")
    assert texts("/effort x y") == texts("say /ex") == texts("first line\n/ex") == []


def test_words_of_a_command_are_offered_by_any_part() -> None:
    assert texts("/speed ") == ["standard", "fast", "auto"]
    assert texts("/theme ap") == ["paper"]
    assert texts("/export ") == ["md", "json", "html"]
    assert "claude-opus-5-5" in texts("/model 5-5")


@pytest.mark.usefixtures("folder")
def test_files_are_offered_behind_an_at_sign_without_what_is_hidden_or_hostile() -> None:
    assert texts("see @") == ["@alpha.py", "@Beta.md", "@sub/", '@"two words.txt"']
    assert texts("@b") == ["@Beta.md"]
    assert texts("@.h") == ["@.hidden"]
    assert texts("@sub/") == ["@sub/inner.txt"]
    assert texts('@"two w') == ['@"two words.txt"']
    assert texts("me@b") == texts("@nowhere/") == texts("@b c") == []


def test_of_many_files_the_first_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(1_000):
        (tmp_path / f"{number:04d}").touch()
    assert texts("@") == [f"@{number:04d}" for number in range(200)]


async def test_chats_are_offered_by_title_tag_and_words_with_the_version_that_has_them(store: Store) -> None:
    session, _, _ = session_with(reply("A hamster needs a wheel."), reply("Rain."))
    session.store = store
    await all_of(session.submit("pets"))
    pets, turn = session.conversation.id, session.conversation.turns[0].id
    store.tag(pets, ("home",))
    session.start_over()
    await all_of(session.submit("weather"))
    assert texts("/chats #home", session) == [pets[:12]]
    assert texts("/chats PET", session)[0] == pets[:12]
    assert texts("/chats wheel", session) == [f"{pets[:12]}/{turn}"]
    assert len(texts("/chats ", session)) == 2

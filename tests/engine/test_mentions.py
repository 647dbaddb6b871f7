"""Files that a prompt names, and what becomes of them when the prompt is edited."""

from pathlib import Path

import pytest

from fasttui.chat.conversation import DocumentBlock, Turn, TurnOptions, prompt_of
from fasttui.chat.errors import AttachmentError
from fasttui.engine.mentions import attachments_in, mention


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("first")
    (tmp_path / "other.txt").write_text("second")
    (tmp_path / "two words.txt").write_text("third")
    return tmp_path


def names(prompt: str, edited: Turn | None = None) -> list[str]:
    return [file.name for file in attachments_in(prompt, edited)]


def turn_with(prompt: str) -> Turn:
    return Turn(prompt_of(prompt, *attachments_in(prompt)), TurnOptions("claude-opus-4-8"))


def test_a_word_after_an_at_sign_is_a_file_only_when_there_is_one() -> None:
    assert names("look at @notes.txt, please; mail me@notes.txt or @nobody") == ["notes.txt"]
    assert names("(@notes.txt)") == []
    assert names(f"{mention('two words.txt')} and {mention('notes.txt')}.") == ["two words.txt", "notes.txt"]
    assert names("@notes.txt @notes.txt") == ["notes.txt"]


def test_editing_keeps_a_file_as_it_was_when_it_was_first_sent(folder: Path) -> None:
    turn = turn_with("sum up @notes.txt")
    (folder / "notes.txt").write_text("changed since")
    kept = attachments_in("sum up @notes.txt and @other.txt", turn)
    assert [(file.name, file.data) for file in kept] == [("notes.txt", b"first"), ("other.txt", b"second")]


def test_a_file_whose_name_was_taken_out_does_not_go_along() -> None:
    assert names("sum up", turn_with("sum up @notes.txt")) == []


def test_a_file_that_was_never_named_stays() -> None:
    block = DocumentBlock(b"data", "text/plain", "pasted.txt")
    turn = Turn(prompt_of("sum up", block), TurnOptions("claude-opus-4-8"))
    assert attachments_in("sum it up", turn) == [block]


def test_a_file_that_cannot_be_sent_is_an_error(folder: Path) -> None:
    (folder / "empty").touch()
    with pytest.raises(AttachmentError, match="empty is empty"):
        attachments_in("@empty")

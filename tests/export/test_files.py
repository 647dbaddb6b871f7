"""Exports reach the disk whole, for the user alone, and never over another file unasked."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from fasttui.chat.conversation import Conversation
from fasttui.chat.errors import TransferError
from fasttui.export.files import default_name, free_path, safe_stem, target_path, write_new
from tests.strategies import hostile_text


def titled(title: str) -> Conversation:
    return Conversation(title=title, created_at=datetime(2026, 11, 22, 12, 4, tzinfo=UTC))


def test_a_new_file_holds_the_text_and_is_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "chat.md"
    write_new(path, "grüße\n")
    assert path.read_bytes() == "grüße\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_existing_file_is_kept_until_overwriting_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "chat.md"
    path.write_text("mine")
    with pytest.raises(TransferError, match="exists already") as caught:
        write_new(path, "theirs")
    assert caught.value.hint
    assert path.read_text() == "mine"
    write_new(path, "theirs", overwrite=True)
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_dangling_link_is_a_taken_name_and_overwriting_follows_it(tmp_path: Path) -> None:
    link, target = tmp_path / "link.md", tmp_path / "target.md"
    link.symlink_to(target)
    with pytest.raises(TransferError, match="exists already"):
        write_new(link, "text")
    write_new(link, "text", overwrite=True)
    assert link.is_symlink()
    assert target.read_text() == "text"


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "chat.md"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TransferError, match=r"Cannot write .*: No space left on device\."):
        write_new(path, "new", overwrite=True)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_system_without_hard_links_still_refuses_to_overwrite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_: Path, __: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    path = tmp_path / "chat.md"
    write_new(path, "first")
    with pytest.raises(TransferError, match="exists already"):
        write_new(path, "second")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", ["missing/chat.md", "", "."])
def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path, path: str) -> None:
    with pytest.raises(TransferError, match=r"\.$") as caught:
        write_new(tmp_path / path, "text")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Refactor the cache layer", "2026-11-22 Refactor the cache layer.md"),
        ("", "2026-11-22 Chat.md"),
        ('a/b\\c:d*e?f"g<h>i|j', "2026-11-22 a b c d e f g h i j.md"),
        ("../../etc/passwd", "2026-11-22 .. .. etc passwd.md"),
        ("Grüße, 世界!", "2026-11-22 Grüße, 世界.md"),
        ("trailing dots...", "2026-11-22 trailing dots.md"),
        ("🚀 launch 🚀", "2026-11-22 launch.md"),
        ("new\nline", "2026-11-22 new line.md"),
    ],
)
def test_a_default_name_tells_the_day_and_the_title(title: str, name: str) -> None:
    assert default_name(titled(title), ".md") == name


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "Lpt9.txt", "aux.tar.gz", "COM²", "", "...", " - "])
def test_a_name_windows_keeps_for_itself_is_never_given(name: str) -> None:
    assert safe_stem(name).startswith("Chat")


@given(title=hostile_text)
def test_any_title_makes_a_safe_name(title: str) -> None:
    for name in (default_name(titled(title), ".html"), f"{safe_stem(title)}.html"):
        assert len(name.encode()) < 143
        assert not set(name) & set('<>:"/\\|?*\x00')
        assert name.isprintable()
        assert name[0] not in " .-"
        assert not name.removesuffix(".html").endswith((" ", "."))


def test_the_longest_title_makes_a_name_that_can_be_created(tmp_path: Path) -> None:
    write_new(tmp_path / default_name(titled("漢" * 300), ".md"), "text")


def test_a_folder_gets_a_free_default_name(tmp_path: Path) -> None:
    first = target_path(tmp_path, titled("Cache"), ".md")
    assert first == tmp_path / "2026-11-22 Cache.md"
    write_new(first, "one")
    second = target_path(tmp_path, titled("Cache"), ".md")
    assert second == tmp_path / "2026-11-22 Cache (2).md"
    write_new(second, "two")
    assert free_path(first) == tmp_path / "2026-11-22 Cache (3).md"


def test_a_named_file_is_taken_at_its_word_and_no_name_means_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert target_path(tmp_path / "mine.txt", titled("Cache"), ".md") == tmp_path / "mine.txt"
    monkeypatch.chdir(tmp_path)
    assert target_path(None, titled("Cache"), ".md") == Path("2026-11-22 Cache.md")


def test_a_secret_in_the_title_is_not_in_the_name() -> None:
    key = "sk-ant-api03-" + "a1B2" * 20
    assert "sk-ant" not in default_name(Conversation(title=f"my key is {key}"), ".md")
    assert "sk-ant" not in default_name(Conversation(title=f"my key is {key}"[:59] + "…"), ".md")

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from fasttui.chat.conversation import Conversation
from fasttui.cli.import_ import Bar
from fasttui.export.json_format import from_json
from tests.cli.conftest import Program
from tests.sameness import assert_same_conversation
from tests.store.turns import answer, new_turn


def save(program: Program, *titles: str, reply: str = "It grows at night.") -> list[str]:
    """Chats with one turn each; their ids."""
    store = program.store()
    chats = [Conversation(title=title) for title in titles]
    for chat in chats:
        answer(new_turn(chat, f"Tell me of {chat.title}"), reply)
        store.add(chat)
    store.close()
    return [chat.id for chat in chats]


def test_chats_are_listed_newest_first(program: Program) -> None:
    older, newer = save(program, "Mushrooms", "Cedars")
    lines = program.run("chats").stdout.splitlines()
    assert [line[:8] for line in lines] == [newer[:8], older[:8]]
    assert lines[0].endswith("Cedars")
    said = json.loads(program.run("chats", "--json", "--limit", "1").stdout)
    assert [(chat["id"], chat["title"], chat["turns"]) for chat in said] == [(newer, "Cedars", 1)]


def test_no_chats_are_an_empty_list(program: Program) -> None:
    done = program.run("chats")
    assert (done.code, done.stdout) == (0, "")
    assert program.run("chats", "--json").stdout == "[]\n"


def test_search_finds_words_and_fails_like_grep_when_there_are_none(program: Program) -> None:
    (id_,) = save(program, "Mushrooms")
    done = program.run("search", "grows", "night")
    assert done.code == 0
    assert done.stdout == f"{id_[:8]}  claude  Mushrooms\n          It grows at night.\n"
    (hit,) = json.loads(program.run("search", "--json", "grows").stdout)
    assert (hit["chat_id"], hit["speaker"], hit["matches"]) == (id_, "claude", ["grows"])
    assert program.run("search", "tungsten").code == 1


def test_a_deleted_chat_comes_back_by_the_command_that_delete_names(program: Program) -> None:
    (id_,) = save(program, "Mushrooms")
    deleted = program.run("delete", id_[:8])
    assert deleted.stdout == f"Deleted {id_[:8]}: Mushrooms\n"
    assert program.run("chats").stdout == ""
    again = deleted.stderr.split("fasttui ")[1].split()
    assert program.run(*again).code == 0
    assert program.run("chats").stdout.startswith(id_[:8])


@pytest.mark.parametrize(
    "argv", [["delete", "zzz"], ["delete", "--undo", "zzz"], ["export", "zzz"], ["export", "last"]]
)
def test_a_chat_that_is_not_there_is_wrong_usage(program: Program, argv: list[str]) -> None:
    done = program.run(*argv)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("fasttui: There is no")


def test_an_export_as_json_is_the_chat_itself(program: Program) -> None:
    (id_,) = save(program, "Mushrooms")
    exported = from_json(program.run("export", id_[:6], "--format", "json").stdout)
    store = program.store()
    assert_same_conversation(exported, store.load(id_))
    store.close()


def test_all_chats_go_into_a_folder_and_their_names_to_stdout(program: Program, tmp_path: Path) -> None:
    save(program, "Mushrooms", "Cedars")
    folder = tmp_path / "backup"
    assert program.run("export", "all", "-o", str(folder)).code == 2
    folder.mkdir()
    written = program.run("export", "all", "-o", str(folder)).stdout.splitlines()
    assert sorted(written) == sorted(str(path) for path in folder.iterdir())
    assert len(written) == 2


def test_a_file_is_written_over_only_when_told_to(program: Program, tmp_path: Path) -> None:
    save(program, "Mushrooms")
    target = tmp_path / "chat.html"
    target.write_text("mine")
    refused = program.run("export", "-o", str(target), "--format", "html")
    assert (refused.code, target.read_text()) == (1, "mine")
    assert "exists already" in refused.stderr
    assert program.run("export", "-o", str(target), "--format", "html", "--force").code == 0
    assert target.read_text().startswith("<!DOCTYPE html>")


def test_secrets_are_hidden_unless_told_otherwise(program: Program) -> None:
    key = "sk-ant-" + "api03-" + "a1B2" * 20
    save(program, "Keys", reply=f"Use {key} now.")
    done = program.run("export")
    assert key not in done.stdout
    assert done.stderr == "Hidden secrets: 1. Leave them in with --no-redact.\n"
    assert key in program.run("export", "--no-redact").stdout


def test_an_import_takes_in_what_is_whole_and_names_what_is_not(program: Program, tmp_path: Path) -> None:
    save(program, "Mushrooms")
    document = program.run("export", "--format", "json").stdout
    program.run("delete", "last")
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("conversations.json", f'[{document}, {{"neither": 1}}]')
    done = program.run("import", str(archive), str(tmp_path / "missing.json"))
    assert done.code == 1
    assert done.stdout.startswith("Chats taken in: ")
    assert "conversations.json, entry 2" in done.stderr
    assert "missing.json" in done.stderr
    assert program.run("chats").stdout.rstrip().endswith("Mushrooms")


@pytest.mark.parametrize("argv", [["ask", "hi", "-c"], ["-c"], ["ask", "hi", "-r", "{id}"], ["--inline", "-r", "{id}"]])
def test_a_chat_that_another_window_is_answering_cannot_be_gone_on_with(program: Program, argv: list[str]) -> None:
    elsewhere, chat = program.store(), Conversation(title="Busy")
    elsewhere.begin_turn(chat, new_turn(chat, "Tell me"))
    done = program.run(*(word.format(id=chat.id[:8]) for word in argv), stdin=b"hi\n")
    elsewhere.close()
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr.startswith("fasttui: Another window is receiving a reply in that chat.")


def test_a_chat_is_not_gone_on_with_while_the_chats_cannot_be_read(program: Program) -> None:
    program.paths.data.mkdir(parents=True)
    program.paths.database.write_bytes(b"this is not a database at all" * 100)
    done = program.run("ask", "hi", "-c")
    assert (done.code, done.stdout) == (1, "")
    assert "were damaged" in done.stderr


def test_importing_twice_adds_nothing(program: Program, tmp_path: Path) -> None:
    save(program, "Mushrooms")
    saved = tmp_path / "chat.json"
    program.run("export", "--format", "json", "-o", str(saved))
    done = program.run("import", str(saved))
    assert (done.code, done.stdout) == (0, "Chats taken in: 0, with 0 new turns; 1 were there already.\n")


def test_the_bar_is_drawn_on_a_terminal_only_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for terminal in (True, False):
        stderr = io.StringIO()
        monkeypatch.setattr(stderr, "isatty", lambda terminal=terminal: terminal)
        monkeypatch.setattr(sys, "stderr", stderr)
        bar = Bar("chats.zip")
        for done in (0, 50, 50, 100):
            bar.show(done, 100)
        bar.clear()
        drawn = stderr.getvalue().split("\r\x1b[K")[1:]
        assert [line[-4:] for line in drawn] == (["  0%", " 50%", "100%", ""] if terminal else [])


def test_without_a_credential_the_real_chats_are_still_the_ones(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(program, "Mushrooms")
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    assert "Mushrooms" in program.run("chats").stdout
    assert program.run("chats", "--demo").stdout == ""


def test_a_file_that_is_no_database_is_one_sentence(program: Program) -> None:
    program.paths.data.mkdir(parents=True)
    program.paths.database.write_bytes(b"this is not a database at all" * 100)
    done = program.run("chats")
    assert done.code == 1
    assert "were damaged" in done.stderr


def test_doctor_says_what_it_finds_and_creates_nothing(program: Program) -> None:
    done = program.run("doctor")
    assert (done.code, done.stderr) == (0, "")
    assert "fasttui 0." in done.stdout
    assert not program.paths.data.exists()
    names = [finding["name"] for finding in json.loads(program.run("doctor", "--json").stdout)]
    assert names == ["versions", "settings", "chats", "credential", "server", "terminal", "characters"]


def test_doctor_names_what_is_wrong_and_gives_nothing_away(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-very-secret")
    program.paths.config.mkdir(parents=True)
    program.paths.settings.write_text("sped = 1\n")
    program.paths.data.mkdir(parents=True)
    program.paths.database.write_bytes(b"no database" * 1000)
    done = program.run("doctor")
    assert done.code == 1
    assert "secret" not in done.stdout
    assert "BAD settings" in done.stdout
    assert "BAD chats" in done.stdout
    assert program.paths.database.read_bytes().startswith(b"no database")

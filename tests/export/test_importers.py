"""Exports of other programs come in whole, the same each time, and one broken entry spoils no other."""

import json
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.conversation import Conversation, DocumentBlock, TextBlock, ThinkingBlock, Turn
from fasttui.chat.errors import TransferError
from fasttui.export.importers import BrokenEntry, read_export
from fasttui.export.json_array import split_values
from fasttui.export.json_format import to_document, to_json
from tests.sameness import assert_same_conversation
from tests.strategies import conversations, hostile_text


def unpriced(_: Turn) -> Decimal | None:
    return None


def said(message_id: str, role: str, text: str, parent: str | None, **more: Any) -> dict[str, Any]:
    """A node of ChatGPT's `mapping`."""
    message = {
        "id": message_id,
        "author": {"role": role},
        "create_time": 1_700_000_000.5,
        "status": "finished_successfully",
        "content": {"content_type": "text", "parts": [text]},
        "metadata": {"model_slug": "gpt-4o"} if role == "assistant" else {},
    }
    return {"id": message_id, "parent": parent, "children": [], "message": message | more}


def chatgpt(*nodes: dict[str, Any], current: str | None = None, title: str = "From ChatGPT") -> dict[str, Any]:
    root: dict[str, Any] = {"id": "root", "parent": None, "children": [], "message": None}
    return {
        "conversation_id": "conv-1",
        "title": title,
        "create_time": 1_700_000_000,
        "mapping": {node["id"]: node for node in (root, *nodes)},
        "current_node": current,
    }


def claude_ai(*messages: dict[str, Any], name: str = "From Claude") -> dict[str, Any]:
    return {"uuid": "c-1", "name": name, "created_at": "2025-06-01T10:00:00.000000Z", "chat_messages": list(messages)}


def wrote(number: int, sender: str, text: str, **more: Any) -> dict[str, Any]:
    """A message of Claude.ai's `chat_messages`."""
    message = {
        "uuid": f"m-{number}",
        "sender": sender,
        "text": text,
        "created_at": "2025-06-01T10:00:01+00:00",
        "content": [{"type": "text", "text": text}],
        "attachments": [],
        "files": [],
    }
    return message | more


SIMPLE_CHATGPT = chatgpt(said("u", "user", "hello", "root"), said("a", "assistant", "hi", "u"), current="a")
SIMPLE_CLAUDE = claude_ai(wrote(1, "human", "hello"), wrote(2, "assistant", "hi"))


def imported(tmp_path: Path, value: object) -> list[Conversation | BrokenEntry]:
    path = tmp_path / "conversations.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return list(read_export(path))


def only(found: list[Conversation | BrokenEntry]) -> Conversation:
    (conversation,) = found
    assert isinstance(conversation, Conversation), conversation
    return conversation


def words(conversation: Conversation) -> list[tuple[str, str]]:
    return [(turn.prompt.text, turn.reply.text) for turn in conversation.path()]


@pytest.mark.parametrize("entry", [SIMPLE_CHATGPT, SIMPLE_CLAUDE], ids=["chatgpt", "claude.ai"])
def test_a_plain_exchange_becomes_one_turn(tmp_path: Path, entry: dict[str, Any]) -> None:
    conversation = only(imported(tmp_path, [entry]))
    assert words(conversation) == [("hello", "hi")]
    assert conversation.title.startswith("From ")
    assert conversation.turns[0].status == "completed"
    assert only(imported(tmp_path, entry)).id == conversation.id


@pytest.mark.parametrize("entry", [SIMPLE_CHATGPT, SIMPLE_CLAUDE], ids=["chatgpt", "claude.ai"])
def test_importing_twice_gives_the_identical_conversation(tmp_path: Path, entry: dict[str, Any]) -> None:
    assert_same_conversation(only(imported(tmp_path, [entry])), only(imported(tmp_path, [entry])))


def test_edits_and_regenerated_replies_of_chatgpt_become_branches(tmp_path: Path) -> None:
    entry = chatgpt(
        said("system", "system", "be nice", "root"),
        said("u1", "user", "first", "system"),
        said("a1", "assistant", "one", "u1"),
        said("a1b", "assistant", "one again", "u1"),
        said("u2", "user", "second", "a1b"),
        said("a2", "assistant", "two", "u2"),
        said("u2b", "user", "second, edited", "a1b"),
        said("a2b", "assistant", "two, edited", "u2b"),
        current="a2",
    )
    conversation = only(imported(tmp_path, [entry]))
    assert words(conversation) == [("first", "one again"), ("second", "two")]
    first, second = conversation.path()
    assert [turn.reply.text for turn in conversation.siblings(first)] == ["one", "one again"]
    assert [turn.prompt.text for turn in conversation.siblings(second)] == ["second", "second, edited"]
    assert first.served_model == "gpt-4o"


def test_thinking_tools_and_hidden_parts_of_chatgpt_find_their_place(tmp_path: Path) -> None:
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Weighing", "content": "hm"}]}
    code = {"content_type": "code", "language": "python", "text": "print('```')"}
    image = {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}, "what is it?"]}
    entry = chatgpt(
        said("ctx", "user", "", "root", content={"content_type": "user_editable_context", "user_profile": "x"}),
        said("u", "user", "", "ctx", content=image),
        said("t", "assistant", "", "u", content=thoughts),
        said("h", "assistant", "secret", "t", metadata={"is_visually_hidden_from_conversation": True}),
        said("c", "assistant", "", "h", content=code),
        said("o", "tool", "", "c", content={"content_type": "execution_output", "text": "```"}),
        said("a", "assistant", "done", "o", status="in_progress"),
        current="a",
    )
    turn = only(imported(tmp_path, [entry])).turns[0]
    assert turn.prompt.text == "[image, not in the text of the export]\n\nwhat is it?"
    assert turn.reply.blocks == (
        ThinkingBlock("Weighing\n\nhm"),
        TextBlock("````python\nprint('```')\n````"),
        TextBlock("````\n```\n````"),
        TextBlock("done"),
    )
    assert turn.status == "interrupted"


def test_attachments_thinking_and_artifacts_of_claude_ai_are_kept(tmp_path: Path) -> None:
    artifact = {"title": "cache.py", "type": "application/vnd.ant.code", "language": "python", "content": "x = 1"}
    entry = claude_ai(
        wrote(
            1,
            "human",
            "read this",
            attachments=[{"file_name": "notes.txt", "extracted_content": "the notes"}],
            files=[{"file_name": "photo.png"}, {"file_name": "notes.txt"}],
        ),
        wrote(
            2,
            "assistant",
            "",
            content=[
                {"type": "thinking", "thinking": "hm"},
                {"type": "tool_use", "name": "artifacts", "input": artifact},
                {"type": "tool_use", "name": "web_search", "input": {"query": "x"}},
                {"type": "tool_result", "content": [{"type": "text", "text": "found"}, {"type": "image"}]},
                {"type": "something_new"},
                {"type": "text", "text": "done"},
            ],
        ),
    )
    turn = only(imported(tmp_path, [entry])).turns[0]
    assert turn.prompt.blocks == (
        DocumentBlock(b"the notes", "text/plain", "notes.txt"),
        TextBlock("[attached: photo.png, not in the export]"),
        TextBlock("read this"),
    )
    assert turn.reply.blocks == (
        ThinkingBlock("hm"),
        TextBlock("[cache.py]\n\n```python\nx = 1\n```"),
        TextBlock('[web_search]\n\n```json\n{\n "query": "x"\n}\n```'),
        TextBlock("```\nfound\n```"),
        TextBlock("done"),
    )


def test_old_claude_ai_exports_have_only_text_and_new_ones_tell_the_parents(tmp_path: Path) -> None:
    old = claude_ai(wrote(1, "human", "hello", content=[]), wrote(2, "assistant", "hi", content=[]))
    assert words(only(imported(tmp_path, [old]))) == [("hello", "hi")]
    new = claude_ai(
        wrote(1, "human", "hello", parent_message_uuid="00000000-0000-4000-8000-000000000000"),
        wrote(2, "assistant", "hi", parent_message_uuid="m-1"),
        wrote(3, "assistant", "hi again", parent_message_uuid="m-1"),
    )
    conversation = only(imported(tmp_path, [new]))
    assert words(conversation) == [("hello", "hi again")]
    assert len(conversation.siblings(conversation.turns[0])) == 2


def test_prompts_without_replies_and_replies_without_prompts_stay(tmp_path: Path) -> None:
    entry = claude_ai(wrote(1, "assistant", "welcome"), wrote(2, "human", "one"), wrote(3, "human", "two"))
    conversation = only(imported(tmp_path, [entry]))
    assert words(conversation) == [
        ("(The export holds no prompt for this reply.)", "welcome"),
        ("one", ""),
        ("two", ""),
    ]
    assert [turn.status for turn in conversation.path()] == ["completed", "interrupted", "interrupted"]


def test_a_conversation_that_was_never_used_is_left_out(tmp_path: Path) -> None:
    assert imported(tmp_path, [claude_ai(), chatgpt()]) == []


@given(text=hostile_text, title=hostile_text)
def test_imported_text_is_safe(text: str, title: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("import")
    nodes = (said("u", "user", "x" + text, "root"), said("a", "assistant", "x" + text, "u"))
    messages = (wrote(1, "human", "x" + text), wrote(2, "assistant", "x" + text))
    for entry in (chatgpt(*nodes, title=title), claude_ai(*messages, name=title)):
        conversation = only(imported(folder, [entry]))
        shown = "".join([conversation.title, *(part for turn in words(conversation) for part in turn)])
        shown.encode()
        assert not set(shown) & set("\x00\x07\x1b\x7f\x85\x9b\u202e\r")


@given(originals=st.lists(conversations(max_turns=3), max_size=4))
def test_an_array_of_our_own_documents_comes_back_identical(
    originals: list[Conversation], tmp_path_factory: pytest.TempPathFactory
) -> None:
    documents = [to_document(original, cost_of=unpriced) for original in originals]
    for conversation, original in zip(imported(tmp_path_factory.mktemp("own"), documents), originals, strict=True):
        assert isinstance(conversation, Conversation)
        assert_same_conversation(conversation, original)


def test_a_single_document_of_our_own_comes_back(tmp_path: Path) -> None:
    original = Conversation(title="Mine", tags=("a",))
    assert_same_conversation(only(imported(tmp_path, to_json(original, cost_of=unpriced))), original)


def test_a_broken_entry_is_reported_with_its_place_and_the_rest_goes_in(tmp_path: Path) -> None:
    good = json.dumps(SIMPLE_CLAUDE)
    ring = chatgpt(said("u", "user", "x", "a"), said("a", "assistant", "y", "u"))
    bad_sender = json.dumps(claude_ai(wrote(1, "ghost", "boo")))
    entries = [good, '{"uuid": nonsense}', good, "17", bad_sender, "[]", json.dumps(ring), '{"a": 1}', good]
    text = f"[{', '.join(entries)}, {good[:50]}"
    found = imported(tmp_path, text)
    assert sum(isinstance(entry, Conversation) for entry in found) == 3
    broken = [entry for entry in found if isinstance(entry, BrokenEntry)]
    assert [entry.place.split(" (")[0] for entry in broken] == [
        f"conversations.json, entry {number}" for number in (2, 4, 5, 6, 7, 8, 10)
    ]
    assert broken[0].place == f"conversations.json, entry 2 (byte {len(good) + 3:,})"
    assert broken[0].reason.startswith("It is not JSON: ")
    assert broken[1].reason == "It is neither an object nor a list."
    assert broken[2].reason == "chat_messages[0].sender is none of human, assistant."
    assert broken[4].reason == "The messages form a ring."
    assert broken[6].reason == "It is cut off: the file ends in the middle of it."


def test_entries_nested_too_deeply_are_reported_not_followed(tmp_path: Path) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    found = imported(tmp_path, f"[{json.dumps(SIMPLE_CLAUDE)},{deep},{json.dumps(SIMPLE_CLAUDE)}]")
    assert [type(entry) for entry in found] == [Conversation, BrokenEntry, Conversation]


@pytest.mark.parametrize("text", ["", "  \n", "nonsense", "<html>", "\x00\x01", "17"])
def test_what_is_no_export_at_all_is_told(tmp_path: Path, text: str) -> None:
    (broken,) = imported(tmp_path, text)
    assert isinstance(broken, BrokenEntry)
    assert broken.reason.endswith(".")


def test_a_missing_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(TransferError, match=r"Cannot read .*: No such file or directory\."):
        read_export(tmp_path / "gone.json")


def test_the_zip_and_the_unpacked_folder_give_the_same(tmp_path: Path) -> None:
    archive, folder = tmp_path / "export.zip", tmp_path / "unpacked"
    folder.mkdir()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("users.json", "[{}]")
        for name, entry in (("conversations-000.json", SIMPLE_CHATGPT), ("data/conversations-001.json", SIMPLE_CLAUDE)):
            packed.writestr(name, json.dumps([entry]))
            (folder / Path(name).name).write_text(json.dumps([entry]))
    from_archive, from_folder = list(read_export(archive)), list(read_export(folder))
    assert len(from_archive) == 2
    for one, other in zip(from_archive, from_folder, strict=True):
        assert isinstance(one, Conversation)
        assert isinstance(other, Conversation)
        assert_same_conversation(one, other)


def test_a_damaged_zip_is_told_and_what_came_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("conversations.json", json.dumps([SIMPLE_CLAUDE]))
        packed.writestr("conversations-2.json", json.dumps([SIMPLE_CHATGPT]))
    damaged = path.read_bytes().replace(b"From ChatGPT", b"From CHATgpt")
    path.write_bytes(damaged)
    found = list(read_export(path))
    assert isinstance(found[0], Conversation)
    assert isinstance(found[-1], BrokenEntry)
    assert "CRC" in found[-1].reason


def test_a_zip_without_conversations_is_told(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("users.json", "[]")
    with pytest.raises(TransferError, match=r"holds no conversations\.json\.$"):
        read_export(path)


def test_progress_rises_to_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([SIMPLE_CLAUDE] * 2_000))
    seen: list[tuple[int, int]] = []
    assert len(list(read_export(path, progress=lambda done, total: seen.append((done, total))))) == 2_000
    size = path.stat().st_size
    assert {total for _, total in seen} == {size}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == size
    assert len(seen) > 2


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | hostile_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile_text, inner, max_size=3),
)
_containers = st.lists(_values, max_size=3) | st.dictionaries(hostile_text, _values, max_size=3)


@given(
    elements=st.lists(_containers, max_size=5),
    ascii_only=st.booleans(),
    indent=st.none() | st.just(1),
    chunk=st.integers(1, 9),
)
def test_an_array_is_cut_at_its_elements_however_it_is_read(
    elements: list[Any], ascii_only: bool, indent: int | None, chunk: int
) -> None:
    source = json.dumps(elements, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    position = 0

    def read(_: int) -> bytes:
        nonlocal position
        position += chunk
        return source[position - chunk : position]

    assert [json.loads(element.source) for element in split_values(read)] == elements


MEMORY_PROBE = """
import re, sys
from pathlib import Path
from fasttui.chat.conversation import Conversation
from fasttui.export.importers import read_export

def peak_mb():
    # Not getrusage: that remembers the size of the process this one was forked from.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

before = peak_mb()
count = sum(isinstance(entry, Conversation) for entry in read_export(Path(sys.argv[1])))
print(count, before, peak_mb())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from Linux's /proc")
def test_a_large_export_is_streamed_within_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    entry = json.dumps(claude_ai(*(wrote(n, ("human", "assistant")[n % 2], "word " * 500) for n in range(60))))
    with path.open("w") as file:
        file.write("[" + entry)
        for _ in range(60_000_000 // len(entry)):
            file.write("," + entry)
        file.write("]")
    ran = subprocess.run(
        [sys.executable, "-c", MEMORY_PROBE, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    count, before_mb, after_mb = map(int, ran.stdout.split())
    assert count == 60_000_000 // len(entry) + 1
    assert path.stat().st_size > 59_000_000
    assert after_mb - before_mb < 30
    assert after_mb < 100

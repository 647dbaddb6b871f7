"""The JSON export is lossless, follows its published schema, and refuses what it does not understand."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from fasttui.chat.conversation import Conversation, Turn, TurnOptions, prompt_of
from fasttui.chat.errors import TransferError
from fasttui.export.json_format import SCHEMA_PATH, from_json, to_document, to_json
from tests.sameness import assert_same_conversation
from tests.strategies import conversations

SCHEMA: dict[str, Any] = json.loads(SCHEMA_PATH.read_text("utf-8"))
FIRST: list[Any] = ["conversation", "turns", 0]
PLACE = "conversation.turns[0]"
VALIDATOR = Draft202012Validator(SCHEMA)


def unpriced(_: Turn) -> Decimal | None:
    return None


def two_turns() -> dict[str, Any]:
    conversation = Conversation(title="Two turns")
    first = Turn(prompt_of("one"), TurnOptions("claude-opus-4-8"), id="first")
    conversation.add(first)
    conversation.add(Turn(prompt_of("two"), TurnOptions("claude-opus-4-8"), id="second", parent_id="first"))
    return to_document(conversation, cost_of=lambda _: Decimal("0.0940"))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@given(conversation=conversations())
def test_what_is_read_back_is_the_identical_conversation(conversation: Conversation) -> None:
    text = to_json(conversation, cost_of=unpriced)
    VALIDATOR.validate(json.loads(text))
    assert_same_conversation(from_json(text), conversation)
    assert to_json(from_json(text), cost_of=unpriced) == text


def test_what_is_derived_is_written_for_readers() -> None:
    document = two_turns()
    VALIDATOR.validate(document)
    derived = document["conversation"]["turns"][0]["derived"]
    assert derived == {"output_tokens_per_s": None, "cost_usd": "0.0940"}


def test_a_document_without_a_cache_ttl_asked_for_five_minutes() -> None:
    document = two_turns()
    del document["conversation"]["turns"][0]["options"]["cache_ttl"]
    VALIDATOR.validate(document)
    assert from_json(json.dumps(document)).turns[0].options.cache_ttl == "5m"


def test_members_of_a_later_version_are_ignored() -> None:
    document = two_turns()
    document["conversation"]["mood"] = "fine"
    assert from_json(json.dumps(document)).title == "Two turns"


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["format"], "something", "format is not fasttui.conversation."),
        (["version"], 2, "version is 2, but this fasttui reads up to 1."),
        (["conversation"], None, "conversation is not an object."),
        (["conversation", "turns"], {}, "conversation.turns is not a list."),
        (["conversation", "head_id"], "gone", "conversation.head_id names a turn that is not there."),
        (["conversation", "created_at"], "yesterday", "conversation.created_at is not a time."),
        (["conversation", "turns", 1, "id"], "first", "conversation.turns[1].id is there twice."),
        ([*FIRST, "parent_id"], "second", f"{PLACE}.parent_id names a turn that does not stand before."),
        ([*FIRST, "usage", "input_tokens"], True, f"{PLACE}.usage.input_tokens is not a whole number."),
        ([*FIRST, "timing", "waited_s"], float("nan"), f"{PLACE}.timing.waited_s is not a finite number."),
        ([*FIRST, "timing", "waited_s"], 10**400, f"{PLACE}.timing.waited_s is not a finite number."),
        ([*FIRST, "prompt", "blocks", 0, "type"], "video", f"{PLACE}.prompt.blocks[0].type is no kind of block."),
        ([*FIRST, "options", "speed"], "ludicrous", f"{PLACE}.options.speed is none of standard, fast."),
    ],
)
def test_a_fault_is_told_with_its_place(path: list[Any], value: object, sentence: str) -> None:
    document: Any = two_turns()
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(TransferError) as caught:
        from_json(json.dumps(document))
    assert str(caught.value) == sentence


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "nonsense"])
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(TransferError, match=r"\.$"):
        from_json(text)


def test_a_hand_edited_file_cannot_smuggle_control_characters() -> None:
    document = two_turns()
    document["conversation"]["title"] = "\x1b]0;owned\x07"
    document["conversation"]["turns"][0]["prompt"]["blocks"][0]["text"] = "\x9b2J \ud83d"
    conversation = from_json(json.dumps(document))
    assert conversation.title == "\u241b]0;owned\u2407"
    assert conversation.turns[0].prompt.text == "\ufffd2J \ufffd"

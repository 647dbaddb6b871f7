"""The lossless format: a conversation as JSON, and back to the identical conversation.

`conversation.schema.json` beside this file describes it. `VERSION` grows when an older
fasttui could misread a document; a member that is only added does not change it.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import asdict
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_never

from fasttui.chat.conversation import (
    CACHE_TTLS,
    EFFORTS,
    SPEED_CHOICES,
    Block,
    Conversation,
    DocumentBlock,
    ImageBlock,
    Message,
    RedactedThinkingBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    Turn,
    TurnOptions,
    TurnStatus,
    TurnTiming,
)
from fasttui.chat.usage import Speed, Usage
from fasttui.export.json_nodes import Node
from fasttui.export.reply_facts import CostOf

FORMAT = "fasttui.conversation"
VERSION = 1
SCHEMA_PATH = Path(__file__).with_name("conversation.schema.json")


_SPEEDS: tuple[Speed, ...] = ("standard", "fast")
_STATUSES: tuple[TurnStatus, ...] = ("streaming", "completed", "interrupted", "failed", "refused")


def to_json(conversation: Conversation, *, cost_of: CostOf, redacted: int = 0) -> str:
    """The whole tree as one JSON document; `redacted` is how many secrets were hidden before."""
    return json.dumps(to_document(conversation, cost_of=cost_of, redacted=redacted), ensure_ascii=False, indent=1)


def to_document(conversation: Conversation, *, cost_of: CostOf, redacted: int = 0) -> dict[str, Any]:
    """The same as a value that `json` can write."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "redacted": redacted,
        "conversation": {
            "id": conversation.id,
            "title": conversation.title,
            "created_at": conversation.created_at.astimezone(UTC).isoformat(),
            "system": conversation.system,
            "tags": list(conversation.tags),
            "head_id": conversation.head_id,
            "turns": [_turn_value(turn, cost_of(turn)) for turn in conversation.turns],
        },
    }


def _turn_value(turn: Turn, cost: Decimal | None) -> dict[str, Any]:
    return {
        "id": turn.id,
        "parent_id": turn.parent_id,
        "created_at": turn.created_at.astimezone(UTC).isoformat(),
        "status": turn.status,
        "prompt": _message_value(turn.prompt),
        "reply": _message_value(turn.reply),
        "options": asdict(turn.options),
        "usage": asdict(turn.usage),
        "timing": asdict(turn.timing),
        "request_id": turn.request_id,
        "message_id": turn.message_id,
        "served_model": turn.served_model,
        "stop_reason": turn.stop_reason,
        "fallback_reason": turn.fallback_reason,
        "error": turn.error,
        "error_hint": turn.error_hint,
        # For readers of the file; an import computes both anew.
        "derived": {
            "output_tokens_per_s": turn.output_tokens_per_s,
            "cost_usd": None if cost is None else format(cost, "f"),
        },
    }


def _message_value(message: Message) -> dict[str, Any]:
    return {"role": message.role, "blocks": [_block_value(block) for block in message.blocks]}


def _block_value(block: Block) -> dict[str, Any]:
    match block:
        case TextBlock(text):
            return {"type": "text", "text": text}
        case ThinkingBlock(thinking, signature):
            return {"type": "thinking", "thinking": thinking, "signature": signature}
        case RedactedThinkingBlock(data):
            return {"type": "redacted_thinking", "data": data}
        case ImageBlock(data, media_type, name):
            return {"type": "image", "media_type": media_type, "name": name, "data": b64encode(data).decode()}
        case DocumentBlock(data, media_type, name):
            return {"type": "document", "media_type": media_type, "name": name, "data": b64encode(data).decode()}
        case _:
            assert_never(block)


def from_json(text: str) -> Conversation:
    """The conversation that `to_json` wrote.

    Raises:
        TransferError: the text is not such a document; the sentence names the place.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Node(None).fault(f"is not JSON ({error})") from None
    return from_document(Node(value))


def from_document(document: Node) -> Conversation:
    """The conversation of a parsed document. Raises `TransferError` as `from_json` does."""
    if document["format"].value != FORMAT:
        raise document["format"].fault(f"is not {FORMAT}")
    version = document["version"]
    if version.integer() > VERSION:
        raise version.fault(f"is {version.value}, but this fasttui reads up to {VERSION}")
    source = document["conversation"]
    conversation = Conversation(
        source["id"].string(),
        source["title"].string(),
        source["created_at"].moment(),
        source["system"].string(),
        tuple(tag.string() for tag in source["tags"]),
    )
    for node in source["turns"]:
        conversation.add(_turn_from(node, conversation))
    head = source["head_id"]
    conversation.head_id = head.string_or_none()
    if conversation.head_id is not None and conversation.head_id not in conversation:
        raise head.fault("names a turn that is not there")
    return conversation


def _turn_from(node: Node, earlier: Conversation) -> Turn:
    """The turn at `node`. Its parent must stand before it, so that no path can run in a ring."""
    turn_id, parent_id = node["id"].string(), node["parent_id"].string_or_none()
    if turn_id in earlier:
        raise node["id"].fault("is there twice")
    if parent_id is not None and parent_id not in earlier:
        raise node["parent_id"].fault("names a turn that does not stand before")
    return Turn.restored(
        _message_from(node["prompt"], "user"),
        _options_from(node["options"]),
        _message_from(node["reply"], "assistant"),
        id=turn_id,
        parent_id=parent_id,
        created_at=node["created_at"].moment(),
        status=node["status"].one_of(_STATUSES),
        usage=_usage_from(node["usage"]),
        timing=_timing_from(node["timing"]),
        request_id=node["request_id"].string_or_none(),
        message_id=node["message_id"].string_or_none(),
        served_model=node["served_model"].string_or_none(),
        stop_reason=node["stop_reason"].string_or_none(),
        fallback_reason=node["fallback_reason"].string_or_none(),
        error=node["error"].string_or_none(),
        error_hint=node["error_hint"].string_or_none(),
    )


def _options_from(node: Node) -> TurnOptions:
    return TurnOptions(
        model=node["model"].string(),
        speed=node["speed"].one_of(_SPEEDS),
        effort=node["effort"].one_of(EFFORTS) if node["effort"] else None,
        max_tokens=node["max_tokens"].integer(),
        thinking=node["thinking"].boolean(),
        speed_choice=node["speed_choice"].one_of(SPEED_CHOICES),
        speed_reason=node["speed_reason"].string(),
        cache_ttl=node["cache_ttl"].one_of(CACHE_TTLS) if node["cache_ttl"] else "5m",
    )


def _usage_from(node: Node) -> Usage:
    def count(name: str) -> int | None:
        return node[name].integer() if node[name] else None

    return Usage(
        input_tokens=count("input_tokens"),
        output_tokens=count("output_tokens"),
        thinking_tokens=count("thinking_tokens"),
        cache_read_tokens=count("cache_read_tokens"),
        cache_write_5m_tokens=count("cache_write_5m_tokens"),
        cache_write_1h_tokens=count("cache_write_1h_tokens"),
        served_speed=node["served_speed"].one_of(_SPEEDS) if node["served_speed"] else None,
    )


def _timing_from(node: Node) -> TurnTiming:
    def seconds(name: str) -> float | None:
        return node[name].number() if node[name] else None

    return TurnTiming(
        waited_s=node["waited_s"].number(),
        headers_s=seconds("headers_s"),
        first_block_s=seconds("first_block_s"),
        first_text_s=seconds("first_text_s"),
        last_delta_s=seconds("last_delta_s"),
    )


def _message_from(node: Node, role: Role) -> Message:
    node["role"].one_of((role,))
    return Message(role, tuple(_block_from(block) for block in node["blocks"]))


def _block_from(node: Node) -> Block:
    match node["type"].value:
        case "text":
            return TextBlock(node["text"].string())
        case "thinking":
            return ThinkingBlock(node["thinking"].raw_string(), node["signature"].raw_string())
        case "redacted_thinking":
            return RedactedThinkingBlock(node["data"].raw_string())
        case "image":
            return ImageBlock(_bytes_from(node["data"]), node["media_type"].string(), node["name"].string())
        case "document":
            return DocumentBlock(_bytes_from(node["data"]), node["media_type"].string(), node["name"].string())
        case _:
            raise node["type"].fault("is no kind of block")


def _bytes_from(node: Node) -> bytes:
    try:
        return b64decode(node.raw_string(), validate=True)
    except (Base64Error, ValueError):
        raise node.fault("is not base64") from None

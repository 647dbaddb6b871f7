"""A conversation from ChatGPT's data export: `conversations.json`, a list of trees in `mapping`."""

import json
from datetime import UTC, datetime

from fasttui.chat.conversation import Block, Conversation, Role, TextBlock, ThinkingBlock
from fasttui.chat.safe_text import safe_line, safe_text
from fasttui.export.json_nodes import Node
from fasttui.export.markdown_text import fenced
from fasttui.export.message_tree import SourceMessage, derived_id, plant

# What the app keeps for itself: custom instructions, memories, browsing state.
_UNSEEN_CONTENT = frozenset(["user_editable_context", "model_editable_context", "tether_browsing_display"])

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def is_chatgpt(entry: Node) -> bool:
    """Whether this is a conversation as ChatGPT exports it."""
    return isinstance(entry.value, dict) and "mapping" in entry.value


def from_chatgpt(entry: Node) -> Conversation:
    """The conversation with all its branches.

    Raises:
        TransferError: it is not in the form that ChatGPT writes; the sentence names the place.
    """
    created_at = entry["create_time"].moment_or(entry["update_time"].moment_or(_UNDATED))
    source_id = entry["conversation_id"].string_or("") or entry["id"].string_or("") or f"{created_at.timestamp()}"
    conversation = Conversation(
        derived_id("chatgpt", source_id),
        safe_line(entry["title"].string_or("")),
        created_at,
        tags=("chatgpt",),
    )
    model = entry["default_model_slug"].string_or("")
    messages = [_message(key, node, created_at, model) for key, node in entry["mapping"].members()]
    plant(conversation, messages, entry["current_node"].string_or_none())
    return conversation


def _message(key: str, node: Node, conversation_created_at: datetime, default_model: str) -> SourceMessage:
    message, parent_id = node["message"], node["parent"].string_or_none()
    if not message:
        return SourceMessage(key, parent_id, "assistant", (), conversation_created_at)
    author = message["author"]["role"].string()
    role: Role = "user" if author == "user" else "assistant"
    metadata = message["metadata"] or Node({}, message.place)
    hidden = author == "system" or metadata["is_visually_hidden_from_conversation"].value is True
    return SourceMessage(
        key,
        parent_id,
        role,
        () if hidden else _blocks(message),
        message["create_time"].moment_or(conversation_created_at),
        metadata["model_slug"].string_or(default_model),
        cut=message["status"].value == "in_progress",
    )


def _blocks(message: Node) -> tuple[Block, ...]:
    content = message["content"]
    kind = content["content_type"].string()
    if kind in _UNSEEN_CONTENT:
        return ()
    if kind == "thoughts":
        thoughts = "\n\n".join(_thought(thought) for thought in content["thoughts"])
        return (ThinkingBlock(thoughts),) if thoughts.strip() else ()
    if kind == "reasoning_recap":
        return ()
    text = _text(content, kind)
    return (TextBlock(text),) if text.strip() else ()


def _thought(thought: Node) -> str:
    said = (thought["summary"].string_or(""), thought["content"].string_or(""))
    return "\n\n".join(part for part in said if part)


def _text(content: Node, kind: str) -> str:
    if kind in ("code", "execution_output"):
        language = content["language"].string_or("")
        text = content["text"].string_or("")
        return fenced(text, "" if language == "unknown" else language) if text.strip() else ""
    if content["parts"]:
        return "\n\n".join(part for part in map(_part, content["parts"]) if part.strip())
    return content["text"].string_or("") or content["result"].string_or("")


def _part(part: Node) -> str:
    if isinstance(part.value, str):
        return part.string()
    if not isinstance(part.value, dict):
        return ""
    kind = part["content_type"].string_or("")
    if kind == "audio_transcription":
        return part["text"].string_or("")
    if kind.endswith("_asset_pointer"):
        return f"[{kind.split('_')[0]}, not in the text of the export]"
    return fenced(safe_text(json.dumps(part.value, ensure_ascii=False, indent=1)), "json")

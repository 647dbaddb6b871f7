"""A conversation from Claude.ai's data export: `conversations.json`, a list with `chat_messages`."""

import json
from datetime import datetime

from fasttui.chat.conversation import Block, Conversation, DocumentBlock, Role, TextBlock, ThinkingBlock
from fasttui.chat.safe_text import safe_line, safe_text
from fasttui.export.json_nodes import Node
from fasttui.export.markdown_text import fenced
from fasttui.export.message_tree import SourceMessage, derived_id, plant

_NO_PARENT = "00000000-0000-4000-8000-000000000000"
_SENDERS = ("human", "assistant")


def is_claude_ai(entry: Node) -> bool:
    """Whether this is a conversation as Claude.ai exports it."""
    return isinstance(entry.value, dict) and "chat_messages" in entry.value


def from_claude_ai(entry: Node) -> Conversation:
    """The conversation; its branches too, where the export tells each message's parent.

    Raises:
        TransferError: it is not in the form that Claude.ai writes; the sentence names the place.
    """
    created_at = entry["created_at"].moment()
    source_id = entry["uuid"].string_or("") or created_at.isoformat()
    conversation = Conversation(
        derived_id("claude.ai", source_id),
        safe_line(entry["name"].string_or("")),
        created_at,
        tags=("claude.ai",),
    )
    model = entry["model"].string_or("")
    messages: dict[str, SourceMessage] = {}
    previous_id: str | None = None
    for number, node in enumerate(entry["chat_messages"]):
        message_id = node["uuid"].string_or("") or f"#{number}"
        if message_id in messages:
            message_id = f"{message_id}#{number}"
        messages[message_id] = _message(message_id, previous_id, node, created_at, model)
        previous_id = message_id
    plant(conversation, messages.values(), entry["current_leaf_message_uuid"].string_or("") or previous_id)
    return conversation


def _message(
    message_id: str, previous_id: str | None, node: Node, conversation_created_at: datetime, model: str
) -> SourceMessage:
    role: Role = "user" if node["sender"].one_of(_SENDERS) == "human" else "assistant"
    parent_id = node["parent_message_uuid"].string_or("")
    return SourceMessage(
        message_id,
        None if parent_id == _NO_PARENT else parent_id or previous_id,
        role,
        (*_attachments(node), *_content(node)),
        node["created_at"].moment_or(conversation_created_at),
        model if role == "assistant" else "",
        cut=node["stop_reason"].value == "user_canceled",
    )


def _attachments(node: Node) -> list[Block]:
    """Text files come with their text; of images and PDFs the export has only the name."""
    blocks: list[Block] = []
    seen = set()
    for attachment in node["attachments"] if node["attachments"] else ():
        name = safe_line(attachment["file_name"].string_or("")) or "attachment"
        seen.add(name)
        text = attachment["extracted_content"].string_or("")
        if text:
            blocks.append(DocumentBlock(text.encode(), "text/plain", name))
        else:
            blocks.append(TextBlock(f"[attached: {name}, not in the export]"))
    for file in node["files"] if node["files"] else ():
        name = safe_line(file["file_name"].string_or("")) or "file"
        if name not in seen:
            blocks.append(TextBlock(f"[attached: {name}, not in the export]"))
    return blocks


def _content(node: Node) -> list[Block]:
    """The blocks of `content`; older exports have only `text`."""
    blocks = [block for part in (node["content"] if node["content"] else ()) if (block := _block(part))]
    if not blocks and (text := node["text"].string_or("")).strip():
        blocks = [TextBlock(text)]
    return blocks


def _block(part: Node) -> Block | None:
    match part["type"].value:
        case "text":
            text = part["text"].string_or("")
        case "thinking":
            thinking = part["thinking"].string_or("")
            return ThinkingBlock(thinking) if thinking.strip() else None
        case "tool_use":
            text = _tool_use(part)
        case "tool_result":
            text = _tool_result(part)
        case _:
            return None
    return TextBlock(text) if text.strip() else None


def _tool_use(part: Node) -> str:
    """An artifact as what it holds; any other tool as its name and input."""
    name, given = safe_line(part["name"].string_or("tool")), part["input"]
    if not isinstance(given.value, dict):
        return f"[{name}]"
    content = given["content"].string_or("")
    if name != "artifacts" or not content:
        shown = safe_text(json.dumps(given.value, ensure_ascii=False, indent=1))
        return f"[{name}]\n\n{fenced(shown, 'json')}"
    title = safe_line(given["title"].string_or("Artifact"))
    if given["type"].value == "text/markdown":
        return f"[{title}]\n\n{content}"
    return f"[{title}]\n\n{fenced(content, safe_line(given['language'].string_or('')))}"


def _tool_result(part: Node) -> str:
    content = part["content"]
    if isinstance(content.value, list):
        text = "\n\n".join(
            piece["text"].string_or("") for piece in content if isinstance(piece.value, dict) and piece["text"]
        )
    else:
        text = content.string_or("")
    return fenced(text) if text.strip() else ""

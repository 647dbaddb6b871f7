"""Turns and their parts as the values of a row, and back again; JSON where no query looks inside."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache

from fasttui.chat.conversation import (
    Block,
    DocumentBlock,
    ImageBlock,
    Message,
    RedactedThinkingBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    Turn,
    TurnOptions,
    TurnTiming,
)
from fasttui.chat.usage import Usage
from fasttui.store.database import Row, SqlValue

# What of a turn is known when it begins, and what its reply brings; in the order of the two functions below.
ASKED_COLUMNS = ("id", "parent_id", "created_at", "options", "prompt")
ANSWERED_COLUMNS = (
    "status", "served_speed", "request_id", "message_id", "served_model", "stop_reason", "fallback_reason",
    "error", "error_hint", "usage", "timing", "reply",
)  # fmt: skip
TURN_COLUMNS = ASKED_COLUMNS + ANSWERED_COLUMNS

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encode(value: object) -> str:
    """Compact JSON."""
    return _encoder.encode(value)


def moment(when: datetime) -> str:
    """A time as it is stored: UTC, of fixed width, so that text order is time order."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def attachment_hash(data: bytes) -> str:
    """The name under which an image or file is stored once."""
    return hashlib.sha256(data).hexdigest()


def attachments_of(turn: Turn) -> dict[str, bytes]:
    """The images and files of a turn's prompt, by hash."""
    blocks = (*turn.prompt.blocks, *turn.reply.blocks)
    return {attachment_hash(b.data): b.data for b in blocks if isinstance(b, ImageBlock | DocumentBlock)}


def encode_blocks(blocks: Iterable[Block]) -> str:
    """Blocks as JSON; attachments by their hash alone."""
    return encode([_block_fields(block) for block in blocks])


def _block_fields(block: Block) -> dict[str, str]:
    match block:
        case TextBlock(text):
            return {"text": text}
        case ThinkingBlock(thinking, signature):
            return {"thinking": thinking, "signature": signature}
        case RedactedThinkingBlock(data):
            return {"redacted": data}
        case ImageBlock(data, media_type, name):
            return {"image": attachment_hash(data), "media_type": media_type, "name": name}
        case DocumentBlock(data, media_type, name):
            return {"document": attachment_hash(data), "media_type": media_type, "name": name}


def decode_blocks(stored: str, attachment: Callable[[str], bytes]) -> tuple[Block, ...]:
    """What `encode_blocks` wrote; `attachment` gives the bytes of a hash."""
    return tuple(_block(fields, attachment) for fields in json.loads(stored))


def _block(fields: dict[str, str], attachment: Callable[[str], bytes]) -> Block:
    match fields:
        case {"text": text}:
            return TextBlock(text)
        case {"thinking": thinking, "signature": signature}:
            return ThinkingBlock(thinking, signature)
        case {"redacted": data}:
            return RedactedThinkingBlock(data)
        case {"image": hash_, "media_type": media_type, "name": name}:
            return ImageBlock(attachment(hash_), media_type, name)
        case {"document": hash_, "media_type": media_type, "name": name}:
            return DocumentBlock(attachment(hash_), media_type, name)
        case _:
            raise ValueError(f"no block has the fields {sorted(fields)}")


def asked_row(turn: Turn) -> tuple[SqlValue, ...]:
    """The values of `ASKED_COLUMNS`."""
    options, prompt = encode(asdict(turn.options)), encode_blocks(turn.prompt.blocks)
    return turn.id, turn.parent_id, moment(turn.created_at), options, prompt


def answered_row(turn: Turn) -> tuple[SqlValue, ...]:
    """The values of `ANSWERED_COLUMNS`."""
    return (
        turn.status, turn.served_speed, turn.request_id, turn.message_id, turn.served_model,
        turn.stop_reason, turn.fallback_reason, turn.error, turn.error_hint, encode(_said(turn.usage)),
        encode(_said(turn.timing)), encode_blocks(turn.reply.blocks),
    )  # fmt: skip


def _said(figures: Usage | TurnTiming) -> dict[str, object]:
    return {name: value for name, value in asdict(figures).items() if value is not None}


def turn_of(row: Row, attachment: Callable[[str], bytes]) -> Turn:
    """The turn of a row of `TURN_COLUMNS`."""
    (
        id_, parent_id, created_at, options, prompt,
        status, _, request_id, message_id, served_model, stop_reason, fallback_reason,
        error, error_hint, usage, timing, reply,
    ) = row  # fmt: skip
    return Turn.restored(
        _message("user", prompt, attachment),
        _options(options),
        _message("assistant", reply, attachment),
        id=id_,
        parent_id=parent_id,
        created_at=datetime.fromisoformat(created_at),
        status=status,
        usage=Usage(**json.loads(usage)),
        timing=TurnTiming(**json.loads(timing)),
        request_id=request_id,
        message_id=message_id,
        served_model=served_model,
        stop_reason=stop_reason,
        fallback_reason=fallback_reason,
        error=error,
        error_hint=error_hint,
    )


def _message(role: Role, blocks: str, attachment: Callable[[str], bytes]) -> Message:
    return Message(role, decode_blocks(blocks, attachment))


@lru_cache(maxsize=64)
def _options(stored: str) -> TurnOptions:
    """Most turns of a chat were asked with the same options: one object serves them all."""
    return TurnOptions(**json.loads(stored))

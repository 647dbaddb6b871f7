"""A conversation with a little of everything, as exports have to show it."""

from base64 import b64decode
from datetime import UTC, datetime
from decimal import Decimal

from fasttui.chat.conversation import (
    Block,
    Conversation,
    DocumentBlock,
    ImageBlock,
    Message,
    TextBlock,
    ThinkingBlock,
    Turn,
    TurnOptions,
    TurnStatus,
    TurnTiming,
    prompt_of,
)
from fasttui.chat.usage import Speed, Usage

PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
STARTED = datetime(2026, 11, 22, 12, 4, tzinfo=UTC)

CACHE_REPLY = """\
Here is the **module**, with a [link](https://docs.python.org/3/) and a table:

| method | cost |
|--------|------|
| `get`  | O(1) |

```python
class TTLCache:
    def get(self, key: str) -> int | None:
        return self._values.get(key)  # None when expired
```

![a diagram](https://example.com/diagram.png)
"""


def reply_of(
    prompt: Message,
    *reply: Block,
    id: str,  # noqa: A002 - as in `Turn`
    after: str | None = None,
    asked: Speed = "fast",
    served: Speed | None = "fast",
    status: TurnStatus = "completed",
    error: str | None = None,
    fallback_reason: str | None = None,
    seconds: float = 17.0,
) -> Turn:
    """An ended turn of 1,862 tokens."""
    return Turn.restored(
        prompt,
        TurnOptions("claude-opus-4-8", speed=asked, speed_choice=asked),
        Message("assistant", reply),
        id=id,
        parent_id=after,
        created_at=STARTED,
        status=status,
        usage=Usage(12, 1862, 400, 10_000, served_speed=served),
        timing=TurnTiming(0.0, 0.4, 1.2, 5.0, 1.2 + seconds),
        request_id=f"req_{id}",
        served_model="claude-opus-4-8",
        stop_reason="end_turn" if status == "completed" else None,
        fallback_reason=fallback_reason,
        error=error,
    )


def sample() -> Conversation:
    """Three turns on the shown path and one beside it."""
    conversation = Conversation("c0ffee", "Refactor the <cache> layer", STARTED, "Answer briefly.", ("work", "python"))
    image, notes = ImageBlock(PIXEL, "image/png", "shot.png"), DocumentBlock(b"<b>notes</b>", "text/plain", "notes.txt")
    first = prompt_of("Write an LRU cache.\nWith TTL.", image, notes)
    conversation.add(reply_of(first, TextBlock("No."), id="t0"))
    conversation.add(reply_of(first, ThinkingBlock("Locks </details>\n\n```", "sig"), TextBlock(CACHE_REPLY), id="t1"))
    fell_back = "Fast limit reached for 9 s."
    conversation.add(
        reply_of(
            prompt_of("Faster!"), TextBlock("Done."), id="t2", after="t1", served="standard", seconds=40.0,
            fallback_reason=fell_back,
        )
    )  # fmt: skip
    conversation.add(
        reply_of(
            prompt_of("And tests?"), TextBlock("```python\ndef test_"), id="t3", after="t2", status="interrupted",
            error="The connection was lost in mid-reply.",
        )
    )  # fmt: skip
    return conversation


def cost_of(turn: Turn) -> Decimal | None:
    """What fast replies cost; the others are of unknown price."""
    return Decimal("0.0944") if turn.served_speed == "fast" else None

"""The shown path of a conversation as one Markdown file with YAML front matter."""

import json
from collections.abc import Iterator
from decimal import Decimal

from fasttui.chat.conversation import Conversation, DocumentBlock, ImageBlock, Message, Turn
from fasttui.export.markdown_text import closed, code_span, escaped, quoted
from fasttui.export.reply_facts import (
    CostOf,
    attachment_line,
    outcome,
    reply_facts,
    totals,
)


def to_markdown(conversation: Conversation, *, cost_of: CostOf, redacted: int = 0) -> str:
    """The path as Markdown; `redacted` is how many secrets were hidden before."""
    parts = [
        _front_matter(conversation, cost_of, redacted),
        f"# {escaped(conversation.title) or 'Untitled chat'}",
    ]
    if conversation.system:
        parts += ["## System prompt", quoted(conversation.system)]
    for turn in conversation.path():
        parts += _turn_parts(turn, cost_of(turn))
    return "\n\n".join(parts) + "\n"


def _front_matter(conversation: Conversation, cost_of: CostOf, redacted: int) -> str:
    """YAML with every text quoted as JSON, which YAML takes as it is."""
    path = conversation.path()
    sums = totals(path, cost_of)
    facts: dict[str, object] = {
        "id": conversation.id,
        "title": conversation.title,
        "created": conversation.created_at.isoformat(),
        "model": path[-1].options.model if path else None,
        "tags": list(conversation.tags),
        "replies": sums.replies,
        "other_branches": len(conversation.turns) - len(path),
        "input_tokens": sums.prompt_tokens,
        "output_tokens": sums.output_tokens,
        "fast_tokens_per_s": _rounded(sums.fast_otps),
        "standard_tokens_per_s": _rounded(sums.standard_otps),
        "cost_usd": None if sums.cost is None else float(sums.cost),
        "redacted": redacted,
    }
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items())
    return "\n".join(["---", *lines, "---"])


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)


def _turn_parts(turn: Turn, cost: Decimal | None) -> Iterator[str]:
    yield f"## You · {turn.created_at:%Y-%m-%d %H:%M} UTC"
    yield from _attachments(turn.prompt)
    yield closed(turn.prompt.text)
    yield "## Claude"
    yield " · ".join(f"{fact.name} {code_span(fact.value)}" for fact in reply_facts(turn, cost))
    if turn.fallback_reason:
        yield f"> **Fell back to standard:** {escaped(turn.fallback_reason)}"
    if turn.reply.thinking:
        yield f"<details>\n<summary>Thinking</summary>\n\n{quoted(turn.reply.thinking)}\n\n</details>"
    if turn.reply.text:
        yield closed(turn.reply.text)
    if ended := outcome(turn):
        yield f"> **{turn.status.capitalize()}:** {escaped(ended)}"


def _attachments(message: Message) -> Iterator[str]:
    for block in message.blocks:
        if isinstance(block, ImageBlock | DocumentBlock):
            yield f"Attached: {escaped(attachment_line(block))}"

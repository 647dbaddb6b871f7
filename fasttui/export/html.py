"""The shown path of a conversation as one HTML file that needs nothing else, and lets nothing in."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from pathlib import Path

from fasttui.chat.conversation import Conversation, DocumentBlock, ImageBlock, Message, Turn
from fasttui.chat.safe_text import safe_text
from fasttui.export.page_text import code_styles, prompt_html, reply_html
from fasttui.export.reply_facts import (
    CostOf,
    Fact,
    attachment_line,
    dollars,
    outcome,
    reply_facts,
    totals,
)
from fasttui.export.speed_picture import speed_svg

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_SHOWN_IMAGES = frozenset(["image/png", "image/jpeg", "image/gif", "image/webp"])
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_COLOR_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")


def to_html(
    conversation: Conversation,
    *,
    cost_of: CostOf,
    redacted: int = 0,
    colors: Mapping[str, str] | None = None,
) -> str:
    """The path as a page; `redacted` is how many secrets were hidden before.

    `colors` replaces colours of `page.css` by name (`fast`, `standard`, `accent` …), each as "#rrggbb".
    """
    path = conversation.path()
    title = escape(conversation.title or "Untitled chat")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">',
        f'<link rel="icon" href="data:,"><title>{title}</title>',
        f"<style>\n{_styles(colors or {})}</style></head>",
        f'<body><header><h1 dir="auto">{title}</h1>{_summary(conversation, path, cost_of)}',
        *_notes(conversation, path, redacted),
        _picture(path),
        "</header><main>",
        *_system(conversation.system),
        *(_turn(number, turn, cost_of(turn)) for number, turn in enumerate(path, 1)),
        "</main></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _styles(colors: Mapping[str, str]) -> str:
    for name, color in colors.items():
        if not (_COLOR_NAME.fullmatch(name) and _COLOR.fullmatch(color)):
            raise ValueError(f"{name}: {color} is not a colour")
    page = Path(__file__).with_name("page.css").read_text("utf-8")
    own = "".join(f"--{name}: {color};" for name, color in colors.items())
    return f"{page}{code_styles()}\n" + (f":root:root {{ {own} }}\n" if own else "")


def _summary(conversation: Conversation, path: Sequence[Turn], cost_of: CostOf) -> str:
    sums = totals(path, cost_of)
    facts = [Fact("started", f"{conversation.created_at:%Y-%m-%d %H:%M} UTC"), Fact("replies", f"{sums.replies:,}")]
    if sums.fast_otps is not None:
        facts.append(Fact("fast", f"{sums.fast_otps:,.0f} tok/s"))
    if sums.standard_otps is not None:
        facts.append(Fact("standard", f"{sums.standard_otps:,.0f} tok/s"))
    facts.append(Fact("tokens out", f"{sums.output_tokens:,}"))
    facts.append(Fact("tokens in", f"{sums.prompt_tokens:,}"))
    if sums.cost is not None:
        facts.append(Fact("cost", dollars(sums.cost)))
    return _facts(facts, "summary")


def _facts(facts: Sequence[Fact], kind: str) -> str:
    pairs = "".join(
        f'<div class="{fact.name.replace(" ", "-")}"><dt>{escape(fact.name)}</dt><dd>{escape(fact.value)}</dd></div>'
        for fact in facts
    )
    return f'<dl class="{kind}">{pairs}</dl>'


def _notes(conversation: Conversation, path: Sequence[Turn], redacted: int) -> Iterator[str]:
    if conversation.tags:
        tags = "".join(f'<li dir="auto">{escape(tag)}</li>' for tag in conversation.tags)
        yield f'<ul class="tags">{tags}</ul>'
    if redacted:
        yield f'<p class="note">{_count(redacted, "secret")} hidden.</p>'
    if elsewhere := len(conversation.turns) - len(path):
        yield f'<p class="note">{_count(elsewhere, "turn")} on other branches not shown.</p>'


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _picture(path: Sequence[Turn]) -> str:
    svg = speed_svg(path)
    if not svg:
        return ""
    legend = '<span class="key fast">fast</span> <span class="key standard">standard</span>'
    return f'<figure class="picture">{svg}<figcaption>Tokens per second, reply by reply: {legend}</figcaption></figure>'


def _system(system: str) -> Iterator[str]:
    if system:
        yield _folded("system", "System prompt", system)


def _folded(kind: str, summary: str, text: str) -> str:
    return (
        f'<details class="{kind}"><summary dir="auto">{escape(summary)}</summary>'
        f'<pre dir="auto">{escape(text)}</pre></details>'
    )


def _turn(number: int, turn: Turn, cost: Decimal | None) -> str:
    served = turn.served_speed or "unknown"
    mismatch = " mismatched" if turn.mismatched else ""
    parts = [
        f'<section class="prompt"><h2>You <time>{turn.created_at:%Y-%m-%d %H:%M}</time></h2>',
        *_attachments(turn.prompt),
        f'<div class="text" dir="auto">{prompt_html(turn.prompt.text)}</div></section>',
        f'<section class="reply {served}{mismatch}" id="reply-{number}"><h2>Claude</h2>',
        _facts(reply_facts(turn, cost), "facts"),
    ]
    if turn.fallback_reason:
        parts.append(f'<p class="note">Fell back to standard: {escape(turn.fallback_reason)}</p>')
    if thinking := turn.reply.thinking:
        parts.append(_folded("thinking", "Thinking", thinking))
    parts.append(f'<div class="text" dir="auto">{reply_html(turn.reply.text)}</div>')
    if ended := outcome(turn):
        parts.append(f'<p class="ended">{turn.status.capitalize()}: {escape(ended)}</p>')
    return "\n".join([*parts, "</section>"])


def _attachments(message: Message) -> Iterator[str]:
    for block in message.blocks:
        if isinstance(block, ImageBlock | DocumentBlock):
            yield _attachment(block)


def _attachment(block: ImageBlock | DocumentBlock) -> str:
    """An image as itself, a text file folded away, anything else by name."""
    line = attachment_line(block)
    if isinstance(block, ImageBlock) and block.media_type in _SHOWN_IMAGES:
        source = f"data:{block.media_type};base64,{b64encode(block.data).decode()}"
        return (
            f'<figure class="attached"><img src="{source}" alt="{escape(block.name)}">'
            f'<figcaption dir="auto">{escape(line)}</figcaption></figure>'
        )
    if block.media_type == "text/plain":
        return _folded("attached", line, safe_text(block.data.decode(errors="replace")))
    return f'<p class="attached" dir="auto">{escape(line)}</p>'

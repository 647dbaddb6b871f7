"""The Markdown export tells everything, and no message can break out of its place."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from fasttui.chat.conversation import Conversation, TextBlock, ThinkingBlock, Turn, prompt_of
from fasttui.export.markdown import to_markdown
from fasttui.export.markdown_text import closed, code_span, escaped, fenced, quoted
from tests.export.samples import cost_of, reply_of, sample
from tests.strategies import conversations, lines, safe_texts

GOLDEN = """\
---
id: "c0ffee"
title: "Refactor the <cache> layer"
created: "2026-11-22T12:04:00+00:00"
model: "claude-opus-4-8"
tags: ["work", "python"]
replies: 3
other_branches: 1
input_tokens: 30036
output_tokens: 5586
fast_tokens_per_s: 109.5
standard_tokens_per_s: 46.5
cost_usd: 0.1888
redacted: 0
---
@@
# Refactor the \\<cache\\> layer
@@
## System prompt

> Answer briefly.
@@
## You · 2026-11-22 12:04 UTC

Attached: shot.png (image/png, 70 bytes)

Attached: notes.txt (text/plain, 12 bytes)

Write an LRU cache.
With TTL.
@@
served `fast` · asked `fast` · effort `high` · rate `109.5 tok/s` · first token `1.20 s` · \
out `1,862 tokens (400 thinking)` · in `10,012 tokens (10,000 from cache)` · cost `$0.094` · \
model `claude-opus-4-8` · request `req_t1`
@@
<details>
<summary>Thinking</summary>

> Locks </details>
>
> ```

</details>
@@
served `standard` · asked `fast` · effort `high` · rate `46.5 tok/s` ·
@@
> **Fell back to standard:** Fast limit reached for 9 s.
@@
```python
def test_
```

> **Interrupted:** The connection was lost in mid-reply.
"""


@pytest.mark.parametrize("piece", GOLDEN.split("@@\n"), ids=lambda piece: piece.strip()[:20])
def test_the_file_tells_what_was_said_and_how_it_was_served(piece: str) -> None:
    assert piece.rstrip() in to_markdown(sample(), cost_of=cost_of)


def headings(source: str) -> list[str]:
    tokens = MarkdownIt("commonmark").parse(source)
    return [inline.content for tag, inline in pairwise(tokens) if tag.type == "heading_open"]


@pytest.mark.parametrize(
    "half",
    ["```python\nx = 1", "~~~~\n```\n~~~", "text\n\n<!-- a comment", "<script>\nlet x", "<?php", "- item\n\n  ```\n  x",
     "> ```\n> x", "<pre>\n\n", "````md\n```\n", "<![CDATA[ x", "<details>\n<summary>"],
)  # fmt: skip
def test_a_reply_cut_inside_a_block_swallows_nothing_that_follows(half: str) -> None:
    conversation = Conversation()
    first = reply_of(prompt_of("one"), TextBlock(half), id="t1")
    conversation.add(first)
    conversation.add(reply_of(prompt_of("two"), TextBlock("fine"), id="t2", after="t1"))
    body = to_markdown(conversation, cost_of=cost_of).split("\n---\n", 1)[1]
    assert headings(body)[-2:] == ["You · 2026-11-22 12:04 UTC", "Claude"]
    assert half in body


@given(conversation=conversations(max_turns=3))
def test_front_matter_values_are_each_one_json_value_on_one_line(conversation: Conversation) -> None:
    def unpriced(_: Turn) -> None:
        return None

    markdown = to_markdown(conversation, cost_of=unpriced)
    block = (
        markdown.split("---\n")[1] if "---\n" not in conversation.title else markdown[4 : markdown.index("\n---\n", 4)]
    )
    facts = {name: json.loads(value) for name, value in (line.split(": ", 1) for line in block.splitlines())}
    assert facts["id"] == conversation.id
    assert facts["title"] == conversation.title
    assert facts["tags"] == list(conversation.tags)


@given(line=lines)
def test_an_escaped_line_shows_as_it_is(line: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": False}).parseInline(escaped(f"x{line}"))
    shown = "".join(token.content for token in tokens[0].children or [])
    assert shown == " ".join(f"x{line}".split())


@given(line=lines)
def test_a_code_span_holds_its_line_whole(line: str) -> None:
    flat = " ".join(line.split())
    if flat:
        (inline,) = MarkdownIt("commonmark").parseInline(code_span(line))
        assert [token.type for token in inline.children or []] == ["code_inline"]
        assert (inline.children or [])[0].content == flat


@given(text=safe_texts)
def test_a_fence_and_a_quote_hold_any_text(text: str) -> None:
    for source, kind in ((fenced(text, "py"), "fence"), (quoted(text), "blockquote_open")):
        tokens = MarkdownIt("commonmark").parse(f"{source}\n\n# after")
        assert tokens[0].type == kind
        assert headings(f"{source}\n\n# after")[-1] == "after"
        assert tokens[-3].level == 0


@given(text=safe_texts)
def test_closing_keeps_the_text_and_lets_a_heading_follow(text: str) -> None:
    assert closed(text).startswith(text)
    assert headings(f"{closed(text)}\n\n# after")[-1:] == ["after"]


def test_unsigned_thinking_of_an_import_is_shown_too() -> None:
    conversation = Conversation()
    conversation.add(reply_of(prompt_of("one"), ThinkingBlock("hm"), TextBlock("done"), id="t1"))
    assert "\n> hm\n" in to_markdown(conversation, cost_of=cost_of)

"""The code of a text, as its author wrote it: without fences, labels and gutters."""

from itertools import groupby

from fasttui.markdown.document import Document
from fasttui.markdown.lines import Line

_WIDTH = 80  # code is not wrapped, so that any width does


def code_blocks(text: str) -> list[str]:
    """The source of every code block of a Markdown text, in order."""
    lines = Document.of(text, _WIDTH, cell_len=len).lines
    blocks = groupby(lines, key=lambda line: line.code)
    return [source for is_code, block in blocks if is_code and (source := _source(list(block)))]


def last_code(text: str) -> str:
    """The last of them; "" where there is none."""
    blocks = code_blocks(text)
    return blocks[-1] if blocks else ""


def _source(lines: list[Line]) -> str:
    parts: list[str] = []
    for line in lines:
        if any(span.style == "fence.label" for span in line.spans):
            continue
        code = "".join(span.text for span in line.spans if not span.gutter)
        parts.append(code if line.soft or not parts else f"\n{code}")
    return "".join(parts)

"""Texts to test Markdown with: the shared corpora, and arbitrary ones that look like Markdown."""

import json
import random
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from fasttui.chat.safe_text import safe_text
from fasttui.markdown import highlight
from fasttui.markdown.document import Document
from fasttui.markdown.lines import Line
from fasttui.markdown.wrap import CellLen
from tests.paths import SHARED_DATA

CORPORA = ("commonmark", "gfm", "claude_outputs", "pathological", "naughty", "terminal", "links", "xss")


class Sample(NamedTuple):
    name: str
    text: str
    deltas: tuple[str, ...]


def samples(corpus: str, longest: int = 1 << 30) -> Iterator[Sample]:
    """Every text of a corpus, as it is where it enters the program."""
    with (SHARED_DATA / "text" / f"{corpus}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            for key in ("md", "s", "md_angle", "md_auto", "md_img", "md_ref"):
                text = safe_text(row.get(key) or "")
                if text and len(text) <= longest:
                    deltas = row.get("deltas") if key == "md" else None
                    yield Sample(f"{row['id']} {key}", text, tuple(map(safe_text, deltas or ())))


def cells(text: str) -> int:
    """A measure of cells for tests: wide characters count two, marks that combine none."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200d\ufe0e\ufe0f":
        return 0
    return 1 + (unicodedata.east_asian_width(character) in "WF")


def cut(text: str, seed: int) -> list[str]:
    """The text in pieces of random lengths, of one random scale."""
    choice = random.Random(seed)
    longest, at, pieces = choice.choice((1, 3, 8, 40, 300)), 0, []
    while at < len(text):
        length = choice.randint(1, longest)
        pieces.append(text[at : at + length])
        at += length
    return pieces


def whole(text: str, width: int = 80, cell_len: CellLen = cells) -> Document:
    document = Document.of(text, width, cell_len=cell_len)
    settle_colours(document)
    return document


def settle_colours(document: Document) -> None:
    """Wait for the lexers the document asked for, by loading them here."""
    for language in highlight.requested():
        highlight.load(language)
    document.take_changes()


def look(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


_words = st.sampled_from(
    ["word", "a", "List<String>", "<thinking>", "https://x.y/z", "`", "``", "*", "**", "_", "~~", "[a](b)", "[a]",
     "![i](u)", "$x^2$", "\\(a_b\\)", "你好", "👩\u200d👧", "|", "a|b", ":--", "[^1]", "&amp;",
     "\\*", "  ", "!", "1.", "-", "é", "[ ]"]
)  # fmt: skip
_starts = st.sampled_from(
    ["", "", "", "# ", "## ", "> ", "> > ", "- ", "* ", "  - ", "    - ", "1. ", "2) ", "   ", "    ", "\t",
     "```", "```py", "~~~", "---", "===", "| ", "|-|-|", "- [ ] ", "[^1]: ", "[a]: /u", "$$", "\\[", "> - ", "- > ",
     "***", "- ```"]
)  # fmt: skip
_lines = st.builds(lambda start, words: start + " ".join(words), _starts, st.lists(_words, max_size=6))
markdown = st.lists(_lines, max_size=12).map("\n".join)
"""Arbitrary Markdown, dense in constructs."""

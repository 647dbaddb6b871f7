"""The line-by-line block parser says what markdown-it-py says."""

import re
from typing import Any

import pytest
from hypothesis import given, settings

from fasttui.markdown import meaning
from fasttui.markdown.blocks import MAX_DEPTH, BlockParser, Leaf
from tests.markdown.corpora import CORPORA, markdown, samples, whole
from tests.paths import needs_shared_data


def leaves(text: str) -> tuple[list[Leaf], list[str], list[int]]:
    parser, found, offset = BlockParser(), [], 0
    lines = text.removesuffix("\n").split("\n")
    offsets = []
    for line in lines:
        found += parser.line(line, offset)
        offsets.append(offset)
        offset += len(line) + 1
    return found + parser.close(), lines, offsets


def shape(leaf: Leaf) -> str:
    path = " ".join(f"{each.kind}{each.number if each.number >= 0 else ''}" for each in leaf.path)
    return f"{path} {leaf.kind}".strip()


@needs_shared_data
@pytest.mark.parametrize("corpus", CORPORA)
def test_blocks_are_those_of_markdown_it_but_for_link_definitions(corpus: str) -> None:
    for sample in samples(corpus, longest=50_000):
        ours, lines, offsets = leaves(sample.text)
        if "]:" in sample.text or any(len(leaf.path) >= MAX_DEPTH for leaf in ours):
            continue  # definitions are left to markdown-it; we show what it drops for being too deep
        env: dict[str, Any] = {}
        theirs = meaning.leaves_of(lines, offsets, 0, env)
        assert meaning.same_meaning(ours, theirs), (sample.name, list(map(shape, ours)), list(map(shape, theirs)))


# Before a delimiter row, markdown-it takes even a heading or the opening line of a fence for a table's header; GFM
# and we do not.
TAKEN_FOR_A_HEADER = re.compile(r"(```|~~~|#|\$\$|\\\[).*\|")


@given(
    text=markdown.filter(lambda text: "[a]: /u" not in text and text.strip() and not TAKEN_FOR_A_HEADER.search(text))
)
@settings(max_examples=200, deadline=None)
def test_blocks_a_document_shows_are_those_of_markdown_it(text: str) -> None:
    # Where the parser follows CommonMark and markdown-it does not, closing the block settles it.
    ours = [laid.leaf for laid in whole(text)._laid]
    _, lines, offsets = leaves(text)
    env: dict[str, Any] = {}
    theirs = meaning.leaves_of(lines, offsets, 0, env)
    assert meaning.same_meaning(ours, theirs), (list(map(shape, ours)), list(map(shape, theirs)))


@given(text=markdown)
@settings(max_examples=150, deadline=None)
def test_a_line_taken_back_leaves_no_trace(text: str) -> None:
    once, twice = BlockParser(), BlockParser()
    for line in text.split("\n"):
        for length in (len(line) // 2, len(line)):
            mark = twice.mark()
            twice.line(line[:length], 0)
            twice.reset(mark)
        assert list(map(shape, once.line(line, 0))) == list(map(shape, twice.line(line, 0)))
        assert [each.rows for each in once.open_leaves()] == [each.rows for each in twice.open_leaves()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", ["paragraph"]),
        ("a\n===", ["heading"]),
        ("a\n- b\n- c", ["paragraph", "item paragraph", "item paragraph"]),
        ("3. a\n4. b\n   - c", ["item3 paragraph", "item4 paragraph", "item4 item paragraph"]),
        ("> a\nlazy\n\nb", ["quote paragraph", "paragraph"]),
        ("- a\n\n      code", ["item paragraph", "item code"]),
        ("```\nopen", ["fence"]),
        ("a\n|x|y|\n|-|-|\n|1|2|\nz\n\n", ["paragraph", "table"]),
        ("-\n\n- a", ["item empty", "item paragraph"]),
        ("$$\na\n= b\n$$\nc", ["math", "paragraph"]),
        ("[^n]: note\n\n    more", ["footnote paragraph", "footnote paragraph"]),
    ],
)
def test_containers_and_leaves(text: str, expected: list[str]) -> None:
    assert list(map(shape, leaves(text)[0])) == expected

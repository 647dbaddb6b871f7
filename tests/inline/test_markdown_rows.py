"""Growing Markdown as rows: all of it, in order, and nothing twice, at whatever widths."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.output import ColorDepth

from fasttui.config.themes import load_theme
from fasttui.inline.markdown_rows import MarkdownRows
from fasttui.inline.rows import Row
from fasttui.inline.style import Palette
from fasttui.markdown.code_blocks import last_code

PALETTE = Palette(load_theme("mono"), ColorDepth.DEPTH_1_BIT)
WORDS = [f"w{number}x" for number in range(400)]


def texts(rows: list[Row]) -> str:
    return "\n".join("".join(text for _, text in row.pieces) for row in rows)


def words_of(text: str) -> list[str]:
    return re.findall(r"w\d+x", text)


def paragraph(words: list[str]) -> str:
    return " ".join(words) + "\n\n"


def markdown(kind: str) -> str:
    groups = [WORDS[start : start + 20] for start in range(0, len(WORDS), 20)]
    match kind:
        case "prose":
            return "".join(map(paragraph, groups))
        case "paragraph":
            return " ".join(WORDS)
        case "list":
            return "".join(f"- {' '.join(group)}\n" for group in groups)
        case "quote":
            return "".join(f"> {' '.join(group)}\n>\n" for group in groups)
        case "code":
            return "```\n" + "".join(f"{' '.join(group)}\n" for group in groups) + "```\n"
        case _:
            return "| a | b |\n|---|---|\n" + "".join(f"| {one} | {other} |\n" for one, other in zip(
                WORDS[::2], WORDS[1::2], strict=True))  # fmt: skip


KINDS = ["prose", "paragraph", "list", "quote", "code", "table"]


@settings(deadline=None, max_examples=60)  # resizing a table lays all of it out again
@given(
    kind=st.sampled_from(KINDS), size=st.integers(3, 200), room=st.integers(1, 30),
    widths=st.lists(st.integers(30, 100), max_size=4),
)  # fmt: skip
def test_every_word_is_printed_once_and_in_order(kind: str, size: int, room: int, widths: list[int]) -> None:
    source = markdown(kind)
    rows = MarkdownRows(PALETTE, 60)
    printed: list[Row] = []
    for number, start in enumerate(range(0, len(source), size)):
        rows.add(source[start : start + size])
        printed += rows.take(room).finished
        words = words_of(texts(printed))
        assert words == WORDS[: len(words)]
        if widths and number % 5 == 4:
            rows.resize(widths.pop())
    printed += rows.finish()
    assert words_of(texts(printed)) == WORDS


def test_a_list_higher_than_the_screen_does_not_wait_for_its_end() -> None:
    rows = MarkdownRows(PALETTE, 60)
    rows.add("".join(f"- item {number}\n" for number in range(100)))
    finished, tail = rows.take(10)
    assert len(finished) >= 88
    assert len(tail) <= 10


def test_a_row_of_an_open_table_is_printed_only_when_it_is_final() -> None:
    rows = MarkdownRows(PALETTE, 60)
    rows.add("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 50)
    finished, tail = rows.take(10)
    assert finished == []
    assert len(tail) == 10


def test_the_last_code_block_is_found_as_it_was_written() -> None:
    assert last_code("```py\nfirst\n```\n\ntext\n\n```py\nx = 1\n\n  y\n```\nend") == "x = 1\n\n  y"
    assert last_code("no code") == ""

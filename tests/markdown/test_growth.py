"""Work per delta does not depend on how much text there is. Counted, never timed."""

import math

import pytest

from fasttui.markdown import highlight, layout, meaning, tables, wrap
from fasttui.markdown.blocks import BlockParser
from fasttui.markdown.document import Document
from tests.benchmarks.bench_markdown import DELTA, KINDS, text_of
from tests.markdown.corpora import cells
from tests.paths import SLOW_TESTS

MOST_DELTAS = 32_000 if SLOW_TESTS else 8_000


class Work:
    """Characters handed to parsers, lexers and the wrapper, and lines put in place."""

    def __init__(self) -> None:
        self.characters = 0
        self.lines = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    done = Work()

    def counting(target: object, name: str, argument: int) -> None:
        original = getattr(target, name)

        def counted(*arguments: object, **named: object) -> object:
            text = arguments[argument]
            done.characters += len(text) if isinstance(text, str | list) else 0
            return original(*arguments, **named)

        monkeypatch.setattr(target, name, counted)

    put = Document._put

    def counted_put(self: Document, start: int, entries: list[layout.Entry]) -> int:
        done.lines += len(entries)
        return put(self, start, entries)

    monkeypatch.setattr(Document, "_put", counted_put)
    counting(BlockParser, "line", 1)
    counting(highlight.Highlighter, "line", 1)
    for module in (layout, tables):
        counting(module, "parse", 0)
    counting(layout, "parse_open", 0)
    counting(meaning, "leaves_of", 0)
    # A wrapped text is looked at window by window, so its lines are what it costs.
    counting(wrap, "_line", 2)
    highlight.load("python")
    return done


def cost(kind: str, deltas: int, batch: int, work: Work) -> float:
    text = text_of(kind, deltas)
    work.characters = work.lines = 0
    document = Document(100, cell_len=cells)
    step = DELTA * batch
    for at in range(0, len(text), step):
        document.append(text[at : at + step])
    document.finish()
    return (work.characters + 50 * work.lines) / deltas


@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize("kind", KINDS)
def test_a_delta_costs_the_same_in_a_long_reply(kind: str, batch: int, work: Work) -> None:
    """`batch` deltas come at once, as they do to a screen that paints by a clock."""
    short, long = cost(kind, 1000, batch, work), cost(kind, MOST_DELTAS, batch, work)
    assert math.log(long / short) / math.log(MOST_DELTAS / 1000) <= 0.05, (short, long)


def test_growth_in_one_long_line_of_code_is_bounded(work: Work) -> None:
    document = Document(80, cell_len=cells)
    document.append("```\n")
    for _ in range(1000):
        document.append("x" * 20)
    short, work.characters = work.characters, 0
    for _ in range(1000):
        document.append("x" * 20)
    assert work.characters <= short + 1000


def test_a_row_that_widens_a_table_costs_no_more_for_the_rows_above() -> None:
    document = Document(100, cell_len=cells)
    document.append("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 500)
    first = document.lines[0]
    changed = document.append("| wider than before | 2 |\n")
    assert changed == 0
    assert document.lines[0] is not first
    assert document.lines[0].width > first.width
    assert document.lines[400] is document.lines[400]

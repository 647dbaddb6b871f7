"""The laws of the transcript, over every shared text: what is shown is true, calm, and costs what is seen.

What the terminal shows is compared with a full repaint in `test_transcript_drill.py`; growth is counted in
`tests/markdown/test_growth.py` and timed in `tests/benchmarks/bench_transcript.py`.
"""

import random
import re
from collections.abc import Sequence
from typing import overload

import pytest
from textual.pilot import Pilot
from textual.selection import Selection

from fasttui.tui.widgets.transcript import Transcript
from fasttui.tui.widgets.transcript_entries import Entry
from tests.markdown.corpora import CORPORA, Sample, cut, samples, settle_colours
from tests.paths import SLOW_TESTS, needs_shared_data
from tests.tui.terminal import painted, resize_terminal
from tests.tui.transcript_app import TranscriptApp, prompt, reply, rows_of_view, wrong_cells

SAMPLED = 1 << 30 if SLOW_TESTS else 12
"""Texts of each corpus that go through the screen; all of them go through the document in tests/markdown."""
PROSE = "\n\n".join(f"Paragraph {number} of some words that wrap at most of the widths." for number in range(40))


def sampled(corpus: str, longest: int = 4000) -> list[Sample]:
    """Some texts, always the same ones."""
    texts = list(samples(corpus, longest))
    return random.Random(corpus).sample(texts, min(SAMPLED, len(texts)))


def all_rows(view: Transcript, key: str) -> list[str]:
    """Every row of an entry as it is painted, styles and all."""
    index = view._entries.index_of(key)
    start = view._heights.start(index)
    layout = view._layout(index)
    settle_colours(layout.text)  # type: ignore[arg-type]
    view.forget_strips()
    return [repr(list(view._strip(start + row))) for row in range(layout.height)]


async def streamed(pilot: Pilot[None], view: Transcript, key: str, pieces: Sequence[str]) -> None:
    """A reply that comes in pieces, and ends."""
    view.append_entry(reply(key, streaming=True))
    for number, piece in enumerate(pieces):
        view.add_text(key, piece)
        if number % 3 == 0:
            view._paint_new()
    view.finish(key)
    await painted(pilot)


@needs_shared_data
@pytest.mark.parametrize("corpus", CORPORA)
async def test_a_streamed_reply_settles_as_the_same_text_opened(corpus: str) -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 24)) as pilot:
        view = app.transcript
        for number, sample in enumerate(sampled(corpus)):
            resize_terminal(app, (60, 80, 140)[number % 3], 24)
            await pilot.resize_terminal((60, 80, 140)[number % 3], 24)
            view.show([reply("opened", sample.text)])
            await painted(pilot)
            opened = all_rows(view, "opened")
            view._repaint()
            await painted(pilot)
            screen = rows_of_view(app)
            view.clear()
            await streamed(pilot, view, "streamed", cut(sample.text, number))
            assert all_rows(view, "streamed") == opened, sample.name
            view._repaint()
            await painted(pilot)
            assert rows_of_view(app) == screen, sample.name


@needs_shared_data
@pytest.mark.parametrize("corpus", CORPORA)
async def test_rows_above_the_open_block_stay_as_they_are_while_a_reply_streams(corpus: str) -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 24)) as pilot:
        view = app.transcript
        for number, sample in enumerate(sampled(corpus)):
            view.show([prompt("before", "question")])
            view.append_entry(reply("reply", streaming=True))
            layout = view._layout(1)
            final: list[object] = []
            for piece in cut(sample.text, number):
                view.add_text("reply", piece)
                view._paint_new()
                rows = [layout.row(row) for row in range(layout.text_start + layout.text.final)]  # type: ignore[union-attr]
                assert rows[: len(final)] == final, sample.name
                final = list(rows)
            view.finish("reply")
        await painted(pilot)


@needs_shared_data
@pytest.mark.parametrize("corpus", ["claude_outputs", "commonmark", "gfm", "pathological"])
async def test_a_view_that_was_let_go_does_not_move_while_a_reply_streams(corpus: str) -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 24)) as pilot:
        view = app.transcript
        view.show([reply("before", PROSE)])
        await painted(pilot)
        view.scroll_relative(y=-40, animate=False)
        await painted(pilot)
        still = rows_of_view(app)
        for number, sample in enumerate(sampled(corpus)):
            await streamed(pilot, view, f"reply{number}", cut(sample.text, number))
            assert rows_of_view(app) == still, sample.name
        assert wrong_cells(app) == []


class History(Sequence[Entry]):
    """10,000 messages that say which of them were asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __len__(self) -> int:
        return 10_000

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        assert isinstance(index, int), "nothing asks for a range"
        self.asked.append(index)
        return reply(str(index), f"# Message {index}\n\n{PROSE[: 400 + index % 7 * 200]}")


async def test_a_long_history_is_read_only_where_it_is_seen_and_keeps_the_line_that_is_read() -> None:
    app = TranscriptApp()
    history = History()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        view = app.transcript
        view.show(history, sizes=[800] * len(history))
        await painted(pilot)
        assert len(history.asked) <= 4
        history.asked.clear()
        view.scroll_to(y=view.virtual_size.height // 2)
        await painted(pilot)
        while not rows_of_view(app)[0]:
            view.scroll_relative(y=1, animate=False)
            await painted(pilot)
        assert len(history.asked) <= 4
        top = rows_of_view(app)[0]
        for columns in (60, 140, 80):
            history.asked.clear()
            resize_terminal(app, columns, 24)
            await pilot.resize_terminal(columns, 24)
            await painted(pilot)
            assert len(history.asked) <= 8
            assert wrong_cells(app) == []
        assert rows_of_view(app)[0] == top


@needs_shared_data
@pytest.mark.parametrize("corpus", ["claude_outputs", "gfm", "links"])
async def test_every_word_of_a_text_can_be_selected_and_found(corpus: str) -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        view = app.transcript
        for sample in sampled(corpus):
            view.show([reply("1", sample.text)])
            await painted(pilot)
            copied, _ = view.get_selection(Selection(None, None)) or ("", "")
            lines = view.layout_of(0).text.lines
            shown = "\n".join("".join("\t" if span.gutter else span.text for span in line.spans) for line in lines)
            words = re.findall(r"[A-Za-z]+", shown)
            assert all(word in copied for word in words), sample.name
            longest = max(words, key=len, default="")
            assert not longest or view.find(longest) >= 1, sample.name
            view.clear_find()


async def test_every_link_of_a_reply_is_asked_for_and_none_opened() -> None:
    targets = [f"https://example.org/{number}" for number in range(8)]
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 24)) as pilot:
        view = app.transcript
        await streamed(pilot, view, "1", [f"[link]({target})\n\n" for target in targets])
        for row in range(24):
            await pilot.click(Transcript, offset=(3, row)) if row < view.size.height else None
        await painted(pilot)
        assert app.posted == [Transcript.LinkClicked(target) for target in targets]

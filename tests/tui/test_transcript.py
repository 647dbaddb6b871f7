"""What a reader can do with the transcript, by keys and mouse."""

from collections.abc import Sequence

import pytest
from rich.style import Style

from fasttui.markdown.lines import Span
from fasttui.tui.widgets.transcript import Transcript
from fasttui.tui.widgets.transcript_entries import Entry, HeaderLine
from tests.tui.terminal import painted, resize_terminal, terminal_of
from tests.tui.transcript_app import TranscriptApp, prompt, reply, rows_of_view, wrong_cells

LINES = "\n\n".join(f"line {number}" for number in range(40))


def posted(app: TranscriptApp, kind: type) -> list[object]:
    return [message for message in app.posted if isinstance(message, kind)]


async def test_an_entry_has_a_header_an_indented_body_and_a_blank_row() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(61, 20)) as pilot:
        app.transcript.show([prompt("1", "Write a cache."), reply("2", "Here is *one*.")])
        await painted(pilot)
        assert rows_of_view(app)[:6] == [
            " you" + " " * 50 + "12:04",
            "  Write a cache.",
            "",
            " claude" + " " * 43 + "108 tok/s",
            "  Here is one.",
            "",
        ]


async def test_a_conversation_opens_at_its_end() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        app.transcript.show([reply(str(number), LINES) for number in range(50)])
        await painted(pilot)
        assert rows_of_view(app)[-2:] == ["  line 39", ""]
        assert wrong_cells(app) == []


async def test_opening_reads_only_the_entries_that_are_seen() -> None:
    read: list[int] = []

    class Lazy(Sequence[Entry]):
        def __len__(self) -> int:
            return 10_000

        def __getitem__(self, index: int) -> Entry:  # type: ignore[override]
            read.append(index)
            return reply(str(index), LINES)

    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        app.transcript.show(Lazy(), sizes=[len(LINES)] * 10_000)
        await painted(pilot)
        assert set(read) == {9999}
        app.transcript.scroll_home()
        await painted(pilot)
        assert set(read) == {9999, 0}
        assert rows_of_view(app)[1] == "  line 0"


async def test_the_view_follows_the_tail_until_the_reader_scrolls_up() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.append_entry(reply("1", LINES, streaming=True))
        await painted(pilot)
        view.scroll_relative(y=-3, animate=False)
        await painted(pilot)
        before = rows_of_view(app)
        view.add_text("1", "\n\nmore\n\nand more")
        await pilot.pause(1 / 30)
        await painted(pilot)
        assert rows_of_view(app) == before
        assert posted(app, Transcript.FollowChanged)[-1] == Transcript.FollowChanged(False, 4)
        view.scroll_end()
        await painted(pilot)
        assert rows_of_view(app)[-2:] == ["  and more", ""]
        assert posted(app, Transcript.FollowChanged)[-1] == Transcript.FollowChanged(True, 0)


async def test_reaching_the_bottom_takes_up_the_tail_again() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([reply("1", LINES)])
        await painted(pilot)
        view.scroll_relative(y=-2, animate=False)
        assert not view.following
        view.scroll_relative(y=2, animate=False)
        assert view.following


async def test_deltas_are_painted_once_a_frame() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.append_entry(reply("1", streaming=True))
        await painted(pilot)
        terminal_of(app).written.clear()
        for _ in range(50):
            view.add_text("1", "word ")
        await pilot.pause(1 / 20)
        assert len(terminal_of(app).written) <= 2
        assert "word word" in "".join(rows_of_view(app))


async def test_no_clock_runs_at_rest_and_nothing_is_written() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.append_entry(reply("1", "text", streaming=True))
        view.add_text("1", " and more")
        view.finish("1")
        await painted(pilot)
        assert view.is_at_rest
        terminal_of(app).written.clear()
        await pilot.pause(0.05)
        assert terminal_of(app).written == []


async def test_thinking_is_folded_to_one_row_until_it_is_unfolded() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([reply("1", "answer", thinking="first thought\n\nsecond thought")])
        await painted(pilot)
        assert rows_of_view(app)[1:3] == ["  ▸ thought for 4.2 s", "  answer"]
        await pilot.click(Transcript, offset=(5, 1))
        await painted(pilot)
        assert rows_of_view(app)[2:7] == ["  ▏ first thought", "  ▏", "  ▏ second thought", "", "  answer"]
        view.fold_thinking(True)
        await painted(pilot)
        assert rows_of_view(app)[1:3] == ["  ▸ thought for 4.2 s", "  answer"]


async def test_a_narrow_header_gives_up_its_last_figures_first() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([reply("1", "answer")])
        heading = Span("claude  standard · high  asked fast", "claude")
        view.set_header("1", HeaderLine((heading,), (Span("45 tok/s · first 1.2 s · 157 tok", "telemetry"),)))
        await painted(pilot)
        assert rows_of_view(app)[0].split("asked fast")[1].strip() == "45 tok/s"


async def test_notes_and_headers_change_in_place() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([reply("1", "answer"), prompt("2", "next")])
        view.set_note("1", ((Span("interrupted", "error"),),))
        view.set_header("1", HeaderLine((Span("claude ⚡ fast", "claude"),)))
        await painted(pilot)
        assert rows_of_view(app)[:3] == [" claude ⚡ fast", "  answer", "  interrupted"]
        view.remove_entry("1")
        await painted(pilot)
        assert rows_of_view(app)[1] == "  next"
        view.clear()
        await painted(pilot)
        assert rows_of_view(app) == [""] * len(rows_of_view(app))


async def test_another_width_wraps_anew_and_keeps_the_line_that_is_read() -> None:
    app = TranscriptApp()
    words = " ".join(f"word{number}" for number in range(600))
    async with app.run_test(headless=False, size=(80, 20)) as pilot:
        view = app.transcript
        view.show([reply(str(number), words) for number in range(20)])
        await painted(pilot)
        view.scroll_relative(y=-70, animate=False)
        await painted(pilot)
        top = rows_of_view(app)[0].split()[0]
        for size in ((50, 20), (110, 12), (80, 20)):
            resize_terminal(app, *size)
            await pilot.resize_terminal(*size)
            await painted(pilot)
            assert top in rows_of_view(app)[0]
            assert wrong_cells(app) == []


async def test_unseen_entries_are_laid_out_without_a_jump() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        # The estimates are far off: short lines, many of them.
        view.show([reply(str(number), LINES) for number in range(20)])
        await painted(pilot)
        for _ in range(60):
            before = rows_of_view(app)
            view.scroll_relative(y=-3, animate=False)
            await painted(pilot)
            assert rows_of_view(app)[3:] == before[:-3]


async def test_a_palette_repaints() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([reply("1", "**loud**")])
        await painted(pilot)
        view.set_palette({"strong": Style(color="#010203")})
        await painted(pilot)
        assert terminal_of(app).terminal.row(2)[2].fg == "010203"


async def test_the_block_cursor_goes_through_messages_and_copies_their_source() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([prompt("1", "question"), reply("2", "An **answer**.")])
        await painted(pilot)
        view.action_previous_message()
        await painted(pilot)
        assert [row[:1] for row in rows_of_view(app)[:6]] == [" ", " ", "", "▌", "▌", "▌"]
        view.action_copy()
        view.action_previous_message()
        view.action_copy()
        await painted(pilot)
        assert posted(app, Transcript.Copied) == [Transcript.Copied("An **answer**."), Transcript.Copied("question")]


CODE = "def f():\n    return 'a long line of code that does not fit the view of this test at all'"


async def test_the_block_cursor_goes_through_code_and_copies_it_without_fences() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([reply("1", f"first\n\n```python\n{CODE}\n```\n"), reply("2", "text\n\n```\nother\n```\n")])
        await painted(pilot)
        for action in (view.action_next_code, view.action_next_code, view.action_previous_code):
            action()
            view.action_copy()
            await painted(pilot)
        assert [m.text for m in posted(app, Transcript.Copied)] == [CODE, "other", CODE]  # type: ignore[attr-defined]


async def test_long_code_is_cut_and_scrolled_sideways() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([reply("1", f"```python\n{CODE}\n```\n")])
        await painted(pilot)
        row = next(row for row in rows_of_view(app) if "return" in row)
        assert row.endswith("›")
        view.action_next_code()
        view.action_scroll_code(1000)
        await painted(pilot)
        assert any(row.endswith("test at all'") for row in rows_of_view(app))
        assert wrong_cells(app) == []


async def test_a_link_is_asked_for_and_not_opened() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.show([reply("1", "see [the page](https://example.org/) there")])
        await painted(pilot)
        await pilot.click(Transcript, offset=(8, 1))
        await pilot.click(Transcript, offset=(3, 1))
        view.action_previous_message()
        view.action_open_link()
        await painted(pilot)
        assert posted(app, Transcript.LinkClicked) == [Transcript.LinkClicked("https://example.org/")] * 2


async def test_find_marks_matches_even_over_wrapped_lines_and_goes_through_them() -> None:
    app = TranscriptApp()
    text = "Some words before a needle in hay, and " * 3
    async with app.run_test(headless=False, size=(40, 12)) as pilot:
        view = app.transcript
        view.show([reply(str(number), text if number % 5 == 0 else LINES) for number in range(20)])
        await painted(pilot)
        assert view.find("NEEDLE in") == 12
        seen = 0
        while view.previous_match():
            await painted(pilot)
            seen += 1
            assert "needle" in " ".join(rows_of_view(app)) or "in hay" in " ".join(rows_of_view(app))
            assert wrong_cells(app) == []
        assert seen == 12
        assert view.next_match()
        view.clear_find()
        await painted(pilot)
        assert not view.next_match()


async def drag(app: TranscriptApp, start: tuple[int, int], stop: tuple[int, int]) -> str | None:
    """Select with the mouse from one cell of the view to another; the text that would be copied."""
    async with app.run_test(headless=False, size=(40, 20)) as pilot:
        await painted(pilot)
        await pilot.mouse_down(Transcript, offset=start)
        await pilot.hover(Transcript, offset=stop)
        await pilot.mouse_up(Transcript, offset=stop)
        await painted(pilot)
        assert wrong_cells(app) == []
        return app.screen.get_selected_text()


@pytest.mark.parametrize(
    ("text", "start", "stop", "copied"),
    [
        ("some words here", (7, 1), (11, 1), "words"),
        ("one two three four five six seven eight nine ten", (2, 1), (37, 2), None),
        ("```python\nx = 1\ny = 2\n```", (0, 2), (37, 3), "x = 1\ny = 2"),
        ("first\n\nsecond", (2, 1), (37, 3), "first\n\nsecond"),
        ("漢字かな", (4, 1), (6, 1), "字か"),
        ("|a|b|\n|-|-|\n|1|two words|\n", (0, 1), (37, 5), "a\tb\n1\ttwo words"),
    ],
)
async def test_selected_text_is_copied_as_its_source(
    text: str, start: tuple[int, int], stop: tuple[int, int], copied: str | None
) -> None:
    app = TranscriptApp()
    app.opened = [reply("1", text)]
    assert await drag(app, start, stop) == (text if copied is None else copied)


async def test_text_selected_over_messages_leaves_their_headers_out() -> None:
    app = TranscriptApp()
    app.opened = [prompt("1", "question"), reply("2", "**between**"), prompt("3", "last")]
    assert await drag(app, (2, 1), (30, 7)) == "question\n\n**between**\n\nlast"


async def test_everything_works_with_the_rows_switched_off() -> None:
    app = TranscriptApp(write_only_changes=False)
    async with app.run_test(headless=False, size=(60, 20)) as pilot:
        view = app.transcript
        view.append_entry(reply("1", LINES, streaming=True))
        for number in range(30):
            view.add_text("1", f"\n\nmore {number}")
            if number % 10 == 0:
                view.scroll_relative(y=-5, animate=False)
            await pilot.pause(1 / 60)
        view.scroll_end()
        view.finish("1")
        await painted(pilot)
        assert rows_of_view(app)[-2:] == ["  more 29", ""]
        assert wrong_cells(app) == []


async def test_a_streamed_reply_ends_as_the_same_text_opened() -> None:
    text = "# Title\n\nSome *text* with `code` and a long line that has to wrap.\n\n```python\nx = 1\n```\n\n- a\n- b\n"
    screens = []
    for pieces in ([text], list(text), text.split(" ")):
        app = TranscriptApp()
        async with app.run_test(headless=False, size=(40, 24)) as pilot:
            joined = pieces if len(pieces) < 2 or "".join(pieces) == text else [f"{piece} " for piece in pieces]
            if joined == [text]:
                app.transcript.show([reply("1", text)])
            else:
                app.transcript.append_entry(reply("1", streaming=True))
                for piece in joined:
                    app.transcript.add_text("1", piece)
                    await pilot.pause()
                app.transcript.finish("1")
            await pilot.pause(0.3)
            await painted(pilot)
            screens.append(rows_of_view(app))
    assert screens[0] == screens[1] == screens[2]

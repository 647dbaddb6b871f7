"""The terminal shows what Textual thinks it shows, for few bytes."""

import random
from importlib.metadata import version

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input, Label, Static

from fasttui.tui.terminal_rows import HOOKS, CellMemory, Hook, RowsApp, missing_hooks
from tests.tui.terminal import EmulatedDriver, Terminal, differences, painted, terminal_of, text_of

STYLES = [None, Style(bold=True), Style(color="red"), Style(color="#102030", bgcolor="blue"), Style(reverse=True)]
WORDS = ["word", "a", " ", "        ", "漢字", "⚡", "é", "👍🏽", "👩‍👩‍👧", "│", "—", "x" * 30]


class OneLabel(RowsApp):
    CSS = """
    Screen { layers: default top; }
    #cover { layer: top; height: 5; }
    """

    def compose(self) -> ComposeResult:
        yield Label("first", id="label")
        yield Input()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: f"{hook.owner}.{hook.name}")
async def test_textual_has_each_private_part_that_is_used(hook: Hook) -> None:
    app = OneLabel()
    async with app.run_test():
        assert hook not in missing_hooks(app, app.screen)


def test_textual_is_of_the_version_the_hooks_were_read_in() -> None:
    assert version("textual").startswith("8.2.")


async def test_an_app_paints_in_textuals_way_if_a_hook_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fasttui.tui.terminal_rows.HOOKS", (Hook("App", "_gone", "as after an upgrade"),))
    app = OneLabel(driver_class=EmulatedDriver)
    async with app.run_test(headless=False, size=(40, 10)) as pilot:
        app.query_one(Label).update("second")
        await painted(pilot)
        assert text_of(app)[0] == "second"
        assert not app.terminal_rows.enabled


async def test_an_app_paints_in_textuals_way_if_it_is_switched_off() -> None:
    app = OneLabel(write_only_changes=False, driver_class=EmulatedDriver)
    async with app.run_test(headless=False, size=(40, 10)) as pilot:
        app.query_one(Label).update("second")
        await painted(pilot)
        assert text_of(app)[0] == "second"
        assert differences(app) == []


async def test_a_change_of_one_word_costs_a_few_bytes() -> None:
    app = OneLabel(driver_class=EmulatedDriver)
    async with app.run_test(headless=False, size=(80, 10)) as pilot:
        await painted(pilot)
        terminal_of(app).written.clear()
        app.query_one(Label).update("worst")
        await painted(pilot)
        assert text_of(app)[0] == "worst"
        assert len("".join(terminal_of(app).written)) < 80


async def test_nothing_is_written_while_nothing_changes() -> None:
    app = OneLabel(driver_class=EmulatedDriver)
    async with app.run_test(headless=False, size=(80, 10)) as pilot:
        await painted(pilot)
        terminal_of(app).written.clear()
        app.screen.refresh(layout=True)
        await painted(pilot)
        assert "".join(terminal_of(app).written) == ""


async def test_the_cursor_returns_to_where_the_app_wants_it() -> None:
    app = OneLabel(driver_class=EmulatedDriver)
    async with app.run_test(headless=False, size=(80, 10)) as pilot:
        app.query_one(Input).focus()
        await pilot.press("a", "b", "c")
        app.query_one(Label).update("second")
        await painted(pilot)
        cursor = terminal_of(app).terminal.screen.cursor
        assert (cursor.x, cursor.y) == tuple(app.cursor_position)


async def test_the_echo_of_a_key_can_be_painted_at_once() -> None:
    app = OneLabel(driver_class=EmulatedDriver)
    async with app.run_test(headless=False, size=(80, 10)) as pilot:
        await painted(pilot)
        label = app.query_one(Label)
        label.update("quick", layout=False)
        app.terminal_rows.echo(label)
        assert text_of(app)[0] == "quick"
        await painted(pilot)
        assert differences(app) == []


async def test_a_widget_behind_another_may_not_paint_itself() -> None:
    app = OneLabel(driver_class=EmulatedDriver)
    async with app.run_test(headless=False, size=(80, 10), notifications=True) as pilot:
        await painted(pilot)
        field = app.query_one(Input)
        assert app.terminal_rows.can_paint(field)
        await app.push_screen(ModalScreen())
        assert not app.terminal_rows.can_paint(field)
        await app.pop_screen()
        await painted(pilot)
        assert app.terminal_rows.can_paint(field)
        await app.mount(Static("in front", id="cover"))
        await painted(pilot)
        assert not app.terminal_rows.can_paint(field)


class Boxes(RowsApp):
    def compose(self) -> ComposeResult:
        with Vertical():
            for number in range(4):
                yield Static("", id=f"box{number}")


async def test_random_updates_end_in_the_same_screen_as_a_full_repaint() -> None:
    dice = random.Random(7)
    app = Boxes(driver_class=EmulatedDriver)
    async with app.run_test(headless=False, size=(40, 12)) as pilot:
        for step in range(60):
            box = app.query_one(f"#box{dice.randrange(4)}", Static)
            text = "\n".join(
                "".join(dice.choices(["word ", "[b]bold[/] ", "漢字 ", "[red]x[/]", "—"], k=4)) for _ in range(3)
            )
            box.update(text)
            if step % 7 == 0:
                box.display = not box.display
            await painted(pilot)
            assert differences(app) == []


def random_strip(dice: random.Random, cells: int) -> Strip:
    segments: list[Segment] = []
    strip = Strip([])
    while strip.cell_length < cells:
        segments.append(Segment(dice.choice(WORDS), dice.choice(STYLES)))
        strip = Strip(segments)
    return strip.crop(0, cells)


def test_strips_written_over_each_other_leave_the_same_cells_as_the_last_of_them_alone() -> None:
    dice = random.Random(3)
    memory, terminal = CellMemory(), Terminal(30, 4)
    memory.resize(30, 4)
    for _ in range(300):
        x = dice.choice([0, 10, 20])
        y = dice.randrange(4)
        terminal.feed(memory.write(x, y, random_strip(dice, dice.choice([10, 30 - x]))))
        cells, pens = memory.row(y)
        known = [x for x, cell in enumerate(cells) if cell != "\x00" and cell != "" and len(cell) == 1]
        shown = terminal.row(y)
        assert [shown[x].data for x in known] == [cells[x] for x in known]
        assert [shown[x].bold for x in known] == [pens[x].attributes == "1" for x in known]


@pytest.mark.parametrize("lines", [1, 2, 5, -1, -2, -5])
def test_scrolling_moves_a_region_and_leaves_what_stands_beside_it(lines: int) -> None:
    memory, terminal = CellMemory(), Terminal(20, 9)
    memory.resize(20, 9)
    for y in range(9):
        terminal.feed(memory.write(0, y, Strip([Segment(f"{y}<")])))
        terminal.feed(memory.write(2, y, Strip([Segment(f"row {y}".ljust(16))])))
        terminal.feed(memory.write(18, y, Strip([Segment(f">{y}", Style(color="red"))])))
    terminal.feed(memory.scroll(Region(2, 1, 16, 7), lines))
    for y in range(9):
        assert terminal.text(y)[:2] == f"{y}<"
        assert terminal.text(y)[18:] == f">{y}"
        if y in (0, 8):
            assert terminal.text(y)[2:7] == f"row {y}"
        elif 1 <= y + lines <= 7:
            assert terminal.text(y)[2:7] == f"row {y + lines}"
        text = memory.write(2, y, Strip([Segment(f"new {y}".ljust(16))]))
        terminal.feed(text)
        assert terminal.text(y)[2:7] == f"new {y}"


def test_a_wide_character_is_never_written_by_half() -> None:
    memory, terminal = CellMemory(), Terminal(10, 1)
    memory.resize(10, 1)
    for text in ("漢字漢字漢", " 漢字漢字 ", "a漢b字c漢", "漢字漢字漢"):
        terminal.feed(memory.write(0, 0, Strip([Segment(text)])))
        assert terminal.text(0).rstrip() == text.rstrip()


def test_text_after_a_character_of_unsure_width_is_put_where_it_belongs() -> None:
    memory = CellMemory()
    memory.resize(20, 1)
    text = memory.write(0, 0, Strip([Segment("👩‍👩‍👧 family")]))
    assert "\x1b[3G family" in text

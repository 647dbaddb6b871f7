"""A thousand random steps: whatever happens, the terminal shows what a full repaint would show."""

import random
from collections.abc import Awaitable, Callable

import pytest
from textual import _wait
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Label

from fasttui.markdown.lines import Span
from fasttui.tui.widgets.transcript_entries import HeaderLine
from tests.tui.terminal import painted, resize_terminal
from tests.tui.transcript_app import DARK, LIGHT, TranscriptApp, prompt, reply, rows_of_view, wrong_cells

SEEDS = range(10)
STEPS = 100
PIECES = [
    "word ", "longer-word ", "and a whole sentence of several words. ", "\n", "\n\n", "**bold** ", "*em* ", "`code` ",
    "\n\n```python\n", "def f(x):\n    return x + 1\n", "x = 'a line of code that goes on and on and on' * 3\n",
    "```\n\n", "\n- item\n", "\n1. one\n", "\n> quote\n", "# Heading\n\n", "漢字かな交じり文 ", "é—…“” ",
    "| a | b |\n|---|---|\n", "| cell | 漢字 |\n", "[link](https://example.org/x) ", "日本語の長い文章がここに。" * 3,
]  # fmt: skip


class Overlay(ModalScreen[None]):
    CSS = "Overlay { align: center middle; } Label { width: 20; height: 3; background: $error; }"

    def compose(self) -> ComposeResult:
        yield Label("in front")


class Drill:
    """One app, one dice; each step is a method named `step_…`."""

    def __init__(self, app: TranscriptApp, pilot: Pilot[None], seed: int) -> None:
        self.app, self.pilot, self.dice = app, pilot, random.Random(seed)
        self.view = app.transcript
        self.keys = 0
        self.streaming: list[str] = []
        self.steps: list[Callable[[], Awaitable[None] | None]] = [
            getattr(self, name) for name in sorted(dir(self)) if name.startswith("step_")
        ]

    def text(self, pieces: int) -> str:
        return "".join(self.dice.choices(PIECES, k=pieces))

    def new_key(self) -> str:
        self.keys += 1
        return f"key{self.keys}"

    # Streaming is what mostly happens.

    async def step_stream(self) -> None:
        if not self.streaming:
            self.streaming.append(self.new_key())
            self.view.append_entry(reply(self.streaming[0], streaming=True))
        for _ in range(self.dice.randrange(1, 12)):
            self.view.add_text(self.streaming[0], self.text(1))
        await self.pilot.pause()

    step_stream_on = step_stream_again = step_stream_still = step_stream_more = step_stream

    def step_think(self) -> None:
        if self.streaming:
            self.view.add_thinking(self.streaming[0], self.text(2))

    def step_finish(self) -> None:
        if self.streaming:
            self.view.finish(self.streaming.pop())

    def step_prompt(self) -> None:
        self.view.append_entry(prompt(self.new_key(), self.text(6)))

    def step_header(self) -> None:
        if self.streaming:
            text = self.dice.choice(["claude", "claude ⚡ fast", "claude · standard"])
            self.view.set_header(self.streaming[0], HeaderLine((Span(text, "claude"),), (Span("1 s", "meta"),)))

    def step_note(self) -> None:
        if self.streaming:
            self.view.set_note(self.streaming[0], ((Span("interrupted", "error"),),) * self.dice.randrange(3))

    def step_remove(self) -> None:
        if self.keys > 3 and f"key{self.keys}" not in self.streaming:
            self.view.remove_entry(f"key{self.keys}")
            self.keys -= 1

    # The reader.

    def step_scroll(self) -> None:
        self.view.scroll_relative(y=self.dice.choice([-30, -7, -3, -1, 1, 3, 7, 30]), animate=False)

    step_scroll_again = step_scroll

    def step_wheel(self) -> None:
        self.view.scroll_relative(y=-3, animate=False)

    def step_jump(self) -> None:
        self.view.scroll_to(y=self.dice.randrange(self.view.virtual_size.height + 1))

    def step_home(self) -> None:
        self.view.scroll_home()

    def step_end(self) -> None:
        self.view.scroll_end()

    async def step_key(self) -> None:
        await self.pilot.press(self.dice.choice("abc"))

    def step_fold(self) -> None:
        self.view.fold_thinking(self.dice.random() < 0.5)

    def step_block(self) -> None:
        self.dice.choice(
            [
                self.view.action_next_message,
                self.view.action_previous_message,
                self.view.action_next_code,
                self.view.action_previous_code,
                self.view.action_leave,
            ]
        )()
        self.view.action_scroll_code(self.dice.choice([-8, 8]))

    def step_find(self) -> None:
        self.view.find(self.dice.choice(["word", "return", "漢字", "whole sentence of"]))
        self.view.next_match()

    def step_clear_find(self) -> None:
        self.view.clear_find()

    async def step_select(self) -> None:
        region = self.view.scrollable_content_region
        await self.pilot.mouse_down(offset=(region.x + 4, region.y + 1))
        await self.pilot.hover(offset=(region.x + 12, region.y + self.dice.randrange(2, region.height)))
        await self.pilot.mouse_up(offset=(region.x + 12, region.y + 2))

    def step_deselect(self) -> None:
        self.app.screen.clear_selection()

    # The surroundings.

    async def step_resize(self) -> None:
        size = self.dice.choice([(60, 16), (40, 12), (81, 20), (60, 9)])
        resize_terminal(self.app, *size)
        await self.pilot.resize_terminal(*size)

    async def step_modal(self) -> None:
        if len(self.app.screen_stack) == 1:
            await self.app.push_screen(Overlay())
        else:
            await self.app.pop_screen()

    step_modal_again = step_modal

    def step_toast(self) -> None:
        self.app.notify("a toast", timeout=self.dice.choice([0.01, 0.05]))

    def step_theme(self) -> None:
        self.app.theme = self.dice.choice(["textual-dark", "textual-light", "nord"])

    def step_palette(self) -> None:
        self.view.set_palette(self.dice.choice([DARK, LIGHT]))

    def step_wrap(self) -> None:
        self.view.wrap_code = not self.view.wrap_code


@pytest.fixture(autouse=True)
def _quick_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for idleness ten times as often as Textual's pilot does: two thirds of a drill were spent waiting for it."""
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", _wait.SLEEP_GRANULARITY / 10)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", _wait.SLEEP_IDLE / 10)


STILL = {"step_stream", "step_finish", "step_header", "step_prompt", "step_key"}


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_terminal_always_shows_what_a_full_repaint_would_show(seed: int) -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 16), notifications=True) as pilot:
        drill = Drill(app, pilot, seed)
        for index in range(30):
            app.transcript.append_entry((prompt, reply)[index % 2](f"old{index}", drill.text(index)))
        await pilot.pause()
        taken: list[str] = []
        for _ in range(STEPS):
            step = drill.dice.choice(drill.steps)
            taken.append(getattr(step, "__name__", ""))
            if (waiting := step()) is not None:
                await waiting
            if drill.dice.random() < 0.7:
                await painted(pilot)
                assert wrong_cells(app) == [], f"after {taken[-8:]}"


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_a_view_that_was_let_go_stands_still_to_the_row(seed: int) -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 16)) as pilot:
        drill = Drill(app, pilot, seed)
        for index in range(30):
            app.transcript.append_entry((prompt, reply)[index % 2](f"old{index}", drill.text(index)))
        await drill.step_stream()
        app.transcript.scroll_relative(y=-drill.dice.randrange(3, 60), animate=False)
        await pilot.pause()
        still = rows_of_view(app)[:6]
        for _ in range(40):
            step = drill.dice.choice([s for s in drill.steps if s.__name__ in STILL])
            if (waiting := step()) is not None:
                await waiting
            await painted(pilot)
            assert rows_of_view(app)[:6] == still

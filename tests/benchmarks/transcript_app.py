"""The transcript and a field to type in, fed by a raw reader: `python -m tests.benchmarks.transcript_app`."""

import gc
import os
from collections.abc import Sequence
from typing import overload

from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.widgets import Input

from fasttui.markdown.lines import Span
from fasttui.tui.terminal_rows import RowsApp
from fasttui.tui.widgets.transcript import Transcript
from fasttui.tui.widgets.transcript_entries import Entry, HeaderLine
from tests.benchmarks.transcript_client import Meter, deltas

COLORS = {
    "strong": "bold", "emphasis": "italic", "code": "#ffc473", "heading.1": "bold #0178d4", "heading.2": "bold #0178d4",
    "syntax.keyword": "#c678dd", "syntax.function": "#61afef", "syntax.string": "#98c379", "syntax.number": "#d19a66",
    "syntax.comment": "#7f848e", "syntax.operator": "#56b6c2", "syntax.builtin": "#e5c07b", "code.block": "on #0e0e0e",
    "fence.gutter": "#606060", "fence.label": "#808080", "you": "bold #4ebf71", "claude": "bold #0178d4",
}  # fmt: skip


class QuickInput(Input):
    """A field that paints the echo of a key at once."""

    async def _on_key(self, event: object) -> None:
        await super()._on_key(event)  # type: ignore[arg-type]
        if isinstance(self.app, RowsApp):
            self.app.terminal_rows.echo(self)


class History(Sequence[Entry]):
    """Messages that are made when they are looked at, as a store reads them."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._count))]
        text = "\n\n".join(f"Paragraph {part} of message {index} with **some** `text`." for part in range(12))
        return Entry(f"old{index}", "reply", HeaderLine((Span("claude", "claude"),)), text)


class TranscriptProgram(RowsApp):
    """Sends what is typed, and shows the reply as it comes."""

    CSS = "Input { dock: bottom; }"

    def compose(self) -> ComposeResult:
        yield QuickInput(placeholder="READY ask", id="ask")
        yield Transcript(frame_rate=int(os.environ.get("FPS", "30")))

    def on_mount(self) -> None:
        self._view = self.query_one(Transcript)
        self._view.set_palette({name: Style.parse(text) for name, text in COLORS.items()})
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()
        if messages := int(os.environ.get("MESSAGES", "0")):
            meter = Meter()
            meter.start()
            self._view.show(History(messages), sizes=[600] * messages)
            self.call_after_refresh(meter.stop)
        self.call_after_refresh(self._settle_memory)

    def _settle_memory(self) -> None:
        gc.freeze()
        gc.enable()
        gc.set_threshold(20_000, 20, 100)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        prompt = event.value
        event.input.value = ""
        self._ask(prompt)

    @work
    async def _ask(self, prompt: str) -> None:
        view, meter = self._view, Meter()
        number = id(meter)
        view.append_entry(Entry(f"p{number}", "prompt", HeaderLine((Span("you", "you"),)), prompt))
        view.append_entry(Entry(f"r{number}", "reply", HeaderLine((Span("claude", "claude"),)), streaming=True))
        view.scroll_end()
        meter.start()
        async for text in deltas(prompt, frame_s=1 / view.frame_rate):
            view.add_text(f"r{number}", text)
        view.finish(f"r{number}")
        meter.stop()


if __name__ == "__main__":
    gc.disable()
    TranscriptProgram(write_only_changes=os.environ.get("ROWS", "1") == "1").run()

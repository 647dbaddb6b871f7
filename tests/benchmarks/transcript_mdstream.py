"""The platform's own way, for comparison: Textual's `Markdown` and `MarkdownStream`."""

from textual import work
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Markdown, Static

from tests.benchmarks.transcript_client import Meter, deltas


class MarkdownStreamProgram(App[None]):
    """Sends what is typed, and shows the reply as it comes."""

    CSS = "VerticalScroll { height: 1fr; } Input { dock: bottom; }"

    def compose(self) -> ComposeResult:
        yield Input(placeholder="READY ask")
        yield VerticalScroll(id="log")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.query_one("#log", VerticalScroll).anchor()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        prompt = event.value
        event.input.value = ""
        log = self.query_one("#log")
        reply = Markdown()
        await log.mount(Static(prompt), reply)
        self._ask(prompt, reply)

    @work
    async def _ask(self, prompt: str, reply: Markdown) -> None:
        meter = Meter()
        meter.start()
        stream = Markdown.get_stream(reply)
        async for text in deltas(prompt):
            await stream.write(text)
        await stream.stop()
        meter.stop()


if __name__ == "__main__":
    MarkdownStreamProgram().run()

"""A small app around a transcript, on an emulated terminal."""

from rich.style import Style
from textual.app import ComposeResult
from textual.widgets import Input, Label

from fasttui.markdown.lines import Span
from fasttui.tui.terminal_rows import RowsApp
from fasttui.tui.widgets.transcript import Transcript
from fasttui.tui.widgets.transcript_entries import Entry, HeaderLine
from tests.tui.terminal import EmulatedDriver, differences, text_of

DARK = {
    "you": Style(bold=True, color="#4ebf71"),
    "claude": Style(bold=True, color="#0178d4"),
    "meta": Style(color="#808080"),
    "strong": Style(bold=True),
    "emphasis": Style(italic=True),
    "code": Style(color="#ffc473"),
    "code.block": Style(bgcolor="#0e0e0e"),
    "syntax.keyword": Style(color="#c678dd"),
    "link": Style(underline=True),
    "thinking": Style(dim=True),
    "find": Style(bgcolor="#444400"),
    "find.current": Style(bgcolor="#888800"),
    "cursor": Style(color="#ffff00"),
}
LIGHT = {name: style + Style(color="#123456") for name, style in DARK.items()}


class TranscriptApp(RowsApp):
    """A title, a transcript, and a field to type in."""

    CSS = "Input { dock: bottom; }"

    def __init__(self, *, write_only_changes: bool = True) -> None:
        super().__init__(driver_class=EmulatedDriver, write_only_changes=write_only_changes)
        self.posted: list[object] = []
        self.opened: list[Entry] = []

    def compose(self) -> ComposeResult:
        yield Label("title")
        yield Transcript()
        yield Input()

    def on_mount(self) -> None:
        self.transcript.set_palette(DARK)
        self.transcript.show(self.opened)
        self.query_one(Input).focus()

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)

    def on_transcript_view_follow_changed(self, message: Transcript.FollowChanged) -> None:
        self.posted.append(message)

    def on_transcript_link_clicked(self, message: Transcript.LinkClicked) -> None:
        self.posted.append(message)

    def on_transcript_copied(self, message: Transcript.Copied) -> None:
        self.posted.append(message)


def prompt(key: str, text: str) -> Entry:
    """What a user wrote."""
    return Entry(key, "prompt", HeaderLine((Span("you", "you"),), (Span("12:04", "meta"),)), text)


def reply(key: str, text: str = "", *, streaming: bool = False, thinking: str = "") -> Entry:
    """What the model answered."""
    header = HeaderLine((Span("claude", "claude"),), (Span("108 tok/s", "meta"),))
    label = "▸ thought for 4.2 s" if thinking else ""
    return Entry(key, "reply", header, text, thinking=thinking, thinking_label=label, streaming=streaming)


def rows_of_view(app: TranscriptApp) -> list[str]:
    """The rows of the terminal that belong to the transcript, without scrollbar and blanks at the end."""
    region = app.transcript.scrollable_content_region
    return [row[: region.width].rstrip() for row in text_of(app)[region.y : region.bottom]]


def wrong_cells(app: TranscriptApp) -> list[str]:
    """Where the terminal does not show what a full repaint would show, with nothing kept from before."""
    app.transcript.forget_strips()
    return differences(app)

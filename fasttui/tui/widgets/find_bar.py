"""The line to find something in the chat with: opens above the composer, closes with Esc."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label


class FindBar(Horizontal):
    """Enter or Down goes to the next match, Up to the one before."""

    DEFAULT_CSS = """
    FindBar {
        height: 1; display: none; background: $panel; color: $text;
        & > Input { width: 1fr; padding: 0 1; background: $panel; }
        & > Label { width: auto; padding: 0 1; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, priority=True),
        Binding("down,enter,f9", "step(1)", "Next", show=False, priority=True),
        Binding("up,shift+f9", "step(-1)", "Previous", show=False, priority=True),
    ]

    @dataclass
    class Sought(Message):
        """The user wants to find `query`; "" takes the marks away."""

        bar: "FindBar"
        query: str

    @dataclass
    class Stepped(Message):
        """The user wants the next match (1) or the one before (-1)."""

        step: int

    class Closed(Message):
        """The bar has closed."""

    def compose(self) -> ComposeResult:
        """The query, and how many matches there are."""
        field = Input(placeholder="Find in this chat", compact=True)
        field.cursor_blink = False
        yield field
        yield Label("", markup=False)

    def open(self, query: str = "") -> None:
        """Show the bar and type into it."""
        self.display = True
        field = self.query_one(Input)
        field.focus()
        if query:
            field.value = query
        elif field.value:
            self.post_message(self.Sought(self, field.value))

    def show_count(self, matches: int) -> None:
        """How many matches there are."""
        none = "no match" if self.query_one(Input).value else ""
        self.query_one(Label).update(f"{matches:,} match{'es' if matches != 1 else ''} · ↑ ↓" if matches else none)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Seek while typing."""
        message.stop()
        self.post_message(self.Sought(self, message.value))

    def action_step(self, step: int) -> None:
        """Another match."""
        self.post_message(self.Stepped(step))

    def action_close(self) -> None:
        """Hide the bar and the marks."""
        self.display = False
        self.post_message(self.Sought(self, ""))
        self.post_message(self.Closed())

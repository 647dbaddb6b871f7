"""Where the next message is written. Its border says what that message will ask for."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from fasttui.chat.safe_text import safe_text
from fasttui.tui.terminal_rows import rows_of

PLACEHOLDER = "Ask Claude"
NEWLINE_KEYS = frozenset({"ctrl+j", "shift+enter", "alt+enter", "ctrl+enter"})
_MIN_ROWS = 1
_EDGES = 2  # the border's own rows


class Composer(TextArea):
    """A text area that grows to a third of the screen; Enter sends, and the cursor does not blink."""

    DEFAULT_CSS = """
    Composer {
        height: auto; min-height: 3; padding: 0 1; border: round $border; background: $background;
        scrollbar-size-vertical: 1;
        &:focus { border: round $border; background-tint: $background 0%; }
        &.-fast, &.-fast:focus { border: round $fast; }
        & .text-area--cursor-line { background: $background; }
        & .text-area--placeholder { color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+u", "delete_to_start_of_line", "Delete to the start of the line", show=False),
        Binding("ctrl+z", "undo", "Undo", show=False),
    ]

    @dataclass
    class Submitted(Message):
        """The user sent a prompt."""

        prompt: str

    @dataclass
    class HistoryWanted(Message):
        """The cursor left the text upwards (`step` -1) or downwards (1)."""

        step: int

    class HelpWanted(Message):
        """`?` was typed into the empty composer."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(
            placeholder=PLACEHOLDER,
            id=id,
            highlight_cursor_line=False,
            tab_behavior="focus",
            show_line_numbers=False,
        )
        self.cursor_blink = False
        self._left = self._right = self._hints = Content("")

    # ── border ────────────────────────────────────────────────────────────────────────────────

    def show_next(self, left: Content, right: Content, *, fast: bool) -> None:
        """What the next message asks for, on the left, and what it would cost, on the right."""
        self.set_class(fast, "-fast")
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self._draw_border()

    def show_hints(self, hints: Content) -> None:
        """The keys, on the lower border."""
        self._hints = hints
        self._draw_border()

    def _draw_border(self) -> None:
        room = self.size.width + 2 - 4 if self.size.width else 0
        left, right = self._left, self._right
        gap = room - left.cell_length - right.cell_length - 2
        if right and gap >= 1:
            self.border_title = Content.assemble(left, " ", ("─" * gap), " ", right)
        else:
            self.border_title = left
        self.border_subtitle = self._hints if self._hints.cell_length <= room else ""
        self.styles.border_subtitle_align = "left"

    def on_resize(self) -> None:
        """The right part of the border keeps to the right; the height keeps to a third of the screen."""
        self._draw_border()

    # ── keys ──────────────────────────────────────────────────────────────────────────────────

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" or event.key in NEWLINE_KEYS:
            event.stop()
            event.prevent_default()
            self._enter(newline=event.key != "enter")
        elif event.character == "?" and not self.text:
            event.stop()
            event.prevent_default()
            self.post_message(self.HelpWanted())
        else:
            await super()._on_key(event)
        if rows := rows_of(self):
            rows.echo(self)

    def _enter(self, *, newline: bool) -> None:
        row, column = self.cursor_location
        escaped = self.document.get_line(row)[:column].endswith("\\")
        if newline:
            self._replace_via_keyboard("\n", *self.selection)
        elif escaped:
            self._replace_via_keyboard("\n", (row, column - 1), (row, column))
        elif self.text.strip():
            self.post_message(self.Submitted(self.text))

    async def _on_paste(self, event: events.Paste) -> None:
        # Textual would put the text in as it came, escape sequences and all.
        event.stop()
        event.prevent_default()
        if result := self._replace_via_keyboard(safe_text(event.text.replace("\r", "\n")), *self.selection):
            self.move_cursor(result.end_location)

    def action_cursor_up(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual's signature
        """Up; at the first row on to the prompt before."""
        if not select and self.navigator.is_first_wrapped_line(self.cursor_location):
            self.post_message(self.HistoryWanted(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual's signature
        """Down; at the last row on to the prompt after."""
        if not select and self.navigator.is_last_wrapped_line(self.cursor_location):
            self.post_message(self.HistoryWanted(1))
        else:
            super().action_cursor_down(select)

    def fill(self, text: str) -> None:
        """Put `text` in place of the draft, the cursor behind it."""
        self.text = text
        self.move_cursor(self.document.end)

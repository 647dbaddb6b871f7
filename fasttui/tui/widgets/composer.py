"""Where the next message is written. Its border says what that message will ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import TextArea

from fasttui.chat.safe_text import safe_text
from fasttui.tui.terminal_rows import rows_of

PLACEHOLDER = "Ask Claude"
_LEAST_RIGHT = 20  # cells below which a cut text on the upper border says nothing


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

    # On the class, as Textual's own __init__ already asks for a repaint.
    _typing = False
    _styles_due = True

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

    class TailWanted(Message):
        """End was pressed at the end of the draft."""

    class EndOfInput(Message):
        """Ctrl+D was pressed in the empty composer."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(
            placeholder=PLACEHOLDER,
            id=id,
            highlight_cursor_line=False,
            tab_behavior="focus",
            show_line_numbers=False,
        )
        self.cursor_blink = False
        self._actions: Mapping[str, str] = {}
        self._typed: Callable[[], None] = lambda: None
        self._press_in_menu: Callable[[str], bool] = lambda _: False
        self._left = self._right = self._hints = self._below = Content("")

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

    def show_below(self, text: Content) -> None:
        """What of the transcript is below the screen, at the right of the lower border."""
        self._below = text
        self._draw_border()

    def _draw_border(self) -> None:
        room = self.size.width + 2 - 4 if self.size.width else 0
        left, right = self._left, self._right
        if right and _gap(left, right, room) < 1 <= room - left.cell_length - _LEAST_RIGHT:
            # A warning comes before the prices: what is cut is what matters less.
            right = right.truncate(room - left.cell_length - 3, ellipsis=True)
        fits = right and _gap(left, right, room) >= 1
        self.border_title = _apart(left, right, room) if fits else left
        below = self._below
        hints = self._hints.truncate(max(0, room - (below.cell_length + 3 if below else 0)), ellipsis=True)
        self.border_subtitle = _apart(hints, below, room) if below else hints
        self.styles.border_subtitle_align = "left"

    def on_resize(self) -> None:
        """The right part of the border keeps to the right; the height keeps to a third of the screen."""
        self._draw_border()

    # ── keys: the actions are the keymap's, by their ids ─────────────────────────────────────────

    def take_keys(self, actions: Mapping[str, str]) -> None:
        """Which key does what: names of keys to ids of the composer's own actions.

        They are no bindings: one with priority would overtake the letters that were typed before it.
        """
        self._actions = actions

    def complete_with(self, typed: Callable[[], None], press_in_menu: Callable[[str], bool]) -> None:
        """Call `typed` when something was typed or pasted; a key that `press_in_menu` has a use for is not ours.

        Calls and not messages: keys may come faster than messages are handled, and the next one is for what this
        one has opened.
        """
        self._typed, self._press_in_menu = typed, press_in_menu

    async def _on_key(self, event: events.Key) -> None:
        if self._press_in_menu(event.key):
            event.stop()
            event.prevent_default()
            self._echo()
            return
        if action := self._actions.get(event.key):
            event.stop()
            event.prevent_default()
            getattr(self, f"action_{action}")()
            self._echo()
            return
        if event.character == "?" and not self.text:
            event.stop()
            event.prevent_default()
            self.post_message(self.HelpWanted())
            return
        before = self._rows()
        self._typing = True
        try:
            await super()._on_key(event)
        finally:
            self._typing = False
        self._refresh_typed(before)
        self._echo()
        if event.is_printable:
            self._typed()

    def _rows(self) -> tuple[object, ...]:
        """What a letter must leave as it is for its own line to be the only one that changes."""
        selected = self.selection.start != self.selection.end
        return self.virtual_size, self.document.line_count, self.scroll_offset, self.size, selected

    def _refresh_typed(self, before: tuple[object, ...]) -> None:
        """Repaint the rows of the line that was typed in; all of them when others moved too."""
        if self._rows() != before or self._was_or_is_empty():
            self.refresh()
            return
        row = self.cursor_location[0]
        first = self.wrapped_document.location_to_offset((row, 0)).y
        last = self.wrapped_document.location_to_offset((row, len(self.document.get_line(row)))).y
        self.refresh_lines(first, last - first + 1)

    def _was_or_is_empty(self) -> bool:
        """Whether the placeholder comes or goes."""
        return self.document.line_count == 1 and len(self.document.get_line(0)) <= 1

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint; but a letter does not repaint the whole draft, as Textual's cursor does by itself."""
        if self._typing and not (regions or layout or recompose):
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of the draft. Textual asks for all the colours anew each time; ours change with the theme alone."""
        if self._styles_due:
            self._styles_due = False
            return super().render_lines(crop)
        return Widget.render_lines(self, crop)

    def notify_style_update(self) -> None:
        """Another theme, or the focus has come or gone."""
        self._styles_due = True
        super().notify_style_update()

    def _echo(self) -> None:
        """Show what a key did at once, without waiting for the next refresh."""
        if rows := rows_of(self):
            rows.echo(self)

    def action_send(self) -> None:
        """Send the prompt; a backslash before the cursor makes it a new line."""
        row, column = self.cursor_location
        if self.document.get_line(row)[:column].endswith("\\"):
            self._replace_via_keyboard("\n", (row, column - 1), (row, column))
        elif self.text.strip():
            self.post_message(self.Submitted(self.text))

    def action_newline(self) -> None:
        """Start a new line."""
        self._replace_via_keyboard("\n", *self.selection)

    def action_history_previous(self) -> None:
        """Up; at the first row on to the prompt before."""
        if self.navigator.is_first_wrapped_line(self.cursor_location):
            self.post_message(self.HistoryWanted(-1))
        else:
            self.action_cursor_up()

    def action_history_next(self) -> None:
        """Down; at the last row on to the prompt after."""
        if self.navigator.is_last_wrapped_line(self.cursor_location):
            self.post_message(self.HistoryWanted(1))
        else:
            self.action_cursor_down()

    def action_cursor_line_end(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual's signature
        """To the end of the line; at the end of the draft, to the end of the transcript."""
        if not select and self.cursor_location == self.document.end:
            self.post_message(self.TailWanted())
        super().action_cursor_line_end(select)

    def action_end_of_input(self) -> None:
        """Ctrl+D: the end of an empty draft; else it deletes, as in any shell."""
        if self.text:
            self.action_delete_right()
        else:
            self.post_message(self.EndOfInput())

    async def _on_paste(self, event: events.Paste) -> None:
        # Textual would put the text in as it came, escape sequences and all.
        event.stop()
        event.prevent_default()
        self.insert_text(safe_text(event.text.replace("\r\n", "\n").replace("\r", "\n")))
        self._typed()

    def insert_text(self, text: str) -> None:
        """Put safe text in at the cursor."""
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    @property
    def before_cursor(self) -> str:
        """What a completion may continue: the line up to the cursor, behind a newline if that is not the whole draft.

        So a command is completed only where nothing else would go out with it.
        """
        row, column = self.cursor_location
        line = self.document.get_line(row)
        return line[:column] if self.document.line_count == 1 and column == len(line) else f"\n{line[:column]}"

    def replace_before_cursor(self, characters: int, text: str) -> None:
        """Put safe text in the place of so many characters before the cursor."""
        row, column = self.cursor_location
        if result := self._replace_via_keyboard(text, (row, column - characters), (row, column)):
            self.move_cursor(result.end_location)

    def fill(self, text: str) -> None:
        """Put `text` in place of the draft, the cursor behind it."""
        self.text = text
        self.move_cursor(self.document.end)


def _gap(left: Content, right: Content, room: int) -> int:
    """How much of a border stands between two texts at its ends."""
    return room - left.cell_length - right.cell_length - 2


def _apart(left: Content, right: Content, room: int) -> Content:
    """Two texts at the ends of a border."""
    return Content.assemble(left, " ", "─" * _gap(left, right, room), " ", right)

"""Picking one text out of many by typing a part of it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

_SHOWN = 200


class PickScreen(ModalScreen[str | None]):
    """Returns the chosen one of `texts`, which are safe and stand newest first; None when it is closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False),
        Binding("down", "move('cursor_down')", "Down", show=False, priority=True),
        Binding("up", "move('cursor_up')", "Up", show=False, priority=True),
        Binding("pagedown", "move('page_down')", "Page down", show=False, priority=True),
        Binding("pageup", "move('page_up')", "Page up", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    PickScreen {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 90%; max-width: 110; height: 80%; border: round $border; background: $surface;
            border-title-color: $accent; padding: 0 1;
        }
        & Input { background: $surface; }
        & OptionList { height: 1fr; background: $surface; padding: 0; }
    }
    """

    def __init__(self, title: str, texts: Sequence[str]) -> None:
        super().__init__()
        self._title, self._texts = title, texts
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        """The filter above the list."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("Enter takes it · Esc closes")
            field = Input(placeholder="Type a part of it", compact=True)
            field.cursor_blink = False
            yield field
            yield OptionList(markup=False, compact=True)

    def on_mount(self) -> None:
        """Show all."""
        self._show("")

    @on(Input.Changed)
    def _filter(self, message: Input.Changed) -> None:
        self._show(message.value)

    def _show(self, part: str) -> None:
        words = part.casefold().split()
        self._found = [text for text in self._texts if all(word in text.casefold() for word in words)][:_SHOWN]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(Content(" ".join(text.split())[:300])) for text in self._found])
        options.highlighted = 0 if self._found else None

    def action_move(self, how: str) -> None:
        """Move in the list while the filter keeps the keys."""
        getattr(self.query_one(OptionList), f"action_{how}")()

    @on(Input.Submitted)
    def _take(self) -> None:
        at = self.query_one(OptionList).highlighted
        self.dismiss(self._found[at] if at is not None else None)

    @on(OptionList.OptionSelected)
    def _take_clicked(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[message.option_index])

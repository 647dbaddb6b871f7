"""One line asked of the user: a title, tags."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input


class LineScreen(ModalScreen[str | None]):
    """Returns the line as it was typed; None when it is closed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close", show=False)]
    DEFAULT_CSS = """
    LineScreen {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 80%; max-width: 80; height: auto; border: round $border; background: $surface;
            border-title-color: $accent; border-subtitle-color: $muted; padding: 0 1;
        }
        & Input { padding: 0; background: $surface; }
    }
    """

    def __init__(self, title: str, line: str, placeholder: str = "") -> None:
        super().__init__()
        self._title, self._line, self._placeholder = title, line, placeholder

    def compose(self) -> ComposeResult:
        """The line, its text ready to be replaced."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("Enter takes it · Esc leaves it")
            field = Input(self._line, placeholder=self._placeholder, select_on_focus=True, compact=True)
            field.cursor_blink = False
            yield field

    @on(Input.Submitted)
    def _take(self, message: Input.Submitted) -> None:
        self.dismiss(message.value)

"""A link asks before it opens: what is shown is where it really leads."""

import webbrowser
from typing import ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Label

_OPENED = frozenset({"http", "https", "mailto"})


def shown_target(target: str) -> str | None:
    """The address with its host in ASCII, so that look-alike letters show; None for what is never opened."""
    try:
        parts = urlsplit(target)
        if parts.scheme.lower() not in _OPENED or not target.isprintable() or " " in target:
            return None
        if parts.scheme.lower() == "mailto":
            return target
        host = (parts.hostname or "").encode("idna").decode("ascii")
        place = f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        return None
    return parts._replace(netloc=place).geturl() if host else None


class LinkScreen(ModalScreen[None]):
    """Opens the link in the browser once the user says so."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(None)", "Close", show=False),
        Binding("y", "open", "Open", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]
    DEFAULT_CSS = """
    LinkScreen {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 80%; max-width: 100; height: auto; border: round $border; background: $surface; padding: 1 2;
            border-title-color: $accent;
        }
        & Horizontal { height: auto; margin-top: 1; }
        & Button { margin-right: 2; }
    }
    """

    def __init__(self, target: str) -> None:
        super().__init__()
        self._target, self._shown = target, shown_target(target)

    def compose(self) -> ComposeResult:
        """The address and the choice."""
        with Vertical() as box:
            box.border_title = Content("Open this link?" if self._shown else "This link is not opened")
            yield Label(Content(self._shown or self._target), markup=False)
            with Horizontal():
                if self._shown:
                    yield Button(Content("Open (y)"), id="open", compact=True)
                yield Button(Content("Copy (c)"), id="copy", compact=True)
                yield Button(Content("Close (n)"), id="close", compact=True)

    @on(Button.Pressed)
    def _pressed(self, message: Button.Pressed) -> None:
        match message.button.id:
            case "open":
                self.action_open()
            case "copy":
                self.action_copy()
            case _:
                self.dismiss(None)

    def action_open(self) -> None:
        """Hand the shown address to the browser."""
        if self._shown:
            webbrowser.open(self._shown)
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the address."""
        self.app.copy_to_clipboard(self._shown or self._target)
        self.dismiss(None)

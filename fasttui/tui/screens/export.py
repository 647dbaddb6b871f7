"""Exporting a chat: the format, the file, and whether secrets are hidden."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, Label, RadioButton, RadioSet

from fasttui.chat.errors import FasttuiError
from fasttui.engine.exporting import FORMAT_NAMES, ExportRequest, write_export
from fasttui.engine.session import Session
from fasttui.export.writers import FORMATS


class FormatButton(RadioButton):
    """Filled when it is chosen, else empty: Textual tells them apart by colours alone."""

    BUTTON_INNER = "○"

    def watch_value(self) -> None:
        """Show whether it is chosen."""
        self.BUTTON_INNER = "●" if self.value else "○"
        super().watch_value()


class ExportScreen(ModalScreen[str | None]):
    """Returns what was done, for a notice; None when it was left. With `at_once` it asks only where it must."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close", show=False)]
    DEFAULT_CSS = """
    ExportScreen {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 90%; max-width: 90; height: auto; border: round $border; background: $surface; padding: 1 2;
            border-title-color: $accent; border-subtitle-color: $muted;
        }
        & RadioSet { layout: horizontal; width: auto; background: $surface; }
        & RadioButton, & Checkbox { width: auto; padding: 0 2 0 0; background: $surface; }
        & Input { padding: 0 1; margin: 1 0; background: $panel; }
        & Horizontal { height: auto; margin-top: 1; }
        & Button { margin-right: 2; }
        & #said { color: $error; }
    }
    """

    def __init__(self, session: Session, request: ExportRequest, *, at_once: bool = False) -> None:
        super().__init__()
        self._session, self._request, self._at_once = session, request, at_once
        # What the user was asked about because the file exists: the same again is a yes.
        self._overwriting: ExportRequest | None = None

    def compose(self) -> ComposeResult:
        """Three questions, answered already."""
        with Vertical() as box:
            box.border_title = Content("Export this chat")
            box.border_subtitle = Content("Enter writes it · Tab goes on · Esc closes")
            with RadioSet(compact=True):
                for form in FORMATS:
                    yield FormatButton(Content(FORMAT_NAMES[form]), value=form == self._request.form)
            field = Input(str(self._request.path), placeholder="FILE", select_on_focus=False, compact=True)
            field.cursor_blink = False
            yield field
            yield Checkbox(
                Content("Hide API keys, tokens and private keys"), value=self._request.hide_secrets, compact=True
            )
            yield Label("", id="said", markup=False)
            with Horizontal():
                yield Button(Content("Write"), id="write", compact=True)
                yield Button(Content("Close"), id="close", compact=True)

    def on_mount(self) -> None:
        """The path is what is changed most often."""
        self.query_one(Input).focus()
        if self._at_once:
            self._begin()

    @on(RadioSet.Changed)
    def _format_chosen(self, message: RadioSet.Changed) -> None:
        field = self.query_one(Input)
        path = Path(field.value)
        if path.suffix.lower() in {f".{form}" for form in FORMATS}:
            field.value = str(path.with_suffix(f".{FORMATS[message.index]}"))

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _ask_again(self) -> None:
        """Another file or content needs another yes."""
        if self._overwriting is not None and self._asked != self._overwriting:
            self._overwriting = None
            self._say("")
            self.query_one("#write", Button).label = Content("Write")

    @on(Input.Submitted)
    def _entered(self) -> None:
        self._begin()

    @on(Button.Pressed)
    def _pressed(self, message: Button.Pressed) -> None:
        if message.button.id == "write":
            self._begin()
        else:
            self.dismiss(None)

    @property
    def _asked(self) -> ExportRequest:
        """What the fields say."""
        return ExportRequest(
            FORMATS[max(0, self.query_one(RadioSet).pressed_index)],
            Path(self.query_one(Input).value.strip()).expanduser(),
            self.query_one(Checkbox).value,
        )

    def _begin(self) -> None:
        asked = self._asked
        overwrite = asked == self._overwriting
        if asked.exists and not overwrite:
            self._overwriting = asked
            self._say(f"{asked.shown_path} exists already. Enter once more overwrites it.")
            self.query_one("#write", Button).label = Content("Overwrite")
        else:
            self.run_worker(self._write(asked, overwrite=overwrite), group="export", exclusive=True)

    async def _write(self, asked: ExportRequest, *, overwrite: bool) -> None:
        try:
            # In a thread: a long chat as HTML takes seconds.
            done = await asyncio.to_thread(write_export, self._session, asked, overwrite=overwrite)
        except FasttuiError as error:
            self._say(f"{error} {error.hint or ''}")
        else:
            self.dismiss(done)

    def _say(self, text: str) -> None:
        self.query_one("#said", Label).update(Content(text))

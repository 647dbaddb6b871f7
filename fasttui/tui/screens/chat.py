"""The one screen: its layout, its commands, and the actions that change what is asked for."""

import asyncio
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.events import Resize

from fasttui.chat.errors import FasttuiError
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.config.themes import ThemeNames
from fasttui.engine import commands
from fasttui.engine.session import Session
from fasttui.tui.bindings import bind, key_actions
from fasttui.tui.palette import Palette
from fasttui.tui.screens.completing import CompletingScreen
from fasttui.tui.widgets.composer import Composer
from fasttui.tui.widgets.status_bar import StatusBar
from fasttui.tui.widgets.title_line import TitleLine
from fasttui.tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from fasttui.engine.attachments import Attachment  # only a prompt with a file needs it

QUIT_WINDOW_S = 2.0
_COMPOSER_ROWS = 3  # a line and the border around it


class ChatScreen(CompletingScreen):
    """Shows one session. Everything it does, it does through the session and its own widgets."""

    AUTO_FOCUS = "Composer"

    def __init__(
        self,
        session: Session,
        keymap: Keymap,
        settings: Settings,
        palette: Palette,
        theme_names: ThemeNames,
        *,
        demo: bool,
        frame_rate: int,
    ) -> None:
        super().__init__(session, keymap, settings, palette, theme_names, demo=demo)
        self._frame_rate = frame_rate
        self._speed_key = commands.SpeedKey()
        self._quit_armed_s = float("-inf")

    def compose(self) -> ComposeResult:
        """The composer comes first, so that keys typed before the first frame are its own."""
        yield Composer(id="composer")
        yield TitleLine(id="title")
        yield Transcript(frame_rate=self._frame_rate, id="transcript")
        yield StatusBar(id="status")

    def on_mount(self) -> None:
        """Show the session as it stands."""
        bind(self, self._keymap, "chat")
        self.composer.take_keys(key_actions(self._keymap, "composer"))
        self.composer.complete_with(self._draft_typed, self._press_in_menu)
        bind(self.transcript, self._keymap, "transcript")
        self.transcript.wrap_code = self._settings.wrap_code
        self.transcript.fold_thinking(self._folded)
        self._show_conversation()
        self.set_palette(self._palette)

    def on_resize(self, event: Resize) -> None:
        """The composer grows to a third of the screen, and always has room for a line."""
        self.composer.styles.max_height = max(_COMPOSER_ROWS, event.size.height // 3)
        self.call_after_refresh(self._place_menu)

    def set_palette(self, palette: Palette) -> None:
        """Take the styles of another theme."""
        self._palette = palette
        self.transcript.set_palette(palette.__getitem__)
        self._show_next()
        self._show_hints()

    # ── commands and actions; their names are the keymap's ids ──────────────────────────────────────

    @on(Composer.Submitted)
    def _submit(self, message: Composer.Submitted) -> None:
        prompt = message.prompt
        try:
            invocation = commands.parse(prompt)
            attachments = [] if invocation else self._attachments(prompt)
        except FasttuiError as error:
            self.show_error(error)
            return
        self._remember(prompt)
        self.composer.fill("")
        if invocation is not None:
            self._carry_out(invocation)
        elif self.answering:
            self._queued.add(prompt, attachments)
            self._show_hints()
        elif self._editing is not None:
            turn, self._editing = self._editing, None
            self._start(self._session.edit(turn, prompt, attachments))
        else:
            self._start(self._session.submit(prompt, attachments))

    def _attachments(self, prompt: str) -> "list[Attachment]":
        """The files that go along, as `@path` names them."""
        if self._editing is None and "@" not in prompt:
            return []
        from fasttui.engine.mentions import attachments_in

        return attachments_in(prompt, self._editing)

    def _carry_out(self, invocation: commands.Invocation) -> None:
        try:
            if invocation.command is not None:
                self.show_notice(invocation.command.run(self._session, invocation.words))
            elif invocation.action is not None:
                self.perform(invocation.action.id, invocation.words)
        except FasttuiError as error:
            self.show_error(error)
        self._show_status()

    def perform(self, action_id: str, words: str = "") -> None:
        """Carry out an action of the keymap, wherever it lives."""
        name = f"action_{action_id}"
        method = getattr(next(node for node in (self, self.app, self.composer) if hasattr(node, name)), name)
        result = method(words) if words else method()
        if asyncio.iscoroutine(result):
            self.run_worker(result, group="action")

    def action_palette(self) -> None:
        """Everything that can be done, by name."""
        from textual.command import CommandPalette

        from fasttui.tui.actions import actions_provider

        provider = actions_provider(self._keymap, self.perform)
        self.app.push_screen(CommandPalette(providers=[provider], placeholder="What do you want to do?"))

    # ── speed, effort, model ────────────────────────────────────────────────────────────────────────

    def action_speed(self) -> None:
        """On to the next speed; where there is no fast, pressed again, to the model that succeeds."""
        notice = self._speed_key.press(self._session, self._keymap.hint("speed"))
        if notice is not None:
            self.show_notice(notice.text, "$warning" if notice.is_warning else "$accent")
        self._show_status()

    def action_speed_once(self) -> None:
        """The other speed, for one message."""
        if self._session.fast_offered():
            self._session.choices.toggle_speed_once()
            self._show_status()
        else:
            self.action_speed()

    def action_effort_up(self) -> None:
        """More effort."""
        self._session.choices.step_effort(self._session.model, 1)
        self._show_status()

    def action_effort_down(self) -> None:
        """Less effort."""
        self._session.choices.step_effort(self._session.model, -1)
        self._show_status()

    def action_model(self, id_: str = "") -> None:
        """Choose a model: by id, or from the list."""
        if id_:
            self._choose_model(id_)
            return
        from fasttui.tui.screens.models import ModelScreen

        self.app.push_screen(ModelScreen(self._session), self._choose_model)

    def _choose_model(self, id_: str | None) -> None:
        if id_:
            self.show_notice(commands.choose_model(self._session, id_))
            self._show_status()

    # ── leaving ─────────────────────────────────────────────────────────────────────────────────────

    def action_interrupt(self) -> None:
        """Copy what is selected, else stop the reply, else put the draft aside; pressed twice, quit."""
        if selected := self.get_selected_text():
            self._copy(selected, "selection")
            self.clear_selection()
        elif self.answering:
            self.action_stop()
        elif (now_s := asyncio.get_running_loop().time()) - self._quit_armed_s < QUIT_WINDOW_S:
            self.app.exit()
        else:
            self._quit_armed_s = now_s
            aside = ""
            if self.is_active and self.composer.text.strip():
                self._put_draft_aside()
                aside = f"Draft put aside: {self._keymap.hint('history_previous')} brings it back. "
            self.show_notice(f"{aside}Ctrl+C once more quits.")

    @on(Composer.EndOfInput)
    def _end_of_input(self) -> None:
        self.app.exit()

    # ── what the widgets ask for ────────────────────────────────────────────────────────────────────

    @on(Composer.HelpWanted)
    def _help(self) -> None:
        self.perform("help")

    @on(Composer.TailWanted)
    def _to_tail(self) -> None:
        self.action_to_end()

    @on(StatusBar.CellClicked)
    def _cell_clicked(self, message: StatusBar.CellClicked) -> None:
        action = {"speed": "speed", "fuel": "speed_once", "context": "model"}.get(message.cell_id)
        if action is not None:
            self.perform(action)

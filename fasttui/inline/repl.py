"""The inline chat: prompts and keys to one session, and its events to the screen."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from prompt_toolkit.input import Input, create_input

from fasttui.chat.errors import CommandError, FasttuiError
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.config.themes import Theme, ThemeNames
from fasttui.engine import commands
from fasttui.engine.completion import Completions
from fasttui.engine.mentions import attachments_in
from fasttui.engine.session import Session
from fasttui.inline.completion import PromptCompleter
from fasttui.inline.help import help_lines
from fasttui.inline.history import StoreHistory
from fasttui.inline.keys import key_bindings
from fasttui.inline.screen import InlineScreen
from fasttui.inline.style import Palette
from fasttui.inline.switching import Switching
from fasttui.inline.terminal import TerminalOutput, terminal_size

QUIT_WINDOW_S = 2.0
_SIMULATOR = "fasttui · the embedded simulator answers: nothing leaves this machine, nothing costs anything."
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_GC_THRESHOLDS = (20_000, 20, 100)


class InlineChat(Switching):
    """One session in the terminal's own scrollback. `after_first_frame` is called once the prompt stands.

    `any_background` says that the theme was not chosen, and the terminal's background is not known.
    """

    def __init__(
        self,
        session: Session,
        keymap: Keymap,
        theme: Theme,
        *,
        settings: Settings,
        any_background: bool = False,
        demo: bool = False,
        problems: Sequence[FasttuiError] = (),
        theme_names: ThemeNames = tuple,
        load_theme: Callable[[str], Theme] | None = None,
        after_first_frame: Callable[[], None] = lambda: None,
        in_background: Callable[[], Coroutine[Any, Any, None]] | None = None,
        keyboard: Input | None = None,
        output: TerminalOutput | None = None,
    ) -> None:
        output = output or TerminalOutput(sys.stdout, terminal_size)
        screen = InlineScreen(
            session,
            Palette(theme, any_background=any_background),
            key_bindings(keymap, self._press, self._has),
            StoreHistory(lambda: session.store),
            PromptCompleter(Completions(session, theme_names, self._has), lambda: output.get_size().columns),
            vi=settings.editing_mode == "vi",
            keyboard=keyboard or create_input(),
            output=output,
            hints=self._running_hints,
        )
        super().__init__(session, keymap, settings, screen)
        self._demo, self._problems, self._load_theme = demo, problems, load_theme
        self._after_first_frame, self._in_background = after_first_frame, in_background
        self._speed_key = commands.SpeedKey()
        self._quit_armed_s = float("-inf")

    # ── from start to end ─────────────────────────────────────────────────────────────────────────

    async def run(self) -> int:
        """Chat until the user leaves; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._leave, 128 + number)
        if self._session.conversation.head is None:
            self._screen.print_markdown(self._welcome(), "note")
        else:
            self._print_conversation()
            if self._demo:
                self._screen.print_words([(_SIMULATOR, "note")], [])
        self._restore_draft()
        app = self._screen.app
        app.after_render += self._first_frame_is_out
        try:
            return await app.run_async()
        except (EOFError, OSError):
            return 0  # the terminal is gone
        finally:
            await self._stop_reply()
            for task in self._tasks:
                task.cancel()
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    def _first_frame_is_out(self, _: object) -> None:
        self._screen.app.after_render -= self._first_frame_is_out
        # prompt-toolkit's own handler knows nothing of the rows above the prompt.
        asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._screen.resized)
        # A full collection takes longer than a frame; what start-up made is never garbage.
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        gc.enable()
        self._prompt.draft.on_text_changed += lambda _: self._save_draft()
        self._after_first_frame()
        if self._in_background is not None:
            self._run(self._in_background())
        for problem in self._problems:
            self._show_error(problem)
        self._show_trouble()

    def _leave(self, code: int = 0) -> None:
        self._run(self._stop_and_exit(code))

    async def _stop_and_exit(self, code: int) -> None:
        await self._stop_reply()
        if self._screen.app.is_running and not self._screen.app.is_done:
            self._screen.app.exit(result=code)

    def _welcome(self) -> str:
        hint = self._keymap.hint
        keys = f"{hint('speed')} changes the speed, {hint('effort_up')} the effort, {hint('help')} shows every key."
        if self._demo:
            who = _SIMULATOR
            keys += " /sim lists what can go wrong. Set ANTHROPIC_API_KEY to talk to Claude."
        else:
            who = "fasttui · Claude answers. What the next message costs stands above the prompt."
        notice = commands.fast_notice(self._session)
        return "\n\n".join([who, keys, *([notice] if notice else [])])

    # ── sending ───────────────────────────────────────────────────────────────────────────────────

    def action_send(self) -> None:
        """Send the prompt, or carry out the command; a backslash before the cursor makes it a new line."""
        draft = self._prompt.draft
        if draft.document.text_before_cursor.endswith("\\"):
            draft.delete_before_cursor()
            draft.newline(copy_margin=False)
            return
        if not self._take_picked() and draft.text.strip():
            self._submit(draft.text)

    def _submit(self, prompt: str) -> None:
        invocation = commands.parse(prompt)
        attachments = [] if invocation else attachments_in(prompt, self._editing)
        if self._set_aside is None:
            self._prompt.draft.append_to_history()
        self._clear_draft()
        if invocation is not None:
            self._carry_out(invocation)
        elif self._answering:
            self._queued.add(prompt, attachments)
            self._screen.status_changed()
        elif self._editing is not None:
            turn, self._editing = self._editing, None
            self._start(self._session.edit(turn, prompt, attachments))
        else:
            self._start(self._session.submit(prompt, attachments))

    # ── commands and actions; their names are the keymap's ids ──────────────────────────────────────

    def _carry_out(self, invocation: commands.Invocation) -> None:
        if invocation.command is not None:
            self._screen.notice(invocation.command.run(self._session, invocation.words))
        elif invocation.action is not None:
            self.perform(invocation.action.id, invocation.words)
        self._screen.status_changed()

    def _has(self, action_id: str) -> bool:
        return hasattr(self, f"action_{action_id}")

    def _press(self, action_id: str) -> None:
        """Carry out the action of a key; what is wrong with it is said."""
        try:
            self.perform(action_id)
        except FasttuiError as error:
            self._show_error(error)

    def perform(self, action_id: str, words: str = "") -> None:
        """Carry out an action of the keymap.

        Raises:
            CommandError: it is about a transcript on the screen, which here is the terminal's own.
            FasttuiError: it cannot be done.
        """
        if not self._has(action_id):
            raise CommandError(
                "What is above the prompt is the terminal's own.",
                hint="Scroll, mark and copy as in any shell; /find looks through the whole chat.",
            )
        method = getattr(self, f"action_{action_id}")
        result = method(words) if words else method()
        if asyncio.iscoroutine(result):
            self._run(result)

    # ── speed, effort, model, colours ─────────────────────────────────────────────────────────────

    def action_speed(self) -> None:
        """On to the next speed; where there is no fast, pressed again, to the model that succeeds."""
        notice = self._speed_key.press(self._session, self._keymap.hint("speed"))
        if notice is not None:
            self._screen.notice(notice.text, "warning" if notice.is_warning else "accent")
        self._screen.status_changed()

    def action_speed_once(self) -> None:
        """The other speed, for one message."""
        if self._session.fast_offered():
            self._session.choices.toggle_speed_once()
            self._screen.status_changed()
        else:
            self.action_speed()

    def action_effort_up(self) -> None:
        """More effort."""
        self._session.choices.step_effort(self._session.model, 1)
        self._screen.status_changed()

    def action_effort_down(self) -> None:
        """Less effort."""
        self._session.choices.step_effort(self._session.model, -1)
        self._screen.status_changed()

    def action_model(self, id_: str = "") -> None:
        """Choose a model: by id, or from the menu."""
        if id_:
            self._screen.notice(commands.choose_model(self._session, id_))
        else:
            self._pick("/model ")

    def action_theme(self, name: str = "") -> None:
        """Another theme, for what comes: by name, or from the menu."""
        if not name or self._load_theme is None:
            self._pick("/theme ")
            return
        self._screen.set_palette(Palette(self._load_theme(name)))
        self._screen.notice(f"Theme: {name}.")

    # ── the program ───────────────────────────────────────────────────────────────────────────────

    def action_palette(self) -> None:
        """Every command, in the menu."""
        self._pick("/")

    def action_help(self) -> None:
        """Print keys and commands."""
        self._screen.print_words(*help_lines(self._keymap, self._has, self._screen.columns), [])

    def action_redraw(self) -> None:
        """Paint the prompt again, in case something else wrote to the terminal."""
        self._screen.redraw()

    async def action_suspend(self) -> None:
        """Back to the shell; `fg` returns."""
        async with self._screen.given_away():
            os.kill(0, signal.SIGTSTP)

    def action_interrupt(self) -> None:
        """Stop the reply, else put the draft aside; pressed twice, quit."""
        now_s = asyncio.get_running_loop().time()
        if self._answering:
            self.action_stop()
        elif self._leave_menu():
            pass
        elif now_s - self._quit_armed_s < QUIT_WINDOW_S:
            self._leave()
        else:
            self._quit_armed_s = now_s
            aside = ""
            if self._prompt.draft.text.strip():
                self._put_draft_aside()
                aside = f"Draft put aside: {self._keymap.hint('history_previous')} brings it back. "
            self._screen.notice(f"{aside}Ctrl+C once more quits.")

    def action_end_of_input(self) -> None:
        """Ctrl+D: the end of an empty draft; else it deletes, as in any shell."""
        if self._prompt.draft.text:
            self._prompt.draft.delete()
        else:
            self._leave()

    def action_quit(self) -> None:
        """Quit."""
        self._leave()

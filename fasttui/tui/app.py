"""The Textual app: themes, keys, signals and the start; no chat logic."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from textual.screen import Screen

from fasttui.chat.errors import FasttuiError
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.config.themes import Theme, ThemeNames
from fasttui.engine.session import Session
from fasttui.tui.bindings import bind, tell_keys_apart
from fasttui.tui.palette import Palette, textual_theme
from fasttui.tui.screens.chat import ChatScreen
from fasttui.tui.screens.keeping import OpenStore
from fasttui.tui.terminal_rows import RowsApp

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Look(NamedTuple):
    """What the app needs to know of the user's taste.

    `theme_names` are those there are by now, `load_theme` reads one; `frame_rate` is the most paints a second.
    """

    theme: Theme
    theme_names: ThemeNames
    load_theme: Callable[[str], Theme]
    frame_rate: int = 60
    write_only_changes: bool = True


class FasttuiApp(RowsApp):
    """One session on the whole screen.

    Once the first frame stands, `after_first_frame` is called, the store opened and `in_background` awaited.
    """

    TITLE = "fasttui"
    CSS_PATH = "screens/chat.tcss"  # Textual loads none of a default screen's own
    ENABLE_COMMAND_PALETTE = False  # the keymap opens ours

    def __init__(
        self,
        session: Session,
        keymap: Keymap,
        look: Look,
        *,
        settings: Settings | None = None,
        demo: bool = False,
        problems: Sequence[FasttuiError] = (),
        open_store: OpenStore | None = None,
        after_first_frame: Callable[[], None] = lambda: None,
        in_background: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(write_only_changes=look.write_only_changes)
        self.session, self.keymap, self.look = session, keymap, look
        self._settings = settings or Settings()
        self._demo, self._problems, self._after_first_frame = demo, problems, after_first_frame
        self._open_store, self._in_background = open_store, in_background
        self.use_theme(look.theme)

    def get_default_screen(self) -> Screen[None]:
        """The chat is the only screen that always stands."""
        self.chat = ChatScreen(
            self.session,
            self.keymap,
            self._settings,
            self.palette,
            self.look.theme_names,
            demo=self._demo,
            frame_rate=self.look.frame_rate,
        )
        return self.chat

    def on_mount(self) -> None:
        """Bind the keys, catch the signals, and let the rest begin once the first frame is out."""
        tell_keys_apart()
        bind(self, self.keymap, "app")
        # The shell or an editor had the terminal in between: nothing of ours stands there any more.
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        for number in _SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._end_by_signal, number)
        self.call_after_refresh(self._first_frame_is_out)

    def _first_frame_is_out(self) -> None:
        # A full collection takes longer than a frame; what start-up made is never garbage.
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)
        gc.enable()
        self._after_first_frame()
        self.chat.keep(self._open_store)
        if self._in_background is not None:
            self.run_worker(self._in_background(), group="background")
        for problem in self._problems:
            self.chat.show_error(problem)

    def _end_by_signal(self, number: signal.Signals) -> None:
        """Leave in good order: the terminal is restored, and what arrived is kept."""
        self.exit(return_code=128 + number)

    # ── looks ─────────────────────────────────────────────────────────────────────────────────

    def use_theme(self, theme: Theme) -> None:
        """Show everything in the colours of `theme`."""
        self.palette = Palette(theme)
        self.register_theme(textual_theme(theme))
        self.theme = theme.name
        if self.is_running:
            self.chat.set_palette(self.palette)

    def action_theme(self, name: str = "") -> None:
        """Another theme: by name, or the next one."""
        chosen = name or self._next_theme()
        self.use_theme(self.look.load_theme(chosen))
        self.chat.show_notice(f"Theme: {chosen}.")

    def _next_theme(self) -> str:
        """The theme after the present one, whose file may be gone meanwhile."""
        names = self.look.theme_names()
        return next((name for name in names if name > self.theme), names[0])

    # ── actions of the whole program ──────────────────────────────────────────────────────────

    def action_help(self) -> None:
        """Keys and commands."""
        from fasttui.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.keymap))

    def action_redraw(self) -> None:
        """Write every cell again, in case something else wrote to the terminal."""
        self.terminal_rows.forget()
        self.screen.refresh(layout=True)

    def action_suspend(self) -> None:
        """Back to the shell; `fg` returns."""
        self.action_suspend_process()

    def action_interrupt(self) -> None:
        """Ctrl+C."""
        self.chat.action_interrupt()

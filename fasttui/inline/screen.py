"""The terminal while the inline chat runs: what is printed, the prompt below it, and when either is written."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager

from prompt_toolkit.application import in_terminal
from prompt_toolkit.completion import Completer
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindingsBase

from fasttui.engine.session import Session
from fasttui.inline.history import StoreHistory
from fasttui.inline.markdown_rows import MarkdownRows
from fasttui.inline.printer import Printer
from fasttui.inline.prompt import Prompt
from fasttui.inline.reply import ReplyRows
from fasttui.inline.resizing import Resizing, wrapping_of
from fasttui.inline.rows import BLANK, Row, words_rows
from fasttui.inline.status_area import StatusArea
from fasttui.inline.style import Palette
from fasttui.inline.terminal import TerminalOutput

READ_S = 1 / 24
"""How long deltas gather before they are read."""
FRAME_S = 1 / 12
"""The longest that text waits to be painted. Each paint costs some twenty bytes beside its text."""
FULL_FRAME = 150
"""Characters that are worth a paint of their own."""
GATHER_S = 0.008
"""How long a paint waits for the other deltas of the same read."""
SETTLE_S = 0.3
"""How long a terminal keeps its size before anything is painted on it. tmux tells of a resize as late as that."""


class InlineScreen:
    """Paints on a clock while something changes; at rest it writes nothing and has no timer."""

    def __init__(
        self,
        session: Session,
        palette: Palette,
        bindings: KeyBindingsBase,
        history: StoreHistory,
        completer: Completer,
        *,
        vi: bool,
        keyboard: Input,
        output: TerminalOutput,
        hints: Callable[[], str],
    ) -> None:
        self.palette, self._output = palette, output
        self.prompt = Prompt(
            palette, bindings, history, completer,
            above=lambda: self._status.above, below=lambda: self._status.below, vi=vi, keyboard=keyboard, output=output,
        )  # fmt: skip
        self.app = self.prompt.app
        self._printer = Printer(output, self.prompt.place)
        self._reply: ReplyRows | None = None
        self._frame_due: asyncio.TimerHandle | None = None
        self._painted_s = 0.0
        self._unpainted = 0
        self._given_away = 0
        self._resizing: Resizing | None = None
        self._settle_due: asyncio.TimerHandle | None = None
        self._waiting: list[list[Row] | ReplyRows] = []
        self._status = StatusArea(
            session, palette, output,
            draft=lambda: self.prompt.draft.text, hints=hints, on_change=self.app.invalidate, on_tick=self._tick,
        )  # fmt: skip
        self.prompt.draft.on_text_changed += lambda _: self._draft_changed()
        if output.wire is not None:
            output.wire.on_drained = self._caught_up
        self.app.before_render += lambda _: self._before_area()
        self.app.after_render += lambda _: self._area_painted()
        self._size = output.get_size()

    @property
    def is_at_rest(self) -> bool:
        """Whether no timer will write anything."""
        due = (self._frame_due, self._settle_due)
        return self._status.is_at_rest and due == (None, None) and not self.app.invalidated

    @property
    def columns(self) -> int:
        """The width of the terminal."""
        return self._output.get_size().columns

    # ── what is printed ───────────────────────────────────────────────────────────────────────────

    def print(self, rows: Iterable[Row]) -> None:
        """Print rows for good, above what is on its way; while nothing can be painted, they wait."""
        if self._is_away:
            self._waiting.append([*rows])
        else:
            self._printer.show(rows, list(self._printer.tail))

    def print_words(self, *lines: Iterable[tuple[str, str]]) -> None:
        """Print lines of words with the names of their styles."""
        self.print(row for words in lines for row in words_rows(words, self.palette, self.columns))

    def print_markdown(self, text: str, style: str) -> None:
        """Print a text, wrapped."""
        rows = MarkdownRows(self.palette, self.columns, style)
        rows.add(text)
        self.print([*rows.finish(), BLANK])

    def follow(self, reply: ReplyRows) -> None:
        """Show this reply as it comes."""
        self._reply = reply
        self.reply_changed()
        self.status_changed()

    def end_reply(self, reply: ReplyRows) -> None:
        """Print the rest of the reply and how it ended."""
        self._reply = None
        if self._is_away:
            self._waiting.append(reply)
        else:
            self._printer.show(reply.end())
        self.status_changed()

    def unfold_thinking(self, *, folded: bool) -> bool:
        """Show or hide the thinking of the running reply from now on; whether there is one."""
        if self._reply is None:
            return False
        self._reply.folded = folded
        self.reply_changed()
        return True

    def copy(self, text: str) -> None:
        """Ask the terminal to put `text` into its clipboard; it never answers."""
        import base64

        self._output.write_raw(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
        self._output.flush()

    def reply_changed(self, characters: int = 0) -> None:
        """So much more of the reply came: paint it soon, and the sooner the more it is."""
        if self._is_away:
            return
        loop = asyncio.get_running_loop()
        self._unpainted += characters
        due_s = max(self._painted_s + FRAME_S, loop.time() + GATHER_S)
        if self._unpainted >= FULL_FRAME:
            due_s = loop.time() + GATHER_S
        if self._frame_due is not None:
            if self._frame_due.when() <= due_s:
                return
            self._frame_due.cancel()
        self._frame_due = loop.call_at(due_s, self._paint)

    def _paint(self) -> None:
        self._frame_due, self._unpainted = None, 0
        self._painted_s = asyncio.get_running_loop().time()
        if self._look_at_size() or self._is_away or self._output.is_behind:
            return
        if self._reply is not None:
            self._printer.show(*self._reply.take(self._printer.room()))
            if self._reply.changed:
                self.reply_changed()

    # ── the lines around the prompt ───────────────────────────────────────────────────────────────

    def status_changed(self) -> None:
        """Something that the two lines show is different; from now on they are kept up to date."""
        self._status.changed()

    def notice(self, text: str, style: str = "accent") -> None:
        """A line above the prompt for a while; what is too long for it is printed."""
        if "\n" in text or not self._status.notice(text, style):
            self.print_words([(text, style)])

    def _draft_changed(self) -> None:
        if self.app.is_running:
            self._status.draft_changed()

    def _tick(self) -> None:
        if self._reply is not None:
            self._reply.show_progress()
            self.reply_changed()

    def _caught_up(self) -> None:
        """A slow terminal has taken all: now it gets what came meanwhile, in one paint."""
        if self._reply is not None:
            self.reply_changed()
        self.status_changed()

    def _before_area(self) -> None:
        if self._resizing is not None and self.app.is_done:
            self._settled()
        self._look_at_size()

    def _area_painted(self) -> None:
        """Give back the rows that a closed menu or a sent draft has left below the status bar."""
        if self.app.is_done and self._output.wire is not None:
            self._output.wire.finish()
        spare = self.prompt.spare_rows()
        if spare and not self.app.is_done and not self._is_away:
            self._erase_area()

    # ── giving way, and coming back ───────────────────────────────────────────────────────────────

    @property
    def _is_away(self) -> bool:
        """Whether nothing may be painted: the terminal is someone else's, or is being resized."""
        return bool(self._given_away) or self._resizing is not None

    @asynccontextmanager
    async def given_away(self) -> AsyncGenerator[None, None]:
        """The terminal as the shell left it, for an editor or for the shell itself."""
        if self._resizing is not None:
            self._settled()
        self._printer.clear_tail()
        self._given_away += 1
        try:
            async with in_terminal():
                if self._output.wire is not None:
                    await self._output.wire.drained()
                yield
        finally:
            self._given_away -= 1
            self._size = self._output.get_size()
            self._start_afresh(0)

    def redraw(self) -> None:
        """Paint the tail and the prompt again; what is finished stays as it is."""
        if self._is_away:
            return
        self._printer.clear_tail()
        self._erase_area()
        self.reply_changed()

    def _erase_area(self) -> None:
        """Take the prompt area off the screen; until it is painted anew, all its rows are free."""
        self._printer.gain_room(self.prompt.place().height)
        self.app.renderer.erase()
        self.app.invalidate()

    def resized(self) -> None:
        """The terminal has another size: nothing is painted until it keeps that for a while."""
        if self._given_away:
            return
        if self._resizing is None:
            painted = self.prompt.painted()
            self._resizing = Resizing(list(self._printer.tail), painted, self._size, wrapping_of(os.environ))
            self._output.mute()
        self._size = self._output.get_size()
        self._resizing.note(self._size)
        if self._settle_due is not None:
            self._settle_due.cancel()
        self._settle_due = asyncio.get_running_loop().call_later(SETTLE_S, self._settled)

    def _look_at_size(self) -> bool:
        """Whether the terminal has another size; the signal may still be on its way."""
        changed = not self._given_away and self._output.get_size() != self._size
        if changed:
            self.resized()
        return changed

    def _settled(self) -> None:
        """The terminal keeps its size: erase what is certainly ours, and paint it anew."""
        if self._settle_due is not None:
            self._settle_due.cancel()
        if self._resizing is None or self._look_at_size():
            return
        above, left = self._resizing.ours()
        self._resizing = self._settle_due = None
        self._output.unmute()
        self._output.write_raw("\r" + (f"\x1b[{above}A" if above else "") + "\x1b[J")
        self.app.renderer.reset()
        self._start_afresh(left)

    def _start_afresh(self, left: int) -> None:
        """Nothing of ours is on the screen but `left` lines of the tail: print what has waited, paint the rest."""
        self._printer.forget_screen()
        waiting, self._waiting = self._waiting, []
        for each in [*waiting, self._reply]:
            if isinstance(each, ReplyRows):
                each.resize(self.columns, left)
                left = 0
            if each is not None and each is not self._reply:
                self.print(each.end() if isinstance(each, ReplyRows) else each)
        if self._reply is not None:
            self.reply_changed()
        self.status_changed()

    def set_palette(self, palette: Palette) -> None:
        """Paint what comes in other colours."""
        self.palette = self._status.palette = palette
        self.prompt.set_palette(palette)
        self.status_changed()

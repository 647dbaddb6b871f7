"""A reply on its way: from the session's events to the transcript and the status bar."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from textual import on
from textual.content import Content
from textual.timer import Timer

from fasttui.chat import events
from fasttui.chat.conversation import Turn
from fasttui.chat.events import StreamEvent
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.engine import wording
from fasttui.engine.session import Session
from fasttui.tui.screens.drafting import DraftingScreen
from fasttui.tui.status_cells import status_cells
from fasttui.tui.turn_entries import TurnEntries, prompt_entry, reply_entry, reply_header, reply_key, reply_notes
from fasttui.tui.widgets.status_bar import StatusBar
from fasttui.tui.widgets.title_line import TitleLine
from fasttui.tui.widgets.transcript import Transcript
from fasttui.tui.widgets.transcript_entries import Spans

TICK_S = 0.25


class AskingScreen(DraftingScreen):
    """The part of the chat screen that asks and shows what comes."""

    def __init__(self, session: Session, keymap: Keymap, settings: Settings, *, demo: bool) -> None:
        super().__init__(session, keymap)
        self._settings, self._demo = settings, demo
        self._answered: Turn | None = None
        self._ticks: Timer | None = None
        self._folded = settings.fold_thinking
        self._thinking_label = ""
        self._notes: tuple[Spans, ...] = ()
        self._shown_last_id: str | None = None

    # ── one reply ───────────────────────────────────────────────────────────────────────────────────

    def _start(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        self._reply = self.run_worker(self._converse(stream), group="reply", exit_on_error=True)

    async def _converse(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        """One reply, from the first event to the last; cancelling this is stopping."""
        begun: asyncio.Handle | None = None
        try:
            await self._until_ready()
            # A prompt that waits for the SDK has no event yet, and is to be seen all the same.
            begun = asyncio.get_running_loop().call_soon(self._shown_turn)
            async with aclosing(stream):
                async for event in stream:
                    # While the app leaves, its widgets go before its workers do.
                    if self.is_attached:
                        self._show_event(event, self._shown_turn())
        finally:
            if begun is not None:
                begun.cancel()
            turn, self._answered, self._reply = self._answered, None, None
            if self.is_attached:
                if turn is not None:
                    self._show_end(turn)
                self._send_queued()

    async def _until_ready(self) -> None:
        """Wait until a request may leave."""

    def _shown_turn(self) -> Turn:
        """The turn that is being answered, on the screen from now on."""
        return self._answered or self._show_turn()

    def _show_turn(self) -> Turn:
        self._answered = turn = self._session.turn
        assert turn is not None  # noqa: S101 - the stream has begun, so there is one
        path = self._session.conversation.path()
        if turn.parent_id != self._shown_last_id or turn.parent_id is None:
            self.transcript.show(TurnEntries(path[:-1], self._session))
        self.transcript.append_entry(prompt_entry(turn, self._session))
        self.transcript.append_entry(reply_entry(turn, self._session))
        self.transcript.scroll_end()
        self._shown_last_id = turn.id
        self._start_ticking()
        self._show_hints()
        self._show_status()
        return turn

    def _show_event(self, event: StreamEvent, turn: Turn) -> None:
        key = reply_key(turn)
        match event:
            case events.TextDelta(text):
                self.transcript.add_text(key, text)
            case events.ThinkingDelta(text):
                self.transcript.add_thinking(key, text)
            case _ if isinstance(event, events.PROGRESS):
                self._show_progress(turn)
                self._show_status()

    def _show_end(self, turn: Turn) -> None:
        key = reply_key(turn)
        self.transcript.finish(key)
        self._show_thinking_label(turn)
        self.transcript.set_header(key, reply_header(turn, self._session))
        self.transcript.set_note(key, reply_notes(turn))
        self._show_hints()
        self._show_status()
        self._ring()

    def _ring(self) -> None:
        when = self._settings.bell
        if when == "always" or (when == "unfocused" and not self.app.app_focus):
            self.app.bell()

    def _show_progress(self, turn: Turn) -> None:
        """Speed, figures and whatever is waited for, of the reply that is on its way."""
        status = self._session.status()
        self.transcript.set_header(reply_key(turn), reply_header(turn, self._session))
        self._show_thinking_label(turn)
        notes = reply_notes(turn, status.retry)
        if notes != self._notes:
            self._notes = notes
            self.transcript.set_note(reply_key(turn), notes)

    def _show_thinking_label(self, turn: Turn) -> None:
        label = wording.thinking_label(turn, self._session.reading_of(turn))
        if label != self._thinking_label:
            self._thinking_label = label
            self.transcript.set_thinking_label(reply_key(turn), label)

    # ── what waits behind it ────────────────────────────────────────────────────────────────────────

    def _send_queued(self) -> None:
        """The next queued prompt goes out; after a reply that did not end well they go back to the composer."""
        waiting = self._queued.next_after(self._session.turn)
        if waiting is not None:
            self._start(self._session.submit(*waiting))
        else:
            self._unqueue()

    def _unqueue(self) -> None:
        if self._queued:
            self.composer.fill(self._queued.take_back(self.composer.text))

    # ── what is asked for again ─────────────────────────────────────────────────────────────────────

    def action_stop(self) -> None:
        """Stop the reply; what arrived is kept. Never quits, never clears a draft."""
        if self._reply is not None:
            self._unqueue()
            # A worker that is cancelled before its first step takes none, and its prompt would be lost.
            asyncio.get_running_loop().call_soon(self._reply.cancel)
        elif self.selections:
            self.clear_selection()
        elif self._editing is not None:
            self._editing = None
            self.composer.fill("")
            self.show_notice("The message stays as it was.")
        elif self.transcript.has_focus:
            self.leave_transcript()

    def action_retry(self) -> None:
        """Ask for the marked reply, or the last one, again; the other stays beside it."""
        turn = self._pointed_turn()
        if turn is None or self.answering:
            self.show_notice("There is no reply to ask for again." if turn is None else "A reply is still running.")
        else:
            self._start(self._session.retry(turn))

    def action_continue(self) -> None:
        """Ask for the rest of a reply that was cut."""
        turn = self._session.conversation.head
        if turn is None or not turn.was_cut:
            self.show_notice("The last reply was not cut off.")
        else:
            self._start(self._session.proceed(turn))

    # ── status: a few updates a second while something changes, none at rest ────────────────────────

    def _show_status(self) -> None:
        status = self._session.status()
        self.query_one(StatusBar).show(*status_cells(status))
        title = self.query_one(TitleLine)
        title.chat_title = self._session.conversation.title or "New chat"
        context = status.model.context_tokens
        title.source = f"{status.model.name}{f' · {wording.tokens(context)}' if context else ''}"
        title.demo = self._demo
        self._show_next()
        if not self._session.streaming and self._at_rest():
            self._stop_ticking()

    def _at_rest(self) -> bool:
        """Whether nothing that is shown changes with time."""
        fuel = self._session.status().fuel
        return fuel.state != "cooling" and (fuel.full_s is None or fuel.full_s <= 0)

    def _start_ticking(self) -> None:
        if self._ticks is None:
            self._ticks = self.set_interval(TICK_S, self._tick)

    def _stop_ticking(self) -> None:
        if self._ticks is not None:
            self._ticks.stop()
            self._ticks = None

    def _tick(self) -> None:
        turn = self._session.turn
        if turn is not None and turn.status == "streaming":
            self._show_progress(turn)
        self._show_status()

    # ── what the transcript asks for ─────────────────────────────────────────────────────────────────

    def action_copy_reply(self) -> None:
        """Copy the source of the last reply."""
        turn = self._session.conversation.head
        self._copy(turn.reply.text if turn else "", "reply")

    def action_copy_code(self) -> None:
        """Copy the last code block of the last reply."""
        from fasttui.markdown.code_blocks import last_code

        turn = self._session.conversation.head
        self._copy(last_code(turn.reply.text) if turn else "", "code block")

    @on(Transcript.Copied)
    def _copied(self, message: Transcript.Copied) -> None:
        self._copy(message.text, "block")

    def _copy(self, text: str, what: str) -> None:
        if not text:
            self.show_notice(f"There is no {what} to copy.")
            return
        from fasttui.engine.clipboard_tools import copy_by_tools

        # Nothing ever answers OSC 52, so a tool of this machine is used as well when there is one.
        self.app.copy_to_clipboard(text)
        ways = ", ".join(("terminal", *copy_by_tools(text)))
        self.show_notice(f"Copied the {what}, {len(text):,} characters, to: {ways}")

    @on(Transcript.LinkClicked)
    def _link_clicked(self, message: Transcript.LinkClicked) -> None:
        from fasttui.tui.screens.link import LinkScreen

        self.app.push_screen(LinkScreen(message.target))

    @on(Transcript.FollowChanged)
    def _follow_changed(self, message: Transcript.FollowChanged) -> None:
        lines = message.new_lines
        hint = self._keymap.hint("to_end")
        text = f"↓ {lines:,} new line{'s' if lines != 1 else ''} ({hint})" if lines else f"↓ {hint}"
        self.composer.show_below(Content.styled("" if message.following else text, "$accent"))

    def action_fold_thinking(self) -> None:
        """Show all thinking, or only its label."""
        self._folded = not self._folded
        self.transcript.fold_thinking(self._folded)

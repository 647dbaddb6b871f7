"""A reply on its way: from the session's events to the rows above the prompt."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from fasttui.chat import events
from fasttui.chat.events import StreamEvent
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.engine import clipboard_tools
from fasttui.engine.session import Session
from fasttui.engine.waiting import WaitingPrompts
from fasttui.inline.drafting import Drafting
from fasttui.inline.reply import ReplyRows, prompt_rows
from fasttui.inline.screen import InlineScreen
from fasttui.markdown.code_blocks import last_code


class Asking(Drafting):
    """The part of the inline chat that asks, and shows what comes."""

    def __init__(self, session: Session, keymap: Keymap, settings: Settings, screen: InlineScreen) -> None:
        super().__init__(session, keymap, settings, screen)
        self._reply: asyncio.Task[None] | None = None
        self._rows: ReplyRows | None = None  # of the running reply, once it is shown
        self._queued = WaitingPrompts()
        self._folded = settings.fold_thinking

    # ── one reply ───────────────────────────────────────────────────────────────────────────────────

    @property
    def _answering(self) -> bool:
        """Whether a reply is on its way, or about to be: what is sent now has to wait for its end."""
        return self._reply is not None

    def _start(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        self._reply = self._run(self._converse(stream))

    async def _converse(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        """One reply, from the first event to the last; cancelling this is stopping."""
        # A prompt that waits for the SDK has no event yet, and is to be seen all the same.
        begun = asyncio.get_running_loop().call_soon(self._shown_rows)
        try:
            async with aclosing(stream):
                async for event in stream:
                    self._show_event(event, self._shown_rows())
        finally:
            begun.cancel()
            rows, self._rows, self._reply = self._rows, None, None
            if rows is not None:
                self._screen.end_reply(rows)
            self._show_trouble()
            if self._settings.bell == "always":
                self._screen.app.output.bell()
            self._send_queued()

    def _shown_rows(self) -> ReplyRows:
        """The rows of the reply that is on its way, on the screen from now on."""
        if self._rows is None:
            self._rows = self._show_turn()
        return self._rows

    def _show_turn(self) -> ReplyRows:
        turn = self._session.turn
        assert turn is not None  # noqa: S101 - the stream has begun, so there is one
        screen = self._screen
        versions = self._session.conversation.siblings(turn)
        if len(versions) > 1:
            self._print_rule(f"version {len(versions)} of {len(versions)}")
        screen.print(prompt_rows(turn, screen.palette, screen.columns))
        rows = ReplyRows(turn, self._session, screen.palette, screen.columns, folded=self._folded)
        screen.follow(rows)
        return rows

    def _print_rule(self, heading: str) -> None:
        """What follows stands not behind, but in the place of what is above."""
        self._screen.print_words([(f"── {heading} ──", "rule")], [])

    def _show_event(self, event: StreamEvent, reply: ReplyRows) -> None:
        match event:
            case events.TextDelta(text):
                reply.add_text(text)
                self._screen.reply_changed(len(text))
            case events.ThinkingDelta(text):
                reply.add_thinking(text)
                self._screen.reply_changed()
            case _ if isinstance(event, events.PROGRESS):
                reply.take_progress(event)
                self._screen.reply_changed()
                self._screen.status_changed()

    async def _stop_reply(self) -> None:
        """Stop, and wait until what arrived is kept."""
        if self._reply is not None:
            self._unqueue()
            reply = self._cancel(self._reply)
            with suppress(asyncio.CancelledError):
                await reply

    def _cancel(self, reply: "asyncio.Task[None]") -> "asyncio.Task[None]":
        # A task that is cancelled before its first step takes none, and its prompt would be lost.
        asyncio.get_running_loop().call_soon(reply.cancel)
        return reply

    # ── what waits behind it ────────────────────────────────────────────────────────────────────────

    def _send_queued(self) -> None:
        """The next queued prompt goes out; after a reply that did not end well they go back to the draft."""
        waiting = self._queued.next_after(self._session.turn)
        if waiting is not None:
            self._start(self._session.submit(*waiting))
        else:
            self._unqueue()

    def _unqueue(self) -> None:
        if self._queued:
            self._prompt.fill(self._queued.take_back(self._prompt.draft.text))

    def _draft_to_keep(self) -> str:
        # What waits behind the running reply is a draft too, until it is sent.
        return self._queued.text_with(super()._draft_to_keep())

    def _running_hints(self) -> str:
        queued = f" · {len(self._queued)} queued" if self._queued else ""
        return f"{self._stop_key()} stops{queued} · Enter queues the next message"

    def _stop_key(self) -> str:
        # In vi's insert mode Esc is vi's own.
        return "Ctrl+C" if self._settings.editing_mode == "vi" else self._keymap.hint("stop")

    # ── what is asked for again ─────────────────────────────────────────────────────────────────────

    def action_stop(self) -> None:
        """Leave the menu, or stop the reply; what arrived is kept. Never quits, never clears a draft."""
        if self._leave_menu():
            return
        if self._reply is not None:
            self._unqueue()
            self._cancel(self._reply)
        elif self._editing is not None:
            self._editing = None
            self._clear_draft()
            self._screen.notice("The message stays as it was.")

    def action_retry(self) -> None:
        """Ask for the last reply again."""
        turn = self._session.conversation.head
        if turn is None or self._answering:
            self._screen.notice("There is no reply to ask for again." if turn is None else "A reply is still running.")
        else:
            self._start(self._session.retry(turn))

    def action_edit_prompt(self) -> None:
        """Take the last prompt back into the draft; sending it makes a new branch."""
        turn = self._session.conversation.head
        if turn is None or self._answering:
            self._screen.notice("There is no prompt to edit." if turn is None else "A reply is still running.")
            return
        self._editing = turn
        self._prompt.fill(turn.prompt.text)
        self._screen.notice("Editing the last prompt: Enter sends it as a new branch, Esc leaves it.")

    def action_continue(self) -> None:
        """Ask for the rest of a reply that was cut."""
        turn = self._session.conversation.head
        if self._answering or turn is None or not turn.was_cut:
            self._screen.notice("A reply is still running." if self._answering else "The last reply was not cut off.")
        else:
            self._start(self._session.proceed(turn))

    def action_fold_thinking(self) -> None:
        """Show thinking from now on, that of the last reply at once; or only its label."""
        self._folded = not self._folded
        thinking = self._session.turn.reply.thinking if self._session.turn else ""
        running = self._screen.unfold_thinking(folded=self._folded)
        if not self._folded and thinking and not running:
            self._screen.print_markdown(thinking, "thinking")
        self._screen.notice("Thinking is folded." if self._folded else "Thinking is shown as it comes.")

    # ── copying ─────────────────────────────────────────────────────────────────────────────────────

    def action_copy_reply(self) -> None:
        """Copy the source of the last reply."""
        turn = self._session.conversation.head
        self._copy(turn.reply.text if turn else "", "reply")

    def action_copy_code(self) -> None:
        """Copy the last code block of the last reply."""
        turn = self._session.conversation.head
        self._copy(last_code(turn.reply.text) if turn else "", "code block")

    def _copy(self, text: str, what: str) -> None:
        if not text:
            self._screen.notice(f"There is no {what} to copy.")
            return
        self._screen.copy(text)
        ways = ", ".join(("terminal", *clipboard_tools.copy_by_tools(text)))
        self._screen.notice(f"Copied the {what}, {len(text):,} characters, to: {ways}")

"""The one screen: transcript, composer, status bar, and the loop that brings a reply to them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import assert_never

from textual import on
from textual.app import ComposeResult, SuspendNotSupported
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Label
from textual.worker import Worker

from fasttui.chat import events
from fasttui.chat.conversation import Turn
from fasttui.chat.errors import CommandError, FasttuiError
from fasttui.chat.events import StreamEvent
from fasttui.chat.usage import Speed
from fasttui.config.keymap import Keymap
from fasttui.engine import commands, wording
from fasttui.engine.ledger import Quote
from fasttui.engine.session import Session
from fasttui.tui import clipboard, editor
from fasttui.tui.bindings import bind, key_actions
from fasttui.tui.palette import Palette
from fasttui.tui.screens.reading import ReadingScreen, other_sibling
from fasttui.tui.status_cells import status_cells
from fasttui.tui.turn_entries import (
    TurnEntries,
    prompt_entry,
    reply_entry,
    reply_header,
    reply_key,
    reply_notes,
    welcome_entry,
)
from fasttui.tui.widgets.composer import Composer
from fasttui.tui.widgets.find_bar import FindBar
from fasttui.tui.widgets.status_bar import StatusBar
from fasttui.tui.widgets.title_line import TitleLine
from fasttui.tui.widgets.transcript import Transcript
from fasttui.tui.widgets.transcript_entries import Spans

TICK_S = 0.25
NOTICE_S = 5.0
FORECAST_DELAY_S = 0.3
QUIT_WINDOW_S = 2.0


class ChatScreen(ReadingScreen):
    """Shows one session. Everything it does, it does through the session and its own widgets."""

    AUTO_FOCUS = "Composer"

    def __init__(self, session: Session, keymap: Keymap, palette: Palette, *, demo: bool) -> None:
        super().__init__()
        self._session, self._keymap, self._palette, self._demo = session, keymap, palette, demo
        self._reply: Worker[None] | None = None
        self._queued: list[str] = []
        self._ticks: Timer | None = None
        self._notice_end: Timer | None = None
        self._forecast_due: Timer | None = None
        self._history: list[str] = []
        self._history_at: int | None = None
        self._draft = ""
        self._folded = True
        self._thinking_label = ""
        self._notes: tuple[Spans, ...] = ()
        self._editing: Turn | None = None
        self._shown_last_id: str | None = None
        self._quit_armed_s = float("-inf")

    def compose(self) -> ComposeResult:
        """The composer comes first, so that keys typed before the first frame are its own."""
        yield Composer(id="composer")
        yield TitleLine(id="title")
        yield Transcript(id="transcript")
        yield Label("", id="new-lines", markup=False)
        yield FindBar(id="find")
        yield StatusBar(id="status")

    def on_mount(self) -> None:
        """Show the session as it stands."""
        self._composer = self.query_one(Composer)
        self._transcript = self.query_one(Transcript)
        self._bar = self.query_one(StatusBar)
        bind(self, self._keymap, "chat")
        self._composer.take_keys(key_actions(self._keymap, "composer"))
        bind(self._transcript, self._keymap, "transcript")
        self._show_conversation()
        self.set_palette(self._palette)

    # ── showing ───────────────────────────────────────────────────────────────────────────────

    def _show_conversation(self) -> None:
        path = self._session.conversation.path()
        if path:
            self._transcript.show(TurnEntries(path, self._session))
        else:
            self._transcript.show([welcome_entry(commands.fast_notice(self._session), demo=self._demo)])
        self._shown_last_id = self._session.conversation.head_id
        self._show_status()

    def _show_status(self) -> None:
        status = self._session.status()
        self._bar.show(*status_cells(status))
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

    def _show_next(self) -> None:
        session, choices = self._session, self._session.choices
        forecast = session.forecast(self._composer.text)
        effort = choices.next_effort(session.model)
        once = " · once" if choices.speed_once or choices.effort_once else ""
        speed = choices.next_speed
        left = Content.assemble(
            (wording.speed_name(speed), "$fast bold" if speed == "fast" else "$standard bold"),
            (f" · {effort}" if effort else "", "$muted"),
            (once, "$accent"),
        )
        why = forecast.warning or forecast.reason
        right = Content.assemble(
            (f"{why} · " if why else "", "$warning" if forecast.warning else "$muted"),
            (_prices(forecast.chosen, forecast.other), "$muted"),
        )
        self._composer.show_next(left, right, fast=speed == "fast")

    def _show_hints(self) -> None:
        if self._session.streaming:
            queued = f" · {len(self._queued)} queued" if self._queued else ""
            text = f"{self._keymap.hint('stop')} stop · Enter queues the next message{queued}"
        else:
            pairs = (
                ("send", "send"),
                ("newline", "newline"),
                ("speed", "speed"),
                ("effort_up", "effort"),
                ("help", "help"),
            )
            text = " · ".join(f"{self._keymap.hint(action)} {name}" for action, name in pairs)
        self._composer.show_hints(Content.styled(text, "$faint"))

    def show_notice(self, text: str, style: str = "$accent") -> None:
        """A line on the composer's lower border for a while; a long one as a toast."""
        if len(text) > self.size.width - 8:
            self.notify(text, markup=False, timeout=2 * NOTICE_S)
            return
        self._composer.show_hints(Content.styled(text, style))
        if self._notice_end is not None:
            self._notice_end.stop()
        self._notice_end = self.set_timer(NOTICE_S, self._show_hints)

    def show_error(self, error: FasttuiError) -> None:
        """What went wrong and what to do about it."""
        self.show_notice(f"{error} {error.hint}", "$error")

    def set_palette(self, palette: Palette) -> None:
        """Take the styles of another theme."""
        self._transcript.set_palette(palette.__getitem__)
        self._show_next()
        self._show_hints()

    # ── a reply on its way ────────────────────────────────────────────────────────────────────

    @on(Composer.Submitted)
    def _submit(self, message: Composer.Submitted) -> None:
        prompt = message.prompt
        try:
            invocation = commands.parse(prompt)
        except CommandError as error:
            self.show_error(error)
            return
        self._remember(prompt)
        self._composer.fill("")
        if invocation is not None:
            self._carry_out(invocation)
        elif self._session.streaming:
            self._queued.append(prompt)
            self._show_hints()
        elif self._editing is not None:
            turn, self._editing = self._editing, None
            self._start(self._session.edit(turn, prompt))
        else:
            self._start(self._session.submit(prompt))

    def _start(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        self._reply = self.run_worker(self._converse(stream), group="reply", exit_on_error=True)

    async def _converse(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        """One reply, from the first event to the last; cancelling this is stopping."""
        turn: Turn | None = None
        try:
            async with aclosing(stream):
                async for event in stream:
                    if turn is None:
                        turn = self._show_turn()
                    self._show_event(event, turn)
        finally:
            if turn is not None and self.is_attached:
                self._show_end(turn)
        self._send_queued()

    def _show_turn(self) -> Turn:
        turn = self._session.turn
        assert turn is not None  # noqa: S101 - the stream has begun, so there is one
        path = self._session.conversation.path()
        if turn.parent_id != self._shown_last_id or turn.parent_id is None:
            self._transcript.show(TurnEntries(path[:-1], self._session))
        self._transcript.append_entry(prompt_entry(turn, self._session))
        self._transcript.append_entry(reply_entry(turn, self._session))
        self._transcript.scroll_end()
        self._shown_last_id = turn.id
        self._start_ticking()
        self._show_hints()
        self._show_status()
        return turn

    def _show_event(self, event: StreamEvent, turn: Turn) -> None:
        key = reply_key(turn)
        match event:
            case events.TextDelta(text):
                self._transcript.add_text(key, text)
            case events.ThinkingDelta(text):
                self._transcript.add_thinking(key, text)
            case events.ReplyStarted() | events.SpeedFellBack() | events.RetryScheduled() | events.RequestSent():
                self._show_progress(turn)
                self._show_status()
            case (
                events.ResponseOpened()
                | events.BlockStarted()
                | events.ThinkingSigned()
                | events.ThinkingRedacted()
                | events.UsageReported()
                | events.TurnCompleted()
                | events.TurnInterrupted()
                | events.TurnRefused()
                | events.TurnFailed()
            ):
                pass
            case _:
                assert_never(event)

    def _show_end(self, turn: Turn) -> None:
        key = reply_key(turn)
        self._transcript.finish(key)
        self._show_thinking_label(turn)
        self._transcript.set_header(key, reply_header(turn, self._session, None))
        self._transcript.set_note(key, reply_notes(turn))
        self._show_hints()
        self._show_status()

    def _show_progress(self, turn: Turn) -> None:
        """Speed, figures and whatever is waited for, of the reply that is on its way."""
        status = self._session.status()
        self._transcript.set_header(reply_key(turn), reply_header(turn, self._session, status.reading))
        self._show_thinking_label(turn)
        notes = reply_notes(turn, status.retry)
        if notes != self._notes:
            self._notes = notes
            self._transcript.set_note(reply_key(turn), notes)

    def _show_thinking_label(self, turn: Turn) -> None:
        label = wording.thinking_label(turn)
        if label != self._thinking_label:
            self._thinking_label = label
            self._transcript.set_thinking_label(reply_key(turn), label)

    def _send_queued(self) -> None:
        """The next queued prompt goes out; after a reply that did not end well they go back to the composer."""
        if not self._queued:
            return
        turn = self._session.turn
        if turn is not None and turn.status == "completed":
            self._start(self._session.submit(self._queued.pop(0)))
        else:
            self._unqueue()

    def _unqueue(self) -> None:
        drafts = [*self._queued, self._composer.text]
        self._queued.clear()
        self._composer.fill("\n\n".join(draft for draft in drafts if draft))

    # ── the clock: a few updates a second while something changes, none at rest ─────────────────

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

    @on(Composer.Changed)
    def _draft_changed(self) -> None:
        if self._forecast_due is None:
            self._forecast_due = self.set_timer(FORECAST_DELAY_S, self._forecast_now)

    def _forecast_now(self) -> None:
        self._forecast_due = None
        self._show_next()

    # ── commands and actions; their names are the keymap's ids ──────────────────────────────────

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
        method = getattr(next(node for node in (self, self.app, self._composer) if hasattr(node, name)), name)
        result = method(words) if words else method()
        if asyncio.iscoroutine(result):
            self.run_worker(result, group="action")

    def action_speed(self) -> None:
        """On to the next speed."""
        session = self._session
        if not session.fast_offered():
            self.show_notice(
                f"{session.model.name} has no fast mode. {commands.fast_notice(session)}".strip(), "$warning"
            )
        session.choices.cycle_speed(fast_offered=session.fast_offered())
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

    def action_stop(self) -> None:
        """Stop the reply; what arrived is kept. Never quits, never clears a draft."""
        if self._session.streaming and self._reply is not None:
            self._unqueue()
            self._reply.cancel()
        elif self.selections:
            self.clear_selection()
        elif self._editing is not None:
            self._editing = None
            self._composer.fill("")
            self.show_notice("The message stays as it was.")
        elif self._transcript.has_focus:
            self.leave_transcript()

    def action_retry(self) -> None:
        """Ask for the last reply again."""
        turn = self._session.conversation.head
        if turn is None or self._session.streaming:
            self.show_notice("There is no reply to ask for again." if turn is None else "A reply is still running.")
        else:
            self._start(self._session.retry(turn))

    def action_continue(self) -> None:
        """Ask for the rest of a reply that was cut."""
        turn = self._session.conversation.head
        cut = turn is not None and (turn.status == "interrupted" or turn.stop_reason == "max_tokens")
        if turn is None or not cut or not turn.reply.text:
            self.show_notice("The last reply was not cut off.")
        else:
            self._start(self._session.proceed(turn))

    def action_edit_prompt(self) -> None:
        """Take the last prompt back into the composer; sending it makes a new branch."""
        turn = self._session.conversation.head
        if turn is None or self._session.streaming:
            self.show_notice("There is no prompt to edit." if turn is None else "A reply is still running.")
            return
        self._editing = turn
        self._composer.fill(turn.prompt.text)
        self.show_notice("Editing the last prompt: Enter sends it as a new branch, Esc leaves it.")

    def action_previous_branch(self) -> None:
        """The version of the last message before this one."""
        self._show_sibling(-1)

    def action_next_branch(self) -> None:
        """The version of the last message after this one."""
        self._show_sibling(1)

    def _show_sibling(self, step: int) -> None:
        conversation = self._session.conversation
        forked = [turn for turn in conversation.path() if len(conversation.siblings(turn)) > 1]
        other = other_sibling(forked[-1], conversation.siblings(forked[-1]), step) if forked else None
        if other is None or self._session.streaming:
            self.show_notice("There is no other version there.")
            return
        conversation.show(other)
        self._session.turn = conversation.head
        self._show_conversation()

    def action_new_chat(self) -> None:
        """Start a new chat."""
        if self._session.streaming:
            self.show_notice("A reply is still running: stop it first.", "$warning")
            return
        self._session.start_over()
        self._show_conversation()

    def action_fold_thinking(self) -> None:
        """Show all thinking, or only its label."""
        self._folded = not self._folded
        self._transcript.fold_thinking(self._folded)

    def action_copy_reply(self) -> None:
        """Copy the source of the last reply."""
        turn = self._session.conversation.head
        self._copy(turn.reply.text if turn else "", "reply")

    @on(Transcript.Copied)
    def _copied(self, message: Transcript.Copied) -> None:
        self._copy(message.text, "block")

    def _copy(self, text: str, what: str) -> None:
        if not text:
            self.show_notice(f"There is no {what} to copy.")
            return
        self.show_notice(f"Copied the {what}, {len(text):,} characters, to: {clipboard.copy(self.app, text)}")

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

    def action_interrupt(self) -> None:
        """Copy what is selected, else stop the reply, else quit when pressed twice."""
        if selected := self.get_selected_text():
            self._copy(selected, "selection")
            self.clear_selection()
        elif self._session.streaming:
            self.action_stop()
        elif (now_s := asyncio.get_running_loop().time()) - self._quit_armed_s < QUIT_WINDOW_S:
            self.app.exit()
        else:
            self._quit_armed_s = now_s
            self.show_notice("Ctrl+C once more quits.")

    # ── prompt history ──────────────────────────────────────────────────────────────────────────

    def _remember(self, prompt: str) -> None:
        if not self._history or self._history[-1] != prompt:
            self._history.append(prompt)
        self._history_at = None

    @on(Composer.HistoryWanted)
    def _recall(self, message: Composer.HistoryWanted) -> None:
        at = len(self._history) if self._history_at is None else self._history_at
        if at == len(self._history):
            self._draft = self._composer.text
        at += message.step
        if 0 <= at <= len(self._history):
            self._history_at = at
            self._composer.fill(self._draft if at == len(self._history) else self._history[at])

    def action_history_search(self) -> None:
        """Pick an earlier prompt."""
        from fasttui.tui.screens.pick import PickScreen

        prompts = list(dict.fromkeys(reversed(self._history)))
        self.app.push_screen(PickScreen("Earlier prompts", prompts), self._take_prompt)

    def _take_prompt(self, prompt: str | None) -> None:
        if prompt is not None:
            self._composer.fill(prompt)

    def action_editor(self) -> None:
        """Write the prompt in the user's own editor."""
        try:
            with self.app.suspend():
                text = editor.edited(self._composer.text)
        except SuspendNotSupported:
            self.show_notice("This terminal cannot give way to an editor.", "$warning")
        except FasttuiError as error:
            self.show_error(error)
        else:
            self._composer.fill(text)

    # ── messages from the widgets ───────────────────────────────────────────────────────────────

    @on(Composer.HelpWanted)
    def _help(self) -> None:
        self.perform("help")

    @on(Composer.TailWanted)
    def _to_tail(self) -> None:
        self.action_to_end()

    @on(Composer.EndOfInput)
    def _end_of_input(self) -> None:
        self.app.exit()

    @on(Transcript.LinkClicked)
    def _link_clicked(self, message: Transcript.LinkClicked) -> None:
        from fasttui.tui.screens.link import LinkScreen

        self.app.push_screen(LinkScreen(message.target))

    @on(Transcript.FollowChanged)
    def _follow_changed(self, message: Transcript.FollowChanged) -> None:
        label = self.query_one("#new-lines", Label)
        lines = message.new_lines
        hint = self._keymap.hint("to_end")
        label.update(f" ↓ {lines:,} new line{'s' if lines != 1 else ''} ({hint}) " if lines else f" ↓ {hint} ")
        label.display = not message.following

    @on(StatusBar.CellClicked)
    def _cell_clicked(self, message: StatusBar.CellClicked) -> None:
        action = {"speed": "speed", "fuel": "speed_once", "context": "model"}.get(message.cell_id)
        if action is not None:
            self.perform(action)


def _prices(chosen: Quote, other: Quote | None) -> str:
    """`next ≈ $0.02 · standard ≈ $0.43`, with the reason of a dear switch."""
    parts = [f"next {_about(chosen)}"]
    if other is not None:
        parts.append(f"{_short(other.speed)} {_about(other)}")
    return " · ".join(parts)


def _short(speed: Speed) -> str:
    return "⚡" if speed == "fast" else "standard"


def _about(quote: Quote) -> str:
    return "price unknown" if quote.usd is None else f"≈ {wording.dollars(quote.usd)}"

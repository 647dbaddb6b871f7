"""The inline chat: prompts and keys to one session, and its events to the screen."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing, suppress
from typing import Any, assert_never

from prompt_toolkit.input import Input, create_input
from prompt_toolkit.output import Output

from fasttui.chat import events
from fasttui.chat.conversation import Turn
from fasttui.chat.errors import CommandError, FasttuiError
from fasttui.chat.events import StreamEvent
from fasttui.config.keymap import Keymap
from fasttui.config.keys import human_key
from fasttui.config.settings import Settings
from fasttui.config.themes import Theme
from fasttui.engine import clipboard_tools, commands, editor
from fasttui.engine.attachments import Attachment
from fasttui.engine.session import Session
from fasttui.inline.completion import PromptCompleter
from fasttui.inline.file_mentions import attachments_in
from fasttui.inline.history import StoreHistory
from fasttui.inline.keys import key_bindings
from fasttui.inline.reply import ReplyRows, prompt_rows, turn_rows
from fasttui.inline.screen import InlineScreen
from fasttui.inline.style import Palette
from fasttui.inline.terminal import TerminalOutput, terminal_size
from fasttui.markdown.code_blocks import last_code

QUIT_WINDOW_S = 2.0
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_GC_THRESHOLDS = (20_000, 20, 100)


class InlineChat:
    """One session in the terminal's own scrollback. `after_first_frame` is called once the prompt stands."""

    def __init__(
        self,
        session: Session,
        keymap: Keymap,
        theme: Theme,
        *,
        settings: Settings,
        demo: bool = False,
        problems: Sequence[FasttuiError] = (),
        theme_names: tuple[str, ...] = (),
        load_theme: Callable[[str], Theme] | None = None,
        after_first_frame: Callable[[], None] = lambda: None,
        in_background: Callable[[], Coroutine[Any, Any, None]] | None = None,
        keyboard: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._session, self._keymap, self._settings = session, keymap, settings
        self._demo, self._problems = demo, problems
        self._theme, self._theme_names, self._load_theme = theme, theme_names, load_theme
        self._after_first_frame, self._in_background = after_first_frame, in_background
        self._reply: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._queued: list[tuple[str, list[Attachment]]] = []
        self._folded = settings.fold_thinking
        self._editing: Turn | None = None
        self._set_aside: str | None = None  # the draft, while something is picked in its place
        self._speed_key = commands.SpeedKey()
        self._quit_armed_s = float("-inf")
        self._screen = InlineScreen(
            session,
            Palette(theme),
            key_bindings(keymap, self.perform, self._offers),
            StoreHistory(lambda: session.store),
            PromptCompleter(session, theme_names),
            vi=settings.editing_mode == "vi",
            keyboard=keyboard or create_input(),
            output=output or TerminalOutput(sys.stdout, terminal_size),
            hints=self._running_hints,
        )
        self._prompt = self._screen.prompt

    # ── from start to end ─────────────────────────────────────────────────────────────────────────

    async def run(self) -> int:
        """Chat until the user leaves; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._leave, 128 + number)
        self._show_conversation()
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

    def _leave(self, code: int = 0) -> None:
        self._run(self._stop_and_exit(code))

    async def _stop_and_exit(self, code: int) -> None:
        await self._stop_reply()
        if self._screen.app.is_running and not self._screen.app.is_done:
            self._screen.app.exit(result=code)

    async def _stop_reply(self) -> None:
        if self._reply is not None:
            self._unqueue()
            self._reply.cancel()
            with suppress(asyncio.CancelledError):
                await self._reply

    def _run(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not self._screen.app.is_done:
            self._screen.app.exit(exception=error)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────

    def _show_conversation(self) -> None:
        """The chat so far, or a word of welcome."""
        path = self._session.conversation.path()
        screen = self._screen
        for turn in path:
            screen.print(turn_rows(turn, self._session, screen.palette, screen.columns))
        if not path:
            screen.print_markdown(self._welcome(), "note")

    def _welcome(self) -> str:
        hint = self._keymap.hint
        keys = f"{hint('speed')} changes the speed, {hint('effort_up')} the effort, {hint('help')} shows every key."
        if self._demo:
            who = "fasttui · the embedded simulator answers: nothing leaves this machine, nothing costs anything."
            keys += " Set ANTHROPIC_API_KEY to talk to Claude."
        else:
            who = "fasttui · Claude answers. What the next message costs stands above the prompt."
        notice = commands.fast_notice(self._session)
        return "\n\n".join([who, keys, *([notice] if notice else [])])

    def _running_hints(self) -> str:
        queued = f" · {len(self._queued)} queued" if self._queued else ""
        return f"{self._keymap.hint('stop')} stops · Enter queues the next message{queued}"

    def _show_error(self, error: FasttuiError) -> None:
        self._screen.notice(f"{error} {error.hint or ''}".strip(), "error")

    # ── one reply ─────────────────────────────────────────────────────────────────────────────────

    def _start(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        self._reply = self._run(self._converse(stream))

    async def _converse(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        """One reply, from the first event to the last; cancelling this is stopping."""
        reply: ReplyRows | None = None
        try:
            async with aclosing(stream):
                async for event in stream:
                    if reply is None:
                        reply = self._show_turn()
                    self._show_event(event, reply)
        finally:
            self._reply = None
            if reply is not None:
                self._screen.end_reply(reply)
            if self._settings.bell == "always":
                self._screen.app.output.bell()
        self._send_queued()

    def _show_turn(self) -> ReplyRows:
        turn = self._session.turn
        assert turn is not None  # noqa: S101 - the stream has begun, so there is one
        screen = self._screen
        screen.print(prompt_rows(turn, screen.palette))
        reply = ReplyRows(turn, self._session, screen.palette, screen.columns, folded=self._folded)
        screen.follow(reply)
        return reply

    def _show_event(self, event: StreamEvent, reply: ReplyRows) -> None:
        match event:
            case events.TextDelta(text):
                reply.add_text(text)
                self._screen.reply_changed(len(text))
            case events.ThinkingDelta(text):
                reply.add_thinking(text)
                self._screen.reply_changed()
            case events.BlockStarted():
                reply.start_block()
            case events.ReplyStarted():
                reply.show_served()
                self._screen.reply_changed()
                self._screen.status_changed()
            case events.SpeedFellBack() | events.RetryScheduled() | events.RequestSent():
                reply.show_progress()
                self._screen.reply_changed()
                self._screen.status_changed()
            case (
                events.ResponseOpened()
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

    def _send_queued(self) -> None:
        """The next queued prompt goes out; after a reply that did not end well they go back to the draft."""
        if not self._queued:
            return
        turn = self._session.turn
        if turn is not None and turn.status == "completed":
            prompt, attachments = self._queued.pop(0)
            self._start(self._session.submit(prompt, attachments))
        else:
            self._unqueue()

    def _unqueue(self) -> None:
        if self._queued:
            drafts = [*(prompt for prompt, _ in self._queued), self._prompt.draft.text]
            self._queued.clear()
            self._prompt.fill("\n\n".join(draft for draft in drafts if draft))

    # ── the draft ─────────────────────────────────────────────────────────────────────────────────

    def _draft_key(self) -> str | None:
        """Under which id the store keeps the draft: a chat that has not begun has none."""
        conversation = self._session.conversation
        return conversation.id if conversation.head_id else None

    def _restore_draft(self) -> None:
        if self._session.store is not None:
            self._prompt.fill(self._session.store.draft(self._draft_key()))

    def _save_draft(self) -> None:
        if self._session.store is not None and self._set_aside is None:
            self._session.store.save_draft(self._draft_key(), self._prompt.draft.text)

    def action_send(self) -> None:
        """Send the prompt, or carry out the command; a backslash before the cursor makes it a new line."""
        draft = self._prompt.draft
        if draft.document.text_before_cursor.endswith("\\"):
            draft.delete_before_cursor()
            draft.newline(copy_margin=False)
            return
        picked = draft.complete_state is not None and draft.complete_state.current_completion is not None
        if picked and not draft.text.startswith("/"):
            draft.complete_state = None
            return
        if draft.text.strip():
            self._submit(draft.text)

    def _submit(self, prompt: str) -> None:
        try:
            invocation = commands.parse(prompt)
            attachments = [] if invocation else attachments_in(prompt)
        except FasttuiError as error:
            self._show_error(error)
            return
        if self._set_aside is None:
            self._prompt.draft.append_to_history()
        self._clear_draft()
        if invocation is not None:
            self._carry_out(invocation)
        elif self._session.streaming:
            self._queued.append((prompt, attachments))
            self._screen.status_changed()
        elif self._editing is not None:
            turn, self._editing = self._editing, None
            self._start(self._session.edit(turn, prompt))
        else:
            self._start(self._session.submit(prompt, attachments))

    def _clear_draft(self) -> None:
        """Nothing is left in the prompt but what was set aside."""
        text, self._set_aside = self._set_aside or "", None
        self._prompt.draft.reset()
        if text:
            self._prompt.fill(text)
        self._save_draft()

    def _pick(self, beginning: str) -> None:
        """Let the user choose by completing `beginning`; the draft comes back afterwards."""
        if self._set_aside is None:
            self._set_aside = self._prompt.draft.text
        self._prompt.fill(beginning)
        self._prompt.draft.start_completion(select_first=False)

    # ── commands and actions; their names are the keymap's ids ──────────────────────────────────────

    def _carry_out(self, invocation: commands.Invocation) -> None:
        try:
            if invocation.command is not None:
                self._screen.notice(invocation.command.run(self._session, invocation.words))
            elif invocation.action is not None:
                self.perform(invocation.action.id, invocation.words)
        except FasttuiError as error:
            self._show_error(error)
        self._screen.status_changed()

    def _offers(self, action_id: str) -> bool:
        return hasattr(self, f"action_{action_id}")

    def perform(self, action_id: str, words: str = "") -> None:
        """Carry out an action of the keymap.

        Raises:
            CommandError: it is one of those that need the whole screen.
        """
        if not self._offers(action_id):
            raise CommandError("That needs the whole screen.", hint="Start fasttui without --inline.")
        method = getattr(self, f"action_{action_id}")
        result = method(words) if words else method()
        if asyncio.iscoroutine(result):
            self._run(result)

    def action_newline(self) -> None:
        """Start a new line."""
        self._prompt.draft.newline(copy_margin=False)

    def action_history_previous(self) -> None:
        """Up; from the first line on to the prompt before."""
        self._prompt.draft.auto_up()

    def action_history_next(self) -> None:
        """Down; from the last line on to the prompt after."""
        self._prompt.draft.auto_down()

    def action_history_search(self) -> None:
        """Search earlier prompts, backwards."""
        from prompt_toolkit.search import SearchDirection, start_search

        start_search(direction=SearchDirection.BACKWARD)

    def action_undo(self) -> None:
        """Take back an edit."""
        self._prompt.draft.undo()

    async def action_editor(self) -> None:
        """Write the prompt in the user's own editor."""
        draft = self._prompt.draft.text
        try:
            async with self._screen.given_away():
                text = await asyncio.get_running_loop().run_in_executor(None, editor.edited, draft)
        except FasttuiError as error:
            self._show_error(error)
        else:
            self._prompt.fill(text)

    def action_edit_prompt(self) -> None:
        """Take the last prompt back into the draft; sending it makes a new branch."""
        turn = self._session.conversation.head
        if turn is None or self._session.streaming:
            self._screen.notice("There is no prompt to edit." if turn is None else "A reply is still running.")
            return
        self._editing = turn
        self._prompt.fill(turn.prompt.text)
        self._screen.notice("Editing the last prompt: Enter sends it as a new branch, Esc leaves it.")

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

    def action_stop(self) -> None:
        """Leave the menu, or stop the reply; what arrived is kept. Never quits, never clears a draft."""
        draft = self._prompt.draft
        if self._set_aside is not None:
            self._clear_draft()
        elif draft.complete_state is not None:
            draft.cancel_completion()
        elif self._session.streaming and self._reply is not None:
            self._unqueue()
            self._reply.cancel()
        elif self._editing is not None:
            self._editing = None
            self._clear_draft()
            self._screen.notice("The message stays as it was.")

    def action_retry(self) -> None:
        """Ask for the last reply again."""
        turn = self._session.conversation.head
        if turn is None or self._session.streaming:
            self._screen.notice("There is no reply to ask for again." if turn is None else "A reply is still running.")
        else:
            self._start(self._session.retry(turn))

    def action_continue(self) -> None:
        """Ask for the rest of a reply that was cut."""
        turn = self._session.conversation.head
        if turn is None or not turn.was_cut:
            self._screen.notice("The last reply was not cut off.")
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

    def action_new_chat(self) -> None:
        """Start a new chat."""
        if self._session.streaming:
            self._screen.notice("A reply is still running: stop it first.", "warning")
            return
        self._session.start_over()
        self._screen.print_words([("── new chat ──", "rule")], [])
        self._screen.status_changed()

    def action_theme(self, name: str = "") -> None:
        """Another theme, for what comes: by name, or from the menu."""
        if not name or self._load_theme is None:
            self._pick("/theme ")
            return
        self._screen.set_palette(Palette(self._load_theme(name)))
        self._screen.notice(f"Theme: {name}.")

    def action_palette(self) -> None:
        """Every command, in the menu."""
        self._pick("/")

    def action_help(self) -> None:
        """Print keys and commands."""
        keys = [(" ".join(map(human_key, keys)), action.command, action.help) for action, keys in self._keymap
                if self._offers(action.id)]  # fmt: skip
        typed = [("", f"/{command.name}", f"{command.help}: {command.usage}") for command in commands.COMMANDS]
        lines = ([(f"{key:<28}", "accent"), (f"{name:<16}", "code"), (about, "")] for key, name, about in keys + typed)
        self._screen.print_words([("Keys and commands", "heading.2")], *lines, [])

    def action_redraw(self) -> None:
        """Paint the prompt again, in case something else wrote to the terminal."""
        self._screen.redraw()

    async def action_suspend(self) -> None:
        """Back to the shell; `fg` returns."""
        async with self._screen.given_away():
            os.kill(0, signal.SIGTSTP)

    def action_interrupt(self) -> None:
        """Stop the reply, else quit when pressed twice."""
        now_s = asyncio.get_running_loop().time()
        if self._session.streaming:
            self.action_stop()
        elif now_s - self._quit_armed_s < QUIT_WINDOW_S:
            self._leave()
        else:
            self._quit_armed_s = now_s
            self._screen.notice("Ctrl+C once more quits.")

    def action_end_of_input(self) -> None:
        """Ctrl+D: the end of an empty draft; else it deletes, as in any shell."""
        if self._prompt.draft.text:
            self._prompt.draft.delete()
        else:
            self._leave()

    def action_quit(self) -> None:
        """Quit."""
        self._leave()

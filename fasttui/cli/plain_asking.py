"""The plain conversation, prompts and replies: what is sent, what is told of it, what is asked for again."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from fasttui.chat.conversation import Turn
from fasttui.chat.errors import CommandError, FasttuiError, StoreError
from fasttui.chat.events import StreamEvent
from fasttui.cli import output
from fasttui.cli.exit_codes import DONE, INTERRUPTED, REPLY_FAILED, exit_code
from fasttui.cli.prompt_lines import PromptLines
from fasttui.cli.stopping import Stopping
from fasttui.cli.telling import Telling, tell_error, tell_note
from fasttui.engine import clipboard_tools, wording
from fasttui.engine.attachments import Attachment
from fasttui.engine.mentions import attachments_in
from fasttui.engine.saving_watch import SavingWatch
from fasttui.engine.session import Session

_OFFERED_PROMPTS = 20


class PlainAsking:
    """The part of the plain chat that asks. Action names are the keymap's ids."""

    def __init__(self, session: Session, lines: PromptLines, runner: asyncio.Runner) -> None:
        self._session, self._lines, self._runner = session, lines, runner
        self._leaving: int | None = None  # the exit code, once the chat is over
        self._failed = DONE
        self._watch = SavingWatch()

    # ── one reply ─────────────────────────────────────────────────────────────────────────────────

    def _send(self, prompt: str) -> None:
        if self._session.store is not None:
            self._session.store.add_history(prompt)
        attachments = self._attached(prompt)
        self._ask(self._session.submit(prompt, attachments))

    def _attached(self, prompt: str, edited: Turn | None = None) -> Sequence[Attachment]:
        """The files that `prompt` names; it is told that they go along."""
        attachments = attachments_in(prompt, edited)
        for file in attachments:
            tell_note(f"attached {file.name}.")
        return attachments

    def _ask(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        stopping, telling = Stopping(), Telling(interactive=self._lines.interactive)
        self._runner.run(stopping.run(telling.follow(stream)))
        self._tell_stop(stopping)
        turn = self._session.turn
        if turn is None:
            return
        self._tell_end(turn, telling)
        if turn.status == "completed" or stopping.exit_code is not None:
            return
        self._failed = exit_code(telling.failure) if telling.failure else REPLY_FAILED
        if turn.status == "failed" and not self._lines.interactive:
            self._leaving = self._failed  # the questions that follow would fare no better

    def _tell_stop(self, stopping: Stopping) -> None:
        """After a signal: the key stops only the reply, any other one the program."""
        if stopping.exit_code is None:
            return
        if self._lines.interactive:
            output.line()  # the terminal has shown ^C
        if not (self._lines.interactive and stopping.exit_code == INTERRUPTED):
            self._leaving = stopping.exit_code

    def _tell_end(self, turn: Turn, telling: Telling) -> None:
        telling.end()
        if turn.error is not None:
            tell_error(FasttuiError(turn.error, hint=turn.error_hint))
        elif turn.status == "interrupted":
            tell_note("stopped; what arrived is kept.")
        elif turn.was_cut:
            tell_note("the reply was cut at its longest length; /continue asks for the rest.")
        if turn.timing.first_block_s is not None:
            status = self._session.status()
            cost = self._session.cost(turn)
            output.write(f"{wording.spoken_turn(turn, status.reading, cost, status.fuel)}\n")
        self._tell_saving()

    def _tell_saving(self) -> None:
        """Say once what keeps words from being saved."""
        match self._watch.news(self._session):
            case StoreError() as trouble:
                tell_error(trouble)
            case str(news):
                tell_note(news)

    def _fail(self, error: FasttuiError) -> None:
        tell_error(error)
        self._failed = exit_code(error)

    # ── what is asked for again ─────────────────────────────────────────────────────────────────────

    def _last_turn(self) -> Turn:
        turn = self._session.conversation.head
        if turn is None:
            raise CommandError("Nothing was said yet.", hint="Type a message first.")
        return turn

    def action_retry(self) -> None:
        """Ask for the last reply again."""
        self._ask(self._session.retry(self._last_turn()))

    def action_continue(self) -> None:
        """Ask for the rest of a reply that was cut."""
        turn = self._last_turn()
        if not turn.was_cut:
            raise CommandError("The last reply was not cut off.", hint="Ask for it again with /retry.")
        self._ask(self._session.proceed(turn))

    def action_edit_prompt(self) -> None:
        """Ask something else in the place of the last prompt."""
        turn = self._last_turn()
        output.line(f"It was: {turn.prompt.text}")
        prompt = self._lines.read("you, instead: ")
        if prompt is not None and prompt.strip():
            attachments = self._attached(prompt, turn)
            self._ask(self._session.edit(turn, prompt, attachments))

    def action_history_search(self) -> None:
        """Send an earlier prompt again."""
        store = self._session.store
        words = (self._lines.read("words of the earlier prompt, or Enter for the newest: ") or "").lower()
        earlier = store.history() if store is not None else []
        found = [prompt for prompt in earlier if words in prompt.lower()][:_OFFERED_PROMPTS]
        if not found:
            raise CommandError("No earlier prompt has these words.", hint="/history and Enter lists the newest.")
        output.line("The one you name is sent again.")
        if (at := self._lines.choose(found)) is not None:
            self._send(found[at])

    # ── what is done with a reply ───────────────────────────────────────────────────────────────────

    def action_fold_thinking(self) -> None:
        """Read out the thinking of the last reply."""
        thinking = self._last_turn().reply.thinking
        output.line(f"thinking: {thinking}" if thinking else "There is no thinking to read.")

    def action_copy_reply(self) -> None:
        """Copy the source of the last reply."""
        _copy(self._last_turn().reply.text, "reply")

    def action_copy_code(self) -> None:
        """Copy the last code block of the last reply."""
        from fasttui.markdown.code_blocks import last_code

        _copy(last_code(self._last_turn().reply.text), "code block")


def _copy(text: str, what: str) -> None:
    """By the programs of this machine alone: the terminal's own way is an escape sequence."""
    if not text:
        raise CommandError(f"There is no {what} to copy.", hint="Ask for one first.")
    reached = clipboard_tools.copy_by_tools(text)
    if not reached:
        raise CommandError(
            "No clipboard can be reached from here.", hint="Install wl-copy or xclip, or write a file with /export."
        )
    output.line(f"Copied the {what}, {len(text):,} characters, by {' and '.join(reached)}.")

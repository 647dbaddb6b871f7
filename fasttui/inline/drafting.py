"""Writing the next message below the scrollback: the draft, menus in its place, earlier prompts, the editor."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from fasttui.chat.conversation import Turn
from fasttui.chat.errors import FasttuiError, StoreError
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.engine import editor
from fasttui.engine.commands import COMMANDS
from fasttui.engine.saving_watch import SavingWatch
from fasttui.engine.session import Session
from fasttui.inline.prompt import Prompt
from fasttui.inline.screen import InlineScreen

# The actions that take words ask for them themselves.
_WITH_WORDS = frozenset(f"/{command.name}" for command in COMMANDS)


class Drafting:
    """The part of the inline chat around the draft. Action names are the keymap's ids."""

    def __init__(self, session: Session, keymap: Keymap, settings: Settings, screen: InlineScreen) -> None:
        self._session, self._keymap, self._settings, self._screen = session, keymap, settings, screen
        self._editing: Turn | None = None
        self._set_aside: str | None = None  # the draft, while something is picked in its place
        self._watch = SavingWatch()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def _prompt(self) -> Prompt:
        return self._screen.prompt

    # ── work in the background ──────────────────────────────────────────────────────────────────────

    def _run(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """What went wrong in a task: for the user a sentence, for a mistake of ours the end of the program."""
        if isinstance(error, FasttuiError):
            self._show_error(error)
        elif not self._screen.app.is_done:
            self._screen.app.exit(exception=error)

    def _show_error(self, error: FasttuiError) -> None:
        self._screen.notice(f"{error} {error.hint or ''}".strip(), "error")

    def _show_trouble(self) -> None:
        """Say once what keeps words from being saved."""
        match self._watch.news(self._session):
            case StoreError() as trouble:
                self._show_error(trouble)
            case str(news):
                self._screen.notice(news)

    # ── the draft ───────────────────────────────────────────────────────────────────────────────────

    def _draft_key(self) -> str | None:
        """Under which id the store keeps the draft: a chat that has not begun has none."""
        conversation = self._session.conversation
        return conversation.id if conversation.head_id else None

    def _restore_draft(self) -> None:
        if self._session.store is not None:
            self._prompt.fill(self._session.store.draft(self._draft_key()))

    def _save_draft(self) -> None:
        if self._session.store is not None and self._set_aside is None:
            self._session.store.save_draft(self._draft_key(), self._draft_to_keep())
            self._show_trouble()

    def _draft_to_keep(self) -> str:
        return self._prompt.draft.text

    def _clear_draft(self) -> None:
        """Nothing is left in the prompt but what was set aside."""
        text, self._set_aside = self._set_aside or "", None
        self._prompt.draft.reset()
        if text:
            self._prompt.fill(text)
        self._save_draft()

    def _put_draft_aside(self) -> None:
        """Empty the prompt; an earlier prompt is what the draft becomes."""
        self._editing = None
        self._prompt.draft.append_to_history()
        self._clear_draft()

    def _pick(self, beginning: str) -> None:
        """Let the user choose by completing `beginning`; the draft comes back afterwards."""
        if self._set_aside is None:
            self._set_aside = self._prompt.draft.text
        self._prompt.fill(beginning)
        self._prompt.draft.start_completion(select_first=False)

    def _take_picked(self) -> bool:
        """Take what is chosen in the menu; whether the draft goes on behind it, and is not to be sent yet."""
        draft = self._prompt.draft
        picked = draft.complete_state.current_completion if draft.complete_state is not None else None
        in_command = draft.text.startswith("/") and "\n" not in draft.text
        if picked is None or (in_command and picked.text not in _WITH_WORDS):
            return False
        draft.complete_state = None
        if picked.text.endswith("/"):
            draft.start_completion(select_first=False)
        else:
            draft.insert_text(" ")
        return True

    def _leave_menu(self) -> bool:
        """Close the menu, or what is picked; whether there was any."""
        draft = self._prompt.draft
        if self._set_aside is not None:
            self._clear_draft()
        elif draft.complete_state is not None:
            draft.cancel_completion()
        else:
            return False
        return True

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────

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
        self._prompt.search_history()

    def action_undo(self) -> None:
        """Take back an edit."""
        self._prompt.draft.undo()

    async def action_editor(self) -> None:
        """Write the prompt in the user's own editor."""
        draft = self._prompt.draft.text
        async with self._screen.given_away():
            text = await asyncio.get_running_loop().run_in_executor(None, editor.edited, draft)
        self._prompt.fill(text)

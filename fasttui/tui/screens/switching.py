"""Which conversation is shown, and which of its branches: open, new, fork, name, export."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fasttui.chat.conversation import Conversation
from fasttui.chat.errors import FasttuiError
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.engine import commands, saved_chats
from fasttui.engine.session import Session
from fasttui.engine.titles import suggested_title
from fasttui.tui.palette import Palette
from fasttui.tui.screens.keeping import KeepingScreen
from fasttui.tui.turn_entries import TurnEntries, prompt_key, welcome_entry

if TYPE_CHECKING:
    from fasttui.tui.screens.chats import Choice, ChosenChat

TAIL_TURNS = 30  # shown at once; of a longer chat the rest is read while its end stands already


class SwitchingScreen(KeepingScreen):
    """The part of the chat screen that goes from one conversation or branch to another."""

    def __init__(self, session: Session, keymap: Keymap, settings: Settings, palette: Palette, *, demo: bool) -> None:
        super().__init__(session, keymap, settings, demo=demo)
        self._palette = palette

    def _show_conversation(self) -> None:
        path = self._session.conversation.path()
        if path:
            entries = TurnEntries(path, self._session)
            self.transcript.show(entries, entries.sizes)
        else:
            self.transcript.show([welcome_entry(commands.fast_notice(self._session), demo=self._demo)])
        self._shown_last_id = self._session.conversation.head_id
        self._show_status()

    @contextmanager
    def _saying_what_fails(self) -> Iterator[None]:
        try:
            yield
        except FasttuiError as error:
            self.show_error(error)

    def _at_rest_or_say(self) -> bool:
        """Whether no reply runs; where one does, the user is told what to do."""
        if self.answering:
            self.show_notice("A reply is still running: stop it first.", "$warning")
        return not self.answering

    def _begin_keeping(self) -> None:
        if self._session.streaming and self._reply is None:
            # No prompt has left yet: the chat the program was started with is being answered elsewhere.
            self._session.start_over()
            self._show_conversation()
            self.show_error(saved_chats.answered_elsewhere())
        super()._begin_keeping()

    # ── another conversation ────────────────────────────────────────────────────────────────────────

    def _show_other(self, conversation: Conversation | None) -> None:
        """Show another conversation, by default a new one; each keeps its own draft."""
        saved_chats.check_free(conversation)
        self._save_draft()
        self._editing = None
        self._session.start_over(conversation)
        self._ready.set()
        store = self._session.store
        self.composer.fill(store.draft(self._draft_key) if store is not None else "")
        self._show_conversation()

    def action_new_chat(self) -> None:
        """Start a new chat; a draft goes along."""
        if not self._at_rest_or_say():
            return
        draft = self.composer.text
        with self._saying_what_fails():
            if draft:
                self.composer.fill("")
            self._show_other(None)
            if draft:
                self.composer.fill(draft)

    def action_chats(self, words: str = "") -> None:
        """Open the chat whose id the words begin; else find one, those words sought already."""
        from fasttui.tui.screens.chats import ChatsScreen, ChosenChat

        with self._saying_what_fails():
            self._save_draft()
            store = saved_chats.store_of(self._session)
            if named := saved_chats.named(self._session, words):
                self._chosen(ChosenChat(*named))
            else:
                self.app.push_screen(ChatsScreen(self._session, store, self._palette, words), self._chosen)

    def _chosen(self, choice: "Choice") -> None:
        if choice is None:
            self._show_status()
        elif not self._at_rest_or_say():
            return
        elif choice == "new":
            self.action_new_chat()
        else:
            self.run_worker(self._open(choice), group="open", exclusive=True)

    async def _open(self, chosen: "ChosenChat") -> None:
        with self._saying_what_fails():
            store = saved_chats.store_of(self._session)
            tail = store.load_tail(chosen.id, TAIL_TURNS)
            self._show_other(tail)
            # What is sent meanwhile waits, so that it becomes part of the whole.
            self._ready.clear()
            try:
                await self._painted()
                whole = await asyncio.to_thread(store.load, chosen.id)
                if self._session.conversation is tail:
                    self._complete(whole, chosen.turn_id)
            finally:
                if self._session.conversation.id == chosen.id:
                    self._ready.set()

    async def _painted(self) -> None:
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()

    def _complete(self, whole: Conversation, turn_id: str | None) -> None:
        """Put the whole conversation in the place of its end, at the turn that was looked for."""
        found = saved_chats.show_found(whole, turn_id)
        self._session.start_over(whole)
        self._show_conversation()
        if found is not None:
            self.transcript.mark(prompt_key(found))

    # ── branches ────────────────────────────────────────────────────────────────────────────────────

    def action_previous_branch(self) -> None:
        """The version of the marked message, or of the last that has any, before this one."""
        self._show_sibling(-1)

    def action_next_branch(self) -> None:
        """The version after this one."""
        self._show_sibling(1)

    def _show_sibling(self, step: int) -> None:
        if not self._at_rest_or_say():
            return
        marked = self.transcript.marked
        with self._saying_what_fails():
            version = saved_chats.step_version(self._session, self._pointed_turn() if marked else None, step)
            self._show_conversation()
            if marked is not None:
                self.transcript.mark(f"{version.turn.id}:{marked.partition(':')[2]}")
            self.show_notice(f"Version {version.number} of {version.of}.")

    def action_fork(self) -> None:
        """Start a new chat that repeats this one up to the marked message, or to the last."""
        if self._at_rest_or_say():
            with self._saying_what_fails():
                self._show_other(saved_chats.fork(self._session, self._pointed_turn()))
                self.show_notice("A new chat that begins as the other did; that one stays as it is.")

    # ── names ───────────────────────────────────────────────────────────────────────────────────────

    def action_rename(self, title: str = "") -> None:
        """Give the chat that title, or ask for one."""
        from fasttui.tui.screens.line import LineScreen

        if title:
            self._rename(title)
        else:
            self.app.push_screen(LineScreen("Title of this chat", self._session.conversation.title), self._rename)

    def _rename(self, line: str | None) -> None:
        if line is None or not line.strip():
            return
        with self._saying_what_fails():
            saved_chats.rename(self._session, line)
            self._show_status()

    async def action_title(self) -> None:
        """Let the model find a title."""
        conversation = self._session.conversation
        with self._saying_what_fails():
            self.show_notice("Looking for a title …")
            title = await suggested_title(self._session)
            if conversation is not self._session.conversation:
                return
            self._rename(title)
            self.show_notice(f"Title: {title}")

    # ── export ──────────────────────────────────────────────────────────────────────────────────────

    def action_export(self, words: str = "") -> None:
        """Write the chat to a file: where the words say so at once, else after asking."""
        from fasttui.engine.exporting import export_request
        from fasttui.tui.screens.export import ExportScreen

        with self._saying_what_fails():
            request = export_request(words, self._session.conversation, Path(), hide_secrets=self._settings.redact)
            self.app.push_screen(ExportScreen(self._session, request, at_once=bool(words)), self._exported)

    def _exported(self, notice: str | None) -> None:
        if notice is not None:
            self.show_notice(notice)

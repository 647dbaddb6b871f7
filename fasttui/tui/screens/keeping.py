"""Nothing typed or received is lost: the store behind the chat screen, drafts, and earlier prompts."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from textual import on

from fasttui.chat.conversation import Turn
from fasttui.chat.errors import FasttuiError, StoreError
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.engine.saving_watch import SavingWatch
from fasttui.engine.session import Session
from fasttui.tui.screens.asking import AskingScreen
from fasttui.tui.widgets.composer import Composer
from fasttui.tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from fasttui.store.store import Store  # 15 ms that the first frame does not need

OpenStore = Callable[[], "Store"]


class KeepingScreen(AskingScreen):
    """The part of the chat screen that saves."""

    def __init__(self, session: Session, keymap: Keymap, settings: Settings, *, demo: bool) -> None:
        super().__init__(session, keymap, settings, demo=demo)
        # Set while the session's conversation is whole and can be saved: a prompt sent before waits.
        self._ready = asyncio.Event()
        self._watch = SavingWatch()

    # ── the store ───────────────────────────────────────────────────────────────────────────────────

    def keep(self, open_store: OpenStore | None) -> None:
        """Begin to save, once the first frame stands; without `open_store` the session has its store, or none."""
        if self._session.store is None and open_store is not None:
            self.run_worker(self._open_store(open_store), group="store")
        else:
            self._begin_keeping()

    async def _open_store(self, open_store: OpenStore) -> None:
        # In a thread: another program may hold a lock, and the folder may be on a slow disk.
        self._session.store = await asyncio.to_thread(open_store)
        self._begin_keeping()
        # Loaded now, so that Ctrl+O opens at once.
        await asyncio.to_thread(import_module, "fasttui.tui.screens.chats")

    def _begin_keeping(self) -> None:
        store, typed_before = self._session.store, self._history
        if store is not None:
            try:
                self._history = store.history()[::-1]
                self._restore_draft(store)
            except FasttuiError as error:
                self.show_error(error)
            for prompt in typed_before:
                self._remember(prompt)
            self._save_draft()
        self._ready.set()
        self._show_trouble()

    def _show_status(self) -> None:
        super()._show_status()
        self._show_trouble()

    def _show_trouble(self) -> None:
        """Say once what keeps words from being saved; the top line goes on saying so."""
        store = self._session.store
        self.query_one(TitleLine).unsaved = store is not None and store.trouble is not None and not store.saving
        match self._watch.news(self._session):
            case StoreError() as trouble:
                self.show_error(trouble)
            case str(news):
                self.show_notice(news)

    # ── prompts: saved before they leave ────────────────────────────────────────────────────────────

    async def _until_ready(self) -> None:
        await self._ready.wait()

    def _show_turn(self) -> Turn:
        turn = super()._show_turn()
        if turn.parent_id is None and self._session.store is not None:
            # What was typed before the chat had its first turn is this turn's prompt now.
            self._session.store.save_draft(None, "")
        self._save_draft()
        return turn

    # ── drafts ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def _draft_key(self) -> str | None:
        """Which chat's draft stands in the composer; None is the chat that has not begun."""
        conversation = self._session.conversation
        return conversation.id if conversation.head_id else None

    @on(Composer.Changed)
    def _keep_draft(self) -> None:
        self._save_draft()
        self._show_trouble()

    def _save_draft(self) -> None:
        # What waits behind the running reply is a draft too, until it is sent.
        if self._session.store is not None:
            self._session.store.save_draft(self._draft_key, self._queued.text_with(self.composer.text))

    def _restore_draft(self, store: "Store") -> None:
        draft = store.draft(self._draft_key)
        if not draft or draft == self.composer.text:
            return
        if self.composer.text:
            self._remember(draft)
            self.show_notice(f"An older draft is kept: {self._keymap.hint('history_previous')} brings it back.")
        else:
            self.composer.fill(draft)

    # ── earlier prompts, of all windows ─────────────────────────────────────────────────────────────

    def _remember(self, prompt: str) -> None:
        super()._remember(prompt)
        if self._session.store is not None:
            self._session.store.add_history(prompt)

    def action_history_search(self) -> None:
        """Pick an earlier prompt, of any chat and window."""
        try:
            if self._session.store is not None:
                self._history = self._session.store.history()[::-1]
        except FasttuiError as error:
            self.show_error(error)
        super().action_history_search()

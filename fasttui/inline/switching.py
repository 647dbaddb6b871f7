"""Which conversation is shown, and which of its versions: open, new, fork, find, name, export."""

import asyncio
from pathlib import Path

from fasttui.chat.errors import CommandError
from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.engine import saved_chats
from fasttui.engine.exporting import ExportRequest, export_request, write_export
from fasttui.engine.finding import Passage, passages
from fasttui.engine.session import Session
from fasttui.inline.asking import Asking
from fasttui.inline.reply import turn_rows
from fasttui.inline.screen import InlineScreen

MOST_TURNS = 30  # printed of a chat that is opened; the terminal keeps only so many lines
MOST_PASSAGES = 40


class Switching(Asking):
    """The part of the inline chat that goes from one conversation or version to another."""

    def __init__(self, session: Session, keymap: Keymap, settings: Settings, screen: InlineScreen) -> None:
        super().__init__(session, keymap, settings, screen)
        # What the user was asked about because the file exists: the same again is a yes.
        self._overwriting: ExportRequest | None = None

    def _print_conversation(self) -> None:
        """The end of the chat so far."""
        path, screen = self._session.conversation.path(), self._screen
        if (earlier := len(path) - MOST_TURNS) > 0:
            screen.print_words([(f"… {earlier:,} earlier turns: /find looks through them, /export writes all", "note")])
        for turn in path[-MOST_TURNS:]:
            screen.print(turn_rows(turn, self._session, screen.palette, screen.columns))

    def _check_at_rest(self) -> None:
        if self._answering:
            raise CommandError("A reply is still running.", hint=f"{self._keymap.hint('stop')} stops it.")

    # ── another conversation ────────────────────────────────────────────────────────────────────────

    def _leave_chat(self) -> None:
        """Before another chat is shown: this one keeps its draft."""
        self._check_at_rest()
        if self._set_aside is not None:
            self._clear_draft()
        self._save_draft()
        self._editing = None

    def _enter_chat(self, heading: str) -> None:
        """Print the chat the session has gone on to, and bring back its draft."""
        self._print_rule(heading)
        self._print_conversation()
        self._restore_draft()
        self._screen.status_changed()

    def action_new_chat(self) -> None:
        """Start a new chat; a draft goes along."""
        draft = self._prompt.draft.text
        self._leave_chat()
        if draft and self._session.store is not None:
            self._session.store.save_draft(self._draft_key(), "")
        self._session.start_over()
        self._enter_chat("new chat")
        if draft:
            self._prompt.fill(draft)

    def action_chats(self, words: str = "") -> None:
        """Open another chat: by its id or title, or from the menu."""
        self._check_at_rest()
        chosen = saved_chats.named(self._session, words)
        if chosen is None:
            chats = saved_chats.chats_named(self._session, words, 2)
            if not chats and not saved_chats.messages_with(self._session, words, 1):
                raise _no_chat(words)
            if len(chats) != 1 or not words:
                self._pick(f"/chats {words}")
                return
            chosen = saved_chats.ChatNamed(chats[0].id)
        self._leave_chat()
        saved_chats.open_chat(self._session, *chosen)
        self._enter_chat(self._session.conversation.title or saved_chats.UNTITLED)

    def action_fork(self) -> None:
        """Start a new chat that repeats this one to its end; this one stays as it is."""
        self._check_at_rest()
        forked = saved_chats.fork(self._session, self._session.conversation.head)
        self._leave_chat()
        self._session.start_over(forked)
        self._restore_draft()
        self._screen.notice("A new chat that begins as the other did; that one stays as it is.")

    # ── versions ────────────────────────────────────────────────────────────────────────────────────

    def action_previous_branch(self) -> None:
        """The version of the last message that has any, before the shown one."""
        self._show_version(-1)

    def action_next_branch(self) -> None:
        """The version after it."""
        self._show_version(1)

    def _show_version(self, step: int) -> None:
        self._check_at_rest()
        version = saved_chats.step_version(self._session, None, step)
        screen, path = self._screen, self._session.conversation.path()
        self._print_rule(f"version {version.number} of {version.of}")
        for turn in path[path.index(version.turn) :][-MOST_TURNS:]:
            screen.print(turn_rows(turn, self._session, screen.palette, screen.columns))

    # ── finding ─────────────────────────────────────────────────────────────────────────────────────

    def action_find(self, query: str = "") -> None:
        """Print where this chat has those words; the terminal's own search knows only what it still keeps."""
        if not query:
            self._pick("/find ")
            return
        found = list(passages(self._session.conversation, query))
        if not found:
            self._screen.notice(f"“{query}” is nowhere in this chat.")
            return
        rows = [[(f"“{query}” in this chat", "heading.2")], *map(_passage_words, found[:MOST_PASSAGES])]
        if (more := len(found) - MOST_PASSAGES) > 0:
            rows.append([(f"… and {more:,} more", "note")])
        self._screen.print_words(*rows, [])

    # ── names ───────────────────────────────────────────────────────────────────────────────────────

    def action_rename(self, title: str = "") -> None:
        """Give the chat that title, or ask for one."""
        if title:
            self._screen.notice(f"This chat is called “{saved_chats.rename(self._session, title)}”.")
        else:
            self._pick(f"/rename {self._session.conversation.title}")

    async def action_title(self) -> None:
        """Let the model find a title."""
        from fasttui.engine.titles import suggested_title

        conversation = self._session.conversation
        self._screen.notice("Looking for a title …")
        title = await suggested_title(self._session)
        if conversation is self._session.conversation:
            self.action_rename(title)

    # ── export ──────────────────────────────────────────────────────────────────────────────────────

    async def action_export(self, words: str = "") -> None:
        """Write the chat to a file: as the words say, or by the menu."""
        conversation = self._session.conversation
        asked = export_request(words, conversation, Path(), hide_secrets=self._settings.redact)
        if not words:
            self._pick("/export ")
            return
        overwrite, self._overwriting = asked == self._overwriting, None
        if asked.exists and not overwrite:
            self._overwriting = asked
            self._pick(f"/export {words}")
            self._prompt.draft.cancel_completion()
            self._screen.notice(f"{asked.shown_path} exists already. Enter once more overwrites it.", "warning")
            return
        self._screen.notice(await asyncio.to_thread(write_export, self._session, asked, overwrite=overwrite))


def _no_chat(words: str) -> CommandError:
    if words:
        return CommandError(f"No saved chat has “{words}”.", hint="/chats alone lists all.")
    return CommandError("There is no saved chat yet.", hint="Say something first.")


def _passage_words(passage: Passage) -> list[tuple[str, str]]:
    who = ("claude", "claude") if passage.in_reply else ("you", "you")
    said = [(text, "accent" if matched else "") for text, matched in passage.pieces]
    return [(f"{passage.number:>4} ", "faint"), (f"{who[0]:<7}", who[1]), *said]

"""The plain conversation, which one it is: open, new, fork, versions, find, name, export."""

import asyncio
from itertools import islice
from pathlib import Path

from fasttui.chat.conversation import Turn
from fasttui.chat.errors import CommandError
from fasttui.cli import output
from fasttui.cli.plain_asking import PlainAsking
from fasttui.cli.prompt_lines import PromptLines
from fasttui.cli.stopping import Stopping
from fasttui.cli.telling import counted, tell_note, tell_passage, tell_turn
from fasttui.engine import saved_chats
from fasttui.engine.exporting import FORMAT_NAMES, export_request, write_export
from fasttui.engine.finding import passages
from fasttui.engine.saved_chats import UNTITLED, ChatNamed
from fasttui.engine.session import Session
from fasttui.engine.titles import suggested_title

_OFFERED_CHATS = 20
_MOST_PASSAGES = 40


class PlainSwitching(PlainAsking):
    """The part of the plain chat that goes from one conversation or version to another."""

    def __init__(
        self, session: Session, lines: PromptLines, runner: asyncio.Runner, *, hides_secrets: bool = True
    ) -> None:
        super().__init__(session, lines, runner)
        self._hides_secrets = hides_secrets

    # ── another conversation ────────────────────────────────────────────────────────────────────────

    def action_new_chat(self) -> None:
        """Start a new chat."""
        self._session.start_over()
        output.line("This is a new chat.")

    def action_chats(self, words: str = "") -> None:
        """Open another chat: by its id, by words it is found by, or from the list."""
        chosen = saved_chats.named(self._session, words) or self._chosen_chat(words)
        if chosen is None:
            return
        saved_chats.open_chat(self._session, *chosen)
        conversation = self._session.conversation
        output.line(f'This is "{conversation.title or UNTITLED}".')
        found = chosen.turn_id is not None and chosen.turn_id in conversation
        self._tell_where(conversation.turn(chosen.turn_id or "") if found else conversation.head)

    def _chosen_chat(self, words: str) -> ChatNamed | None:
        session = self._session
        chats = saved_chats.chats_named(session, words, _OFFERED_CHATS)
        if words and len(chats) == 1:
            return ChatNamed(chats[0].id)
        offered = [
            (ChatNamed(chat.id), f"{chat.title or UNTITLED}, {counted(chat.turns, 'turn')}") for chat in chats
        ]  # fmt: skip
        for hit in saved_chats.messages_with(session, words, _OFFERED_CHATS):
            said = "".join(text for text, _ in hit.snippet).split()
            who = "claude" if hit.in_reply else "you"
            about = f"{hit.title or UNTITLED}, {who}: {' '.join(said)}"
            offered.append((ChatNamed(hit.conversation_id, hit.turn_id), about))
        if not offered:
            if words:
                raise CommandError(f'No saved chat has "{words}".', hint="/chats alone lists the newest.")
            raise CommandError("There is no saved chat yet.", hint="Say something first.")
        at = self._lines.choose([about for _, about in offered])
        return None if at is None else offered[at][0]

    def _tell_where(self, turn: Turn | None) -> None:
        """Read out one turn of the chat, and how many there are around it."""
        if turn is None:
            return
        path = self._session.conversation.path()
        before = path.index(turn)
        if before:
            tell_note(f"{counted(before, 'turn')} came before this one.")
        tell_turn(turn)
        if after := len(path) - before - 1:
            tell_note(f"{counted(after, 'turn')} came after this one.")

    def action_fork(self) -> None:
        """Start a new chat that repeats this one to its end; this one stays as it is."""
        self._session.start_over(saved_chats.fork(self._session, self._session.conversation.head))
        output.line("This is a new chat that begins as the other did; that one stays as it is.")

    # ── versions ────────────────────────────────────────────────────────────────────────────────────

    def action_previous_branch(self) -> None:
        """The version of the last message that has any, before the shown one."""
        self._read_version(-1)

    def action_next_branch(self) -> None:
        """The version after it."""
        self._read_version(1)

    def _read_version(self, step: int) -> None:
        version = saved_chats.step_version(self._session, None, step)
        output.line(f"This is version {version.number} of {version.of}.")
        self._tell_where(version.turn)

    # ── finding ─────────────────────────────────────────────────────────────────────────────────────

    def action_find(self, query: str = "") -> None:
        """Read out where this chat has those words."""
        if not query:
            raise CommandError("No words were given.", hint="Say /find and what to look for.")
        found = passages(self._session.conversation, query)
        first = next(found, None)
        if first is None:
            output.line(f'"{query}" is nowhere in this chat.')
            return
        for passage in (first, *islice(found, _MOST_PASSAGES - 1)):
            tell_passage(passage)
        if more := sum(1 for _ in found):
            output.line(f"It is in {counted(more, 'more place')}.")

    # ── names ───────────────────────────────────────────────────────────────────────────────────────

    def action_rename(self, title: str = "") -> None:
        """Give the chat that title."""
        output.line(f'This chat is called "{saved_chats.rename(self._session, title)}".')

    def action_title(self) -> None:
        """Let the model find a title."""
        titles: list[str] = []

        async def ask() -> None:
            titles.append(await suggested_title(self._session))

        stopping = Stopping()
        output.write("Looking for a title.\n")
        self._runner.run(stopping.run(ask()))
        self._tell_stop(stopping)
        for title in titles:
            self.action_rename(title)

    # ── export ──────────────────────────────────────────────────────────────────────────────────────

    def action_export(self, words: str = "") -> None:
        """Write the chat to a file: as the words say, or in a format from the list."""
        session = self._session
        asked = export_request(words, session.conversation, Path(), hide_secrets=self._hides_secrets)
        if not words:
            formats = tuple(FORMAT_NAMES)
            if (at := self._lines.choose(list(FORMAT_NAMES.values()))) is None:
                return
            asked = export_request(formats[at], session.conversation, Path(), hide_secrets=self._hides_secrets)
        overwrite = asked.exists and self._lines.agrees(f"{asked.shown_path} exists already. Overwrite it?")
        if asked.exists and not overwrite:
            output.line("It stays as it was; nothing was exported.")
        else:
            output.line(write_export(session, asked, overwrite=overwrite))

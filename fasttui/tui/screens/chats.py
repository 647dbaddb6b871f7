"""All saved chats: found by title, tag or anything said in them; opened, renamed, tagged, deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantFocus, Resize
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from fasttui.chat.errors import FasttuiError
from fasttui.chat.safe_text import safe_line
from fasttui.engine.saved_chats import TITLE_LENGTH, UNTITLED, tags_in
from fasttui.engine.session import Session
from fasttui.store.conversations import ConversationSummary
from fasttui.store.search import SearchHit
from fasttui.store.store import Store
from fasttui.tui import chat_rows
from fasttui.tui.chat_preview import chat_preview, hit_preview, matched_text
from fasttui.tui.palette import Palette
from fasttui.tui.screens.line import LineScreen
from fasttui.tui.widgets.pick_list import ListRow, PickList
from fasttui.tui.widgets.transcript import Transcript
from fasttui.tui.widgets.transcript_entries import Entry

PAGE = 100
TITLES = 30  # so many chats found by title stand above what is found in the words
HITS = 50
SEARCH_DELAY_S = 0.12
NOTICE_S = 5.0
PREVIEW_FROM_COLUMNS = 100

_FILTER_KEYS = "Enter open · F2 rename · F3 tag · F8 delete · Ctrl+N new · Tab list · Esc"
_LIST_KEYS = "Enter open · r rename · t tag · d delete · u undo · n new · / find · Esc"


@dataclass(frozen=True, slots=True)
class ChosenChat:
    """The chat to open, at the turn that was found."""

    id: str
    turn_id: str | None = None


Choice = ChosenChat | Literal["new"] | None
_Chats = list[ConversationSummary]
_Found = ConversationSummary | SearchHit | None


class ChatsScreen(Screen[Choice]):
    """Returns what to show next. Typing finds; Tab goes to the list, where single letters act."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("tab,shift+tab", "change_focus", show=False, priority=True),
        Binding("f2", "rename", show=False, priority=True),
        Binding("f3", "tag", show=False, priority=True),
        Binding("f8", "delete", show=False, priority=True),
        Binding("f9", "undo", show=False, priority=True),
        Binding("ctrl+n", "new", show=False, priority=True),
        Binding("up", "move('move', -1)", show=False),
        Binding("down", "move('move', 1)", show=False),
        Binding("pageup", "move('page', -1)", show=False),
        Binding("pagedown", "move('page', 1)", show=False),
        Binding("r", "rename", show=False),
        Binding("t", "tag", show=False),
        Binding("d,delete", "delete", show=False),
        Binding("u", "undo", show=False),
        Binding("n", "new", show=False),
        Binding("slash", "change_focus", show=False),
    ]
    DEFAULT_CSS = """
    ChatsScreen {
        background: $background; layout: grid; grid-size: 1; grid-rows: 2 1fr;
        border: round $border; border-title-color: $accent;
        & Input { margin: 0 2; background: $background; }
        & Transcript { display: none; }
        &.-wide { grid-size: 2; grid-columns: 1fr 45%; }
        &.-wide Input { column-span: 2; }
        &.-wide PickList { border-right: solid $border; }
        &.-wide Transcript { display: block; }
    }
    """

    def __init__(self, session: Session, store: Store, palette: Palette, words: str = "") -> None:
        super().__init__()
        self._session, self._store, self._palette, self._words = session, store, palette, words
        self._found: list[_Found] = []
        self._last: ConversationSummary | None = None
        self._deleted: list[str] = []
        self._search_due: Timer | None = None
        self._notice_end: Timer | None = None

    def compose(self) -> ComposeResult:
        """The query, the list, and beside it the chat under the cursor."""
        # While nothing is mounted, a class costs nothing.
        self._make_room(self.app.size.width)
        self.border_title = Content("Chats")
        field = Input(self._words, placeholder="Find by title, tag or anything said", compact=True)
        field.cursor_blink = False
        yield field
        yield PickList()
        yield Transcript()

    def on_mount(self) -> None:
        """Show the latest chats."""
        self.query_one(Transcript).set_palette(self._palette.__getitem__)
        self._show_keys()
        self._list_again()

    def on_resize(self, event: Resize) -> None:
        """There is a preview where there is room for it."""
        if self._make_room(event.size.width):
            self._list_again(self._list.cursor or 0)
            self._search()

    def _make_room(self, columns: int) -> bool:
        """Show the preview or not; whether that is a change."""
        wide = columns >= PREVIEW_FROM_COLUMNS
        changed = wide != self.has_class("-wide")
        self.set_class(wide, "-wide")
        return changed

    @property
    def _list(self) -> PickList:
        return self.query_one(PickList)

    @property
    def _here(self) -> _Found:
        """What the cursor stands on."""
        at = self._list.cursor
        return self._found[at] if at is not None else None

    # ── finding ───────────────────────────────────────────────────────────────────────────────

    @on(Input.Changed)
    def _query_changed(self) -> None:
        if self._search_due is not None:
            self._search_due.stop()
        self._list_again()
        self._search_due = self.set_timer(SEARCH_DELAY_S, self._search)

    @property
    def _query(self) -> str:
        return self.query_one(Input).value.strip()

    def _list_again(self, cursor: int = 0) -> None:
        """The chats themselves: all of them a page at a time, or those whose title or tag matches."""
        query = self._query.removeprefix("#")
        chats = self._recent(TITLES if query else PAGE, matching=query)
        self._found, self._last = [], chats[-1] if chats and not query else None
        rows = self._rows(chats, None)
        if not chats:
            rows = [chat_rows.heading("No title or tag matches." if query else "There is no saved chat yet.")]
            self._found = [None]
        self._list.show(rows, cursor)

    @on(PickList.EndNeared)
    def _list_more(self) -> None:
        after, self._last = self._last, None
        if after is not None:
            chats = self._recent(PAGE, after=after)
            rows = self._rows(chats, after)
            self._last = chats[-1] if chats else None
            self._list.extend(rows)

    def _rows(self, chats: _Chats, after: ConversationSummary | None) -> list[ListRow]:
        today, wide = chat_rows.today(self._session.now()), self.has_class("-wide")
        shown = list(chat_rows.rows_by_day(chats, today, after, brief=wide))
        self._found += [chat for _, chat in shown]
        return [row for row, _ in shown]

    def _search(self) -> None:
        """What was said, below the titles; a moment after the last key."""
        self._search_due = None
        query = self._query
        hits = self._hits(query) if query else []
        if hits:
            rows = [chat_rows.heading("Said"), *map(chat_rows.hit_row, hits)]
            nothing_yet = self._here is None
            self._found += [None, *hits]
            self._list.extend(rows)
            if nothing_yet:
                self._list.action_to_end(-1)

    def _recent(self, limit: int, *, after: ConversationSummary | None = None, matching: str = "") -> _Chats:
        try:
            return self._store.recent(limit, after, matching=matching)
        except FasttuiError as error:
            self._show_error(error)
            return []

    def _hits(self, query: str) -> list[SearchHit]:
        try:
            return self._store.search(query, HITS)
        except FasttuiError as error:
            self._show_error(error)
            return []

    # ── preview ───────────────────────────────────────────────────────────────────────────────

    @on(PickList.Highlighted)
    def _preview(self) -> None:
        """The chat or the words under the cursor."""
        if not self.has_class("-wide"):
            return
        preview, found = self.query_one(Transcript), self._here
        try:
            preview.show(self._entries(found))
        except FasttuiError as error:
            preview.clear()
            self._show_error(error)
        preview.scroll_home(animate=False)
        if isinstance(found, SearchHit) and preview.find(matched_text(found)):
            preview.next_match()
        else:
            preview.clear_find()

    def _entries(self, found: _Found) -> list[Entry]:
        match found:
            case ConversationSummary():
                model = self._session.catalogue.get(found.model).name if found.model else ""
                return chat_preview(found, self._store.load_tail(found.id, 1).head, model)
            case SearchHit():
                return hit_preview(found, self._store.turn(found.turn_id))
            case None:
                return []

    # ── opening and leaving ───────────────────────────────────────────────────────────────────

    @on(PickList.Picked)
    @on(Input.Submitted)
    def _pick(self) -> None:
        match self._here:
            case ConversationSummary(id=id_):
                self.dismiss(ChosenChat(id_))
            case SearchHit(conversation_id=id_, turn_id=turn_id):
                self.dismiss(ChosenChat(id_, turn_id))
            case None:
                pass

    def action_new(self) -> None:
        """A new chat."""
        self.dismiss("new")

    def action_leave(self) -> None:
        """Back to the chat, which is a new one where the old one was deleted."""
        self.dismiss("new" if self._session.conversation.id in self._deleted else None)

    # ── changing ──────────────────────────────────────────────────────────────────────────────

    @property
    def _chat(self) -> tuple[str, str] | None:
        """Id and title of the chat the cursor stands on."""
        match self._here:
            case ConversationSummary(id=id_, title=title) | SearchHit(conversation_id=id_, title=title):
                return id_, title
            case None:
                return None

    def action_rename(self) -> None:
        """Give the chat another title."""
        if self._chat is not None:
            id_, title = self._chat
            self.app.push_screen(LineScreen("Title", title), partial(self._rename, id_))

    def _rename(self, id_: str, line: str | None) -> None:
        if line is None or not (title := safe_line(line, limit=TITLE_LENGTH)):
            return

        def change() -> None:
            self._store.rename(id_, title)
            if id_ == self._session.conversation.id:
                self._session.conversation.title = title

        self._change(change, f"Renamed to {title}.")

    def action_tag(self) -> None:
        """Give the chat tags."""
        here = self._here
        if isinstance(here, ConversationSummary):
            line = LineScreen("Tags", " ".join(here.tags), "words, without #")
            self.app.push_screen(line, partial(self._tag, here.id))
        elif here is not None:
            self.show_notice("Find the chat by its title to tag it.")

    def _tag(self, id_: str, line: str | None) -> None:
        if line is None:
            return
        tags = tags_in(line)

        def change() -> None:
            self._store.tag(id_, tags)
            if id_ == self._session.conversation.id:
                self._session.conversation.tags = tags

        self._change(change, f"Tagged {', '.join(tags)}." if tags else "The tags are gone.")

    def action_delete(self) -> None:
        """Delete the chat; it can be brought back."""
        if self._chat is None:
            return
        id_, title = self._chat
        if id_ == self._session.conversation.id and self._session.streaming:
            self.show_notice("A reply is still running there: stop it first.")
            return
        undo = "F9" if self.focused is not self._list else "u"
        self._change(
            lambda: self._deleted.append(self._store.delete(id_)),
            f"Deleted {safe_line(title, limit=30) or UNTITLED}. {undo} brings it back.",
        )

    def action_undo(self) -> None:
        """Bring back what was deleted last."""
        if not self._deleted:
            self.show_notice("Nothing was deleted.")
            return
        id_ = self._deleted.pop()
        self._change(lambda: self._store.undelete(id_), "It is back.")

    def _change(self, change: Callable[[], None], done: str) -> None:
        """Carry out a change and show the list anew; what goes wrong is said."""
        try:
            change()
        except FasttuiError as error:
            self._show_error(error)
            return
        self._list_again(self._list.cursor or 0)
        self._search()
        self.show_notice(done)

    # ── keys and notices, on the border ───────────────────────────────────────────────────────

    def action_change_focus(self) -> None:
        """From the query to the list and back."""
        (self.query_one(Input) if self._list.has_focus else self._list).focus()

    @on(DescendantFocus)
    def _show_keys(self) -> None:
        keys = _LIST_KEYS if self._list.has_focus else _FILTER_KEYS
        self.border_subtitle = Content.styled(keys, "$muted")

    def action_move(self, how: str, step: int) -> None:
        """Move in the list while the query keeps the keys."""
        getattr(self._list, f"action_{how}")(step)

    def show_notice(self, text: str, style: str = "$accent") -> None:
        """A line on the border for a while."""
        self.border_subtitle = Content.styled(text, style)
        if self._notice_end is not None:
            self._notice_end.stop()
        self._notice_end = self.set_timer(NOTICE_S, self._show_keys)

    def _show_error(self, error: FasttuiError) -> None:
        self.show_notice(f"{error} {error.hint or ''}", "$error")

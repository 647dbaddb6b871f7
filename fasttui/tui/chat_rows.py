"""Saved chats as rows of a list: grouped by day, what was said with the match marked."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby

from fasttui.chat.safe_text import safe_line
from fasttui.engine import wording
from fasttui.engine.saved_chats import UNTITLED
from fasttui.store.conversations import ConversationSummary
from fasttui.store.search import SearchHit
from fasttui.tui.widgets.pick_list import ListLine, ListRow, Pieces

_WEEK = 7


def day_name(day: date, today: date) -> str:
    """`Today`, `Yesterday`, a weekday of the last week, or a date."""
    ago = (today - day).days
    if ago in (0, 1):
        return ("Today", "Yesterday")[ago]
    if 0 < ago < _WEEK:
        return f"{day:%A}"
    return f"{day.day} {day:%B}" if ago >= 0 and day.year == today.year else f"{day.day} {day:%B %Y}"


def heading(text: str) -> ListRow:
    """A row that only says what follows."""
    return ListRow((ListLine(((text, "heading"),)),), is_heading=True)


def chat_row(chat: ConversationSummary, *, brief: bool = False) -> ListRow:
    """One line for one chat; a brief one leaves to the preview what that says."""
    title: Pieces = ((safe_line(chat.title) or UNTITLED, "title"),)
    tags: Pieces = tuple((f"  #{safe_line(tag)}", "tag") for tag in chat.tags)
    cost = wording.dollars(chat.cost) if chat.cost is not None else ""
    facts = "" if brief else f"{_turns(chat.turns):>11}  {cost:>8}  "
    return ListRow((ListLine((*title, *tags), ((f"{facts}{local(chat.updated_at):%H:%M}", "muted"),)),))


def rows_by_day(
    chats: Iterable[ConversationSummary], today: date, after: ConversationSummary | None = None, *, brief: bool = False
) -> Iterator[tuple[ListRow, ConversationSummary | None]]:
    """Rows with their chats, a heading (of no chat) above each day; `after` is the last chat shown already."""
    shown = _day(after) if after is not None else None
    for day, group in groupby(chats, _day):
        if day != shown:
            yield heading(day_name(day, today)), None
        for chat in group:
            yield chat_row(chat, brief=brief), chat


def hit_row(hit: SearchHit) -> ListRow:
    """The chat's title, and below it what was said."""
    who = "claude" if hit.in_reply else "you"
    title = ListLine(((safe_line(hit.title) or UNTITLED, "title"),), ((who, "faint"),))
    said: Pieces = tuple((text, "match" if matched else "muted") for text, matched in hit.snippet)
    return ListRow((title, ListLine((("  ", "muted"), *said))))


def local(moment: datetime) -> datetime:
    """The moment on the user's own clock."""
    return moment.astimezone()


def today(now: datetime) -> date:
    """The user's own day at that moment."""
    return local(now).date()


def _turns(count: int) -> str:
    return f"{count:,} turn{'s' if count != 1 else ' '}"


def _day(chat: ConversationSummary) -> date:
    return local(chat.updated_at).date()

"""A saved chat at a glance, as entries of a transcript: its facts and how it stands, or the words that were found."""

from fasttui.chat.conversation import Turn
from fasttui.chat.safe_text import safe_line
from fasttui.engine import wording
from fasttui.engine.saved_chats import UNTITLED
from fasttui.markdown.lines import Span
from fasttui.store.conversations import ConversationSummary
from fasttui.store.search import SearchHit
from fasttui.tui.chat_rows import local
from fasttui.tui.widgets.transcript_entries import Entry, HeaderLine

_PROMPT_CHARACTERS = 600
_REPLY_CHARACTERS = 3_000
_BEFORE_MATCH = 600


def chat_preview(chat: ConversationSummary, last: Turn | None, model_name: str) -> list[Entry]:
    """What is known of a chat, and its last turn."""
    at = local(chat.updated_at)
    facts = [f"{at.day} {at:%B %Y, %H:%M}", f"{chat.turns:,} turn{'s' if chat.turns != 1 else ''}"]
    facts += [model_name] if model_name else []
    facts += [wording.dollars(chat.cost)] if chat.cost is not None else []
    facts += [f"#{safe_line(tag)}" for tag in chat.tags]
    head = Entry("chat", "note", _header(safe_line(chat.title) or UNTITLED), " · ".join(facts))
    return [head, *(_said(last) if last is not None else ())]


def hit_preview(hit: SearchHit, turn: Turn) -> list[Entry]:
    """The turn that was found, cut around the match."""
    return _said(turn, matched_text(hit), in_reply=hit.in_reply)


def matched_text(hit: SearchHit) -> str:
    """The first words that matched."""
    return next((text for text, matched in hit.snippet if matched), "")


def _said(turn: Turn, match: str = "", *, in_reply: bool = True) -> list[Entry]:
    prompt = _around(turn.prompt.text, "" if in_reply else match, _PROMPT_CHARACTERS)
    reply = _around(turn.reply.text, match if in_reply else "", _REPLY_CHARACTERS)
    return [Entry("prompt", "prompt", _header("you"), prompt), Entry("reply", "reply", _header("claude"), reply)]


def _header(who: str) -> HeaderLine:
    return HeaderLine((Span(who, "you" if who == "you" else "claude"),))


def _around(text: str, match: str, length: int) -> str:
    """At most so many characters of a text, from its beginning or from shortly before the match."""
    at = text.lower().find(match.lower()) if match else 0
    start = text.rfind("\n", 0, max(0, at - _BEFORE_MATCH)) + 1 if at > _BEFORE_MATCH else 0
    return text[start : start + length]

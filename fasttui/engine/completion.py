"""What the end of a draft can be completed to: slash commands with what they take, and files after @."""

import heapq
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from fasttui.chat.conversation import SPEED_CHOICES
from fasttui.chat.errors import FasttuiError
from fasttui.chat.safe_text import safe_line, safe_text
from fasttui.config.themes import ThemeNames
from fasttui.engine import wording
from fasttui.engine.commands import offered_commands
from fasttui.engine.mentions import mention
from fasttui.engine.saved_chats import UNTITLED, chats_named, messages_with
from fasttui.engine.session import Session

_MOST_FILES = 200
_MOST_CHATS = 50
_MOST_HITS = 20
_ID_CHARACTERS = 12  # of 32; in a million chats two share these once in five hundred times


class Offer(NamedTuple):
    """`text` takes the place of the last `replaced` characters; `shown` and `about` are for the menu."""

    text: str
    replaced: int
    shown: str
    about: str = ""


class Completions:
    """Completions for one session; `has` tells by its id whether the front end has an action."""

    def __init__(self, session: Session, theme_names: ThemeNames, has: Callable[[str], bool]) -> None:
        self._session, self._theme_names, self._has = session, theme_names, has

    def offers(self, before: str) -> Iterable[Offer]:
        """What may stand at the end of `before`, the draft up to the cursor."""
        if before.startswith("/") and "\n" not in before:
            name, space, words = before.partition(" ")
            return self._words(name, words) if space else self._commands(before)
        word = before[before.rfind("@") :] if "@" in before else ""
        starts = len(word) == len(before) or before[-len(word) - 1].isspace()
        if word and starts and ("\n" not in word and (" " not in word or word.startswith('@"'))):
            return _files(word)
        return ()

    def _commands(self, beginning: str) -> Iterator[Offer]:
        for name, takes, about in offered_commands(self._has):
            if name.startswith(beginning.lower()):
                yield Offer(name, len(beginning), name, f"{takes}  {about}" if takes else about)

    def _words(self, name: str, words: str) -> Iterator[Offer]:
        if name == "/chats":
            yield from self._chats(words)
        for word, about in self._offered(name):
            if words.lower() in word.lower():
                yield Offer(word, len(words), word, about)

    def _offered(self, name: str) -> Iterable[tuple[str, str]]:
        session = self._session
        match name:
            case "/model":
                return [(model.id, _about_model(session, model.id)) for model in session.catalogue.models]
            case "/speed" | "/once":
                return [(speed, "") for speed in SPEED_CHOICES]
            case "/effort":
                return [(effort, "") for effort in session.model.efforts]
            case "/theme":
                return [(theme, "") for theme in self._theme_names()]
            case "/export":
                from fasttui.engine.exporting import FORMAT_NAMES

                return list(FORMAT_NAMES.items())
            case _:
                return []

    def _chats(self, words: str) -> Iterator[Offer]:
        """Chats by title, tag and what was said in them; the id takes the place of the words."""
        try:
            chats = chats_named(self._session, words.strip(), _MOST_CHATS)
            hits = messages_with(self._session, words, _MOST_HITS)
        except FasttuiError:
            return  # carrying the command out says what is wrong
        for chat in chats:
            turns = f"{chat.turns:,} turn{'s' if chat.turns != 1 else ''}"
            tags = "".join(f" #{safe_line(tag)}" for tag in chat.tags)
            about = f"{_when(chat.updated_at, self._session.now())} · {turns}{tags}"
            yield Offer(chat.id[:_ID_CHARACTERS], len(words), safe_line(chat.title) or UNTITLED, about)
        for hit in hits:
            title, said = safe_line(hit.title) or UNTITLED, safe_line("".join(text for text, _ in hit.snippet))
            who = "claude" if hit.in_reply else "you"
            yield Offer(f"{hit.conversation_id[:_ID_CHARACTERS]}/{hit.turn_id}", len(words), title, f"{who}: {said}")


def _when(moment: datetime, now: datetime) -> str:
    """The time of day, of another day its date, on the user's own clock."""
    there, here = moment.astimezone(), now.astimezone()
    if there.date() == here.date():
        return f"{there:%H:%M}"
    return f"{there.day} {there:%b}" if there.year == here.year else f"{there.day} {there:%b %Y}"


def _about_model(session: Session, id_: str) -> str:
    model = session.catalogue.get(id_)
    context = f" · {wording.tokens(model.context_tokens)}" if model.context_tokens else ""
    fast = f" · {wording.FAST_MARK}" if model.offers_fast(session.today()) else ""
    return f"{model.name}{context}{fast}"


def _files(word: str) -> Iterator[Offer]:
    folder, name = os.path.split(word[1:].removeprefix('"'))
    try:
        with os.scandir(Path(folder or ".").expanduser()) as entries:
            matching = (entry for entry in entries if _is_offered(entry.name, name))
            first = heapq.nsmallest(_MOST_FILES, matching, key=lambda entry: entry.name.lower())
    except (OSError, ValueError):
        return
    for entry in first:
        path = os.path.join(folder, entry.name) + ("/" if entry.is_dir() else "")  # noqa: PTH118 - `~` and `./` stay
        # A folder is only half of the way: its quotation stays open.
        text = mention(path).removesuffix('"') if path.endswith("/") else mention(path)
        yield Offer(text, len(word), path)


def _is_offered(name: str, beginning: str) -> bool:
    hidden = name.startswith(".") and not beginning.startswith(".")
    # A name that would not be the same after it was made safe could not be found again.
    return not hidden and name.lower().startswith(beginning.lower()) and safe_text(name) == name

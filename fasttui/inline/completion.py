"""What the prompt completes: slash commands with what they take, and files after @."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from fasttui.chat.conversation import SPEED_CHOICES
from fasttui.chat.safe_text import safe_text
from fasttui.engine import wording
from fasttui.engine.commands import offered_commands
from fasttui.engine.session import Session
from fasttui.inline.file_mentions import mention

_MOST_FILES = 200


class PromptCompleter(Completer):
    """Completes a slash command, the words behind it, or a file's name."""

    def __init__(self, session: Session, theme_names: tuple[str, ...]) -> None:
        self._session, self._theme_names = session, theme_names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Completions at the cursor."""
        del complete_event
        before = document.text_before_cursor
        if before.startswith("/") and "\n" not in before:
            name, space, words = before.partition(" ")
            return self._words(name, words) if space else _commands(name)
        word = before[before.rfind("@") :] if "@" in before else ""
        starts = len(word) == len(before) or before[-len(word) - 1].isspace()
        if word and starts and ("\n" not in word and (" " not in word or word.startswith('@"'))):
            return _files(word)
        return ()

    def _words(self, name: str, words: str) -> Iterator[Completion]:
        for word, about in self._offered(name):
            if words.lower() in word.lower():
                yield Completion(word, -len(words), display_meta=about)

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
                return [(theme, "") for theme in self._theme_names]
            case _:
                return []


def _about_model(session: Session, id_: str) -> str:
    model = session.catalogue.get(id_)
    context = f" · {wording.tokens(model.context_tokens)}" if model.context_tokens else ""
    fast = f" · {wording.FAST_MARK}" if model.offers_fast(session.today()) else ""
    return f"{model.name}{context}{fast}"


def _commands(beginning: str) -> Iterator[Completion]:
    for name, takes, about in offered_commands():
        if name.startswith(beginning.lower()):
            meta = f"{takes}  {about}" if takes else about
            yield Completion(name, -len(beginning), display_meta=meta)


def _files(word: str) -> Iterator[Completion]:
    written = word[1:].removeprefix('"')
    folder, name = os.path.split(written)
    try:
        entries = sorted(os.scandir(Path(folder or ".").expanduser()), key=lambda entry: entry.name.lower())
    except (OSError, ValueError):
        return
    offered = 0
    for entry in entries:
        hidden = entry.name.startswith(".") and not name.startswith(".")
        # A name that would not be the same after it was made safe could not be found again.
        if hidden or not entry.name.lower().startswith(name.lower()) or safe_text(entry.name) != entry.name:
            continue
        path = os.path.join(folder, entry.name) + ("/" if entry.is_dir() else "")  # noqa: PTH118 - `~` and `./` stay
        # A folder is only half of the way: its quotation stays open.
        written = mention(path).removesuffix('"') if path.endswith("/") else mention(path)
        yield Completion(written, -len(word), display=path)
        offered += 1
        if offered == _MOST_FILES:
            return

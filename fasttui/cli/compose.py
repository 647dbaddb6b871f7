"""Puts the program together: settings and arguments to catalogue, provider and session."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fasttui.chat.conversation import Conversation, utc_now
from fasttui.chat.errors import ConfigError, StoreError, UsageError
from fasttui.chat.models import Catalogue
from fasttui.chat.safe_text import safe_line, safe_text
from fasttui.config.keymap import Keymap
from fasttui.config.paths import Paths, find_paths
from fasttui.config.settings import Settings, load_settings
from fasttui.engine.choices import Choices
from fasttui.engine.saved_chats import check_free
from fasttui.engine.session import Session
from fasttui.provider.background import BackgroundProvider
from fasttui.provider.credential import has_credential
from fasttui.provider.protocol import Provider

if TYPE_CHECKING:
    from fasttui.store.store import Store  # 15 ms that the first frame does not need

LAST = "last"
KEPT_DELETED = timedelta(days=7)
_LARGEST_SYSTEM_PROMPT = 1_000_000


@dataclass(frozen=True, slots=True)
class Setup:
    """What the user's files and arguments come to; `problems` are what was wrong in the files."""

    args: argparse.Namespace
    paths: Paths
    settings: Settings
    keymap: Keymap
    catalogue: Catalogue
    problems: tuple[ConfigError, ...]

    @property
    def demo(self) -> bool:
        """Whether the embedded simulator answers: when asked for, or when nothing else can."""
        return bool(self.args.demo or (not has_credential() and not self.base_url))

    @property
    def base_url(self) -> str:
        """The server the user named, in an argument, the environment or the settings; "" for none."""
        return str(self.args.base_url or os.environ.get("ANTHROPIC_BASE_URL", "").strip() or self.settings.base_url)


def set_up(args: argparse.Namespace) -> Setup:
    """Read the user's files; what is wrong in them is kept for the front end to show."""
    paths = find_paths()
    catalogue = Catalogue()
    loaded = load_settings(paths.settings, catalogue)
    for model in loaded.models:
        catalogue.put(model)
    return Setup(args, paths, loaded.settings, loaded.keymap, catalogue, loaded.errors)


def choices(setup: Setup) -> Choices:
    """What the first message asks for."""
    args, settings = setup.args, setup.settings
    model = args.model or settings.model
    if args.model and not model.startswith("claude-") and model not in setup.catalogue:
        model = f"claude-{model}"
    return Choices(
        model,
        args.speed or settings.speed,
        args.effort or settings.effort or None,
        settings.thinking,
        max_tokens=settings.max_tokens,
        cache_ttl=settings.cache_ttl,
    )


def system_prompt(setup: Setup) -> str:
    """The system prompt; `@FILE` reads it from a file.

    Raises:
        ConfigError: the file cannot be read.
    """
    text = str(setup.settings.system if setup.args.system is None else setup.args.system)
    if not text.startswith("@"):
        return safe_text(text)
    path = Path(text[1:]).expanduser()
    try:
        if path.stat().st_size > _LARGEST_SYSTEM_PROMPT:
            raise ConfigError(
                f"{safe_line(str(path))} is too large for a system prompt.", hint="Choose a file under 1 MB."
            )
        return safe_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(
            f"{safe_line(str(path))} cannot be read: {reason}.", hint="Name another file after @."
        ) from error


def provider(setup: Setup, *, frame_s: float | None = None) -> BackgroundProvider:
    """Claude, or the simulator; made in a thread once it is started.

    Raises:
        ConfigError: the server the user named has no address that requests could go to.
    """
    if not setup.demo:
        return BackgroundProvider(setup.catalogue, base_url=_server(setup.base_url), frame_s=frame_s)

    def simulator_address() -> str:
        from fasttui.simulator import EmbeddedSimulator, Simulator

        return EmbeddedSimulator(Simulator(setup.args.scenario)).start()

    return BackgroundProvider(setup.catalogue, api_key="demo", base_url=simulator_address, frame_s=frame_s)


def _server(base_url: str) -> str | None:
    if not base_url:
        return None
    scheme, _, rest = base_url.partition("://")
    if scheme.lower() not in {"http", "https"} or not rest.strip("/") or rest.startswith("/"):
        raise ConfigError(
            f'"{safe_line(base_url)}" is no address of a server.',
            hint="Write --base-url or ANTHROPIC_BASE_URL as https://HOST or http://127.0.0.1:PORT.",
        )
    return base_url


async def learn_models(setup: Setup, source: BackgroundProvider) -> None:
    """Let the catalogue take over what the Models API says; where it says nothing, nothing changes."""
    for id_, said in (await source.list_models()).items():
        known = id_ in setup.catalogue
        # The catalogue's own names are short; one that changes under the reader's eyes is no news.
        setup.catalogue.overlay(id_, {field: value for field, value in said.items() if field != "name" or not known})


def open_store(setup: Setup) -> "Store":
    """The saved chats; where their file cannot be used they are in memory, and `trouble` says why."""
    from fasttui.store.store import Store

    return Store.open(setup.paths.demo_database if setup.demo else setup.paths.database)


def close_store(store: "Store") -> None:
    """Write what waits, and let chats go for good that were deleted a week ago.

    To be called once the terminal is the user's again: it may wait for another program's lock.
    """
    with suppress(StoreError):
        store.purge(utc_now() - KEPT_DELETED)
    store.close()


@contextmanager
def saved_chats(setup: Setup) -> "Iterator[Store]":
    """The saved chats, for a command that is about nothing else; closed at the end.

    Those with the simulator only by `--demo`, or while there are no others: a backup without a
    credential in its environment must find the real ones.

    Raises:
        StoreError: they cannot be had.
    """
    paths = setup.paths
    demo = setup.args.demo or (setup.demo and not paths.database.exists())
    from fasttui.store.store import Store

    store = Store.open(paths.demo_database if demo else paths.database)
    try:
        if store.trouble is not None:
            raise store.trouble
        yield store
    finally:
        store.close()


def resumed(setup: Setup, store: "Store") -> Conversation | None:
    """The chat that `--continue` or `--resume` asks for; None for a new one.

    Raises:
        ConversationNotFound: there is none of that id.
        UsageError: there is no chat at all.
        StoreError: the chats cannot be read, or another window receives a reply in this one.
    """
    named = setup.args.resume or (LAST if setup.args.continue_last else "")
    if not named:
        return None
    if store.trouble is not None:
        raise store.trouble
    conversation = store.load(chat_id(store, named))
    check_free(conversation)
    return conversation


def chat_id(store: "Store", named: str) -> str:
    """The id of the chat that a user named by the beginning of its id, or by `last`.

    Raises:
        ConversationNotFound: there is none, or more than one.
        UsageError: there is no chat at all.
    """
    if named != LAST:
        return store.resolve(named)
    if newest := store.recent(1):
        return newest[0].id
    raise UsageError("There is no saved chat yet.", hint="Begin one with `fasttui`.")


def session(
    setup: Setup, source: Provider, *, store: "Store | None" = None, conversation: Conversation | None = None
) -> Session:
    """A session with `conversation`, by default a new chat; without a store nothing is saved."""
    shown = conversation or Conversation(system=system_prompt(setup))
    return Session(source, setup.catalogue, choices(setup), conversation=shown, store=store)

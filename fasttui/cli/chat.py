"""The chat itself: the full-screen front end, or the plain one where there is no screen."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from fasttui.chat.conversation import Conversation
from fasttui.chat.errors import ConfigError, FasttuiError
from fasttui.cli import compose, output
from fasttui.config.themes import Theme, choose_theme, load_theme, theme_names
from fasttui.provider.background import BackgroundProvider

if TYPE_CHECKING:
    from fasttui.store.store import Store


def run(args: argparse.Namespace) -> int:
    """Open the chat; returns when the user leaves."""
    if args.plain or not output.can_redraw(sys.stdout) or not output.is_terminal(sys.stdin):
        from fasttui.cli import plain

        return plain.run(args)
    if args.inline:
        from fasttui.cli import inline

        return inline.run(args)
    from fasttui.tui.app import FasttuiApp, Look

    setup = compose.set_up(args)
    settings = setup.settings
    # What one read brings is painted at once, so it is the reads that set the rate of paints.
    reads_per_s = 36 if settings.frame_rate == "auto" else settings.frame_rate
    source = compose.provider(setup, frame_s=1 / reads_per_s)
    theme, problems = chosen_theme(setup)
    look = Look(
        theme,
        lambda: theme_names(setup.paths.themes),
        lambda name: load_theme(name, setup.paths.themes),
        2 * reads_per_s,
        settings.direct_painting,
    )
    store, conversation = _resumed(setup)
    session = compose.session(setup, source, store=store, conversation=conversation)
    app = FasttuiApp(
        session,
        setup.keymap,
        look,
        settings=settings,
        demo=setup.demo,
        problems=problems,
        open_store=lambda: compose.open_store(setup),
        after_first_frame=source.start,
        in_background=lambda: _get_ready(setup, source),
    )
    try:
        app.run(mouse=settings.mouse)
    finally:
        if session.store is not None:
            compose.close_store(session.store)
    return app.return_code or 0


async def _get_ready(setup: compose.Setup, source: BackgroundProvider) -> None:
    """What can wait until the SDK is loaded: the Markdown parser, and what the API says of its models."""
    await source.wait_ready()
    await asyncio.to_thread(_load_markdown)
    await compose.learn_models(setup, source)


def _load_markdown() -> None:
    from fasttui.markdown.document import Document

    Document.of("# Ready\n\n```python\npass\n```\n", 80, cell_len=len)


def _resumed(setup: compose.Setup) -> tuple["Store | None", Conversation | None]:
    """The chat to go on with, and the store it came from; only that keeps the first frame waiting for the store."""
    if not (setup.args.resume or setup.args.continue_last):
        return None, None
    store = compose.open_store(setup)
    try:
        return store, compose.resumed(setup, store)
    except FasttuiError:
        store.close()
        raise


def chosen_theme(setup: compose.Setup) -> tuple[Theme, tuple[ConfigError, ...]]:
    """The theme to start with; when the user's cannot be had, the default and the reason."""
    import os

    name = choose_theme(setup.args.theme or setup.settings.theme, os.environ)
    try:
        return load_theme(name, setup.paths.themes), setup.problems
    except ConfigError as error:
        if setup.args.theme:
            raise
        return load_theme(choose_theme("auto", os.environ)), (*setup.problems, error)

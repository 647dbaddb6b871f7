"""`fasttui --inline`: the chat in the terminal's own scrollback."""

import argparse
import asyncio
import os

from fasttui.cli import compose
from fasttui.cli.chat import chosen_theme
from fasttui.config.themes import load_theme, theme_names
from fasttui.inline.repl import InlineChat
from fasttui.inline.screen import READ_S
from fasttui.provider.background import BackgroundProvider


def run(args: argparse.Namespace) -> int:
    """Chat until the user leaves."""
    setup = compose.set_up(args)
    # What one read brings is painted at once, so it is the reads that set the rate of paints.
    source = compose.provider(setup, frame_s=READ_S)
    store = compose.open_store(setup)
    try:
        session = compose.session(setup, source, store=store, conversation=compose.resumed(setup, store))
        theme, problems = chosen_theme(setup)
        chat = InlineChat(
            session,
            setup.keymap,
            theme,
            settings=setup.settings,
            any_background=_is_guessed(setup),
            demo=setup.demo,
            problems=[*problems, *([store.trouble] if store.trouble else [])],
            theme_names=lambda: theme_names(setup.paths.themes),
            load_theme=lambda name: load_theme(name, setup.paths.themes),
            after_first_frame=source.start,
            in_background=lambda: compose.learn_models(setup, source),
        )
        return asyncio.run(_run(chat, source))
    finally:
        compose.close_store(store)


def _is_guessed(setup: compose.Setup) -> bool:
    """Whether nobody chose the theme, and it may not go with the terminal's background."""
    return (setup.args.theme or setup.settings.theme) == "auto" and "COLORFGBG" not in os.environ


async def _run(chat: InlineChat, source: BackgroundProvider) -> int:
    try:
        return await chat.run()
    finally:
        await source.aclose()

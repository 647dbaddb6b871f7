"""The whole app around a scripted session, and what its screen shows as text."""

import asyncio
from collections.abc import Callable, Sequence

from textual.pilot import Pilot

from fasttui.chat.conversation import SpeedChoice
from fasttui.config.keymap import DEFAULT_KEYMAP
from fasttui.config.settings import Settings
from fasttui.config.themes import load_theme, theme_names
from fasttui.engine.session import Session
from fasttui.tui.app import FasttuiApp, Look
from fasttui.tui.widgets.composer import Composer
from fasttui.tui.widgets.transcript import Transcript
from tests.engine.scripted import Step, session_with


def chat_app(
    *scripts: Sequence[Step], speed: SpeedChoice = "standard", settings: Settings | None = None
) -> tuple[FasttuiApp, Session]:
    """An app whose attempts play the scripts in turn, on a clock of its own."""
    session, _, _ = session_with(*scripts, speed=speed)
    return app_around(session, settings), session


def app_around(session: Session, settings: Settings | None = None) -> FasttuiApp:
    """An app for a session."""
    look = Look(load_theme("dusk"), theme_names, load_theme)
    return FasttuiApp(session, DEFAULT_KEYMAP, look, settings=settings, demo=True)


async def until(pilot: Pilot[None], ready: Callable[[], bool]) -> None:
    """Let the app run until something holds."""
    async with asyncio.timeout(10):
        while not ready():
            await pilot.pause()
    await pilot.pause()


def ended(session: Session) -> Callable[[], bool]:
    """Whether the session's reply has ended."""
    return lambda: session.turn is not None and not session.streaming


def screen_text(app: FasttuiApp) -> str:
    """Every row of the screen, without styles."""
    width, height = app.size
    rows = app.screen._compositor.render_strips(app.size) if width and height else []
    return "\n".join(strip.text.rstrip() for strip in rows)


def composer(app: FasttuiApp) -> Composer:
    """The composer of the chat screen."""
    return app.chat.query_one(Composer)


def transcript(app: FasttuiApp) -> Transcript:
    """The transcript of the chat screen."""
    return app.chat.query_one(Transcript)


def status_row(app: FasttuiApp) -> str:
    """The bottom row."""
    return screen_text(app).splitlines()[-1]

"""The whole app around a scripted session, and what its screen shows as text."""

from collections.abc import Sequence

from fasttui.chat.conversation import SpeedChoice
from fasttui.config.keymap import DEFAULT_KEYMAP
from fasttui.config.themes import load_theme, theme_names
from fasttui.engine.session import Session
from fasttui.tui.app import FasttuiApp, Look
from fasttui.tui.widgets.composer import Composer
from fasttui.tui.widgets.transcript import Transcript
from tests.engine.scripted import Step, session_with


def chat_app(*scripts: Sequence[Step], speed: SpeedChoice = "standard") -> tuple[FasttuiApp, Session]:
    """An app whose attempts play the scripts in turn, on a clock of its own."""
    session, _, _ = session_with(*scripts, speed=speed)
    return app_around(session), session


def app_around(session: Session) -> FasttuiApp:
    """An app for a session."""
    return FasttuiApp(session, DEFAULT_KEYMAP, Look(load_theme("dusk"), theme_names(), load_theme), demo=True)


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

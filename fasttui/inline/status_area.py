"""The line above the prompt and the bar below it, kept up to date for as long as what they show changes."""

import asyncio
from collections.abc import Callable

from prompt_toolkit.utils import get_cwidth

from fasttui.engine.session import Session
from fasttui.inline.status_line import Fragments, next_line, status_line, whole_parts
from fasttui.inline.style import Palette
from fasttui.inline.terminal import TerminalOutput

TICK_S = 0.5
NOTICE_S = 5.0
FORECAST_DELAY_S = 0.3


class StatusArea:
    """What the two lines say. `draft` is what the next message would be, `hints` what is said while a reply runs.

    `on_change` asks for a paint; `on_tick` is called while something changes with time.
    """

    def __init__(
        self,
        session: Session,
        palette: Palette,
        output: TerminalOutput,
        *,
        draft: Callable[[], str],
        hints: Callable[[], str],
        on_change: Callable[[], None],
        on_tick: Callable[[], None],
    ) -> None:
        self._session, self.palette, self._output = session, palette, output
        self._draft, self._hints, self._on_change, self._on_tick = draft, hints, on_change, on_tick
        self.above: Fragments = []
        self.below: Fragments = []
        self._notice: tuple[str, str] | None = None
        self._notice_end: asyncio.TimerHandle | None = None
        self._tick_due: asyncio.TimerHandle | None = None
        self._forecast_due: asyncio.TimerHandle | None = None
        self._refresh()

    @property
    def is_at_rest(self) -> bool:
        """Whether no timer is going to change the lines, but that of a notice."""
        return self._tick_due is None and self._forecast_due is None

    def changed(self) -> None:
        """Something that the lines show is different; from now on they are kept up to date."""
        if not self._output.is_behind:
            self._refresh()
            self._on_change()
        if self._tick_due is None and not self._stands_still():
            self._tick_due = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def draft_changed(self) -> None:
        """The next message would be another one: say soon what it would cost."""
        if self._forecast_due is None and not self._session.streaming:
            self._forecast_due = asyncio.get_running_loop().call_later(FORECAST_DELAY_S, self._forecast_now)

    def notice(self, text: str, style: str) -> bool:
        """Say something above the prompt for a while; whether there is room for it."""
        if get_cwidth(text) >= self._columns:
            return False
        self._notice = (style, text)
        if self._notice_end is not None:
            self._notice_end.cancel()
        self._notice_end = asyncio.get_running_loop().call_later(NOTICE_S, self._end_notice)
        self.changed()
        return True

    @property
    def _columns(self) -> int:
        return self._output.get_size().columns

    def _end_notice(self) -> None:
        self._notice = self._notice_end = None
        self.changed()

    def _tick(self) -> None:
        self._tick_due = None
        self._on_tick()
        self.changed()

    def _forecast_now(self) -> None:
        self._forecast_due = None
        self._refresh()
        self._on_change()

    def _stands_still(self) -> bool:
        """Whether nothing that is shown changes with time."""
        status = self._session.status()
        fuel = status.fuel
        return not status.streaming and fuel.state != "cooling" and (fuel.full_s is None or fuel.full_s <= 0)

    def _refresh(self) -> None:
        session, columns = self._session, self._columns
        self.below = status_line(session.status(), columns, self.palette)
        if self._notice is not None:
            style, text = self._notice
            self.above = [(self.palette.fragment(style), text)]
        elif session.streaming:
            self.above = [(self.palette.fragment("faint"), whole_parts(self._hints(), columns - 1))]
        else:
            self.above = next_line(session, session.forecast(self._draft()), columns, self.palette)

"""Signals that stop a reply. The first one does it gently: what arrived is kept; a second one ends the program."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping:
    """Runs a coroutine that a signal may stop."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def exit_code(self) -> int | None:
        """128 and the signal's number, as shells count; None when there was none."""
        return None if self._number is None else 128 + self._number

    async def run(self, reply: Coroutine[Any, Any, None]) -> None:
        """Wait for `reply`, to its end or until a signal has stopped it."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.ensure_future(reply)
        # What was ignored from the start, as by nohup, stays ignored.
        heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._stop) for number in heard}
        try:
            with suppress(asyncio.CancelledError):
                await self._task
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self._number is not None or self._loop is None or self._task is None:
            sys.exit(128 + number)
        self._number = number
        # This runs between two instructions of whatever goes on, so the loop must be told from outside.
        self._loop.call_soon_threadsafe(self._task.cancel)

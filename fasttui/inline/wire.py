"""Bytes to a terminal that may be slower than the program, or stand still: nobody waits for it."""

import asyncio
import os
import select
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self, TextIO

FINISH_S = 1.0
"""How long the end of the program waits for a terminal that does not take what is left."""


class Wire:
    """A terminal that takes what it has room for; the rest follows when there is room again."""

    def __init__(self, terminal: int) -> None:
        """`terminal` is a file descriptor that does not block."""
        self._terminal = terminal
        self._unsent = bytearray()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._drained = asyncio.Event()
        self._drained.set()
        self.on_drained: Callable[[], None] = lambda: None

    @classmethod
    def beside(cls, stdout: TextIO) -> Self | None:
        """The terminal that `stdout` is, or None.

        It is opened once more, because the shell has the same stdout, and expects that to block.
        """
        try:
            return cls(os.open(os.ttyname(stdout.fileno()), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK))
        except (OSError, ValueError):
            return None

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has not taken all yet."""
        return bool(self._unsent)

    async def drained(self) -> None:
        """Wait until the terminal has taken all."""
        await self._drained.wait()

    def write(self, text: bytes) -> None:
        """Send, as much as goes.

        Raises:
            OSError: the terminal is gone.
        """
        waits = self.is_behind
        self._unsent += text
        if not waits:
            self._send()
            if self._unsent:
                self._drained.clear()
                self._loop = asyncio.get_running_loop()
                self._loop.add_writer(self._terminal, self._send_more)

    def finish(self) -> None:
        """Send what is left, if the terminal takes it soon."""
        end_s = time.monotonic() + FINISH_S
        while self._unsent and (left_s := end_s - time.monotonic()) > 0:
            select.select([], [self._terminal], [], left_s)
            self._send_more()
        self._forget()

    def _send(self) -> None:
        with suppress(BlockingIOError):
            del self._unsent[: os.write(self._terminal, self._unsent)]

    def _send_more(self) -> None:
        try:
            self._send()
        except OSError:
            self._unsent.clear()  # the terminal is gone, which is told by a signal or the end of the input
        if not self._unsent:
            self._forget()
            self.on_drained()

    def _forget(self) -> None:
        self._unsent.clear()
        self._drained.set()
        if self._loop is not None:
            self._loop.remove_writer(self._terminal)
            self._loop = None

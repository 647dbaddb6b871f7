"""The real program in a terminal of its own: typed into, read from, and ended in every way."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import pyte

from tests.paths import ROOT

COLUMNS, ROWS = 100, 30
_PATIENCE_S = 30.0


class Program:
    """`python -m fasttui` on a pseudo terminal; its data lies in `folder`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        own = {f"FASTTUI_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fasttui", *arguments],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True, cwd=ROOT,
            env={**os.environ, **own, "TERM": "xterm-256color", "ANTHROPIC_API_KEY": "test", "NO_PROXY": "*"},
        )  # fmt: skip
        os.close(slave)
        self.output = b""
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._emulator = pyte.ByteStream(self._screen)

    def __enter__(self) -> "Program":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def screen(self) -> str:
        """What the terminal shows."""
        return "\n".join(self._screen.display)

    def type(self, text: str) -> None:
        """Send keys."""
        os.write(self._master, text.encode())

    def read(self, within_s: float) -> bool:
        """Take in what the program writes; whether anything came before the time was over."""
        if not select.select([self._master], [], [], max(0.0, within_s))[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the program has closed its side
            return False
        self.output += data
        self._emulator.feed(data)
        return bool(data)

    def wait_for(self, seen: Callable[[str], bool]) -> None:
        """Read until the screen is as it should be."""
        give_up_s = time.monotonic() + _PATIENCE_S
        while not seen(self.screen):
            if not self.read(give_up_s - time.monotonic()):
                raise AssertionError(f"not seen in time:\n{self.screen}")

    def read_until(self, moment_s: float) -> None:
        """Read until a monotonic second."""
        while time.monotonic() < moment_s:
            self.read(moment_s - time.monotonic())

    def end(self, number: int) -> int:
        """Send a signal, read to the end; returns the exit code."""
        self.process.send_signal(number)
        while self.read(_PATIENCE_S):
            pass
        return self.process.wait(_PATIENCE_S)

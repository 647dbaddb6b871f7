"""A terminal that takes its time, or stands still: the program goes on, and shows all of it later."""

import asyncio
import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.paths import ROOT
from tests.provider.loopback import Connection, block, head, loopback, started, text

PATIENCE_S = 30.0
MORE_THAN_THE_KERNEL_KEEPS = 200_000  # bytes
LINES = 40


class Frozen:
    """The program on a terminal from which is read only when the test wants it."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self.written = b""
        self.sent = 0
        self.dropped = asyncio.Event()
        self.process: asyncio.subprocess.Process

    def type(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    async def sees(self, wanted: str) -> None:
        """Read on until this was written."""
        readable = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._terminal, readable.set)
        try:
            async with asyncio.timeout(PATIENCE_S):
                while wanted.encode() not in self.written:
                    await readable.wait()
                    self.written += os.read(self._terminal, 65536)
                    readable.clear()
        except TimeoutError as error:
            raise AssertionError(f"{wanted!r} not seen in {self.written[-2000:]!r}") from error
        finally:
            loop.remove_reader(self._terminal)

    async def until_it_is_stuck(self) -> None:
        """Wait until the reply is longer than all that lies between the program and its screen."""
        async with asyncio.timeout(PATIENCE_S):
            while self.sent < MORE_THAN_THE_KERNEL_KEEPS:  # noqa: ASYNC110 - the server counts on
                await asyncio.sleep(0.01)


@asynccontextmanager
async def frozen(folder: Path) -> AsyncIterator[Frozen]:
    """The program, with a server whose reply goes on until nobody listens any more."""
    terminal, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    running = Frozen(terminal)

    async def answer(connection: Connection) -> None:
        await connection.send(head())
        await connection.send_chunks(started(input_tokens=3, output_tokens=1, speed="standard") + block())
        listening = asyncio.create_task(connection.closed_by_peer())
        while not listening.done():
            lines = "".join(f"Line {running.sent + number} of an endless reply.\n\n" for number in range(LINES))
            await connection.send_chunks(text(*re.findall(r".{1,40}", lines, re.DOTALL)))
            running.sent += len(lines)
            await asyncio.sleep(0.01)
        running.dropped.set()

    async with loopback(answer) as server:
        own = {f"FASTTUI_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA")}
        process = running.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "fasttui", "--inline", stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True,
            env={**os.environ, **own, "ANTHROPIC_API_KEY": "test", "ANTHROPIC_BASE_URL": server.url,
                 "NO_PROXY": "*", "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(slave)
        try:
            await running.sees("Ask Claude")
            running.type(b"go\r")
            await running.sees("claude")
            yield running
        finally:
            if process.returncode is None:
                process.terminate()
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
            os.close(terminal)


async def test_esc_stops_the_reply_while_the_terminal_stands_still(tmp_path: Path) -> None:
    async with frozen(tmp_path) as running:
        await running.until_it_is_stuck()
        running.type(b"typed meanwhile\x1b")
        async with asyncio.timeout(PATIENCE_S):
            await running.dropped.wait()
        await running.sees("stopped")
        await running.sees("typed meanwhile")
    numbers = [int(number) for number in re.findall(rb"Line (\d+)", running.written)]
    assert numbers == sorted(numbers)


async def test_a_signal_ends_the_program_while_the_terminal_stands_still(tmp_path: Path) -> None:
    async with frozen(tmp_path) as running:
        await running.until_it_is_stuck()
        running.process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            assert await running.process.wait() == 128 + signal.SIGTERM

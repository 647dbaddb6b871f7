"""The real program in a real multiplexer."""

import asyncio
import os
import re
import shlex
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.paths import ROOT
from tests.provider.loopback import Connection, Loopback, block, ended, head, loopback, started, text

COLUMNS, ROWS = 90, 24
LINES = 500
PATIENCE_S = 60.0

BODIES: dict[str, Callable[[int], str]] = {
    "prose": lambda number: f"Line {number:03d} of a reply that is long enough to leave the screen.\n\n",
    "list": lambda number: f"- Line {number:03d} of a list, which stays open to its end\n",
    "code": lambda number: f"    call(number={number:03d})  # Line {number:03d}\n",
}


class Tmux:
    """A tmux server with one window, in which the program runs."""

    def __init__(self, folder: Path, url: str, environ: str) -> None:
        """`environ` is a command that starts the program with other variables."""
        self._shell = f"{environ} {shlex.quote(sys.executable)} -m fasttui --inline".strip()
        self._socket = str(folder / "tmux.sock")
        own = {f"FASTTUI_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA")}
        self._environ = {
            **{name: value for name, value in os.environ.items() if name not in {"TMUX", "TMUX_PANE"}}, **own,
            "ANTHROPIC_API_KEY": "test", "ANTHROPIC_BASE_URL": url, "NO_PROXY": "*", "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    async def run(self, *arguments: str) -> str:
        """A tmux command; what it prints."""
        process = await asyncio.create_subprocess_exec(
            "tmux", "-S", self._socket, "-f", "/dev/null", *arguments, env=self._environ,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, error = await process.communicate()
        assert process.returncode == 0, error.decode()
        return out.decode()

    async def start(self) -> None:
        """A shell in which the program was started as a job."""
        await self.run(
            "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "bash --norc --noprofile", ";",
            "set-option", "-g", "history-limit", "50000",
        )  # fmt: skip
        await self.type(self._shell, "Enter")
        await self.sees("Ask Claude")

    async def type(self, *keys: str) -> None:
        """Send keys, by tmux's names or as they are."""
        await self.run("send-keys", *keys)

    async def everything(self) -> list[str]:
        """Every line of scrollback and screen."""
        return (await self.run("capture-pane", "-p", "-S", "-")).splitlines()

    async def sees(self, *wanted: str) -> list[str]:
        """Wait until all of these stand somewhere; returns every line."""
        lines: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    lines = await self.everything()
                    await asyncio.sleep(0.05)  # leave the processors to the program
                    if all(any(each in line for line in lines) for each in wanted):
                        return lines
        except TimeoutError as error:
            raise AssertionError(f"{wanted} not seen in:\n" + "\n".join(lines[-40:])) from error


@asynccontextmanager
async def tmux_with(folder: Path, body: str, pause_s: float = 0.004, environ: str = "") -> AsyncIterator[Tmux]:
    """The program in tmux, with a server that sends `body` as a reply in small pieces."""
    served: list[Loopback] = []

    async def answer(connection: Connection) -> None:
        if "messages" not in served[0].received[-1].path:
            await connection.send(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            return
        await connection.send(head())
        await connection.send_chunks(started(input_tokens=3, output_tokens=1, speed="standard") + block())
        pieces = re.findall(r".{1,7}", body, re.DOTALL)
        for start in range(0, len(pieces), 12):
            await connection.send_chunks(text(*pieces[start : start + 12]))
            await asyncio.sleep(pause_s)
        await connection.send_chunks(ended(output_tokens=len(pieces)))
        await connection.end_chunks()

    async with loopback(answer) as server:
        served.append(server)
        tmux = Tmux(folder, server.url, environ)
        await tmux.start()
        try:
            yield tmux
        finally:
            await tmux.run("kill-server")


def reply_of(kind: str) -> str:
    lines = "".join(map(BODIES[kind], range(LINES)))
    return f"```python\n{lines}```\n" if kind == "code" else lines


def numbers(lines: list[str]) -> list[int]:
    """The numbers of the reply's lines, in the order in which they stand there."""
    return [int(found[1]) for line in lines if (found := re.search(r"Line (\d{3})", line))]

"""The real program in a real multiplexer: what its scrollback holds at the end."""

import asyncio
import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.provider.loopback import Connection, Loopback, block, ended, head, loopback, started, text

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

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

    def __init__(self, folder: Path, url: str) -> None:
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
        shell = f"{shlex.quote(sys.executable)} -m fasttui --inline"
        await self.run(
            "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "bash --norc --noprofile", ";",
            "set-option", "-g", "history-limit", "50000",
        )  # fmt: skip
        await self.type(shell, "Enter")
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
async def tmux_with(folder: Path, body: str, pause_s: float = 0.004) -> AsyncIterator[Tmux]:
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
        tmux = Tmux(folder, server.url)
        await tmux.start()
        try:
            yield tmux
        finally:
            await tmux.run("kill-server")


def reply_of(kind: str) -> str:
    lines = "".join(map(BODIES[kind], range(LINES)))
    return f"```python\n{lines}```\n" if kind == "code" else lines


def program_of(shell: str) -> int:
    """The process that a shell has started."""
    return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])


def runs(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def numbers(lines: list[str]) -> list[int]:
    """The numbers of the reply's lines, in the order in which they stand there."""
    return [int(found[1]) for line in lines if (found := re.search(r"Line (\d{3})", line))]


@pytest.mark.parametrize("kind", BODIES)
async def test_500_lines_are_in_the_scrollback_whole_in_order_and_once(kind: str, tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of(kind)) as tmux:
        await tmux.type("go", "Enter")
        await tmux.type("typed meanwhile")
        lines = await tmux.sees("Line 499", " tok · ", "next ≈", "› typed meanwhile")
    assert numbers(lines) == list(range(LINES))
    if kind == "code":
        assert [line for line in lines if "Line 123" in line] == ["    call(number=123)  # Line 123"]


@pytest.mark.parametrize("kind", BODIES)
async def test_resizing_during_the_stream_loses_and_repeats_nothing(kind: str, tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of(kind), pause_s=0.01) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("Line 050")
        # tmux tells of a second resize only a quarter of a second after the first: leave it that time.
        for number, (columns, rows) in enumerate(((60, 24), (120, 30), (75, 12), (90, 24))):
            await tmux.run("resize-window", "-x", str(columns), "-y", str(rows))
            await tmux.sees(f"Line {150 + 75 * number}")
        lines = await tmux.sees("Line 499", " tok · ", "next ≈")
    assert numbers(lines) == list(range(LINES))
    assert sum("› " in line for line in lines) == 1


async def test_ctrl_z_gives_the_shell_back_and_fg_returns_to_the_reply(tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of("prose")) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("Line 020")
        await tmux.type("C-z")
        await tmux.sees("Stopped")
        await tmux.type("echo in the $((40 + 2))nd shell", "Enter")
        await tmux.sees("in the 42nd shell")
        await tmux.type("fg", "Enter")
        lines = await tmux.sees("Line 499", " tok · ", "next ≈")
    assert numbers(lines) == list(range(LINES))


@pytest.mark.parametrize("name", ["TERM", "HUP"])
async def test_a_signal_leaves_the_terminal_as_it_was(name: str, tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of("prose")) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("Line 020")
        pane = await tmux.run("display-message", "-p", "#{pane_pid}")
        program = program_of(pane.strip())
        os.kill(program, getattr(signal, f"SIG{name}"))
        async with asyncio.timeout(PATIENCE_S):
            while runs(program):  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0.05)
        await tmux.type("stty -a | grep -o '[-]*icanon\\|[-]*echo ' | tr -d '\\n'; echo :$?", "Enter")
        await tmux.sees("icanonecho :0")

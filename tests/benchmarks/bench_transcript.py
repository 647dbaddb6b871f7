"""What a streamed token costs on the screen: `python -m tests.benchmarks.bench_transcript [--small]`, by hand.

Runs three programs in turn in a pseudo-terminal of 120x40, each fed by the same server on 127.0.0.1: the transcript,
the floor (asyncio and writes), and Textual's `MarkdownStream`. Each reports the CPU time of its own process per delta.
Compare within one table only: the same machine differs by a quarter from hour to hour.
"""

import argparse
import asyncio
import fcntl
import json
import os
import pty
import random
import re
import struct
import sys
import tempfile
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
PROGRAMS = {"floor": "transcript_floor", "transcript": "transcript_app", "MarkdownStream": "transcript_mdstream"}
WORDS = (
    "the",
    "of",
    "a",
    "stream",
    "frame",
    "token",
    "screen",
    "latency",
    "measure",
    "budget",
    "queue",
    "event",
    "paint",
)
TIMEOUT_S = 120
PROMPT = re.compile(rb'"content": "(\w+) (\d+) (\d+)"')


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server is asked for: so many deltas of a kind, at so many a second."""

    kind: str
    count: int
    rate: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a reply cost a program."""

    cpu_us: float
    """Per delta."""
    written: float
    """Bytes to the terminal, per delta."""
    peak_mb: float


def reply_deltas(kind: str, count: int) -> list[str]:
    """The same tokens for the same arguments."""
    dice = random.Random(f"{kind} {count}")
    source = {"prose": prose, "code": code, "list": bullets, "mixed": mixed}[kind](dice)
    return [next(source) for _ in range(count)]


def prose(dice: random.Random) -> Iterator[str]:
    """Paragraphs with some emphasis."""
    while True:
        for number in range(80):
            word = dice.choice(WORDS)
            yield f"**{word}** " if number % 31 == 30 else f"`{word}` " if number % 47 == 46 else f"{word} "
        yield "\n\n"


def code_lines(dice: random.Random) -> Iterator[str]:
    """Lines of a program."""
    for number in range(19):
        yield from ("    ", f"name_{number}", " = ", dice.choice(WORDS), "(", str(dice.randrange(1000)), ")", "\n")


def code(dice: random.Random) -> Iterator[str]:
    """One fence that does not end."""
    yield from ("```", "python", "\n")
    while True:
        yield from ("def ", dice.choice(WORDS), "(self, ", "value", ": int", ") -> ", "str:", "\n", *code_lines(dice))


def bullets(dice: random.Random) -> Iterator[str]:
    """One list that does not end."""
    while True:
        yield "- "
        yield from (f"{dice.choice(WORDS)} " for _ in range(dice.randrange(4, 30)))
        yield "\n"


def mixed(dice: random.Random) -> Iterator[str]:
    """Some of everything."""
    while True:
        yield from ("## ", f"{dice.choice(WORDS)} ", "heading", "\n\n")
        yield from (f"{dice.choice(WORDS)} " for _ in range(60))
        yield from ("\n\n", "```", "python", "\n", *code_lines(dice), "```", "\n\n")
        for _ in range(5):
            yield from ("- ", *(f"{dice.choice(WORDS)} " for _ in range(8)), "\n")
        yield from ("\n", "| a | b |\n", "|---|---|\n", *(f"| {dice.choice(WORDS)} | {n} |\n" for n in range(6)), "\n")


def event(name: str, body: dict[str, object]) -> bytes:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(body)}\n\n".encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Stream the reply that the prompt names."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    asked = PROMPT.search(await reader.readexactly(length))
    kind, count, rate = (asked[1].decode(), int(asked[2]), int(asked[3])) if asked else ("prose", 1, 1000)
    events = [
        event("content_block_delta", {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}})
        for text in reply_deltas(kind, count)
    ]
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    now = asyncio.get_running_loop().time
    began_s, sent = now(), 0
    while sent < count:
        due = min(count, int((now() - began_s) * rate) + 1)
        writer.write(b"".join(events[sent:due]))
        sent = due
        await writer.drain()
        await asyncio.sleep(max(0.0, began_s + sent / rate - now()))
    writer.write(event("message_stop", {"type": "message_stop"}))
    await writer.drain()
    writer.close()


class Program:
    """A program in a pseudo-terminal; what it writes is counted, and otherwise dropped."""

    def __init__(self, module: str, port: int, log: Path) -> None:
        self._log = log
        self.written = 0
        self.screen = b""
        self._arrived = asyncio.Event()
        pid, self._fd = pty.fork()
        if pid == 0:
            os.chdir(ROOT)
            os.environ |= {
                "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}", "CPU_LOG": str(log), "TERM": "xterm-256color",
                "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT),
            }  # fmt: skip
            os.execv(sys.executable, [sys.executable, "-m", f"tests.benchmarks.{module}"])
        self._pid = pid
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            # Linux says so when the program has closed its end.
            asyncio.get_running_loop().remove_reader(self._fd)
            return
        self.written += len(data)
        self.screen = (self.screen + data)[-4096:]
        self._arrived.set()

    async def _until(self, seen: re.Pattern[bytes]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            while not seen.search(self.screen):
                self._arrived.clear()
                await self._arrived.wait()

    async def _reports(self, count: int) -> list[str]:
        """The lines of its log, once there are so many."""
        async with asyncio.timeout(TIMEOUT_S):
            while len(lines := self._log.read_text().splitlines()) < count:  # noqa: ASYNC110 it waits for another process
                await asyncio.sleep(0.05)
        return lines

    async def run(self, reply: Reply) -> Cost:
        """Ask for a short reply, then for the one that counts."""
        await self._until(re.compile(rb"EADY"))
        os.write(self._fd, b"prose 20 1000\r")
        await self._reports(1)
        before = self.written
        os.write(self._fd, f"{reply.kind} {reply.count} {reply.rate}\r".encode())
        report = json.loads((await self._reports(2))[1])
        return Cost(report["cpu_s"] / reply.count * 1e6, (self.written - before) / reply.count, report["peak_mb"])

    def close(self) -> None:
        """End the program."""
        asyncio.get_running_loop().remove_reader(self._fd)
        os.kill(self._pid, 9)
        os.waitpid(self._pid, 0)
        os.close(self._fd)


async def measured(name: str, reply: Reply, port: int) -> Cost | None:
    """One run of a program; None if it did not keep up."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "cpu.jsonl"
        log.touch()
        program = Program(PROGRAMS[name], port, log)
        try:
            return await program.run(reply)
        except TimeoutError:
            return None
        finally:
            program.close()


async def compare(replies: list[Reply], runs: int, programs: list[str]) -> None:
    """Print a table, each reply by each program in turn."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 24)
    port = server.sockets[0].getsockname()[1]
    print(f"{'reply':24}{'program':16}{'us/delta':>10}{'x floor':>9}{'B/delta':>9}{'peak MB':>9}")
    async with server:
        for reply in replies:
            results: dict[str, list[Cost]] = {name: [] for name in programs}
            for _ in range(runs):
                for name in programs:
                    if (cost := await measured(name, reply, port)) is not None:
                        results[name].append(cost)
            report(reply, results)


def report(reply: Reply, results: dict[str, list[Cost]]) -> None:
    """The rows of one reply: medians."""
    floor_us = median(cost.cpu_us for cost in results["floor"])
    title = f"{reply.kind} {reply.count} at {reply.rate}/s"
    for name, costs in results.items():
        if not costs:
            print(f"{title:24}{name:16}{'did not finish':>15}")
            continue
        cpu_us = median(cost.cpu_us for cost in costs)
        written, peak_mb = median(cost.written for cost in costs), median(cost.peak_mb for cost in costs)
        print(f"{title:24}{name:16}{cpu_us:10.0f}{cpu_us / floor_us:9.2f}{written:9.0f}{peak_mb:9.0f}")


def main() -> None:
    """Take the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look that everything runs")
    parser.add_argument(
        "--growth", action="store_true", help="the transcript and the floor, from 1,000 to 32,000 deltas"
    )
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    programs = list(PROGRAMS)
    if options.small:
        replies = [Reply("mixed", 200, 400)]
    elif options.growth:
        kinds, counts = ("prose", "code", "list", "mixed"), (1_000, 8_000, 32_000)
        replies = [Reply(kind, count, 3_000) for kind in kinds for count in counts]
        programs.remove("MarkdownStream")
    else:
        replies = [Reply("mixed", 3_000, 300), Reply("prose", 3_000, 300), Reply("code", 2_000, 300)]
    asyncio.run(compare(replies, options.runs, programs))


if __name__ == "__main__":
    main()

"""What a streamed token costs on the screen: `python -m tests.benchmarks.bench_transcript [--small]`, by hand.

`--growth` streams each kind of text at three lengths and prints the exponent with which its CPU grows, `--history`
opens chats of 10 and of 10,000 messages, `--fence` streams one code block of 4,000 deltas.

Runs three programs in turn in a pseudo-terminal of 120x40, each fed by the same server on 127.0.0.1: the transcript,
the floor (asyncio and writes), and Textual's `MarkdownStream`. Each reports the CPU time of its own process per delta.
Compare within one table only: the same machine differs by a quarter from hour to hour.
"""

import argparse
import asyncio
import fcntl
import json
import math
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
from time import monotonic

from tests.benchmarks.bench_markdown import DELTA, KINDS, text_of

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
GROWS = "one_"
"""Kinds that begin so are those of the Markdown benchmark: `one_table` is one table, however long the reply."""
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


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a chat cost."""

    cpu_s: float
    """From the call that shows it to its first frame."""
    ready_s: float
    """From the start of the program, by the clock."""
    peak_mb: float
    resized_s: float
    """From another size of the terminal to the whole screen, by the clock."""


def reply_deltas(kind: str, count: int) -> list[str]:
    """The same tokens for the same arguments."""
    dice = random.Random(f"{kind} {count}")
    if kind.startswith(GROWS):
        text = text_of(kind.removeprefix(GROWS).replace("_", " "), count)
        return [text[at : at + DELTA] for at in range(0, len(text), DELTA)]
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

    def __init__(self, module: str, port: int, log: Path, messages: int = 0) -> None:
        self._log = log
        self.began_s = monotonic()
        self.written = 0
        self.screen = b""
        self._arrived = asyncio.Event()
        pid, self._fd = pty.fork()
        if pid == 0:
            os.chdir(ROOT)
            os.environ |= {
                "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}", "CPU_LOG": str(log), "TERM": "xterm-256color",
                "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT), "MESSAGES": str(messages),
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

    async def open_history(self) -> Opened:
        """Wait for the first frame with a chat in it, then for a frame of another width."""
        report = json.loads((await self._reports(1))[0])
        await self._until(re.compile(rb"EADY"))
        ready_s = monotonic() - self.began_s
        resized_s = []
        for columns in (90, 140, 120):
            self.screen = b""
            began_s = monotonic()
            fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
            # The field is the last row, and so the last that is written.
            await self._until(re.compile(rb"EADY"))
            resized_s.append(monotonic() - began_s)
        return Opened(report["cpu_s"], ready_s, report["peak_mb"], median(resized_s))

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
    floor = results.get("floor")
    title = f"{reply.kind} {reply.count} at {reply.rate}/s"
    for name, costs in results.items():
        if not costs:
            print(f"{title:24}{name:16}{'did not finish':>15}")
            continue
        cpu_us = median(cost.cpu_us for cost in costs)
        written, peak_mb = median(cost.written for cost in costs), median(cost.peak_mb for cost in costs)
        ratio = cpu_us / median(cost.cpu_us for cost in floor) if floor else 1
        print(f"{title:24}{name:16}{cpu_us:10.0f}{ratio:9.2f}{written:9.0f}{peak_mb:9.0f}")


async def growth(counts: list[int], runs: int) -> None:
    """Print what a delta of each kind costs the transcript, by the length of the reply."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 24)
    port = server.sockets[0].getsockname()[1]
    print(f"{'us/delta':14}" + "".join(f"{count:>10,}" for count in counts) + f"{'exponent':>10}{'peak MB':>9}")
    async with server:
        for kind in KINDS:
            costs = []
            for count in counts:
                reply = Reply(GROWS + kind.replace(" ", "_"), count, 3_000)
                found = [cost for _ in range(runs) if (cost := await measured("transcript", reply, port)) is not None]
                costs.append(min(found, key=lambda cost: cost.cpu_us))
            each = "".join(f"{cost.cpu_us:10.0f}" for cost in costs)
            exponent = 1 + math.log(costs[-1].cpu_us / costs[0].cpu_us) / math.log(counts[-1] / counts[0])
            print(f"{kind:14}{each}{exponent:10.2f}{costs[-1].peak_mb:9.0f}", flush=True)


async def history(runs: int) -> None:
    """Print what opening and resizing costs, for few messages and for many."""
    print(f"{'messages':>8}{'open cpu ms':>13}{'ready ms':>10}{'peak MB':>9}{'resize ms':>11}")
    for messages in (10, 10_000):
        opened = []
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as folder:
                log = Path(folder) / "cpu.jsonl"
                log.touch()
                program = Program(PROGRAMS["transcript"], 0, log, messages)
                try:
                    opened.append(await program.open_history())
                finally:
                    program.close()
        cpu_ms, ready_ms = (1000 * median(getattr(each, name) for each in opened) for name in ("cpu_s", "ready_s"))
        peak_mb, resized_s = median(each.peak_mb for each in opened), median(each.resized_s for each in opened)
        print(f"{messages:8}{cpu_ms:13.0f}{ready_ms:10.0f}{peak_mb:9.0f}{resized_s * 1000:11.0f}", flush=True)


def main() -> None:
    """Take the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--small", action="store_true", help="a quick look that everything runs")
    what.add_argument("--growth", action="store_true", help="the transcript, each kind, from 1,000 to 32,000 deltas")
    what.add_argument("--history", action="store_true", help="opening and resizing 10 and 10,000 messages")
    what.add_argument("--fence", action="store_true", help="one code block of 4,000 deltas, beside MarkdownStream")
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    if options.growth:
        asyncio.run(growth([1_000, 8_000, 32_000], options.runs))
    elif options.history:
        asyncio.run(history(options.runs))
    else:
        replies = [Reply("mixed", 3_000, 300), Reply("prose", 3_000, 300), Reply("code", 2_000, 300)]
        if options.small:
            replies = [Reply("mixed", 200, 400)]
        elif options.fence:
            replies = [Reply("one_fence", 4_000, 1_000)]
        asyncio.run(compare(replies, options.runs, list(PROGRAMS)))


if __name__ == "__main__":
    main()

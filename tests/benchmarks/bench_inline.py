"""What the inline chat writes around a reply, and how soon a key shows meanwhile.

    python -m tests.benchmarks.bench_inline [--deltas 3000] [--rate 300]

Prose streams into the chat in this process, on an emulated 120 × 40 terminal; keys are typed eight
times a second. Printed: bytes written over bytes of text, without what stands around the reply, and
the milliseconds from a key to its echo.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import AsyncGenerator

from fasttui.chat import events
from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.events import StreamEvent
from fasttui.chat.models import Catalogue
from fasttui.chat.usage import FastLimits, Usage
from fasttui.engine.choices import Choices
from fasttui.engine.session import Session
from fasttui.inline.screen import READ_S
from tests.clock import Clock
from tests.engine.scripted import ScriptedProvider
from tests.inline.chatting import Chatting, chatting

WORDS = ("the", "of", "a", "stream", "frame", "token", "latency", "measure", "budget", "queue", "event", "loop")
KEYS_HZ = 8
COLUMNS, ROWS = 120, 40


class Prose(ScriptedProvider):
    """Words at a rate, a paragraph every eighty; they come as often as the program reads."""

    def __init__(self, deltas: int, rate: float) -> None:
        super().__init__(Clock())
        self._deltas, self._rate = deltas, rate
        self.sent_bytes = 0

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        del request
        chosen = random.Random(1)
        yield events.ResponseOpened(None, FastLimits())
        yield events.ReplyStarted("msg_1", "claude-opus-4-8", "standard")
        yield events.BlockStarted("text")
        began_s = time.monotonic()
        for number in range(self._deltas):
            due_s = began_s + number / self._rate
            if due_s > time.monotonic():
                await asyncio.sleep(READ_S)
            text = chosen.choice(WORDS) + ("\n\n" if number % 80 == 79 else " ")
            self.sent_bytes += len(text)
            yield events.TextDelta(text)
        yield events.UsageReported(Usage(output_tokens=self._deltas))
        yield events.TurnCompleted("end_turn")


async def press_keys(chat: Chatting, waits_ms: list[float]) -> None:
    """Type now and then while the reply streams, and time each echo."""
    while chat.session.streaming:
        before = chat.draft
        at_s = time.perf_counter()
        written = len(chat.terminal.written)
        chat.press("x")
        await chat.until(lambda: chat.draft != before and len(chat.terminal.written) > written)  # noqa: B023
        waits_ms.append(1_000 * (time.perf_counter() - at_s))
        if len(chat.draft) > 40:
            chat.press("\x15")
        await asyncio.sleep(1 / KEYS_HZ)


async def measure(deltas: int, rate: float, *, keys: bool) -> tuple[float, list[float]]:
    """Bytes written over bytes of text, and the waits for keys in milliseconds."""
    provider = Prose(deltas, rate)
    session = Session(provider, Catalogue(), Choices("claude-opus-4-8"))
    waits_ms: list[float] = []
    async with chatting(session=session, columns=COLUMNS, rows=ROWS) as chat:
        chat.press("go\r")
        await chat.sees("claude  ")
        chat.terminal.written.clear()
        if keys:
            await press_keys(chat, waits_ms)
        await chat.until(lambda: not chat.session.streaming, within_s=2 * deltas / rate + 10)
        written = len("".join(chat.terminal.written).encode())
    return written / provider.sent_bytes, waits_ms


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deltas", type=int, default=3_000)
    parser.add_argument("--rate", type=float, default=300.0)
    parser.add_argument("--small", action="store_true", help="a short reply, to see that it runs")
    args = parser.parse_args()
    if args.small:
        args.deltas = 300
    ratio, _ = asyncio.run(measure(args.deltas, args.rate, keys=False))
    _, waits_ms = asyncio.run(measure(args.deltas, args.rate, keys=True))
    worst = statistics.quantiles(waits_ms, n=100)[98]
    print(f"bytes written per byte of text  {ratio:.2f}")
    print(f"key to screen, median / p99     {statistics.median(waits_ms):.1f} / {worst:.1f} ms")


if __name__ == "__main__":
    main()

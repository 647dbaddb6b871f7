"""The floor, for comparison: asyncio and writes to a scroll region, no toolkit, no Markdown."""

import asyncio
import os
import termios
import tty

from tests.benchmarks.transcript_client import Meter, deltas

FRAME_S = 1 / 60


class Floor:
    """Text goes to a scroll region as it comes, at most 60 times a second; the typed line sits below."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._typed = ""
        self._pending: list[str] = []
        self._replies: set[asyncio.Task[None]] = set()
        self._rows = os.get_terminal_size().lines
        self._write(f"\x1b[2J\x1b[1;{self._rows - 2}r\x1b[1;1H\x1b7\x1b[{self._rows};1HREADY> ")

    def _write(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(1, data) :]

    def _flush(self) -> None:
        text = "".join(self._pending).replace("\n", "\r\n")
        self._pending.clear()
        self._write(f"\x1b8{text}\x1b7\x1b[{self._rows};{8 + len(self._typed)}H")

    async def _ask(self, prompt: str) -> None:
        meter = Meter()
        meter.start()
        async for text in deltas(prompt):
            if not self._pending:
                self._loop.call_later(FRAME_S, self._flush)
            self._pending.append(text)
        self._flush()
        meter.stop()

    def keys(self) -> None:
        """Take what was typed."""
        for key in os.read(0, 1024).decode():
            if key == "\x03":
                self._loop.stop()
            elif key == "\r":
                task = self._loop.create_task(self._ask(self._typed))
                self._replies.add(task)
                task.add_done_callback(self._replies.discard)
                self._typed = ""
                self._write(f"\x1b[{self._rows};8H\x1b[K")
            else:
                self._typed += key
                self._write(f"\x1b[{self._rows};{7 + len(self._typed)}H{key}")


def main() -> None:
    """Run until Ctrl+C."""
    before = termios.tcgetattr(0)
    tty.setraw(0)
    loop = asyncio.new_event_loop()
    floor = Floor(loop)
    loop.add_reader(0, floor.keys)
    try:
        loop.run_forever()
    finally:
        termios.tcsetattr(0, termios.TCSANOW, before)


if __name__ == "__main__":
    main()

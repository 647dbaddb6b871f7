"""Reads one streamed reply from 127.0.0.1 with nothing but asyncio, so that only the screen is measured."""

import asyncio
import json
import os
import resource
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

DELTA = b'"text_delta"'


async def deltas(prompt: str, *, frame_s: float = 0.0) -> AsyncIterator[str]:
    """The text deltas of the reply. With `frame_s` the socket is read once a frame while it is waited for."""
    url = urlsplit(os.environ["ANTHROPIC_BASE_URL"])
    reader, writer = await asyncio.open_connection(url.hostname, url.port, limit=1 << 24)
    body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": prompt}]}).encode()
    writer.write(b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    await reader.readuntil(b"\r\n\r\n")
    now = asyncio.get_running_loop().time
    due_s, rest = 0.0, b""
    while b"message_stop" not in rest:
        asked_s = now()
        data = await reader.read(1 << 18)
        if not data:
            break
        if frame_s and now() - asked_s > 0.001:
            await asyncio.sleep(max(0.0, due_s - now()))
            due_s = now() + frame_s
        *events, rest = (rest + data).split(b"\n\n")
        for event in events:
            if DELTA in event:
                yield json.loads(event[event.index(b"data: ") + 6 :])["delta"]["text"]
            elif b"message_stop" in event:
                rest = event
    writer.close()


class Meter:
    """CPU of this process for each reply, written as a line of JSON to the file named by $CPU_LOG."""

    def __init__(self) -> None:
        self._log = os.environ.get("CPU_LOG")
        self._start_s = 0.0

    def start(self) -> None:
        """A reply begins."""
        self._start_s = cpu_s()

    def stop(self) -> None:
        """The reply has ended, and is on the screen."""
        if self._log:
            peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            line = json.dumps({"cpu_s": cpu_s() - self._start_s, "peak_mb": peak_kb / 1024})
            with Path(self._log).open("a") as log:
                log.write(line + "\n")


def cpu_s() -> float:
    """Seconds of user and system time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

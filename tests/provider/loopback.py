"""A small server on 127.0.0.1 that answers as a test tells it to, byte for byte, faults included."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request as it stood on the wire; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Connection:
    """The server's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def send_chunks(self, *pieces: bytes) -> None:
        """Pieces of a chunked body."""
        await self.send(*(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece))

    async def end_chunks(self) -> None:
        await self.send(b"0\r\n\r\n")

    def reset(self) -> None:
        """Close with RST instead of FIN, as a crashed machine or an impatient middlebox does."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()

    async def closed_by_peer(self) -> None:
        """Returns when the other side has gone."""
        try:
            while await self.reader.read(4096):
                pass
        except ConnectionError:
            pass


Answer = Callable[[Connection], Awaitable[None]]


@dataclass
class Loopback:
    """Answers each request with the next answer; the last one serves all that follow."""

    answers: list[Answer]
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        connection = Connection(reader, writer)
        try:
            while request := await _read_request(reader):
                self.received.append(request)
                answer = self.answers[min(len(self.received), len(self.answers)) - 1]
                await answer(connection)
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def loopback(*answers: Answer) -> AsyncIterator[Loopback]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    served = Loopback(list(answers))
    handlers: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(served.serve(reader, writer))
        handlers.add(task)
        task.add_done_callback(handlers.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield served
    finally:
        server.close()
        for task in list(handlers):
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        await server.wait_closed()


Headers = Mapping[str, str]


def head(status: int = 200, content_type: str = "text/event-stream", headers: Headers | None = None) -> bytes:
    """The head of a chunked response."""
    fields = {"transfer-encoding": "chunked", "request-id": "req_test"} | dict(headers or {})
    if content_type:
        fields["content-type"] = content_type
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def answers(
    body: bytes, *, status: int = 200, content_type: str = "text/event-stream", headers: Headers | None = None
) -> Answer:
    """A whole response."""

    async def answer(connection: Connection) -> None:
        await connection.send(head(status, content_type, headers))
        await connection.send_chunks(body)
        await connection.end_chunks()

    return answer


def streams(*pieces: bytes, headers: Headers | None = None) -> Answer:
    """A whole event stream, in these pieces."""

    async def answer(connection: Connection) -> None:
        await connection.send(head(headers=headers))
        await connection.send_chunks(*pieces)
        await connection.end_chunks()

    return answer


def refuses(status: int, body: object, headers: Headers | None = None) -> Answer:
    """A refusal with a JSON body."""
    return answers(json.dumps(body).encode(), status=status, content_type="application/json", headers=headers)


def event(name: str, **fields: object) -> bytes:
    """One server-sent event of the Messages API."""
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n".encode()


def started(**usage: object) -> bytes:
    return event("message_start", message={"id": "msg_1", "model": "claude-opus-4-8", "usage": usage})


def block(kind: str = "text", index: int = 0, **fields: object) -> bytes:
    return event("content_block_start", index=index, content_block={"type": kind, **fields})


def text(*deltas: str) -> bytes:
    return b"".join(
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": delta}) for delta in deltas
    )


def ended(stop_reason: str = "end_turn", **usage: object) -> bytes:
    stop = event("content_block_stop", index=0)
    delta = event("message_delta", delta={"stop_reason": stop_reason}, usage=usage)
    return stop + delta + event("message_stop")


def reply(*deltas: str) -> bytes:
    """A whole short reply."""
    return started(input_tokens=3, output_tokens=1) + block() + text(*deltas) + ended(output_tokens=9)


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    start, *lines = raw.decode("latin-1").rstrip().split("\r\n")
    method, path, _ = start.split(" ")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body)

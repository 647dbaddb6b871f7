"""The wire itself: raw HTTP/1.1 against the server, and what becomes of connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from fasttui.simulator import Simulator
from fasttui.simulator.http import MAX_BODY_BYTES
from tests.simulator.conftest import BEFORE_REMOVAL, Clock, body

Connect = Callable[[], Awaitable["Wire"]]
VERSION = {"anthropic-version": "2026-10-21", "x-api-key": "any"}


class Wire:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, method: str, path: str, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        told = {"host": "localhost", "content-length": str(len(content))} | VERSION | (headers or {})
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)

    async def head(self) -> tuple[int, dict[str, str]]:
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        return int(lines[0].split()[1]), headers

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        status, headers = await self.head()
        if "content-length" in headers:
            return status, headers, await self.reader.readexactly(int(headers["content-length"]))
        chunks = [chunk async for chunk in self.chunks()]
        return status, headers, b"".join(chunks)

    async def chunks(self) -> AsyncIterator[bytes]:
        while size := int(await self.reader.readline(), 16):
            yield await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)

    async def hang_up(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@pytest.fixture
async def simulator(clock: Clock) -> AsyncIterator[Simulator]:
    simulator = Simulator(pace=0, clock=clock, today=BEFORE_REMOVAL)
    yield simulator
    await simulator.aclose()


@pytest.fixture
async def connect(simulator: Simulator) -> AsyncIterator[Connect]:
    port = urlsplit(await simulator.start()).port
    wires: list[Wire] = []

    async def connected() -> Wire:
        wires.append(Wire(*await asyncio.open_connection("127.0.0.1", port)))
        return wires[-1]

    yield connected
    for wire in wires:
        await wire.hang_up()


def message(prompt: str, **options: Any) -> bytes:
    return json.dumps(body(prompt, **options)).encode()


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop turn until `condition` holds; fails when it does not soon."""
    for _ in range(100_000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("it never came true")


async def test_one_connection_serves_request_after_request(connect: Connect, simulator: Simulator) -> None:
    wire = await connect()
    for stream in (True, False, True):
        wire.send("POST", "/v1/messages?beta=true", message("Hello", stream=stream))
        status, headers, content = await wire.answer()
        assert status == 200
        assert headers["content-type"].startswith("text/event-stream" if stream else "application/json")
        assert b"message_stop" in content if stream else json.loads(content)["stop_reason"] == "end_turn"
    assert simulator.open_connections == 1


async def test_requests_sent_ahead_are_answered_in_order(connect: Connect) -> None:
    wire = await connect()
    for id_ in ("claude-opus-4-8", "claude-opus-5-5"):
        wire.send("GET", f"/v1/models/{id_}")
    answers = [json.loads((await wire.answer())[2])["id"] for _ in range(2)]
    assert answers == ["claude-opus-4-8", "claude-opus-5-5"]


async def test_a_stream_is_chunked_with_one_event_a_chunk(connect: Connect) -> None:
    wire = await connect()
    wire.send("POST", "/v1/messages", message("Hello", stream=True))
    status, headers = await wire.head()
    chunks = [chunk async for chunk in wire.chunks()]
    assert (status, headers["transfer-encoding"]) == (200, "chunked")
    assert all(chunk.startswith(b"event: ") and chunk.endswith(b"\n\n") for chunk in chunks)


@pytest.mark.parametrize(
    ("method", "path"),
    [("OPTIONS", "/v1/messages"), ("GET", "/v1/messages"), ("GET", "/"), ("POST", "/v1/models"), ("PUT", "/v1/x")],
)
async def test_what_the_api_does_not_have_is_not_found(connect: Connect, method: str, path: str) -> None:
    wire = await connect()
    wire.send(method, path)
    status, headers, content = await wire.answer()
    assert status == 404
    assert json.loads(content)["error"]["type"] == "not_found_error"
    assert json.loads(content)["request_id"].lower() == headers["request-id"]


async def test_head_gets_headers_and_no_body(connect: Connect) -> None:
    wire = await connect()
    wire.send("HEAD", "/v1/models")
    assert (await wire.head())[0] == 404
    wire.send("GET", "/v1/models/claude-opus-4-8")
    assert (await wire.answer())[0] == 200


async def test_every_answer_names_its_request_and_organization(connect: Connect) -> None:
    wire = await connect()
    seen = set()
    for path in ("/v1/models", "/nowhere", "/v1/models/none"):
        wire.send("GET", path)
        _, headers, _ = await wire.answer()
        seen.add(headers["request-id"])
        assert headers["anthropic-organization-id"]
        assert headers["date"].endswith("gmt")
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("content", "headers", "status", "type_"),
    [
        (b"{", {}, 400, "invalid_request_error"),
        (b"", {}, 400, "invalid_request_error"),
        (b"{}", {}, 400, "invalid_request_error"),
        (message("Hello"), {"x-api-key": ""}, 401, "authentication_error"),
        (message("Hello"), {"anthropic-version": ""}, 400, "invalid_request_error"),
        (message("Hello", model="none"), {}, 404, "not_found_error"),
    ],
)
async def test_a_bad_request_is_refused_and_the_connection_stays(
    connect: Connect, content: bytes, headers: dict[str, str], status: int, type_: str
) -> None:
    wire = await connect()
    wire.send("POST", "/v1/messages", content, headers)
    answered, _, told = await wire.answer()
    error = json.loads(told)
    assert (answered, error["type"], error["error"]["type"]) == (status, "error", type_)
    wire.send("GET", "/v1/models")
    assert (await wire.answer())[0] == 200


async def test_a_body_over_32_megabytes_is_too_large(connect: Connect) -> None:
    wire = await connect()
    wire.send("POST", "/v1/messages", b" " * (MAX_BODY_BYTES + 1))
    status, _, content = await wire.answer()
    assert status == 413
    assert json.loads(content)["error"]["type"] == "request_too_large"


async def test_what_is_not_http_is_a_bad_request(connect: Connect, simulator: Simulator) -> None:
    wire = await connect()
    wire.writer.write(b"HELO there\r\n\r\n")
    assert (await wire.answer())[0] == 400
    assert await wire.reader.read() == b""
    await until(lambda: simulator.open_connections == 0)


async def test_a_client_that_waits_for_100_continue_gets_it(connect: Connect) -> None:
    wire = await connect()
    content = message("Hello", max_tokens=5)
    wire.send("POST", "/v1/messages", headers={"content-length": str(len(content)), "expect": "100-continue"})
    assert (await wire.head())[0] == 100
    wire.writer.write(content)
    assert (await wire.answer())[0] == 200


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("prompt", ["/sim stall", "Hello"])
async def test_a_client_that_hangs_up_leaves_no_task_behind(
    connect: Connect, simulator: Simulator, prompt: str, stream: bool
) -> None:
    before = asyncio.all_tasks()
    wire = await connect()
    wire.send("POST", "/v1/messages", message(prompt, stream=stream))
    await wire.head()
    await wire.hang_up()
    await until(lambda: simulator.open_connections == 0)
    await until(lambda: asyncio.all_tasks() <= before)


async def test_a_client_that_says_nothing_leaves_no_task_behind(connect: Connect, simulator: Simulator) -> None:
    wire = await connect()
    await until(lambda: simulator.open_connections == 1)
    await wire.hang_up()
    await until(lambda: simulator.open_connections == 0)


async def test_a_cut_closes_the_connection_without_the_last_chunk(connect: Connect, simulator: Simulator) -> None:
    wire = await connect()
    wire.send("POST", "/v1/messages", message("/sim cut", stream=True))
    await wire.head()
    rest = await wire.reader.read()
    assert not rest.endswith(b"0\r\n\r\n")
    await until(lambda: simulator.open_connections == 0)


async def test_stopping_the_simulator_drops_whoever_is_connected(connect: Connect, simulator: Simulator) -> None:
    wire = await connect()
    wire.send("POST", "/v1/messages", message("/sim stall", stream=True))
    await wire.head()
    await simulator.aclose()
    assert simulator.open_connections == 0
    rest = await wire.reader.read()
    assert b"message_stop" not in rest

"""What a text delta costs in the provider, beside the least that reading it can cost.

    python -m tests.benchmarks.bench_provider [--small]

CPU microseconds a delta, over loopback, from a server in another process; medians of runs that
take turns. "bare" reads the socket, splits at blank lines and parses the JSON; a server may put
50 deltas into one HTTP chunk, or a chunk each into one write, or write each by itself.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from statistics import median

from fasttui.chat.conversation import ReplyRequest, TurnOptions, prompt_of
from fasttui.chat.events import TextDelta
from fasttui.chat.models import Catalogue

DELTA = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
    b'"delta":{"type":"text_delta","text":"words"}}\n\n'
)
FIRST = (
    b'event: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"claude","usage":{}}}\n\n'
    b'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text"}}\n\n'
)
LAST = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
FRAME_S = 1 / 30

Reading = tuple[int, float]
"""Deltas, and the CPU seconds that reading them took."""
Read = Callable[[int], Coroutine[None, None, Reading]]


def chunked(data: bytes) -> bytes:
    """One chunk of a body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


async def head_of(reader: asyncio.StreamReader) -> bytes:
    """The next request's head; b"" when the client has gone."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def serve(deltas: int, together: int, chunks: int) -> None:
    """Answer everything with the same stream, `together` deltas a write, in `chunks` chunks; prints the port."""
    each = together // chunks

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await head_of(reader):
            lengths = [line for line in request.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
            writer.write(HEAD + chunked(FIRST))
            for _ in range(deltas // together):
                writer.write(chunked(DELTA * each) * chunks)
                await writer.drain()
                if together == 1:
                    await asyncio.sleep(0)
            writer.write(chunked(LAST) + b"0\r\n\r\n")
            await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def read_bare(port: int) -> Reading:
    """The floor: a socket, `split`, `json.loads`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    pending, deltas = b"", 0
    began_s = time.process_time()
    while not pending.endswith(b"0\r\n\r\n"):
        *blocks, pending = (pending + await reader.read(65536)).split(b"\n\n")
        for block in blocks:
            event = json.loads(block[block.index(b"data:") + 5 :])
            deltas += event["type"] == "content_block_delta"
    cpu_s = time.process_time() - began_s
    writer.close()
    await writer.wait_closed()
    return deltas, cpu_s


async def read_by_httpx2(port: int) -> Reading:
    """The HTTP library alone: chunks of bytes, nothing decoded."""
    import httpx2

    url = f"http://127.0.0.1:{port}/v1/messages"
    async with httpx2.AsyncClient() as client, client.stream("POST", url) as response:
        began_s = time.process_time()
        length = sum([len(chunk) async for chunk in response.aiter_bytes()])
        return (length - len(FIRST + LAST)) // len(DELTA), time.process_time() - began_s


async def read_ours(port: int, frame_s: float | None) -> Reading:
    """`AnthropicProvider.stream`, every event."""
    from fasttui.provider.anthropic import AnthropicProvider

    provider = AnthropicProvider(Catalogue(), api_key="x", base_url=f"http://127.0.0.1:{port}", frame_s=frame_s)
    request = ReplyRequest((prompt_of("Hi"),), TurnOptions("claude-opus-4-8"))
    async with aclosing(provider.stream(request)) as stream:
        await anext(stream)
        began_s = time.process_time()
        deltas = sum([isinstance(event, TextDelta) async for event in stream])
        cpu_s = time.process_time() - began_s
    await provider.aclose()
    return deltas, cpu_s


async def read_by_the_sdk(port: int) -> Reading:
    """`messages.create(stream=True)`, the SDK's own typed events."""
    import anthropic

    async with anthropic.AsyncAnthropic(api_key="x", base_url=f"http://127.0.0.1:{port}") as client:
        stream = await client.messages.create(
            model="claude-opus-4-8", max_tokens=9, messages=[{"role": "user", "content": "Hi"}], stream=True
        )
        began_s = time.process_time()
        deltas = sum([event.type == "content_block_delta" async for event in stream])
        return deltas, time.process_time() - began_s


READERS: dict[str, Read] = {
    "bare": read_bare,
    "httpx2, not decoded": read_by_httpx2,
    "ours": lambda port: read_ours(port, None),
    "ours, paced": lambda port: read_ours(port, FRAME_S),
    "SDK create(stream=True)": read_by_the_sdk,
}


def cost_us(read: Read, port: int, deltas: int) -> float:
    """CPU microseconds for each of the deltas, from the head of the response on."""
    read_deltas, cpu_s = asyncio.run(read(port))
    if read_deltas != deltas:
        raise SystemExit(f"{read_deltas} deltas came instead of {deltas}")
    return cpu_s / deltas * 1e6


def measure(deltas: int, together: int, chunks: int, runs: int) -> dict[str, float]:
    """The median cost of each reader; they take turns."""
    script = [sys.executable, "-m", "tests.benchmarks.bench_provider"]
    arguments = [*script, "--serve", str(deltas), str(together), str(chunks)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline() if server.stdout else 0)
            for read in READERS.values():
                cost_us(read, port, deltas)
            costs = [{name: cost_us(read, port, deltas) for name, read in READERS.items()} for _ in range(runs)]
        finally:
            server.terminate()
    return {name: median(cost[name] for cost in costs) for name in READERS}


def main() -> None:
    """Print the table, or serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a tenth of the work, for CI")
    parser.add_argument("--serve", nargs=3, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(*options.serve))
        return
    deltas, runs = (1000, 3) if options.small else (10_000, 5)
    for name, together, chunks in (("50 a chunk", 50, 1), ("50 a write", 50, 50), ("one a write", 1, 1)):
        costs = measure(deltas, together, chunks, runs)
        print(f"{name}, {deltas} deltas, CPU us a delta (times bare)")
        for reader, cost in costs.items():
            print(f"  {reader:<24} {cost:6.1f}  {cost / costs['bare']:5.1f}")


if __name__ == "__main__":
    main()

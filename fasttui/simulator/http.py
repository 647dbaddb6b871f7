"""One HTTP/1.1 connection: requests in, responses out on time. h11 knows the protocol, asyncio the socket."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate

import h11

from fasttui.simulator.refusal import Refused
from fasttui.simulator.streaming import Cut, Send, Stall, Step

MAX_BODY_BYTES = 32 * 1024 * 1024
_GIVE_UP_BYTES = 4 * MAX_BODY_BYTES
_TOO_LARGE = "Request exceeds the maximum size"
_READ_BYTES = 64 * 1024
_FLUSH_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request. Header names are lower case; `target` is the path with its query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: a body that is sent at once, or the steps of a stream. `at_s` is when the head is due."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterator[Step] = b""
    at_s: float = 0.0


class HungUp(Exception):
    """The client closed the connection."""


class Dropped(Exception):
    """The response ends the connection in mid-stream, on purpose."""


class Connection:
    """Requests from one client, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pace: float) -> None:
        self._reader = reader
        self._writer = writer
        self._pace = pace
        self._h11 = h11.Connection(h11.SERVER)
        self._unsent: list[bytes] = []
        self._unsent_bytes = 0

    async def serve(self, answer: Callable[[Request], Response], refuse: Callable[[Refused], Response]) -> None:
        """Answer until either side closes. `refuse` words what HTTP itself refuses."""
        try:
            await self._serve(answer, refuse)
        except (HungUp, Dropped, ConnectionError):
            pass
        finally:
            self._writer.close()

    async def _serve(self, answer: Callable[[Request], Response], refuse: Callable[[Refused], Response]) -> None:
        try:
            while (request := await self._next_request()) is not None:
                await self._while_connected(self._send(answer(request), head_only=request.method == "HEAD"))
                if not self._reusable:
                    break
                self._h11.start_next_cycle()
        except Refused as refusal:
            await self._send(refuse(refusal))
        except h11.RemoteProtocolError as error:
            if self._h11.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
                await self._send(refuse(Refused(400, f"Bad request: {error}")))

    @property
    def _reusable(self) -> bool:
        """Whether both sides keep the connection open for another request."""
        return self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE

    async def _next_request(self) -> Request | None:
        """The next whole request; None when the client is done.

        Raises:
            Refused: 413. The body is read to its end all the same, because a client that is still
                sending when the connection closes never gets to see why.
        """
        head: h11.Request | None = None
        body, size = bytearray(), 0
        while True:
            match await self._next_event():
                case h11.Request() as head:
                    pass
                case h11.Data(data=data):
                    size += len(data)
                    if size <= MAX_BODY_BYTES:
                        body += data
                    elif size > _GIVE_UP_BYTES:
                        raise Refused(413, _TOO_LARGE)
                case h11.EndOfMessage() if head is not None:
                    if size > MAX_BODY_BYTES:
                        raise Refused(413, _TOO_LARGE)
                    return _request(head, bytes(body))
                case _:
                    return None

    async def _next_event(self) -> object:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            if self._h11.they_are_waiting_for_100_continue:
                self._queue(self._h11.send(h11.InformationalResponse(status_code=100, headers=[])))
                await self._flush()
            self._h11.receive_data(await self._reader.read(_READ_BYTES))
        return event

    async def _while_connected(self, sending: Coroutine[None, None, None]) -> None:
        """Send, unless the client hangs up first; a stream that stalls would never notice."""
        tasks = asyncio.create_task(sending), asyncio.create_task(self._hang_up())
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        if isinstance(failure := results[0], Exception):
            raise failure
        if isinstance(results[0], asyncio.CancelledError):
            raise HungUp

    async def _hang_up(self) -> None:
        """Return when the client has closed its side; what it sends before that is kept."""
        while received := await self._reader.read(_READ_BYTES):
            self._h11.receive_data(received)

    async def _send(self, response: Response, *, head_only: bool = False) -> None:
        started_s = asyncio.get_running_loop().time()
        await self._until(started_s, response.at_s)
        headers = {"date": formatdate(usegmt=True)} | response.headers
        if isinstance(response.body, bytes):
            headers["content-length"] = str(len(response.body))
        head = h11.Response(status_code=response.status, headers=list(headers.items()))
        self._queue(self._h11.send(head))
        if isinstance(response.body, bytes):
            if response.body and not head_only:
                self._queue(self._h11.send(h11.Data(response.body)))
        else:
            await self._play(response.body, started_s)
        self._queue(self._h11.send(h11.EndOfMessage()))
        await self._flush()

    async def _play(self, steps: Iterator[Step], started_s: float) -> None:
        for step in steps:
            await self._until(started_s, step.at_s)
            match step:
                case Send(data=data):
                    self._queue(self._h11.send(h11.Data(data)))
                case Stall():
                    await self._flush()
                    await asyncio.Event().wait()
                case Cut():
                    await self._flush()
                    raise Dropped

    async def _until(self, started_s: float, at_s: float) -> None:
        """Wait until `at_s` after `started_s`, what is queued sent first; what is due together goes out together."""
        wait_s = started_s + at_s * self._pace - asyncio.get_running_loop().time()
        if wait_s > 0:
            await self._flush()
            await asyncio.sleep(wait_s)
        elif self._unsent_bytes > _FLUSH_BYTES:
            await self._flush()
            await asyncio.sleep(0)

    def _queue(self, data: bytes | None) -> None:
        if data:
            self._unsent.append(data)
            self._unsent_bytes += len(data)

    async def _flush(self) -> None:
        if self._unsent:
            self._writer.write(b"".join(self._unsent))
            self._unsent, self._unsent_bytes = [], 0
            await self._writer.drain()


def _request(head: h11.Request, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    return Request(head.method.decode("ascii"), head.target.decode("latin-1"), headers, body)

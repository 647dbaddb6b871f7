"""Replies from a recording, or from a list of deltas: the provider of tests and demonstrations."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path

from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.errors import ProviderError
from fasttui.chat.events import (
    BlockStarted,
    ReplyStarted,
    ResponseOpened,
    StreamEvent,
    TextDelta,
    TurnCompleted,
)
from fasttui.chat.safe_text import SafeText
from fasttui.chat.usage import FastLimits
from fasttui.provider.stream import ReplyDecoder

Sleep = Callable[[float], Awaitable[object]]


class ReplayProvider:
    """Plays the same reply to every request.

    `deltas` are pieces of text as a model sends them, to which the events around them are added,
    or whole events, played as they are. `then` is raised in place of the reply's end. With a `sleep`, `pause_s`
    passes before each event.
    """

    def __init__(
        self,
        deltas: Iterable[str | StreamEvent],
        *,
        then: ProviderError | None = None,
        credential: str = "replay",
        sleep: Sleep | None = None,
        pause_s: float = 0.0,
    ) -> None:
        events = list(deltas)
        self._replies: Sequence[Callable[[], Iterator[StreamEvent]]] = [lambda: _reply(events, then)]
        self._played = 0
        self._credential = credential
        self._sleep = sleep
        self._pause_s = pause_s
        self.requests: list[ReplyRequest] = []

    @classmethod
    def from_sse(
        cls,
        recording: Path | bytes,
        *,
        chunk: int | None = None,
        then: ProviderError | None = None,
        credential: str = "replay",
        sleep: Sleep | None = None,
        pause_s: float = 0.0,
    ) -> "ReplayProvider":
        """Play a recorded stream through the decoder of the real one, in chunks of so many bytes.

        A recording of several replies plays one for each request, and then from the first again.
        """
        data = recording if isinstance(recording, bytes) else recording.read_bytes()
        provider = cls([], credential=credential, sleep=sleep, pause_s=pause_s)
        provider._replies = [_Recording(reply, chunk or len(data), then) for reply in replies_in(data)]
        return provider

    @property
    def credential(self) -> str:
        """The name it was given."""
        return self._credential

    @property
    def replies(self) -> int:
        """How many different replies there are."""
        return len(self._replies)

    async def wait_ready(self) -> None:
        """At once."""

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        """The next reply; `requests` keeps what was asked.

        Raises:
            ProviderError: `then`, or what is wrong with the recording.
        """
        self.requests.append(request)
        reply = self._replies[self._played % len(self._replies)]
        self._played += 1
        for event in reply():
            if self._sleep is not None:
                await self._sleep(self._pause_s)
            yield event

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        """A recording cannot say."""
        del request
        return None


def replies_in(recording: bytes) -> list[bytes]:
    """A recording cut after each `message_stop`; one reply as a rule."""
    replies: list[bytes] = []
    reply: list[bytes] = []
    for block in recording.replace(b"\r\n", b"\n").split(b"\n\n"):
        if not block.strip():
            continue
        reply.append(block + b"\n\n")
        if block.lstrip().startswith(b"event: message_stop"):
            replies.append(b"".join(reply))
            reply = []
    if reply or not replies:
        replies.append(b"".join(reply))
    return replies


class _Recording:
    def __init__(self, recorded: bytes, chunk: int, then: ProviderError | None) -> None:
        self._recorded = recorded
        self._chunk = max(1, chunk)
        self._then = then

    def __call__(self) -> Iterator[StreamEvent]:
        yield ResponseOpened(None, FastLimits())
        decoder = ReplyDecoder()
        for start in range(0, len(self._recorded), self._chunk):
            for event in decoder.feed(self._recorded[start : start + self._chunk]):
                if self._then is not None and decoder.ended:
                    raise self._then
                yield event
        if self._then is not None:
            raise self._then
        yield from decoder.finish()


def _reply(deltas: Sequence[str | StreamEvent], then: ProviderError | None) -> Iterator[StreamEvent]:
    if any(not isinstance(delta, str) for delta in deltas):
        yield from (TextDelta(delta) if isinstance(delta, str) else delta for delta in deltas)
        if then is not None:
            raise then
        return
    yield ResponseOpened(None, FastLimits())
    yield ReplyStarted("msg_replayed", "claude-replayed", None)
    yield BlockStarted("text")
    safe = SafeText()
    pieces = [safe.add(delta) for delta in deltas if isinstance(delta, str)]
    yield from (TextDelta(piece) for piece in [*pieces, safe.finish()] if piece)
    if then is not None:
        raise then
    yield TurnCompleted("end_turn")

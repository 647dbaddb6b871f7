"""A provider whose every attempt is written out, and the session around it."""

from collections.abc import AsyncGenerator, Sequence

from fasttui.chat import events
from fasttui.chat.conversation import ReplyRequest, SpeedChoice
from fasttui.chat.errors import ProviderError
from fasttui.chat.events import StreamEvent
from fasttui.chat.models import Catalogue
from fasttui.chat.usage import FastLimits, Speed, Usage
from fasttui.engine.choices import Choices
from fasttui.engine.session import Session
from tests.clock import Clock

Step = StreamEvent | ProviderError | float


class ScriptedProvider:
    """Plays one script an attempt; a number in a script lets that many seconds pass."""

    def __init__(self, clock: Clock, *scripts: Sequence[Step]) -> None:
        self._clock, self._scripts = clock, list(scripts)
        self.requests: list[ReplyRequest] = []

    @property
    def credential(self) -> str:
        return "test"

    async def wait_ready(self) -> None:
        pass

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        self.requests.append(request)
        for step in self._scripts.pop(0):
            if isinstance(step, float):
                self._clock.s += step
            elif isinstance(step, ProviderError):
                raise step
            else:
                yield step

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        del request
        return None


def reply(
    *deltas: str,
    speed: Speed | None = "standard",
    first_s: float = 1.2,
    pause_s: float = 0.1,
    output_tokens: int | None = None,
    input_tokens: int = 100,
    limits: FastLimits | None = None,
) -> list[Step]:
    """A whole reply: a pause, then a delta every `pause_s`."""
    script: list[Step] = [events.ResponseOpened("req_1", limits or FastLimits()), first_s]
    script += [events.ReplyStarted("msg_1", "claude-opus-4-8", speed)]
    script += [events.UsageReported(Usage(input_tokens=input_tokens, output_tokens=1)), events.BlockStarted("text")]
    for delta in deltas:
        script += [pause_s, events.TextDelta(delta)]
    count = sum(map(len, deltas)) // 3 if output_tokens is None else output_tokens
    return [*script, events.UsageReported(Usage(output_tokens=count)), events.TurnCompleted("end_turn")]


def session_with(*scripts: Sequence[Step], speed: SpeedChoice = "standard") -> tuple[Session, ScriptedProvider, Clock]:
    """A session on a clock of its own, whose attempts play the scripts in turn."""
    clock = Clock()
    provider = ScriptedProvider(clock, *scripts)
    choices = Choices("claude-opus-4-8", speed)
    session = Session(provider, Catalogue(), choices, clock=clock, now=clock.now, sleep=clock.sleep)
    return session, provider, clock


async def all_of(stream: AsyncGenerator[StreamEvent, None]) -> list[StreamEvent]:
    """Every event of a stream."""
    return [event async for event in stream]

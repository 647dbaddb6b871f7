"""A conversation: a tree of turns, of which one path is shown and sent.

A turn is one prompt and the reply to it. Editing a prompt or asking again makes a sibling;
nothing is ever overwritten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, assert_never
from uuid import uuid4

from fasttui.chat import events
from fasttui.chat.errors import FastUnavailable, ProviderError
from fasttui.chat.events import StreamEvent
from fasttui.chat.safe_text import join_surrogates, safe_line, safe_text
from fasttui.chat.usage import Speed, Usage

Role = Literal["user", "assistant"]
SpeedChoice = Literal["standard", "fast", "auto"]
Effort = Literal["low", "medium", "high", "xhigh", "max"]
EFFORTS: tuple[Effort, ...] = ("low", "medium", "high", "xhigh", "max")
SPEED_CHOICES: tuple[SpeedChoice, ...] = ("standard", "fast", "auto")
CacheTtl = Literal["5m", "1h"]
CACHE_TTLS: tuple[CacheTtl, ...] = ("5m", "1h")
TurnStatus = Literal["streaming", "completed", "interrupted", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Plain text, Markdown by custom."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingBlock:
    """Thinking as the API sent it, byte for byte; without a signature it is shown but never sent."""

    thinking: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class RedactedThinkingBlock:
    """Encrypted thinking: sent back as it came, never shown."""

    data: str


@dataclass(frozen=True, slots=True)
class ImageBlock:
    """An image the user attached; `media_type` as in `image/png`."""

    data: bytes
    media_type: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class DocumentBlock:
    """A PDF (`application/pdf`) or text file (`text/plain`) the user attached."""

    data: bytes
    media_type: str
    name: str = ""


Block = TextBlock | ThinkingBlock | RedactedThinkingBlock | ImageBlock | DocumentBlock


@dataclass(frozen=True, slots=True)
class Message:
    """One side of a turn: blocks in the order the API gave or takes them."""

    role: Role
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """The text blocks, joined as one Markdown source."""
        return "\n\n".join(block.text for block in self.blocks if isinstance(block, TextBlock))

    @property
    def thinking(self) -> str:
        """The thinking there is to see, joined and safe to show."""
        return safe_text("\n\n".join(b.thinking for b in self.blocks if isinstance(b, ThinkingBlock)))

    @property
    def sendable(self) -> "Message":
        """Without the thinking blocks the API would refuse: those that were never signed."""
        kept = tuple(b for b in self.blocks if not isinstance(b, ThinkingBlock) or b.signature)
        return replace(self, blocks=kept)


def prompt_of(text: str, *attachments: Block) -> Message:
    """A user message; attachments go first, as the API's guide advises."""
    return Message("user", (*attachments, TextBlock(text)))


@dataclass(frozen=True, slots=True)
class TurnOptions:
    """What was asked of the API for one turn; `speed_choice` is what the user had chosen."""

    model: str
    speed: Speed = "standard"
    effort: Effort | None = "high"
    max_tokens: int = 32_000
    thinking: bool = True
    speed_choice: SpeedChoice = "standard"
    speed_reason: str = ""
    cache_ttl: CacheTtl = "5m"


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """Monotonic seconds since the request that was answered left; None has not happened.

    `waited_s` is what retries and refused attempts took before that request.
    """

    waited_s: float = 0.0
    headers_s: float | None = None
    first_block_s: float | None = None
    first_text_s: float | None = None
    last_delta_s: float | None = None

    @property
    def first_token_s(self) -> float | None:
        """Time to first token: the first content block, be it thinking or text."""
        return self.first_block_s

    @property
    def generation_s(self) -> float | None:
        """First content block to last delta: the time OTPS is measured over."""
        if self.first_block_s is None or self.last_delta_s is None:
            return None
        return self.last_delta_s - self.first_block_s

    @property
    def wall_s(self) -> float | None:
        """Request to last delta."""
        return self.last_delta_s


class _ReplyBlocks:
    """The blocks of a reply while it grows; text is joined once, when asked for."""

    __slots__ = ("_done", "_kind", "_parts")

    def __init__(self, blocks: tuple[Block, ...] = ()) -> None:
        self._done: list[Block] = list(blocks)
        self._kind: Literal["text", "thinking", "other"] | None = None
        self._parts: list[str] = []

    def start(self, kind: Literal["text", "thinking", "other"]) -> None:
        self._close()
        self._kind = kind

    def add(self, kind: Literal["text", "thinking"], text: str) -> None:
        if self._kind != kind:
            self.start(kind)
        self._parts.append(text)

    def sign(self, signature: str) -> None:
        if self._kind == "thinking":
            self._done.append(ThinkingBlock(join_surrogates("".join(self._parts)), signature))
            self._kind, self._parts = None, []

    def redacted(self, data: str) -> None:
        self._close()
        self._done.append(RedactedThinkingBlock(data))

    def blocks(self) -> tuple[Block, ...]:
        return (*self._done, *self._open())

    def _open(self) -> tuple[Block, ...]:
        text = "".join(self._parts)
        if not text:
            return ()
        return (ThinkingBlock(join_surrogates(text)),) if self._kind == "thinking" else (TextBlock(text),)

    def _close(self) -> None:
        self._done += self._open()
        self._kind, self._parts = None, []


def new_id() -> str:
    """A fresh identifier for a turn or conversation: 32 hex digits, unique over machines."""
    return uuid4().hex


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


class Turn:
    """One prompt and its reply; it grows only through `apply`."""

    def __init__(
        self,
        prompt: Message,
        options: TurnOptions,
        *,
        id: str | None = None,  # noqa: A002 - the API's and the export's own word
        parent_id: str | None = None,
        created_at: datetime | None = None,
    ) -> None:
        self.id = id or new_id()
        self.parent_id = parent_id
        self.prompt = prompt
        self.options = options
        self.created_at = created_at or utc_now()
        self.status: TurnStatus = "streaming"
        self.usage = Usage()
        self.timing = TurnTiming()
        self.request_id: str | None = None
        self.message_id: str | None = None
        self.served_model: str | None = None
        self.stop_reason: str | None = None
        self.fallback_reason: str | None = None
        self.error: str | None = None
        self.error_hint: str | None = None
        self._reply = _ReplyBlocks()
        self._sent_at_s = 0.0

    def __repr__(self) -> str:
        return f"<Turn {self.id[:8]} {self.status}>"

    @property
    def reply(self) -> Message:
        """The reply as far as it has come. Joins the text: not for every delta."""
        return Message("assistant", self._reply.blocks())

    @property
    def asked_speed(self) -> Speed:
        """The speed the turn was meant to have, before any fallback."""
        return self.options.speed

    @property
    def served_speed(self) -> Speed | None:
        """The speed that served the reply, by the API's own word; None is unknown."""
        return self.usage.served_speed

    @property
    def mismatched(self) -> bool:
        """Whether the reply was served at another speed than the one asked for."""
        return self.served_speed is not None and self.served_speed != self.options.speed

    @property
    def was_cut(self) -> bool:
        """Whether the reply broke off with text to go on from: stopped, or at its longest length."""
        return (self.status == "interrupted" or self.stop_reason == "max_tokens") and bool(self.reply.text)

    @property
    def output_tokens_per_s(self) -> float | None:
        """Exact OTPS once the API has reported the tokens of an ended reply."""
        seconds, tokens = self.timing.generation_s, self.usage.output_tokens
        if self.status == "streaming" or not seconds or not tokens:
            return None
        return tokens / seconds

    def apply(self, event: StreamEvent, at_s: float) -> None:
        """Take in one event that happened `at_s` seconds after the turn began."""
        since_sent_s = at_s - self._sent_at_s
        match event:
            case events.TextDelta(text):
                self._reply.add("text", text)
                self._delta_came(since_sent_s, text=True)
            case events.ThinkingDelta(raw=raw):
                self._reply.add("thinking", raw)
                self._delta_came(since_sent_s, text=False)
            case events.BlockStarted(kind):
                self._reply.start(kind)
                if self.timing.first_block_s is None:
                    self.timing = replace(self.timing, first_block_s=since_sent_s)
            case events.ThinkingSigned(signature):
                self._reply.sign(signature)
            case events.ThinkingRedacted(data):
                self._reply.redacted(data)
            case events.UsageReported(usage):
                self.usage = self.usage.merged(usage)
            case events.RequestSent():
                self._sent_at_s = at_s
                self.timing = TurnTiming(waited_s=at_s)
            case events.ResponseOpened(request_id=request_id):
                self.request_id = request_id
                self.timing = replace(self.timing, headers_s=since_sent_s)
            case events.ReplyStarted(message_id, model, served_speed):
                self.message_id, self.served_model = message_id, model
                self.usage = self.usage.merged(Usage(served_speed=served_speed))
            case events.RetryScheduled():
                pass
            case events.SpeedFellBack(error):
                lasting = isinstance(error, FastUnavailable)
                self.fallback_reason = f"{error} {error.hint}" if lasting else str(error)
            case events.TurnCompleted(stop_reason):
                self.stop_reason = stop_reason
                self._end("completed")
            case events.TurnInterrupted(error):
                self._end("interrupted", error)
            case events.TurnRefused(category, explanation):
                self.stop_reason = "refusal"
                self._end("refused")
                self.error = f"Claude declined to answer{f' ({safe_line(category)})' if category else ''}."
                self.error_hint = explanation or "Rephrase the message, or start a new chat with /new."
            case events.TurnFailed(error):
                self._end("failed", error)
            case _:
                assert_never(event)

    def _delta_came(self, since_sent_s: float, *, text: bool) -> None:
        timing = self.timing
        first_block_s = since_sent_s if timing.first_block_s is None else timing.first_block_s
        first_text_s = timing.first_text_s
        if text and first_text_s is None:
            first_text_s = since_sent_s
        self.timing = TurnTiming(timing.waited_s, timing.headers_s, first_block_s, first_text_s, since_sent_s)

    def _end(self, status: TurnStatus, error: ProviderError | None = None) -> None:
        self.status = status
        if error is not None:
            self.error, self.error_hint = str(error), error.hint
            self.request_id = error.request_id or self.request_id

    @property
    def sendable_reply(self) -> Message | None:
        """The reply as later requests repeat it; None when this turn is not part of the conversation.

        Failed and refused turns are left out whole, and so is one that was cut before its first word.
        """
        if self.status in ("failed", "refused"):
            return None
        reply = self.reply.sendable
        return reply if reply.text.strip() else None

    @classmethod
    def restored(
        cls,
        prompt: Message,
        options: TurnOptions,
        reply: Message,
        *,
        id: str,  # noqa: A002 - as in `__init__`
        parent_id: str | None,
        created_at: datetime,
        status: TurnStatus,
        usage: Usage,
        timing: TurnTiming,
        request_id: str | None = None,
        message_id: str | None = None,
        served_model: str | None = None,
        stop_reason: str | None = None,
        fallback_reason: str | None = None,
        error: str | None = None,
        error_hint: str | None = None,
    ) -> "Turn":
        """A turn as it was stored or exported."""
        turn = cls(prompt, options, id=id, parent_id=parent_id, created_at=created_at)
        turn.status, turn.usage, turn.timing = status, usage, timing
        turn.request_id, turn.message_id, turn.served_model = request_id, message_id, served_model
        turn.stop_reason, turn.fallback_reason = stop_reason, fallback_reason
        turn.error, turn.error_hint = error, error_hint
        turn._reply = _ReplyBlocks(reply.blocks)
        return turn


@dataclass(eq=False)
class Conversation:
    """A tree of turns; `head_id` is the last turn of the path that is shown."""

    id: str = field(default_factory=new_id)
    title: str = ""
    created_at: datetime = field(default_factory=utc_now)
    system: str = ""
    tags: tuple[str, ...] = ()
    head_id: str | None = None
    _turns: dict[str, Turn] = field(default_factory=dict, repr=False)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns, of every branch, oldest first."""
        return tuple(self._turns.values())

    @property
    def head(self) -> Turn | None:
        """The last turn of the shown path."""
        return self._turns.get(self.head_id) if self.head_id else None

    def __contains__(self, turn_id: str) -> bool:
        return turn_id in self._turns

    def turn(self, turn_id: str) -> Turn:
        """The turn of that id.

        Raises:
            KeyError: there is none.
        """
        return self._turns[turn_id]

    def add(self, turn: Turn) -> None:
        """Take in a turn and show it: the path now ends with it."""
        self._turns[turn.id] = turn
        self.head_id = turn.id

    def ancestors(self, turn: Turn) -> Iterator[Turn]:
        """The turns before `turn` on its own path, nearest first."""
        while turn.parent_id is not None and turn.parent_id in self._turns:
            turn = self._turns[turn.parent_id]
            yield turn

    def path(self) -> tuple[Turn, ...]:
        """The turns that are shown, from the first to `head`."""
        if self.head is None:
            return ()
        return (*reversed(tuple(self.ancestors(self.head))), self.head)

    def siblings(self, turn: Turn) -> tuple[Turn, ...]:
        """The turns that stand at the same place, `turn` among them, oldest first."""
        return tuple(other for other in self._turns.values() if other.parent_id == turn.parent_id)

    def show(self, turn: Turn) -> None:
        """Let the path lead through `turn` and on to its newest descendant."""
        self.head_id = turn.id
        descendants = {turn.id}
        for other in self._turns.values():
            if other.parent_id in descendants:
                descendants.add(other.id)
                self.head_id = other.id

    def messages_before(self, turn: Turn) -> tuple[Message, ...]:
        """What a request for `turn` repeats of the conversation, oldest first."""
        messages: list[Message] = []
        for earlier in reversed(tuple(self.ancestors(turn))):
            reply = earlier.sendable_reply
            if reply is not None:
                messages += (earlier.prompt, reply)
        return tuple(messages)


@dataclass(frozen=True, slots=True)
class ReplyRequest:
    """Everything a provider needs to ask for one reply."""

    messages: tuple[Message, ...]
    options: TurnOptions
    system: str = ""

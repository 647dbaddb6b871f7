"""How fast a reply comes: live as an estimate, exact once the API has counted.

OTPS is output tokens over generation time: first content block to last delta. Waiting for the
first token, retries and queueing are never in it. The API counts tokens only at the end, so the
live figure comes from characters, by a ratio learned from the replies already counted.
"""

from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple, assert_never

from fasttui.chat import events
from fasttui.chat.conversation import RedactedThinkingBlock, ThinkingBlock, Turn
from fasttui.chat.events import StreamEvent

Clock = Callable[[], float]
Phase = Literal["idle", "waiting", "thinking", "writing", "done"]

BUCKET_S = 0.5
BUCKETS = 8
_GRACE_S = 0.5  # a pause this long is the network's chunking, not a slower model
_PRIOR_TOKENS = 200.0
_MEMORY_TOKENS = 20_000.0


class CharsPerToken:
    """Characters to a token, for text and for thinking apart, learned for one model.

    Summarized thinking is shorter than what was thought and billed, so its ratio is its own.
    """

    def __init__(self, prior: float) -> None:
        self._seen = dict.fromkeys(("text", "thinking"), (prior * _PRIOR_TOKENS, _PRIOR_TOKENS))

    def ratio(self, kind: Literal["text", "thinking"]) -> float:
        """Characters a token of that kind takes."""
        characters, tokens = self._seen[kind]
        return characters / tokens

    def learn(self, kind: Literal["text", "thinking"], characters: int, tokens: int) -> None:
        """Take in a reply the API has counted; the newest 20,000 tokens or so decide."""
        if characters <= 0 or tokens <= 0:
            return
        old_characters, old_tokens = self._seen[kind]
        keep = min(1.0, _MEMORY_TOKENS / (old_tokens + tokens))
        self._seen[kind] = (old_characters * keep + characters, old_tokens * keep + tokens)


class Reading(NamedTuple):
    """The meter at one moment. `exact` figures are the API's count, others estimates."""

    phase: Phase = "idle"
    exact: bool = False
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    tokens_per_s: float | None = None
    first_token_s: float | None = None
    waiting_s: float | None = None
    thinking_s: float | None = None
    recent: tuple[float, ...] = ()
    """Tokens a second in each of the last half seconds, oldest first."""


IDLE = Reading()


class ReplyMeter:
    """Measures one reply. Times are seconds of the turn, as `Turn.apply` takes them."""

    def __init__(self, ratios: CharsPerToken) -> None:
        self._ratios = ratios
        self._phase: Phase = "waiting"
        self._characters = {"text": 0, "thinking": 0}
        self._has_thought = False
        self._sent_s = 0.0
        self._first_block_s: float | None = None
        self._first_text_s: float | None = None
        self._last_delta_s = 0.0
        self._buckets: deque[tuple[int, float]] = deque(maxlen=BUCKETS + 1)
        self._exact: Reading | None = None

    def see(self, event: StreamEvent, turn: Turn, at_s: float) -> None:
        """Take in an event that `turn` has already applied."""
        match event:
            case events.TextDelta(text):
                self._delta("text", len(text), at_s)
            case events.ThinkingDelta(text):
                self._delta("thinking", len(text), at_s)
            case events.BlockStarted(kind):
                if self._first_block_s is None:
                    self._first_block_s = self._last_delta_s = at_s
                if kind == "thinking":
                    self._phase, self._has_thought = "thinking", True
            case events.RequestSent():
                self._sent_s = at_s
            case events.TurnCompleted() | events.TurnInterrupted() | events.TurnRefused() | events.TurnFailed():
                self._finish(turn)
            case (
                events.ResponseOpened()
                | events.ReplyStarted()
                | events.ThinkingSigned()
                | events.ThinkingRedacted()
                | events.UsageReported()
                | events.RetryScheduled()
                | events.SpeedFellBack()
            ):
                pass
            case _:
                assert_never(event)

    def _delta(self, kind: Literal["text", "thinking"], characters: int, at_s: float) -> None:
        if self._first_block_s is None:
            self._first_block_s = at_s
        if kind == "text" and self._first_text_s is None:
            self._first_text_s = at_s
        self._phase = "writing" if kind == "text" else "thinking"
        self._has_thought |= kind == "thinking"
        self._characters[kind] += characters
        self._last_delta_s = at_s
        bucket = int(at_s / BUCKET_S)
        tokens = characters / self._ratios.ratio(kind)
        if self._buckets and self._buckets[-1][0] == bucket:
            tokens += self._buckets.pop()[1]
        self._buckets.append((bucket, tokens))

    @property
    def estimated_tokens(self) -> float:
        """Output tokens so far, from characters."""
        return sum(count / self._ratios.ratio(kind) for kind, count in self._kinds())

    def _kinds(self) -> list[tuple[Literal["text", "thinking"], int]]:
        return [("text", self._characters["text"]), ("thinking", self._characters["thinking"])]

    def reading(self, at_s: float) -> Reading:
        """The figures now; after the end, those of the end."""
        if self._exact is not None:
            return self._exact
        if self._first_block_s is None:
            return Reading(phase="waiting", waiting_s=max(0.0, at_s - self._sent_s))
        end_s = max(self._last_delta_s, at_s - _GRACE_S)
        seconds = end_s - self._first_block_s
        tokens = self.estimated_tokens
        thinking_end_s = self._first_text_s if self._first_text_s is not None else at_s
        return Reading(
            phase=self._phase,
            output_tokens=round(tokens),
            thinking_tokens=round(self._characters["thinking"] / self._ratios.ratio("thinking")),
            tokens_per_s=tokens / seconds if seconds > 0.2 and tokens else None,
            first_token_s=self._first_block_s - self._sent_s,
            thinking_s=thinking_end_s - self._first_block_s if self._has_thought else None,
            recent=self._recent(at_s),
        )

    def _recent(self, at_s: float) -> tuple[float, ...]:
        # The running half second is not whole yet, so it is left out.
        newest = int(at_s / BUCKET_S) - 1
        by_bucket = dict(self._buckets)
        return tuple(by_bucket.get(newest - back, 0.0) / BUCKET_S for back in reversed(range(BUCKETS)))

    def _finish(self, turn: Turn) -> None:
        usage, timing = turn.usage, turn.timing
        counted = turn.status == "completed" and bool(usage.output_tokens)
        if counted:
            self._learn(turn)
        live = self.reading(self._last_delta_s)
        rate = turn.output_tokens_per_s if counted else live.tokens_per_s
        self._exact = Reading(
            phase="done",
            exact=counted,
            output_tokens=usage.output_tokens if counted else live.output_tokens,
            thinking_tokens=usage.thinking_tokens if counted else live.thinking_tokens,
            tokens_per_s=rate,
            first_token_s=timing.first_token_s,
            thinking_s=thinking_seconds(turn),
            recent=live.recent,
        )

    def _learn(self, turn: Turn) -> None:
        output, thinking = turn.usage.output_tokens or 0, turn.usage.thinking_tokens
        if thinking is None and self._characters["thinking"]:
            return  # the two cannot be told apart
        self._ratios.learn("thinking", self._characters["thinking"], thinking or 0)
        self._ratios.learn("text", self._characters["text"], output - (thinking or 0))


def ended_reading(turn: Turn, chars_per_token: float) -> Reading:
    """The figures of an ended reply that no meter has watched: one from an earlier session."""
    reply, timing = turn.reply, turn.timing
    exact = turn.status == "completed" and bool(turn.usage.output_tokens)
    tokens = turn.usage.output_tokens
    if not exact:
        # What the API said at the start of a reply that was cut is no count of it.
        tokens = round((len(reply.text) + len(reply.thinking)) / chars_per_token)
    seconds = timing.generation_s
    return Reading(
        phase="done",
        exact=exact,
        output_tokens=tokens,
        thinking_tokens=turn.usage.thinking_tokens,
        tokens_per_s=tokens / seconds if tokens and seconds else None,
        first_token_s=timing.first_token_s,
        thinking_s=thinking_seconds(turn),
    )


def thinking_seconds(turn: Turn) -> float | None:
    """Seconds between the first block and the first text of a reply that thought; None when it did not."""
    timing = turn.timing
    thought = any(isinstance(block, ThinkingBlock | RedactedThinkingBlock) for block in turn.reply.blocks)
    if timing.first_block_s is None or not thought:
        return None
    until_s = timing.first_text_s if timing.first_text_s is not None else timing.last_delta_s
    return None if until_s is None else until_s - timing.first_block_s

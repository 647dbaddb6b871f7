"""One chat in progress: prompts in, events out, and what both front ends show about it.

`async for event in session.submit(prompt)` under `aclosing`. Leaving the loop is stopping: the
request is closed, the turn becomes interrupted, and what arrived is kept.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from fasttui.chat import events
from fasttui.chat.conversation import (
    Block,
    Conversation,
    Effort,
    Message,
    ReplyRequest,
    SpeedChoice,
    Turn,
    TurnOptions,
    prompt_of,
    utc_now,
)
from fasttui.chat.events import StreamEvent
from fasttui.chat.models import Catalogue, Model
from fasttui.chat.safe_text import safe_line, safe_text
from fasttui.chat.usage import Speed
from fasttui.engine import policy
from fasttui.engine.attempts import Sleep, attempts
from fasttui.engine.choices import Choices
from fasttui.engine.fuel import FuelGauge, FuelReading
from fasttui.engine.ledger import Cost, Ledger, Quote, cost_of, expected_output, quote, running_cost
from fasttui.engine.telemetry import IDLE, CharsPerToken, Clock, Reading, ReplyMeter, ended_reading
from fasttui.provider.protocol import Provider

if TYPE_CHECKING:
    from fasttui.store.store import Store  # 15 ms that the first frame does not need

MAX_TOKENS = 32_000
MAX_TOKENS_HIGH = 64_000  # at xhigh and max, where thinking counts towards it
_TITLE_LENGTH = 60
_TAIL_CHARACTERS = 400


class Retry(NamedTuple):
    """A retry that is waited for; `left_s` counts down."""

    attempt: int
    left_s: float
    sentence: str


class Status(NamedTuple):
    """What a status bar shows. Speeds: `asked` and `served` are the running or last reply's."""

    model: Model
    next_speed: SpeedChoice
    next_effort: Effort | None
    once: bool
    asked_speed: Speed | None
    served_speed: Speed | None
    streaming: bool
    reading: Reading
    fuel: FuelReading
    replies_left: int | None
    ledger: Ledger
    context_tokens: int | None
    retry: Retry | None


class Forecast(NamedTuple):
    """The next message at the chosen speed and at the other one, and what speaks against it.

    `cached_until` is when the prompt cache that the chosen speed would hit runs out; None when
    it would miss.
    """

    chosen: Quote
    other: Quote | None
    reason: str
    warning: str
    cached_until: datetime | None


class Session:
    """Submits, retries, continues; one reply at a time. Knows no terminal."""

    def __init__(
        self,
        provider: Provider,
        catalogue: Catalogue,
        choices: Choices,
        *,
        conversation: Conversation | None = None,
        store: "Store | None" = None,
        clock: Clock = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.provider = provider
        self.catalogue = catalogue
        self.choices = choices
        self.conversation = conversation or Conversation()
        self.store = store
        self.ledger = Ledger()
        self.turn: Turn | None = self.conversation.head
        self._clock, self._now, self._sleep = clock, now, sleep
        self._ratios: dict[str, CharsPerToken] = {}
        self._gauges: dict[tuple[str, str], FuelGauge] = {}
        self._meter: ReplyMeter | None = None
        self._began_s = 0.0
        self._retry: tuple[events.RetryScheduled, float] | None = None

    # ── asking ────────────────────────────────────────────────────────────────────────────────

    def submit(self, prompt: str, attachments: Sequence[Block] = ()) -> AsyncGenerator[StreamEvent, None]:
        """Send `prompt` after the last shown turn; `!fast` and its kin at its start hold for it alone."""
        text = self.choices.take_prefixes(safe_text(prompt))
        head = self.conversation.head
        return self._ask(prompt_of(text, *attachments), head.id if head else None)

    def retry(self, turn: Turn) -> AsyncGenerator[StreamEvent, None]:
        """Ask for the reply to the same prompt again, as a sibling of `turn`."""
        return self._ask(turn.prompt, turn.parent_id)

    def edit(self, turn: Turn, prompt: str, attachments: Sequence[Block] = ()) -> AsyncGenerator[StreamEvent, None]:
        """Send a changed prompt in the place of `turn`, as its sibling."""
        text = self.choices.take_prefixes(safe_text(prompt))
        return self._ask(prompt_of(text, *attachments), turn.parent_id)

    def proceed(self, turn: Turn) -> AsyncGenerator[StreamEvent, None]:
        """Ask for the rest of a reply that was cut: these models take no prefill, so the tail is quoted."""
        tail = turn.reply.text[-_TAIL_CHARACTERS:]
        quoted = "\n".join(f"> {line}" for line in tail.splitlines())
        text = (
            "Your reply was cut off. It ended with:\n\n"
            f"{quoted}\n\nGo on exactly from there, without repeating what is already said."
        )
        return self._ask(prompt_of(text), turn.id)

    @property
    def streaming(self) -> bool:
        """Whether a reply is on its way."""
        return self.turn is not None and self.turn.status == "streaming"

    def start_over(self, conversation: Conversation | None = None) -> None:
        """Show another conversation, by default a new one; money and fuel go on counting."""
        self.conversation = conversation or Conversation(system=self.conversation.system)
        self.turn = self.conversation.head
        self._meter = None

    async def _ask(self, prompt: Message, parent_id: str | None) -> AsyncGenerator[StreamEvent, None]:
        turn = Turn(prompt, self._options(prompt.text), parent_id=parent_id, created_at=self._now())
        self.choices.sent()
        if not self.conversation.title:
            self.conversation.title = safe_line(prompt.text, limit=_TITLE_LENGTH)
        self.conversation.add(turn)
        self.turn = turn
        self._meter = ReplyMeter(self._ratios_for(turn.options.model))
        self._began_s = self._clock()
        request = ReplyRequest(
            (*self.conversation.messages_before(turn), prompt), turn.options, self.conversation.system
        )
        fuel = self.fuel(turn.options.model)
        if self.store is not None:
            self.store.begin_turn(self.conversation, turn)
        try:
            stream = attempts(self.provider, request, fuel, clock=self._clock, sleep=self._sleep)
            async with aclosing(stream):
                async for event in stream:
                    self._take(event, turn)
                    yield event
        finally:
            if turn.status == "streaming":
                self._take(events.TurnInterrupted(), turn)

    def _options(self, prompt: str) -> TurnOptions:
        model = self.model
        effort = self.choices.next_effort(model)
        choice = self._speed_for(prompt)
        max_tokens = self.choices.max_tokens or (MAX_TOKENS_HIGH if effort in {"xhigh", "max"} else MAX_TOKENS)
        return TurnOptions(
            model.id,
            choice.speed,
            effort,
            min(max_tokens, model.max_output_tokens or max_tokens),
            self.choices.thinking,
            self.choices.next_speed,
            choice.reason,
            self.choices.cache_ttl,
        )

    # ── taking in what happens ────────────────────────────────────────────────────────────────

    def _take(self, event: StreamEvent, turn: Turn) -> None:
        now_s = self._clock()
        at_s = now_s - self._began_s
        turn.apply(event, at_s)
        if self._meter is not None and turn is self.turn:
            self._meter.see(event, turn, at_s)
        if self.store is not None:
            self.store.journal(turn, event, at_s)
        match event:
            case events.ResponseOpened(limits=limits):
                self.fuel(turn.options.model).see_headers(limits, now_s)
            case events.RetryScheduled(delay_s=delay_s):
                self._retry = (event, now_s + delay_s)
            case events.RequestSent():
                self._retry = None
            case events.TurnCompleted() | events.TurnInterrupted() | events.TurnRefused() | events.TurnFailed():
                self._retry = None
                self._settle(turn, now_s)
            case _:
                pass

    def _settle(self, turn: Turn, now_s: float) -> None:
        fuel = self.fuel(turn.options.model)
        if turn.served_speed == "fast" and self._meter is not None:
            fuel.use(float(self._meter.reading(0).output_tokens or 0), now_s)
        fuel.reply_ended()
        cost = self.cost(turn)
        self.ledger.book(turn, cost)
        if self.store is not None:
            self.store.end_turn(turn, cost.usd if cost else None)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    @property
    def model(self) -> Model:
        """The model the next message goes to."""
        return self.catalogue.get(self.choices.model)

    def fuel(self, model_id: str) -> FuelGauge:
        """The fast budget of that model, for the credential in use."""
        return self._gauges.setdefault((self.provider.credential, model_id), FuelGauge())

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return self._now()

    def today(self) -> date:
        """The day it is, in UTC, as the catalogue's dates are meant."""
        return self._now().date()

    def ask_for_fast_again(self) -> None:
        """Forget a refusal for good: access may have been granted since."""
        self._gauges.pop((self.provider.credential, self.choices.model), None)

    def fast_offered(self) -> bool:
        """Whether the chosen model has fast mode today."""
        return self.model.offers_fast(self.today())

    def cost(self, turn: Turn) -> Cost | None:
        """What that turn cost."""
        return cost_of(turn, self.catalogue)

    def status(self) -> Status:
        """Everything a status bar needs, as of now."""
        now_s = self._clock()
        reading = self._reading(now_s)
        turn = self.turn
        fuel = self.fuel(self.choices.model)
        if turn is not None and turn.status == "streaming" and turn.served_speed == "fast":
            self.fuel(turn.options.model).use(float(reading.output_tokens or 0), now_s)
        gauge = fuel.reading(now_s)
        choices = self.choices
        return Status(
            self.model,
            choices.next_speed,
            choices.next_effort(self.model),
            choices.speed_once is not None or choices.effort_once is not None,
            turn.asked_speed if turn else None,
            turn.served_speed if turn else None,
            self.streaming,
            reading,
            gauge,
            self._replies_left(gauge),
            self._ledger_with(reading),
            self._context_tokens(),
            self._waiting_retry(now_s),
        )

    def reading_of(self, turn: Turn) -> Reading:
        """The figures of one reply: as the meter has them, or, of an earlier one, as it was stored."""
        if turn is self.turn and self._meter is not None:
            return self._reading(self._clock())
        return ended_reading(turn, self.catalogue.get(turn.options.model).chars_per_token)

    def _reading(self, now_s: float) -> Reading:
        return self._meter.reading(now_s - self._began_s) if self._meter else IDLE

    def _ledger_with(self, reading: Reading) -> Ledger:
        """What was spent, the running reply included."""
        turn = self.turn
        if turn is None or not self.streaming:
            return self.ledger
        return self.ledger.with_running(turn, running_cost(turn, self.catalogue, reading.output_tokens or 0))

    def _waiting_retry(self, now_s: float) -> Retry | None:
        if self._retry is None:
            return None
        event, due_s = self._retry
        return Retry(event.attempt, max(0.0, due_s - now_s), str(event.error))

    def _replies_left(self, gauge: FuelReading) -> int | None:
        if gauge.remaining is None or not self.conversation.head_id:
            return None
        usual = expected_output(self.conversation.path(), self.choices.next_effort(self.model))
        return gauge.remaining // max(1, usual)

    def _context_tokens(self) -> int | None:
        for turn in (self.conversation.head, *self._earlier()):
            if turn is not None and turn.usage.context_tokens is not None:
                return turn.usage.context_tokens
        return None

    def _earlier(self) -> Sequence[Turn]:
        head = self.conversation.head
        return () if head is None else tuple(self.conversation.ancestors(head))[:3]

    def forecast(self, prompt: str) -> Forecast:
        """What sending `prompt` now would ask for and cost."""
        choice = self._speed_for(prompt)
        other: Speed = "standard" if choice.speed == "fast" else "fast"
        chosen = self._quote(prompt, choice.speed)
        alternative = self._quote(prompt, other) if other == "standard" or self.fast_offered() else None
        until = None if chosen.warm_s is None else self._now() + timedelta(seconds=chosen.warm_s)
        return Forecast(chosen, alternative, choice.reason, self._warning(choice.speed, chosen), until)

    def _quote(self, prompt: str, speed: Speed) -> Quote:
        model, choices = self.model, self.choices
        effort = choices.next_effort(model)
        return quote(self.conversation, prompt, model, speed, effort, self._now(), choices.cache_ttl)

    def _warning(self, speed: Speed, chosen: Quote) -> str:
        if speed != "fast":
            return ""
        fuel = self.fuel(self.choices.model).reading(self._clock())
        if fuel.state == "cooling":
            return f"fast refills in {fuel.cooldown_s:.0f} s: standard until then"
        if fuel.remaining is not None and fuel.remaining < chosen.output_tokens:
            return f"{fuel.remaining:,} fast tokens left, about {chosen.output_tokens:,} needed"
        return ""

    def _speed_for(self, prompt: str) -> policy.Choice:
        asked = self.choices.next_speed
        if asked == "standard":
            return policy.Choice("standard", "")
        if asked == "fast":
            if not self.fast_offered():
                return policy.Choice("standard", f"{self.model.name} has no fast mode")
            if self.fuel(self.choices.model).reading(self._clock()).state == "unavailable":
                return policy.Choice("standard", "fast was refused for good: /speed fast asks again")
            return policy.Choice("fast", "")
        return policy.choose(self._facts(prompt))

    def _facts(self, prompt: str) -> policy.Facts:
        now_s = self._clock()
        gauge = self.fuel(self.model.id)
        refusal = gauge.refusal(now_s)
        cooldown_s = gauge.cooldown_s(now_s)
        fast, standard = self._quote(prompt, "fast"), self._quote(prompt, "standard")
        return policy.Facts(
            fast_offered=self.fast_offered(),
            fast_refusal=str(refusal) if refusal is not None and not cooldown_s else None,
            cooldown_s=cooldown_s,
            expected_tokens=fast.output_tokens,
            fuel_tokens=gauge.reading(now_s).remaining,
            fast_usd=fast.usd,
            standard_usd=standard.usd,
            reread_tokens=fast.reread_tokens,
        )

    def _ratios_for(self, model_id: str) -> CharsPerToken:
        if model_id not in self._ratios:
            self._ratios[model_id] = CharsPerToken(self.catalogue.get(model_id).chars_per_token)
        return self._ratios[model_id]

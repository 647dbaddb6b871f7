"""The README's pictures, drawn from scripted replies: what the program looks like is part of what it does.

`FASTTUI_DRAW=1 pytest tests/test_screenshots.py` draws them anew; look at them before you commit.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from decimal import Decimal

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from fasttui.chat import errors, events
from fasttui.chat.conversation import Conversation, ReplyRequest, Turn, TurnOptions, prompt_of
from fasttui.chat.events import StreamEvent
from fasttui.chat.usage import FastLimits
from fasttui.config.keymap import DEFAULT_KEYMAP
from fasttui.config.themes import load_theme, theme_names
from fasttui.engine.session import Session
from fasttui.store.store import Store
from fasttui.tui.app import FasttuiApp, Look
from fasttui.tui.screens.chats import ChatsScreen
from fasttui.tui.widgets.pick_list import PickList
from fasttui.tui.widgets.transcript import Transcript
from tests.clock import Clock
from tests.engine.scripted import ScriptedProvider, Step, reply, session_with
from tests.inline.chatting import chatting
from tests.paths import ROOT
from tests.pictures import check as check_picture

SCREENSHOTS = ROOT / "screenshots"
LIMITS = FastLimits(output_limit=400_000, output_remaining=312_000, input_limit=2_000_000, input_remaining=1_929_000)
ANSWER = """\
An LRU cache with expiry fits on one screen: `OrderedDict` keeps the order of use, and every entry \
remembers when it dies.

```python
class TTLCache(Generic[K, V]):
    \"\"\"At most `capacity` entries, each for `ttl_s` seconds; safe to share between threads.\"\"\"

    def get(self, key: K) -> V | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.dies_s <= self._clock():
                return None
            self._entries.move_to_end(key)
            return entry.value
```

| call | cost | what it does |
|---|--:|---|
| `get` | O(1) | refreshes the order, not the expiry |
| `put` | O(1) | evicts what has expired first |

- **One lock** is enough, because each operation is short.
"""


SAVED = (
    (0, "Refactor the cache layer", ("python", "work"), "Write an LRU cache with TTL expiry.", ANSWER),
    (0, "Names for a lighthouse keeper's cat", (), "Five names, please.", "Beacon, Fresnel, Wick, Sirius, and Bo'sun."),
    (1, "Why is the prompt cache missed?", ("work",), "It costs twice as much today. Why?",
     "A switch of speed or effort misses it: the cache is kept for each of them by itself."),
    (2, "Train from Lisbon to Porto", ("travel",), "How long does it take?", "About three hours."),
    (5, "Regex for ISO dates", (), "Match 2026-11-22 and nothing else.", "`^\\d{4}-\\d{2}-\\d{2}$` is a start."),
    (40, "Slow tests", ("python",), "They take nine minutes. Where do I begin?",
     ("Begin by measuring: `pytest --durations=20`. Fixtures that build the same database again are the usual "
      "cause; build it once for the session, and **cache** what does not change between tests.")),
)  # fmt: skip


class HeldProvider(ScriptedProvider):
    """Stops before the end of its last reply, so that the picture is of a reply on its way."""

    hold = asyncio.Event()

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        async for event in super().stream(request):
            is_last = not self._scripts and isinstance(event, events.UsageReported)
            if is_last and isinstance(event, events.UsageReported) and (event.usage.output_tokens or 0) > 1:
                await self.hold.wait()
            yield event


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def pieces(text: str) -> list[str]:
    """The text as a model streams it."""
    return re.findall(r"\S+\s*|\s+", text)


def streaming_at(session: Session, *script: Step) -> None:
    provider = session.provider
    assert isinstance(provider, ScriptedProvider)
    held = HeldProvider(provider._clock, *provider._scripts)
    held.hold = asyncio.Event()
    session.provider = held


async def settled(pilot: Pilot[None], ready: Callable[[], bool]) -> None:
    """Let the app work until `ready`, then until it has painted."""
    async with asyncio.timeout(10):
        while not ready():
            await pilot.pause()


async def picture(
    session: Session, theme: str, size: tuple[int, int], act: Callable[[FasttuiApp, Pilot[None]], Awaitable[None]]
) -> str:
    look = Look(load_theme(theme), theme_names, load_theme)
    app = FasttuiApp(session, DEFAULT_KEYMAP, look, demo=True)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await act(app, pilot)
        await pilot.pause()
        app.chat._tick()
        await pilot.pause()
        return app.export_screenshot(title="fasttui")


def check(name: str, drawn: str) -> None:
    check_picture(SCREENSHOTS / f"{name}.svg", drawn)


def texts(session: Session) -> int:
    return len(session.turn.reply.text) if session.turn else 0


async def test_a_reply_streams_at_fast() -> None:
    session, _, _ = session_with(
        reply(*pieces(ANSWER), speed="fast", pause_s=0.025, limits=LIMITS, output_tokens=400), speed="fast"
    )
    streaming_at(session)

    async def act(app: FasttuiApp, pilot: Pilot[None]) -> None:
        app.chat._start(session.submit("Write an LRU cache with TTL expiry, thread safety and unit tests."))
        await settled(pilot, lambda: texts(session) >= len(ANSWER))

    check("streaming-fast", await picture(session, "dusk", (110, 38), act))


async def test_fast_is_full_and_standard_serves() -> None:
    fast_full = [errors.FastLimitReached(retry_after_s=40)]
    session, _, _ = session_with(
        reply(*pieces("The cache is sound."), speed="fast", pause_s=0.35, limits=LIMITS, output_tokens=180),
        fast_full,
        reply(*pieces(ANSWER), pause_s=0.06, output_tokens=400),
        speed="fast",
    )
    streaming_at(session)

    async def act(app: FasttuiApp, pilot: Pilot[None]) -> None:
        app.chat._start(session.submit("Review this cache."))
        await settled(pilot, lambda: not session.streaming and session.turn is not None)
        app.chat._start(session.submit("Now write it again, with expiry."))
        await settled(pilot, lambda: texts(session) >= 700)

    check("fallback-cooldown", await picture(session, "dusk", (110, 38), act))


async def test_the_light_theme_at_80_by_24() -> None:
    session, _, _ = session_with(
        reply(*pieces(ANSWER[:640]), speed="fast", pause_s=0.025, limits=LIMITS, output_tokens=214), speed="fast"
    )

    async def act(app: FasttuiApp, pilot: Pilot[None]) -> None:
        app.chat._start(session.submit("Write an LRU cache with TTL expiry."))
        await settled(pilot, lambda: session.turn is not None and session.turn.status == "completed")

    check("light-80x24", await picture(session, "paper", (80, 24), act))


def saved_chats() -> Store:
    """Chats of some days, among them one that holds the words looked for."""
    clock = Clock()
    store = Store.open(None, now=clock.now)
    for days, title, tags, prompt, text in SAVED:
        clock.s = 1_000.0 - days * 86_400 + len(prompt) * 60
        conversation = Conversation(title=title, tags=tags, created_at=clock.now())
        turn = Turn(prompt_of(prompt), TurnOptions("claude-opus-4-8"), created_at=clock.now())
        conversation.add(turn)
        store.begin_turn(conversation, turn)
        turn.apply(events.TextDelta(text), 2.0)
        turn.apply(events.TurnCompleted("end_turn"), 2.0)
        store.end_turn(turn, Decimal(len(text)) / 2_000)
    return store


async def test_chats_are_found_by_what_was_said() -> None:
    session, _, _ = session_with()
    session.store = saved_chats()

    async def act(app: FasttuiApp, pilot: Pilot[None]) -> None:
        app.chat.action_chats()
        await settled(pilot, lambda: isinstance(app.screen, ChatsScreen) and app.screen.is_mounted)
        app.screen.query_one(Input).value = "cache"
        rows = app.screen.query_one(PickList)
        await settled(pilot, lambda: any("Said" in piece[0] for row in rows._rows for piece in row.lines[0].left))
        rows.action_to_end(1)
        await pilot.pause()
        # The colours of code are loaded in a thread.
        await settled(pilot, lambda: app.screen.query_one(Transcript).is_at_rest)

    check("chats", await picture(session, "dusk", (110, 30), act))
    session.store.close()


async def test_the_inline_chat_streams_below_the_shell() -> None:
    session, _, _ = session_with(
        reply(*pieces(ANSWER), speed="fast", pause_s=0.025, limits=LIMITS, output_tokens=400), speed="fast"
    )
    streaming_at(session)
    async with chatting(session=session, theme="dusk", columns=110, rows=36) as chat:
        chat.press("Write an LRU cache with TTL expiry, thread safety and unit tests.\r")
        await chat.until(lambda: texts(session) >= len(ANSWER))
        await chat.sees("One lock is enough")
        await chat.until(lambda: chat.has_painted)
        chat.press("And now with a size limit in bytes")
        await chat.until(lambda: chat.draft.endswith("bytes"))
        chat.tick()
        await chat.sees("tok/s")
        check("inline", chat.terminal.picture("fasttui --inline"))

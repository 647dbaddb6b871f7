"""Each recording gives the same reply, figures and saved conversation in every front end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fasttui.chat.conversation import Turn
from fasttui.chat.models import Catalogue
from fasttui.engine.choices import Choices
from fasttui.engine.session import Session
from fasttui.provider.anthropic import AnthropicProvider
from fasttui.store.store import Store
from tests.cli.conftest import Program
from tests.inline.chatting import chatting
from tests.paths import needs_shared_data
from tests.recordings_server import STREAMS, serving_recordings
from tests.tui.chat_app import app_around, composer

pytestmark = needs_shared_data
RECORDINGS = sorted(path.name for path in STREAMS.glob("*.sse"))
FACTS = ("reply", "usage", "status", "stop_reason", "message_id", "served_model", "error", "error_hint", "options")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving_recordings() as base_url:
        yield base_url


@pytest.fixture
def program(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(tmp_path, address, monkeypatch)


@asynccontextmanager
async def saving_session(path: Path, address: str) -> AsyncIterator[Session]:
    """A session like the program's own, on the real SDK and a store of its own."""
    store = Store.open(path)
    provider = AnthropicProvider(Catalogue(), api_key="any", base_url=address)
    try:
        yield Session(provider, Catalogue(), Choices("claude-opus-4-8"), store=store)
    finally:
        await provider.aclose()
        store.close()


def saved(path: Path) -> dict[str, Turn]:
    """The saved turns by their prompts."""
    store = Store.open(path)
    try:
        chats = [store.load(chat.id) for chat in store.recent(1_000)]
    finally:
        store.close()
    return {turn.prompt.text: turn for chat in chats for turn in chat.turns}


def assert_same(one: dict[str, Turn], other: dict[str, Turn]) -> None:
    for name in RECORDINGS:
        for fact in FACTS:
            assert getattr(one[name], fact) == getattr(other[name], fact), (name, fact)


@pytest.fixture
def expected(tmp_path: Path, address: str) -> dict[str, Turn]:
    """What the engine alone makes of each recording."""

    async def play() -> None:
        async with saving_session(tmp_path / "engine.db", address) as session:
            for name in RECORDINGS:
                session.start_over()
                async for _ in session.submit(name):
                    pass

    asyncio.run(play())
    return saved(tmp_path / "engine.db")


def test_ask_prints_and_saves_each_recording(program: Program, expected: dict[str, Turn]) -> None:
    for name in RECORDINGS:
        done = program.run("ask", name)
        text = expected[name].reply.text
        assert done.stdout.removesuffix("\n") == text.removesuffix("\n"), name
    assert_same(saved(program.paths.database), expected)


def test_plain_saves_each_recording(program: Program, expected: dict[str, Turn]) -> None:
    lines = "".join(f"{name}\n/new\n" for name in RECORDINGS)
    program.run("--plain", stdin=lines.encode())
    assert_same(saved(program.paths.database), expected)


def test_the_full_screen_saves_each_recording(tmp_path: Path, address: str, expected: dict[str, Turn]) -> None:
    async def play() -> None:
        async with saving_session(tmp_path / "tui.db", address) as session:
            app = app_around(session)
            async with app.run_test(size=(100, 30)) as pilot:
                for name in RECORDINGS:
                    app.chat.action_new_chat()
                    composer(app).fill(name)
                    await pilot.press("enter")
                    async with asyncio.timeout(20):
                        while session.turn is None or app.chat.answering:
                            await pilot.pause()

    asyncio.run(play())
    assert_same(saved(tmp_path / "tui.db"), expected)


def test_inline_saves_each_recording(tmp_path: Path, address: str, expected: dict[str, Turn]) -> None:
    async def play() -> None:
        async with saving_session(tmp_path / "inline.db", address) as session, chatting(session=session) as chat:
            for name in RECORDINGS:
                session.start_over()
                chat.press(f"{name}\r")
                await chat.until(lambda: session.turn is not None and not session.streaming, within_s=20)

    asyncio.run(play())
    assert_same(saved(tmp_path / "inline.db"), expected)

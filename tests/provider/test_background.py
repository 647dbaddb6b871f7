"""The SDK loaded behind a program that is already in use."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.errors import ConnectionFailed
from fasttui.chat.models import Catalogue
from fasttui.provider import background
from fasttui.provider.background import BackgroundProvider
from tests.provider.conftest import events_of, request_for, text_of
from tests.provider.loopback import loopback, reply, streams


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a fresh interpreter, in which nothing is imported yet."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANTHROPIC")}
    return subprocess.run(
        [sys.executable, "-W", "default", "-c", script],
        env=clean | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_importing_it_and_the_replay_leaves_the_sdk_alone() -> None:
    finished = run(
        "import json, sys\n"
        "import fasttui.provider.background, fasttui.provider.replay\n"
        "print(json.dumps([name for name in ('anthropic', 'httpx2', 'pydantic') if name in sys.modules]))"
    )
    assert json.loads(finished.stdout) == [], finished.stderr


def test_leaving_while_it_loads_is_quiet_and_does_not_wait() -> None:
    finished = run(
        "import sys\n"
        "from fasttui.chat.models import Catalogue\n"
        "from fasttui.provider.background import BackgroundProvider\n"
        "BackgroundProvider(Catalogue(), api_key='x').start()\n"
        "sys.exit(7)"
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (7, "", "")


def test_the_sdk_writes_nothing_to_the_terminal_whatever_the_environment_asks_for() -> None:
    finished = run(
        "import asyncio, gc\n"
        "from fasttui.chat.conversation import ReplyRequest, TurnOptions, prompt_of\n"
        "from fasttui.chat.errors import ConnectionFailed\n"
        "from fasttui.chat.models import Catalogue\n"
        "from fasttui.provider.background import BackgroundProvider\n"
        "async def ask():\n"
        "    provider = BackgroundProvider(Catalogue())\n"
        "    await provider.wait_ready()\n"
        "    assert provider.ready and gc.isenabled() and gc.get_freeze_count() > 100_000\n"
        "    for model in ('claude-sonnet-4-5', 'claude-opus-4-6'):\n"
        "        try:\n"
        "            async for _ in provider.stream(ReplyRequest((prompt_of('Hi'),), TurnOptions(model))): pass\n"
        "        except ConnectionFailed: pass\n"
        "    await provider.aclose()\n"
        "asyncio.run(ask())\n",
        ANTHROPIC_LOG="debug", ANTHROPIC_API_KEY="x", ANTHROPIC_AUTH_TOKEN="y", ANTHROPIC_PROFILE="z",
        ANTHROPIC_BASE_URL="http://127.0.0.1:9",
    )  # fmt: skip
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


@pytest.fixture
def _terminal_stays_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    # In this process the warnings are pytest's to see.
    monkeypatch.setattr(background, "keep_terminal_clean", lambda: None)


@pytest.mark.usefixtures("_terminal_stays_ours")
async def test_a_prompt_sent_early_waits_and_is_answered() -> None:
    async with loopback(streams(reply("Hello"))) as server:
        provider = BackgroundProvider(Catalogue(), api_key="sk-test", base_url=server.url)
        readiness = [provider.ready]
        assert text_of(await events_of(provider)) == "Hello"
        assert [*readiness, provider.ready] == [False, True]
        assert await provider.count_tokens(request_for()) is None
        assert await provider.list_models() == {}
        await provider.aclose()


@pytest.mark.usefixtures("_terminal_stays_ours")
async def test_who_stops_waiting_leaves_the_others_waiting() -> None:
    async with loopback(streams(reply("Hello"))) as server:
        provider = BackgroundProvider(Catalogue(), api_key="sk-test", base_url=server.url)
        impatient = asyncio.create_task(events_of(provider))
        patient = asyncio.create_task(provider.wait_ready())
        await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        await patient
        assert server.received == []
        await provider.aclose()


@pytest.mark.usefixtures("_terminal_stays_ours")
@pytest.mark.parametrize(
    ("name", "value"),
    [("ANTHROPIC_BASE_URL", "http://[::1"), ("SSL_CERT_FILE", "/nowhere/ca.pem"), ("HTTPS_PROXY", "nonsense://x")],
)
async def test_a_wrong_environment_is_told_when_a_message_is_sent(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    provider = BackgroundProvider(Catalogue(), api_key="sk-test")
    await provider.wait_ready()
    with pytest.raises(ConnectionFailed):
        await events_of(provider)


async def test_what_goes_wrong_in_the_thread_reaches_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("anthropic")

    monkeypatch.setattr(background, "load_anthropic", missing)
    provider = BackgroundProvider(Catalogue(), api_key="sk-test")
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError):
            await events_of(provider, ReplyRequest((), request_for().options))


def test_the_credential_has_a_name_before_anything_is_loaded() -> None:
    provider = BackgroundProvider(Catalogue(), api_key="sk-secret")
    assert provider.credential.startswith("key ")
    assert "secret" not in provider.credential

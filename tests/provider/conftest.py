"""What the tests of the provider share: a provider on a loopback server, and a request."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from fasttui.chat.conversation import ReplyRequest, TurnOptions, prompt_of
from fasttui.chat.events import StreamEvent, TextDelta
from fasttui.chat.models import Catalogue
from fasttui.provider.anthropic import AnthropicProvider
from fasttui.provider.protocol import Provider

OPEN_VARIABLES = (
    "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE", "ANTHROPIC_BASE_URL",
    "ANTHROPIC_CONFIG_DIR", "ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_LOG", "ANTHROPIC_FEDERATION_RULE_ID", "HTTP_PROXY",
    "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_credential_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in OPEN_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


def request_for(model: str = "claude-opus-4-8", prompt: str = "Hello", **options: Any) -> ReplyRequest:
    """A request with one prompt and these options."""
    return ReplyRequest((prompt_of(prompt),), TurnOptions(model, **options))


@asynccontextmanager
async def provider_at(url: str, **arguments: Any) -> AsyncIterator[AnthropicProvider]:
    """The real provider, talking to `url`."""
    settings: dict[str, Any] = {"api_key": "sk-test", "base_url": url} | arguments
    provider = AnthropicProvider(Catalogue(), **settings)
    try:
        yield provider
    finally:
        await provider.aclose()


async def events_of(provider: Provider, request: ReplyRequest | None = None) -> list[StreamEvent]:
    """Everything one stream yields."""
    async with aclosing(provider.stream(request or request_for())) as stream:
        return [event async for event in stream]


async def hear(provider: Provider, into: list[StreamEvent], *, on_text: Callable[[], None] = lambda: None) -> None:
    """Put what one stream yields into a list, which is there when the stream fails."""
    async with aclosing(provider.stream(request_for())) as stream:
        async for event in stream:
            into.append(event)
            if isinstance(event, TextDelta):
                on_text()


def text_of(events: list[StreamEvent]) -> str:
    """The text of the reply."""
    return "".join(event.text for event in events if isinstance(event, TextDelta))

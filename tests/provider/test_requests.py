"""What goes out: the bodies and headers as they stand on the wire, through the real SDK."""

from base64 import b64encode
from typing import Any

import pytest

from fasttui.chat.conversation import (
    EFFORTS,
    DocumentBlock,
    Effort,
    ImageBlock,
    Message,
    RedactedThinkingBlock,
    ReplyRequest,
    TextBlock,
    ThinkingBlock,
    TurnOptions,
    prompt_of,
)
from fasttui.chat.models import FAST_BETA, Catalogue
from fasttui.chat.usage import Speed
from fasttui.provider.requests import reply_parameters
from tests.provider.conftest import events_of, provider_at, request_for
from tests.provider.loopback import Received, loopback, reply, streams

# Sonnet 4.5 retires within days: the SDK warns of it, and a test lets no warning pass.
MODELS = [model.id for model in Catalogue().models if model.id != "claude-sonnet-4-5"]
NEVER_SENT = {"temperature", "top_p", "top_k"}


async def sent(*requests: ReplyRequest, **arguments: object) -> list[Received]:
    async with loopback(streams(reply("ok"))) as server, provider_at(server.url, **arguments) as provider:
        for request in requests:
            await events_of(provider, request)
        return server.received


async def test_an_ordinary_request_is_exactly_this() -> None:
    (received,) = await sent(request_for(effort="high", max_tokens=32_000))
    assert (received.method, received.path) == ("POST", "/v1/messages")
    assert received.json == {
        "model": "claude-opus-4-8",
        "max_tokens": 32_000,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
        "cache_control": {"type": "ephemeral"},
        "thinking": {"type": "adaptive", "display": "summarized"},
        "output_config": {"effort": "high"},
        "stream": True,
    }
    assert "anthropic-beta" not in received.headers
    assert received.headers["authorization"] == "Bearer sk-test"
    assert received.headers["x-stainless-retry-count"] == "0"


async def test_an_hour_of_cache_is_asked_for_by_name() -> None:
    (received,) = await sent(request_for(cache_ttl="1h"))
    assert received.json["cache_control"] == {"type": "ephemeral", "ttl": "1h"}


@pytest.mark.parametrize(
    ("model", "beta"),
    [
        ("claude-opus-4-8", FAST_BETA),
        ("claude-opus-5", FAST_BETA),
        ("claude-opus-5-5", None),
        ("claude-fable-5-2", None),
    ],
)
async def test_fast_asks_for_speed_and_sends_the_beta_only_where_the_model_needs_it(
    model: str, beta: str | None
) -> None:
    fast, standard = await sent(request_for(model, speed="fast"), request_for(model, speed="standard"))
    assert fast.json["speed"] == "fast"
    assert fast.headers.get("anthropic-beta") == beta
    assert "speed" not in standard.json
    assert "anthropic-beta" not in standard.headers


async def test_betas_and_headers_of_the_users_own_are_kept_beside_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "Anthropic-Beta: mine-2026-01-01\nX-Team: red")
    fast, standard = await sent(request_for(speed="fast"), request_for())
    assert fast.headers["anthropic-beta"] == f"mine-2026-01-01,{FAST_BETA}"
    assert standard.headers["anthropic-beta"] == "mine-2026-01-01"
    assert fast.headers["x-team"] == "red"


async def test_no_model_speed_effort_or_thinking_ever_sends_a_sampling_parameter() -> None:
    requests = [
        request_for(model, speed=speed, thinking=thinking, effort=effort)
        for model in MODELS
        for speed in ("standard", "fast")
        for thinking, effort in ((True, "max"), (False, "low"), (True, None))
    ]
    for received in await sent(*requests):
        assert not NEVER_SENT & received.json.keys()
        assert received.json["model"] in MODELS


def parameters(model: str, **options: Any) -> dict[str, Any]:
    return reply_parameters(request_for(model, **options), Catalogue().get(model))


SUMMARIZED = {"type": "adaptive", "display": "summarized"}


@pytest.mark.parametrize(
    ("model", "effort", "asked", "thinking"),
    [
        ("claude-opus-4-8", "high", True, SUMMARIZED),
        ("claude-opus-4-8", "max", False, None),
        ("claude-opus-5", "high", True, SUMMARIZED),
        ("claude-opus-5", "high", False, {"type": "disabled"}),
        ("claude-opus-5", None, False, {"type": "disabled"}),
        ("claude-opus-5", "xhigh", False, None),
        ("claude-opus-5", "max", False, None),
        ("claude-opus-5-5", "low", True, SUMMARIZED),
        ("claude-opus-5-5", "low", False, None),
        ("claude-haiku-4-5", None, True, {"type": "enabled", "budget_tokens": 16_000}),
        ("claude-haiku-4-5", None, False, None),
        ("some-new-model", "high", True, SUMMARIZED),
    ],
)
def test_thinking_is_asked_for_and_turned_off_as_each_model_takes_it(
    model: str, effort: Effort | None, asked: bool, thinking: object
) -> None:
    assert parameters(model, effort=effort, thinking=asked, max_tokens=32_000).get("thinking") == thinking


@pytest.mark.parametrize("max_tokens", [1, 1024, 1025, 2000, 64_000, 1_000_000])
def test_a_thinking_budget_leaves_room_for_the_reply(max_tokens: int) -> None:
    asked = parameters("claude-haiku-4-5", max_tokens=max_tokens)
    if "thinking" in asked:
        assert 1024 <= asked["thinking"]["budget_tokens"] < asked["max_tokens"]
    else:
        assert asked["max_tokens"] <= 1024


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("model", MODELS)
def test_effort_is_one_that_the_model_takes_or_left_out(model: str, effort: Effort) -> None:
    taken = Catalogue().get(model).efforts
    config = parameters(model, effort=effort).get("output_config")
    if taken:
        assert config is not None
        assert config["effort"] in taken
    else:
        assert config is None


def test_no_effort_is_sent_where_none_was_chosen() -> None:
    assert "output_config" not in parameters("claude-opus-4-8", effort=None)


@pytest.mark.parametrize("model", MODELS)
def test_max_tokens_stays_within_what_the_model_can_write(model: str) -> None:
    assert parameters(model, max_tokens=10**9)["max_tokens"] == Catalogue().get(model).max_output_tokens


async def test_thinking_goes_back_byte_for_byte_and_unsigned_thinking_stays_behind() -> None:
    history = (
        prompt_of("One"),
        Message("assistant", (
            ThinkingBlock("\x1b raw é", "EqQB/sig+=="), ThinkingBlock("", "empty-sig"), RedactedThinkingBlock("c2Vj"),
            ThinkingBlock("cut off"), TextBlock("Two"),
        )),
        prompt_of("Three"),
    )  # fmt: skip
    (received,) = await sent(ReplyRequest(history, TurnOptions("claude-opus-4-8"), system="Be brief."))
    assert received.json["system"] == "Be brief."
    assert received.json["messages"][1] == {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "\x1b raw é", "signature": "EqQB/sig+=="},
            {"type": "thinking", "thinking": "", "signature": "empty-sig"},
            {"type": "redacted_thinking", "data": "c2Vj"},
            {"type": "text", "text": "Two"},
        ],
    }


async def test_images_pdfs_and_texts_are_sent_as_the_api_takes_them() -> None:
    prompt = prompt_of(
        "Compare",
        ImageBlock(b"\x89PNG", "image/png", "a.png"),
        DocumentBlock(b"%PDF-1.7", "application/pdf", "b.pdf"),
        DocumentBlock("naïve \xff".encode("latin-1"), "text/plain", "c.txt"),
    )
    (received,) = await sent(ReplyRequest((prompt,), TurnOptions("claude-opus-4-8")))
    encoded = {"type": "base64", "media_type": "image/png", "data": b64encode(b"\x89PNG").decode()}
    pdf = {"type": "base64", "media_type": "application/pdf", "data": b64encode(b"%PDF-1.7").decode()}
    text = {"type": "text", "media_type": "text/plain", "data": "na\ufffdve \ufffd"}
    assert received.json["messages"][0]["content"] == [
        {"type": "image", "source": encoded},
        {"type": "document", "source": pdf, "title": "b.pdf"},
        {"type": "document", "source": text, "title": "c.txt"},
        {"type": "text", "text": "Compare"},
    ]


def test_empty_text_is_left_out_and_with_it_a_message_of_nothing_else() -> None:
    blank, half_blank = Message("assistant", (TextBlock(" \n"),)), Message("user", (TextBlock(""), TextBlock("Two")))
    messages = (prompt_of("One"), blank, half_blank)
    sent_messages = reply_parameters(ReplyRequest(messages, TurnOptions("m")), Catalogue().get("m"))["messages"]
    assert sent_messages == [
        {"role": "user", "content": [{"type": "text", "text": "One"}]},
        {"role": "user", "content": [{"type": "text", "text": "Two"}]},
    ]


@pytest.mark.parametrize("speed", ["standard", "fast"])
async def test_counting_tokens_sends_what_is_read_and_nothing_else(speed: Speed) -> None:
    async with loopback(streams(b'{"input_tokens": 12}', headers={"content-type": "application/json"})) as server:
        async with provider_at(server.url) as provider:
            assert await provider.count_tokens(request_for(speed=speed)) == 12
        assert server.received[0].path == "/v1/messages/count_tokens"
        assert server.received[0].json.keys() == {"model", "messages"}

"""Every refusal becomes the right error: fast, spend, ramp and ordinary limits told apart."""

import json
from typing import Any

import pytest

from fasttui.chat.errors import (
    AccessDenied,
    CredentialRejected,
    FastLimitReached,
    FastNotProvisioned,
    ModelNotFound,
    Overloaded,
    PaymentRequired,
    ProviderError,
    RampLimited,
    RateLimited,
    RequestRejected,
    RequestTooLarge,
    ServerFault,
    SpeedUnsupported,
    SpendLimitReached,
    StreamBroken,
)
from fasttui.chat.usage import Speed
from fasttui.provider.failures import error_of_response
from tests.paths import SHARED_DATA, needs_shared_data
from tests.provider.conftest import events_of, provider_at, request_for
from tests.provider.loopback import Answer, answers, block, loopback, refuses, started, streams, text

QUOTED = SHARED_DATA / "errors.json"
EXPECTED: dict[str, type[ProviderError]] = {
    "midstream_overloaded": Overloaded,
    "first_event_overloaded_padded": Overloaded,
    "http_529": Overloaded,
    "fast_429_zero_quota": FastNotProvisioned,
    "fast_429_exhausted": FastLimitReached,
    "org_429_fast_has_room": RateLimited,
    "fast_429_credits": FastNotProvisioned,
    "fast_400_not_enabled": FastNotProvisioned,
    "fast_400_model": SpeedUnsupported,
}


def _answer(refusal: dict[str, Any]) -> Answer:
    match refusal:
        case {"sse": str(sse), "where": str(where)}:
            before = b"" if "first" in where else started() + block() + text("Hi")
            return streams(before, sse.encode())
        case {"status": int(status), "json": body}:
            return answers(
                json.dumps(body).encode(),
                status=status,
                content_type="application/json",
                headers=refusal.get("headers"),
            )
        case _:
            raise AssertionError(refusal)


@needs_shared_data
async def test_refusals_quoted_from_real_life_are_told_apart_over_the_wire() -> None:
    quoted = json.loads(QUOTED.read_text())
    got: dict[str, type[ProviderError]] = {}
    async with loopback(*map(_answer, quoted)) as server, provider_at(server.url) as provider:
        for refusal in quoted:
            with pytest.raises(ProviderError) as raised:
                await events_of(provider, request_for(speed="fast"))
            got[refusal["id"]] = type(raised.value)
    assert got == EXPECTED


def error(
    status: int,
    message: str = "m",
    *,
    kind: str = "rate_limit_error",
    code: str | None = None,
    speed: Speed = "fast",
    headers: dict[str, str] | None = None,
) -> ProviderError:
    body = {"type": "error", "error": {"type": kind, "message": message, "details": code and {"error_code": code}}}
    return error_of_response(status, headers or {}, body, model="claude-opus-4-8", speed=speed)


@pytest.mark.parametrize("wait", ["12", "12.0"])
def test_the_pause_that_a_limit_asks_for_is_kept(wait: str) -> None:
    limited = error(429, "fast mode rate limit", headers={"retry-after": wait})
    assert isinstance(limited, FastLimitReached)
    assert limited.retry_after_s == 12


def test_the_code_of_a_limit_goes_before_its_words() -> None:
    assert type(error(429, "fast mode", code="enforced_spend_limit_reached")) is SpendLimitReached
    assert type(error(429, "fast mode", code="ramp_limit_exceeded")) is RampLimited


def test_a_limit_without_words_is_about_fast_when_the_fast_bucket_is_empty() -> None:
    assert type(error(429, headers={"anthropic-fast-output-tokens-remaining": "0"})) is FastLimitReached
    assert type(error(429, headers={"anthropic-fast-output-tokens-limit": "0"})) is FastNotProvisioned
    assert type(error(429, headers={"anthropic-fast-output-tokens-remaining": "9"})) is RateLimited


def test_a_limit_at_standard_speed_is_never_about_the_fast_bucket() -> None:
    headers = {"anthropic-fast-output-tokens-limit": "0", "anthropic-fast-output-tokens-remaining": "0"}
    assert type(error(429, speed="standard", headers=headers)) is RateLimited


BY_WORDS = [
    (429, "You have reached your API usage limits. Access returns on 2026-12-01.", SpendLimitReached),
    (400, "You have reached your specified API usage limits.", SpendLimitReached),
    (400, "'claude-opus-4-8' does not support the `speed` parameter.", SpeedUnsupported),
    (400, "speed: Extra inputs are not permitted", SpeedUnsupported),
    (400, "Unexpected value(s) `fast-mode-2026-02-01` for the `anthropic-beta` header.", SpeedUnsupported),
    (400, "Your credit balance is too low to access the Anthropic API.", PaymentRequired),
    (400, "messages: at least one message is required", RequestRejected),
]


@pytest.mark.parametrize(("status", "message", "expected"), BY_WORDS)
def test_what_has_no_code_is_known_by_its_words(status: int, message: str, expected: type[ProviderError]) -> None:
    kind = "rate_limit_error" if status == 429 else "invalid_request_error"
    assert type(error(status, message, kind=kind)) is expected


BY_STATUS = [
    (401, "authentication_error", CredentialRejected),
    (402, "billing_error", PaymentRequired),
    (403, "permission_error", AccessDenied),
    (404, "not_found_error", ModelNotFound),
    (408, "timeout_error", ServerFault),
    (409, "conflict_error", RequestRejected),
    (413, "request_too_large", RequestTooLarge),
    (422, "invalid_request_error", RequestRejected),
    (500, "api_error", ServerFault),
    (503, "overloaded_error", Overloaded),
    (504, "timeout_error", ServerFault),
    (529, "overloaded_error", Overloaded),
]


@pytest.mark.parametrize(("status", "kind", "expected"), BY_STATUS)
async def test_every_status_is_an_error_of_ours_with_a_sentence_a_next_step_and_the_request_id(
    status: int, kind: str, expected: type[ProviderError]
) -> None:
    body = {"type": "error", "error": {"type": kind, "message": "It is so."}}
    async with loopback(refuses(status, body)) as server, provider_at(server.url) as provider:
        with pytest.raises(expected) as raised:
            await events_of(provider)
        assert len(server.received) == 1, "a retry is the engine's to make, and to show"
    assert raised.value.request_id == "req_test"
    assert str(raised.value)
    assert raised.value.hint


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 502])
async def test_a_page_from_a_proxy_is_never_shown(status: int) -> None:
    page = b"<html><body>Blocked by <script>alert(1)</script> Acme Gateway</body></html>"
    async with (
        loopback(answers(page, status=status, content_type="text/html")) as server,
        provider_at(server.url) as provider,
    ):
        with pytest.raises(ProviderError) as raised:
            await events_of(provider)
    assert "<" not in str(raised.value)
    assert "Acme" not in str(raised.value)


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_server_that_is_not_the_apis_points_at_the_base_url(status: int) -> None:
    async with (
        loopback(answers(b"no such page", status=status, content_type="text/plain")) as server,
        provider_at(server.url) as provider,
    ):
        with pytest.raises(StreamBroken) as raised:
            await events_of(provider)
    assert "ANTHROPIC_BASE_URL" in raised.value.hint


@pytest.mark.parametrize("body", ["", "\x1b[2J", [], {}, {"error": None}, {"error": "x"}, {"error": {"message": 5}}])
def test_a_body_of_any_shape_is_an_error_by_its_status(body: object) -> None:
    refused = error_of_response(500, {}, body, model="m", speed="fast")
    assert isinstance(refused, ServerFault)
    assert "\x1b" not in str(refused)

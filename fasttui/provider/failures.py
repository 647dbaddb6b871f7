"""What the API says when it refuses, as one of our errors. Pure: status, headers and body in, error out.

Sources: Anthropic's errors and fast mode pages (2026-08 to 2026-11); refusals of fast quoted in public threads.
"""

import re
from collections.abc import Mapping

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
from fasttui.provider.headers import fast_limits, media_type, request_id, retry_after_s

# An `error` event comes with status 200; its type stands for the status it would have had.
_STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
# A server that does not know how to take a request will not learn it by the next attempt.
_NOT_MADE_FOR_THIS = {501, 505}
_NO_FAST_AT_ALL = re.compile(
    r"rate limit of 0 fast mode|credits are required for fast mode|fast mode is not enabled", re.IGNORECASE
)
_NO_SPEED_PARAMETER = re.compile(
    r"does not support the .?speed.? parameter|^speed: extra inputs|fast-mode-\d.*anthropic-beta",
    re.IGNORECASE,
)
_SPEND_LIMIT = re.compile(r"reached your (specified )?API usage limits", re.IGNORECASE)


def error_of_response(
    status: int, headers: Mapping[str, str], body: object, *, model: str, speed: Speed
) -> ProviderError:
    """The error for a response that is no reply. `body` is its JSON, or its text where it is not JSON."""
    said = _Said(body)
    id_ = request_id(headers)
    wait_s = retry_after_s(headers)
    detail = said.message or _without_message(headers)
    if status in (400, 429) and (cause := _limit_of(said, headers, model, speed)):
        return cause
    match status:
        case 401:
            return CredentialRejected(detail=said.message, request_id=id_)
        case 402:
            return PaymentRequired(request_id=id_)
        case 403:
            return AccessDenied(detail, request_id=id_)
        case 404 if said.type == "not_found_error":
            return ModelNotFound(model, request_id=id_)
        case 413:
            return RequestTooLarge(detail, status=status, request_id=id_)
        case 429:
            return RateLimited(retry_after_s=wait_s, request_id=id_)
        case 529:
            return Overloaded(retry_after_s=wait_s, request_id=id_)
        case _ if (status == 408 or status >= 500) and (said.type or status not in _NOT_MADE_FOR_THIS):
            if said.type == "overloaded_error":
                return Overloaded(retry_after_s=wait_s, request_id=id_)
            return ServerFault(status, detail=detail, retry_after_s=wait_s, request_id=id_)
        case _ if said.type or status == 400:
            return RequestRejected(detail, status=status, request_id=id_)
        case _:
            return StreamBroken(f"the server answered with status {status}, {detail}", request_id=id_)


def error_of_event(
    body: object, *, model: str, speed: Speed, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The error for an `error` event, or for an error body that came with status 200."""
    status = _STATUS_OF_TYPE.get(_Said(body).type, 500)
    return error_of_response(status, headers or {}, body, model=model, speed=speed)


def is_error_body(body: object) -> bool:
    """Whether a JSON value is the API's error object."""
    return bool(_Said(body).type)


def _limit_of(said: "_Said", headers: Mapping[str, str], model: str, speed: Speed) -> ProviderError | None:
    """Which of the limits a 429 or 400 is about: first by its code, then its words, then the fast headers."""
    id_ = request_id(headers)
    wait_s = retry_after_s(headers)
    if said.code == "enforced_spend_limit_reached" or _SPEND_LIMIT.search(said.message):
        return SpendLimitReached(request_id=id_)
    if said.code == "ramp_limit_exceeded":
        return RampLimited(retry_after_s=wait_s, request_id=id_)
    if _NO_FAST_AT_ALL.search(said.message):
        return FastNotProvisioned(model, request_id=id_)
    if _NO_SPEED_PARAMETER.search(said.message):
        return SpeedUnsupported(model, request_id=id_)
    if "credit balance is too low" in said.message:
        return PaymentRequired(request_id=id_)
    if said.type != "rate_limit_error":
        return None
    limits = fast_limits(headers)
    if speed == "fast" and 0 in (limits.input_limit, limits.output_limit):
        return FastNotProvisioned(model, request_id=id_)
    named = "fast mode" in said.message.lower()
    empty = speed == "fast" and 0 in (limits.input_remaining, limits.output_remaining)
    if named or empty:
        return FastLimitReached(retry_after_s=wait_s, request_id=id_)
    return None


def _without_message(headers: Mapping[str, str]) -> str:
    # A proxy's page is markup, addresses and advertising: what it is says more than what is in it.
    kind = media_type(headers)
    return f"{kind} instead of an error of the API" if kind else "without a word"


class _Said:
    """The fields of an error body that is perhaps none: "" for each that is not there."""

    __slots__ = ("code", "message", "type")

    def __init__(self, body: object) -> None:
        self.type = self.message = self.code = ""
        match body:
            case {"error": {"type": str(type_)} as error}:
                self.type = type_
            case {"error": {} as error}:  # some gateways leave the type out
                pass
            case _:
                return
        match error:
            case {"message": str(message)}:
                self.message = message
        match error:
            case {"details": {"error_code": str(code)}}:
                self.code = code

"""What the headers of a response say."""

import pytest

from fasttui.chat.usage import FastLimits
from fasttui.provider.headers import fast_limits, media_type, request_id, retry_after_s

CAPTURED = {
    "anthropic-fast-input-tokens-limit": "2000000",
    "anthropic-fast-input-tokens-remaining": "1929000",
    "anthropic-fast-input-tokens-reset": "2026-07-27T20:38:35Z",
    "anthropic-fast-output-tokens-limit": "400000",
    "anthropic-fast-output-tokens-remaining": "400000",
}


def test_the_fast_bucket_is_read_from_its_headers() -> None:
    assert fast_limits(CAPTURED) == FastLimits(400_000, 400_000, 2_000_000, 1_929_000)


def test_a_standard_response_says_nothing_about_the_fast_bucket() -> None:
    assert not fast_limits({"anthropic-ratelimit-requests-limit": "20000"}).known


@pytest.mark.parametrize("value", ["", "many", "-1", "1.5", "²", "9" * 5000])
def test_a_limit_that_is_no_number_is_unknown(value: str) -> None:
    assert not fast_limits({"anthropic-fast-output-tokens-limit": value}).known


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "12", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 09:00:00 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-3"}, None),
        ({}, None),
    ],
)
def test_the_pause_is_seconds_milliseconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers) == seconds


def test_what_is_shown_of_a_header_is_safe() -> None:
    assert request_id({"request-id": "req\x9b1"}) == "req\ufffd1"
    assert request_id({}) is None
    assert media_type({"content-type": "Text/HTML; charset=utf-8"}) == "text/html"

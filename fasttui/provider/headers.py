"""What the headers of a response say: the fast bucket, and how long to wait."""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from fasttui.chat.safe_text import safe_line
from fasttui.chat.usage import FastLimits


def fast_limits(headers: Mapping[str, str]) -> FastLimits:
    """The `anthropic-fast-*` headers; a figure that is missing or no number is None."""
    return FastLimits(
        output_limit=_tokens(headers, "output-tokens-limit"),
        output_remaining=_tokens(headers, "output-tokens-remaining"),
        input_limit=_tokens(headers, "input-tokens-limit"),
        input_remaining=_tokens(headers, "input-tokens-remaining"),
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The pause that the server asks for, or None where it names none that makes sense."""
    milliseconds = _seconds(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    asked = headers.get("retry-after", "")
    seconds = _seconds(asked)
    return seconds if seconds is not None else _seconds_between(headers.get("date", ""), asked)


def request_id(headers: Mapping[str, str]) -> str | None:
    """What support asks for, safe to show."""
    return safe_line(headers.get("request-id", ""), limit=100) or None


def media_type(headers: Mapping[str, str]) -> str:
    """`content-type` without its parameters; "" where there is none."""
    return safe_line(headers.get("content-type", "").partition(";")[0], limit=60).lower()


def _tokens(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(f"anthropic-fast-{name}", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _seconds_between(now: str, then: str) -> float | None:
    # Both dates are the server's, so its clock may be as wrong as it likes.
    try:
        return max(0.0, (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds())
    except (ValueError, TypeError):  # no dates, or one with a zone and one without
        return None

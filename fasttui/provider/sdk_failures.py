"""The SDK's and its HTTP library's exceptions, as our errors.

Two places, two meanings: before the head of the response nothing had come and the request may
be sent again; after it the reply is cut, and httpx2's own exceptions surface, not the SDK's.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import anthropic
import httpx2

from fasttui.chat.errors import (
    ConnectionFailed,
    ConnectionLost,
    CredentialRejected,
    RequestRejected,
    StreamBroken,
    StreamStalled,
)
from fasttui.chat.usage import Speed
from fasttui.provider.failures import error_of_response


@contextmanager
def before_the_head(host: str, *, model: str = "", speed: Speed = "standard") -> Iterator[None]:
    """Translates what goes wrong until the head of the response is there."""
    try:
        yield
    except anthropic.APIStatusError as error:
        raise error_of_response(
            error.status_code, error.response.headers, error.body, model=model, speed=speed
        ) from error
    except anthropic.APITimeoutError as error:
        raise ConnectionFailed(host, "it did not answer in time") from error
    except anthropic.APIConnectionError as error:
        raise ConnectionFailed(host, network_reason(error)) from error
    except anthropic.APIResponseValidationError as error:
        raise StreamBroken("the answer is not what the Messages API sends") from error
    except anthropic.AnthropicError as error:
        # Profiles and workload identity: no file, no token, an expired login.
        raise CredentialRejected(detail=str(error)) from error
    except httpx2.HTTPError as error:
        raise ConnectionFailed(host, str(error)) from error
    except UnicodeEncodeError as error:
        raise RequestRejected("it holds characters that cannot be sent") from error


@contextmanager
def after_the_head(silence_s: float, request_id: str | None) -> Iterator[None]:
    """Translates what goes wrong while the body is read; `silence_s` is the read timeout."""
    try:
        yield
    except httpx2.TimeoutException as error:
        raise StreamStalled(silence_s, request_id=request_id) from error
    except httpx2.TransportError as error:
        raise ConnectionLost(str(error), request_id=request_id) from error
    except httpx2.DecodingError as error:
        raise StreamBroken("its compression is damaged", request_id=request_id) from error


def network_reason(error: anthropic.APIConnectionError) -> str:
    """What the network said: the SDK's own message is always "Connection error."."""
    cause = error.__cause__
    while cause is not None:
        if said := str(cause):
            return said
        cause = cause.__cause__ or cause.__context__
    return type(error.__cause__).__name__ if error.__cause__ else str(error)

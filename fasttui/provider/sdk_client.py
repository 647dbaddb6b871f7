"""The SDK's client as this program wants it: no retries of its own, patient pools, impatient reads."""

import os
from collections.abc import Mapping

import anthropic
import httpx2

from fasttui.chat.errors import CredentialRejected, NoCredential
from fasttui.provider.credential import clean_key, is_sendable
from fasttui.provider.timeouts import CONNECT_TIMEOUT_S, KEEP_ALIVE_S

_DEFAULT_BASE_URL = "https://api.anthropic.com"
_AUTH_HEADERS = ("authorization", "x-api-key")


class ConnectionTrace:
    """Notes whether a request had to open a connection; httpx2 calls it for each step."""

    def __init__(self) -> None:
        self.opened = False

    async def __call__(self, step: str, details: Mapping[str, object]) -> None:  # noqa: ARG002 - httpx2's shape
        if step.startswith("connection."):
            self.opened = True


def open_client(
    *,
    api_key: str | None,
    base_url: str | None,
    read_timeout_s: float,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> anthropic.AsyncAnthropic:
    """A client that fails fast and visibly.

    Raises:
        anthropic.AnthropicError: the profile cannot be read.
        ValueError, ImportError, OSError, httpx2.InvalidURL: the address, a proxy or a certificate
            in the environment is wrong.
    """
    timeout = httpx2.Timeout(read_timeout_s, connect=CONNECT_TIMEOUT_S)
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=10, keepalive_expiry=KEEP_ALIVE_S)
    hooks = {"request": [_trace]}
    http_client = (
        anthropic.DefaultAsyncHttpxClient(timeout=timeout, limits=limits, event_hooks=hooks)
        if transport is None
        else httpx2.AsyncClient(transport=transport, timeout=timeout, event_hooks=hooks)
    )
    client = anthropic.AsyncAnthropic(
        api_key=clean_key(api_key),
        base_url=_base_url(base_url),
        timeout=timeout,
        max_retries=0,
        http_client=http_client,
    )
    client.api_key, client.auth_token = clean_key(client.api_key), clean_key(client.auth_token)
    return client


def check_credential(client: anthropic.AsyncAnthropic) -> None:
    """Before anything is sent: the SDK answers a missing key with a `TypeError`.

    Raises:
        NoCredential: there is nothing to sign with.
        CredentialRejected: the key cannot stand in a header.
    """
    for secret in (client.api_key, client.auth_token):
        if secret and not is_sendable(secret):
            raise CredentialRejected(detail="it holds characters that no key has")
    signed_by_header = any(header(client, name) for name in _AUTH_HEADERS)
    if not (client.api_key or client.auth_token or client.credentials or signed_by_header):
        raise NoCredential


def header(client: anthropic.AsyncAnthropic, name: str) -> str:
    """A header every request carries, from `ANTHROPIC_CUSTOM_HEADERS` or a profile; "" for none."""
    values = [value for key, value in client.default_headers.items() if key.lower() == name]
    return next((value for value in reversed(values) if isinstance(value, str)), "")


def used_an_old_connection(error: anthropic.APIConnectionError) -> bool:
    """Whether the request went out on a kept-alive connection that the other side had given up."""
    trace = error.request.extensions.get("trace")
    gone = isinstance(error.__cause__, httpx2.NetworkError | httpx2.RemoteProtocolError)
    return gone and isinstance(trace, ConnectionTrace) and not trace.opened


async def _trace(request: httpx2.Request) -> None:
    request.extensions["trace"] = ConnectionTrace()


def _base_url(given: str | None) -> str | None:
    if given and given.strip():
        return given.strip()
    # The SDK takes an empty variable at its word and then knows no host.
    if "ANTHROPIC_BASE_URL" in os.environ:
        return os.environ["ANTHROPIC_BASE_URL"].strip() or _DEFAULT_BASE_URL
    return None

"""Claude through the official SDK. Importing this imports the SDK, which takes a second: see `background`."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing

import anthropic
import httpx2

from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.errors import ConnectionFailed, CredentialRejected, ProviderError, StreamBroken
from fasttui.chat.events import TERMINAL, ResponseOpened, StreamEvent
from fasttui.chat.models import Catalogue
from fasttui.provider import headers, requests
from fasttui.provider.credential import credential_name
from fasttui.provider.failures import error_of_event, is_error_body
from fasttui.provider.model_fields import fields_by_id
from fasttui.provider.pacing import paced
from fasttui.provider.sdk_client import check_credential, header, open_client, used_an_old_connection
from fasttui.provider.sdk_failures import after_the_head, before_the_head
from fasttui.provider.stream import ReplyDecoder
from fasttui.provider.timeouts import LAST_BYTES_S, QUESTION_TIMEOUT_S, READ_TIMEOUT_S

_LONGEST_REFUSAL = 1 << 20
_MOST_PAGES = 20


class AnthropicProvider:
    """One attempt at one reply over the Messages API; it never sends a request twice.

    The one exception is a connection kept open from an earlier message that turns out to be
    dead: nothing had come over it, and the message goes out again on a new one.
    `frame_s` paces the reads (see `pacing`); None reads as the bytes come.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
        frame_s: float | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._read_timeout_s = read_timeout_s
        self._frame_s = frame_s
        self._credential = credential_name(api_key)
        self._client: anthropic.AsyncAnthropic | None = None
        self._unusable: ProviderError | None = None
        try:
            self._client = open_client(
                api_key=api_key, base_url=base_url, read_timeout_s=read_timeout_s, transport=transport
            )
        except anthropic.AnthropicError as error:
            self._unusable = CredentialRejected(detail=str(error))
        except (httpx2.InvalidURL, ValueError, ImportError, OSError) as error:
            self._unusable = ConnectionFailed(self.host, str(error))

    @property
    def credential(self) -> str:
        """A fingerprint of the key, or the profile's name."""
        return self._credential

    async def wait_ready(self) -> None:
        """At once: the SDK is loaded."""

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        """The reply as it comes; closing the generator closes the connection.

        Raises:
            ProviderError: as `Provider.stream` says.
        """
        options = request.options
        async with AsyncExitStack() as stack:
            with before_the_head(self.host, model=options.model, speed=options.speed):
                response = await self._open(request, stack)
            id_ = headers.request_id(response.headers)
            yield ResponseOpened(id_, headers.fast_limits(response.headers))
            with after_the_head(self._read_timeout_s, id_):
                await _check_kind(response, request)
                decoder = ReplyDecoder(model=options.model, speed=options.speed, request_id=id_)
                chunks = await stack.enter_async_context(aclosing(self._chunks(response)))
                async for chunk in chunks:
                    for event in decoder.feed(chunk):
                        if isinstance(event, TERMINAL):
                            await _read_last_bytes(chunks)
                        yield event
                    if decoder.ended:
                        return
                for event in decoder.finish():
                    yield event

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        """Input tokens as the API estimates them; None where it cannot be asked."""
        model = self._catalogue.get(request.options.model)
        try:
            client = self._ready_client()
            with before_the_head(self.host, model=model.id):
                answer = await client.messages.with_raw_response.count_tokens(
                    **requests.prompt_parameters(request, model), timeout=QUESTION_TIMEOUT_S
                )
        except ProviderError:
            return None
        match _json_of(answer.http_response.content):
            case {"input_tokens": int(tokens)}:
                return tokens
            case _:
                return None

    async def list_models(self) -> Mapping[str, Mapping[str, object]]:
        """What the Models API says of each model, for `Catalogue.overlay`; nothing where it cannot be asked."""
        said: dict[str, Mapping[str, object]] = {}
        last_id: str | None = None
        try:
            for _ in range(_MOST_PAGES):
                page = await self._page_of_models(last_id)
                said |= fields_by_id(page)
                match page:
                    case {"has_more": True, "last_id": str(last_id)}:
                        continue
                    case _:
                        break
        except ProviderError:
            return {}
        return said

    async def aclose(self) -> None:
        """Close the connections that are kept for the next message."""
        if self._client is not None:
            await self._client.close()

    @property
    def host(self) -> str:
        """Where the requests go, without what an address may hold of names and passwords."""
        return self._client.base_url.netloc.decode("ascii", "replace") if self._client else "the API"

    def _ready_client(self) -> anthropic.AsyncAnthropic:
        if self._client is None:
            raise self._unusable or ConnectionFailed(self.host, "the client could not be made")
        check_credential(self._client)
        return self._client

    async def _open(self, request: ReplyRequest, stack: AsyncExitStack) -> httpx2.Response:
        client = self._ready_client()
        model = self._catalogue.get(request.options.model)
        parameters = requests.reply_parameters(request, model)
        if betas := requests.beta_header(request.options, model, header(client, "anthropic-beta")):
            parameters["extra_headers"] = {"anthropic-beta": betas}
        create = client.messages.with_streaming_response.create
        try:
            response = await stack.enter_async_context(create(**parameters, stream=True))
        except anthropic.APIConnectionError as error:
            if not used_an_old_connection(error):
                raise
            response = await stack.enter_async_context(create(**parameters, stream=True))
        return response.http_response

    async def _page_of_models(self, after_id: str | None) -> object:
        client = self._ready_client()
        with before_the_head(self.host):
            answer = await client.models.with_raw_response.list(
                limit=1000, after_id=after_id or anthropic.omit, timeout=QUESTION_TIMEOUT_S
            )
        return _json_of(answer.http_response.content)

    def _chunks(self, response: httpx2.Response) -> AsyncGenerator[bytes, None]:
        chunks = response.aiter_bytes()
        return chunks if self._frame_s is None else paced(chunks, self._frame_s)


async def _check_kind(response: httpx2.Response, request: ReplyRequest) -> None:
    """Raises `ProviderError` for a body that is a page, or JSON: with status 200 either looks like a reply."""
    kind = headers.media_type(response.headers)
    id_ = headers.request_id(response.headers)
    if kind == "application/json":
        body = _json_of(await _start_of(response))
        if is_error_body(body):
            options = request.options
            raise error_of_event(body, model=options.model, speed=options.speed, headers=response.headers)
        raise StreamBroken("the server sent plain JSON instead of an event stream", request_id=id_)
    if kind in ("text/html", "application/xhtml+xml", "text/xml", "application/xml"):
        raise StreamBroken(f"the server sent a web page ({kind}) instead of an event stream", request_id=id_)


async def _start_of(response: httpx2.Response) -> bytes:
    body = b""
    async with aclosing(response.aiter_bytes()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > _LONGEST_REFUSAL:
                break
    return body


def _json_of(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


async def _read_last_bytes(chunks: AsyncIterator[bytes]) -> None:
    # Only a body read to its end gives the connection back for the next message. A server that
    # lingers, or cuts it now, takes nothing from a reply that is whole.
    try:
        async with asyncio.timeout(LAST_BYTES_S):
            async for _ in chunks:
                pass
    except (TimeoutError, httpx2.HTTPError):
        return

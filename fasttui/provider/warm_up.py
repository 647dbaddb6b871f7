"""Two requests that leave no trace: the first ones of a process import and build a hundred things on the way."""

import asyncio
import os
from contextlib import aclosing, suppress

import httpx2

from fasttui.chat.conversation import ReplyRequest, TurnOptions, prompt_of
from fasttui.chat.errors import ProviderError
from fasttui.chat.models import Catalogue
from fasttui.provider.anthropic import AnthropicProvider

_REPLY = b"""\
event: message_start
data: {"type":"message_start","message":{"id":"msg","model":"claude","usage":{"input_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}

event: message_stop
data: {"type":"message_stop"}

"""


def warm_up(catalogue: Catalogue) -> None:
    """Blocks for a tenth of a second, so not on the event loop; nothing goes to any network."""
    asyncio.run(_ask_twice(catalogue))


async def _ask_twice(catalogue: Catalogue) -> None:
    # What is wrong with the environment is said when a message is sent, not here.
    with suppress(ProviderError, OSError):
        await _ask(catalogue, httpx2.MockTransport(_reply))
        # Opening a connection has imports of its own, even to a socket file that is none.
        await _ask(catalogue, httpx2.AsyncHTTPTransport(uds=os.devnull))


async def _ask(catalogue: Catalogue, transport: httpx2.AsyncBaseTransport) -> None:
    provider = AnthropicProvider(catalogue, api_key="warm-up", base_url="http://warm-up.invalid", transport=transport)
    request = ReplyRequest((prompt_of("Hi"),), TurnOptions(catalogue.models[0].id))
    try:
        async with aclosing(provider.stream(request)) as stream:
            async for _ in stream:
                pass
    finally:
        await provider.aclose()


def _reply(request: httpx2.Request) -> httpx2.Response:  # noqa: ARG001 - the transport's shape
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=_REPLY)

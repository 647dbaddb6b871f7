"""One reply that leaves no trace: the first request of a process builds a hundred things on the way."""

import asyncio
from contextlib import aclosing

import httpx2

from fasttui.chat.conversation import ReplyRequest, TurnOptions, prompt_of
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
    """Ask a transport that has no network; blocks for a tenth of a second, so not on the event loop."""
    asyncio.run(_ask(catalogue))


async def _ask(catalogue: Catalogue) -> None:
    def reply(request: httpx2.Request) -> httpx2.Response:  # noqa: ARG001 - the transport's shape
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=_REPLY)

    provider = AnthropicProvider(catalogue, api_key="warm-up", transport=httpx2.MockTransport(reply))
    request = ReplyRequest((prompt_of("Hi"),), TurnOptions(catalogue.models[0].id))
    async with aclosing(provider.stream(request)) as stream:
        async for _ in stream:
            pass
    await provider.aclose()

"""The SDK, loaded while the program is already in use.

`import anthropic` takes a second. It happens in a thread after the first frame; a prompt that
is sent earlier waits here. Importing this module imports nothing of the SDK.
"""

import asyncio
import gc
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.events import StreamEvent
from fasttui.chat.models import Catalogue
from fasttui.provider.credential import credential_name
from fasttui.provider.quiet import keep_terminal_clean
from fasttui.provider.timeouts import READ_TIMEOUT_S

if TYPE_CHECKING:
    from fasttui.provider.anthropic import AnthropicProvider

_GC_THRESHOLDS = (20_000, 20, 100)


class BackgroundProvider:
    """An `AnthropicProvider` that is on its way. `start` sets it going; whoever needs it waits.

    A `base_url` that is only known later, as that of a server still to be started, is given as
    a function; the loading thread calls it.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        api_key: str | None = None,
        base_url: str | Callable[[], str] | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
        frame_s: float | None = None,
    ) -> None:
        self._load: Callable[[], AnthropicProvider] = lambda: load_anthropic(
            catalogue,
            api_key=api_key,
            base_url=base_url() if callable(base_url) else base_url,
            read_timeout_s=read_timeout_s,
            frame_s=frame_s,
        )
        self._credential = credential_name(api_key)
        self._loaded: Future[AnthropicProvider] = Future()
        self._started = False

    @property
    def credential(self) -> str:
        """Known before anything is loaded."""
        return self._credential

    @property
    def ready(self) -> bool:
        """Whether a prompt sent now leaves at once."""
        return self._loaded.done()

    def start(self) -> None:
        """Begin to load, once; the thread does not keep the process from ending."""
        if not self._started:
            self._started = True
            self._loaded.set_running_or_notify_cancel()
            threading.Thread(target=self._run, name="load anthropic", daemon=True).start()

    async def wait_ready(self) -> None:
        """Return once the SDK is loaded and warm; starts it if nobody has."""
        await self._provider()

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        """As `AnthropicProvider.stream`, once there is one."""
        provider = await self._provider()
        async with aclosing(provider.stream(request)) as events:
            async for event in events:
                yield event

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        """As `AnthropicProvider.count_tokens`."""
        return await (await self._provider()).count_tokens(request)

    async def list_models(self) -> Mapping[str, Mapping[str, object]]:
        """As `AnthropicProvider.list_models`."""
        return await (await self._provider()).list_models()

    async def aclose(self) -> None:
        """Close the kept connections, if there can be any."""
        if self.ready:
            await (await self._provider()).aclose()

    async def _provider(self) -> "AnthropicProvider":
        self.start()
        # A running Future cannot be cancelled, so a waiter that gives up leaves the others waiting.
        return await asyncio.wrap_future(self._loaded)

    def _run(self) -> None:
        try:
            provider = self._load()
        except BaseException as error:  # noqa: BLE001 - raised again in each task that awaits it
            self._loaded.set_exception(error)
        else:
            self._loaded.set_result(provider)


def load_anthropic(
    catalogue: Catalogue,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    read_timeout_s: float = READ_TIMEOUT_S,
    frame_s: float | None = None,
) -> "AnthropicProvider":
    """Import the SDK, quietly, and make one request that goes nowhere. Blocks for a second."""
    keep_terminal_clean()
    with without_collections():
        from fasttui.provider.anthropic import AnthropicProvider
        from fasttui.provider.warm_up import warm_up

        warm_up(catalogue)
        return AnthropicProvider(
            catalogue, api_key=api_key, base_url=base_url, read_timeout_s=read_timeout_s, frame_s=frame_s
        )


@contextmanager
def without_collections() -> Iterator[None]:
    """The policy for the garbage collector around the import: off during it, then few collections.

    What an import makes lives for ever; it is frozen, so that no collection walks it again. A
    collection now would halt the event loop for 60 to 190 ms.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        gc.enable()

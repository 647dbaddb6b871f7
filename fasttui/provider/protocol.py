"""What the engine asks of a source of replies; the SDK and the recordings both keep to it."""

from collections.abc import AsyncGenerator
from typing import Protocol

from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.events import StreamEvent


class Provider(Protocol):
    """One attempt at one reply; retries and fallbacks are the engine's."""

    @property
    def credential(self) -> str:
        """A name for the credential in use that gives nothing away; what is remembered hangs on it."""
        ...

    async def wait_ready(self) -> None:
        """Return once a request can leave without delay, so that start-up is no part of any measure."""
        ...

    def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        """Ask once and yield what comes: `ResponseOpened`, `ReplyStarted`, blocks, deltas, usage, and
        `TurnCompleted` or `TurnRefused` as the last event.

        Raises:
            ProviderError: the attempt failed; before `ResponseOpened` nothing had arrived.
        """
        ...

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        """Input tokens of `request` as the API estimates them; None where it cannot say."""
        ...

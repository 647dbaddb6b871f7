"""Prompts that were sent while a reply was still running: they go out one after another behind it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fasttui.chat.conversation import Block, Turn


class Waiting(NamedTuple):
    """A prompt and the files that go along with it, as they were when it was sent."""

    prompt: str
    attachments: Sequence[Block] = ()


class WaitingPrompts:
    """First in, first out; after a reply that did not end well, all of them go back into the draft."""

    def __init__(self) -> None:
        self._prompts: list[Waiting] = []

    def __len__(self) -> int:
        """How many wait."""
        return len(self._prompts)

    def __iter__(self) -> Iterator[Waiting]:
        """Those that wait, the next one first."""
        return iter(self._prompts)

    def add(self, prompt: str, attachments: Sequence[Block] = ()) -> None:
        """Let a prompt wait."""
        self._prompts.append(Waiting(prompt, attachments))

    def next_after(self, turn: Turn | None) -> Waiting | None:
        """The one to send now that `turn` has ended; None where there is none, or it did not end well."""
        well = turn is not None and turn.status == "completed"
        return self._prompts.pop(0) if well and self._prompts else None

    def text_with(self, draft: str) -> str:
        """All that wait and the draft behind them, as one text."""
        return "\n\n".join(text for text in (*(waiting.prompt for waiting in self._prompts), draft) if text)

    def take_back(self, draft: str) -> str:
        """That text; none wait any more."""
        text = self.text_with(draft)
        self._prompts.clear()
        return text

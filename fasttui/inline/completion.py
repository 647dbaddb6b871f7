"""The engine's completions for prompt-toolkit."""

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from fasttui.engine.completion import Completions


class PromptCompleter(Completer):
    """Completes what stands before the cursor."""

    def __init__(self, completions: Completions) -> None:
        self._completions = completions

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Completions at the cursor."""
        del complete_event
        for offer in self._completions.offers(document.text_before_cursor):
            yield Completion(offer.text, -offer.replaced, display=offer.shown, display_meta=offer.about)

"""The engine's completions for prompt-toolkit."""

from collections.abc import Callable, Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from fasttui.engine.completion import Completions
from fasttui.inline.status_line import shortened


class PromptCompleter(Completer):
    """Completes what stands before the cursor, on a screen so many columns wide."""

    def __init__(self, completions: Completions, columns: Callable[[], int]) -> None:
        self._completions, self._columns = completions, columns

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Completions at the cursor."""
        del complete_event
        for offer in self._completions.offers(document.text_before_cursor):
            # A long title leaves room for what was said, which tells apart where it was found.
            shown = shortened(offer.shown, self._columns() // 2) if offer.about else offer.shown
            yield Completion(offer.text, -offer.replaced, display=shown, display_meta=offer.about)

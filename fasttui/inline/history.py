"""Earlier prompts, shared with every other front end through the store."""

from collections.abc import Callable, Iterable

from prompt_toolkit.history import History

from fasttui.store.store import Store


class StoreHistory(History):
    """prompt-toolkit's view of the prompt history. Without a store it lasts as long as the program."""

    def __init__(self, store: Callable[[], Store | None]) -> None:
        super().__init__()
        self._store = store

    def has_news(self) -> bool:
        """Whether another window has sent a prompt since; then the store is read again when next asked."""
        store = self._store()
        newest = [] if store is None else store.history(1)
        if newest and newest != self.get_strings()[-1:]:
            self._loaded = False
        return not self._loaded

    def load_history_strings(self) -> Iterable[str]:
        """Newest first."""
        store = self._store()
        return [] if store is None else store.history()

    def store_string(self, string: str) -> None:
        """Keep a prompt that was sent."""
        store = self._store()
        if store is not None:
            store.add_history(string)

"""Tells of what keeps words from being saved: once when it begins, and once when it is over."""

from fasttui.chat.errors import StoreError
from fasttui.engine.session import Session

SAVED_AGAIN = "Everything is saved again."


class SavingWatch:
    """Looks at a session's store whenever it is asked."""

    def __init__(self) -> None:
        self._told = ""

    def news(self, session: Session) -> StoreError | str | None:
        """The trouble, or the good news, where it has not been told yet."""
        trouble = session.store.trouble if session.store is not None else None
        sentence = str(trouble) if trouble is not None else ""
        if sentence == self._told:
            return None
        self._told = sentence
        return trouble if trouble is not None else SAVED_AGAIN

"""What a transcript is told: entries as plain values, and the list of them, read from its source only on demand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from fasttui.markdown.lines import Span

EntryKind = Literal["prompt", "reply", "note", "error"]
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """The row above an entry's text: `left` is kept whole as long as it fits, `right` gives way first."""

    left: Spans = ()
    right: Spans = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as the transcript shows it.

    A reply's text is Markdown; the text of every other kind is shown as it is. `thinking_label` is the row that stands
    for folded thinking. `notes` are rows below the text.
    """

    key: str
    kind: EntryKind
    header: HeaderLine | Callable[[], HeaderLine] = HeaderLine()
    text: str = ""
    thinking: str = ""
    thinking_label: str = ""
    notes: tuple[Spans, ...] = ()
    streaming: bool = False


class EntryList:
    """The entries of a conversation. Those of `source` are fetched when one is asked for, and not kept."""

    def __init__(self, source: Sequence[Entry] = ()) -> None:
        self._source = source
        self._items: list[int | Entry] = list(range(len(source)))

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> Entry:
        item = self._items[index]
        return self._source[item] if isinstance(item, int) else item

    def __setitem__(self, index: int, entry: Entry) -> None:
        self._items[index] = entry

    def __iter__(self) -> Iterator[Entry]:
        return (self[index] for index in range(len(self)))

    def append(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self._items.append(entry)

    def remove(self, index: int) -> None:
        """Take an entry out."""
        del self._items[index]

    def index_of(self, key: str) -> int:
        """The place of the entry with this key, searched from the end.

        Raises:
            KeyError: there is none.
        """
        for index in range(len(self) - 1, -1, -1):
            if self[index].key == key:
                return index
        raise KeyError(key)

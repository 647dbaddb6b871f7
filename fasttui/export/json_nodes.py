"""A foreign JSON document read with care: every value knows its place, so that a fault can be pointed at."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from fasttui.chat.errors import TransferError
from fasttui.chat.safe_text import join_surrogates, safe_line, safe_text

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document, and where it stands, as in `turns[3].usage`."""

    value: object
    place: str = ""

    def __getitem__(self, key: str) -> "Node":
        """The member of that name; one that is absent holds None."""
        if not isinstance(self.value, dict):
            raise self.fault("is not an object")
        return Node(self.value.get(key), f"{self.place}.{key}" if self.place else key)

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """Names and values of an object."""
        if not isinstance(self.value, dict):
            raise self.fault("is not an object")
        for key in self.value:
            yield key, self[key]

    def __iter__(self) -> Iterator["Node"]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise self.fault("is not a list")
        return (Node(element, f"{self.place}[{at}]") for at, element in enumerate(self.value))

    def __bool__(self) -> bool:
        """Whether there is a value at all; false and 0 are values."""
        return self.value is not None

    def fault(self, what: str) -> TransferError:
        """The error that says `what` is wrong here."""
        return TransferError(f"{safe_line(self.place) or 'The document'} {what}.")

    def raw_string(self) -> str:
        """Text byte for byte, but for halves of surrogate pairs."""
        if not isinstance(self.value, str):
            raise self.fault("is not text")
        return join_surrogates(self.value)

    def string(self) -> str:
        """Text, safe to show."""
        return safe_text(self.raw_string())

    def string_or_none(self) -> str | None:
        """Text, safe to show, or null."""
        return self.string() if self else None

    def string_or(self, default: str) -> str:
        """Text, safe to show; `default` where there is none, or something else than text."""
        return self.string() if isinstance(self.value, str) else default

    def integer(self) -> int:
        """A whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.fault("is not a whole number")
        return self.value

    def number(self) -> float:
        """A number that is neither infinite nor NaN."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.fault("is not a number")
        try:
            number = float(self.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.fault("is not a finite number")
        return number

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.fault("is neither true nor false")
        return self.value

    def one_of(self, words: tuple[Word, ...]) -> Word:
        """One of the words that are allowed here."""
        for word in words:
            if self.value == word:
                return word
        raise self.fault(f"is none of {', '.join(words)}")

    def moment(self) -> datetime:
        """A time in UTC, from ISO 8601 or from seconds since 1970."""
        try:
            if isinstance(self.value, str):
                moment = datetime.fromisoformat(self.value)
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
            return datetime.fromtimestamp(self.number(), UTC)
        except (ValueError, OverflowError, OSError):
            raise self.fault("is not a time") from None

    def moment_or(self, default: datetime) -> datetime:
        """The same; `default` where there is no value."""
        return self.moment() if self else default

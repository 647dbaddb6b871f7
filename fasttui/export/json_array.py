"""The elements of a JSON array one by one, in memory for one element, however long the file is.

Elements are cut apart by their brackets alone and parsed afterwards, so that one that does not
parse spoils none of the others.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fasttui.chat.errors import TransferError

_CHUNK_BYTES = 1 << 18
# A quotation mark that is missing makes all that follows look like one element.
_MAX_ELEMENT_BYTES = 1 << 27

_BLANKS = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# From anywhere outside a string to just after the next bracket. Possessive, hence linear: what
# ends in the middle of a string does not match and is tried again when there is more of it.
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+([{}\[\]])', re.DOTALL)

Read = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Element:
    """The source of one element, its number from 1 and its first byte in the file; `fault` says why it is no value."""

    number: int
    offset: int
    source: bytes
    fault: str = ""


class _Window:
    """The part of a file that is looked at; `at` is how far it has been scanned."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._chunk_bytes = _CHUNK_BYTES
        self._dropped = 0
        self.buffer = b""
        self.at = 0

    def offset(self, at: int) -> int:
        """Where in the file the byte at `at` stands."""
        return self._dropped + at

    def grow(self) -> bool:
        """Read on; False at the end of the file. Reads grow with what waits, so that no byte is scanned often."""
        more = self._read(max(_CHUNK_BYTES, len(self.buffer)))
        self.buffer += more
        return bool(more)

    def drop(self, until: int) -> None:
        """Forget what stands before `until`."""
        self.buffer = self.buffer[until:]
        self._dropped += until
        self.at -= until

    def next_bracket(self) -> bytes:
        """The next bracket outside strings, scanned past; b"" at the end of the file."""
        while (match := _TO_BRACKET.match(self.buffer, self.at)) is None:
            if not self.grow():
                return b""
        self.at = match.end()
        return match.group(1)


def split_values(read: Read) -> Iterator[Element]:
    """The elements of the array that `read` gives; a file that holds one object is its own only element.

    Raises:
        TransferError: the file begins neither with an array nor with an object.
    """
    window = _Window(read)
    while not (begin := window.buffer.removeprefix(_BYTE_ORDER_MARK).lstrip(_BLANKS)):
        if not window.grow():
            raise TransferError("The file is empty.")
    if begin[:1] == b"{":
        yield _whole(window)
    elif begin[:1] == b"[":
        window.next_bracket()
        yield from _elements(window)
    else:
        raise TransferError("The file is not JSON.")


def _whole(window: _Window) -> Element:
    while window.grow():
        pass
    return Element(1, 0, window.buffer.removeprefix(_BYTE_ORDER_MARK))


def _elements(window: _Window) -> Iterator[Element]:
    number, depth, start = 0, 0, window.at
    while bracket := window.next_bracket():
        if depth == 0:
            between = window.buffer[start : window.at - 1]
            if stray := between.strip(_BLANKS + b","):
                number += 1
                yield Element(number, window.offset(start), stray, "is neither an object nor a list")
            if bracket == b"]":
                return
            start = window.at - 1
        depth += 1 if bracket in b"{[" else -1
        if depth == 0:
            number += 1
            yield Element(number, window.offset(start), window.buffer[start : window.at])
            start = window.at
        if window.at - start > _MAX_ELEMENT_BYTES:
            yield Element(number + 1, window.offset(start), b"", "does not end; a quotation mark may be missing")
            return
        if start > _CHUNK_BYTES:
            window.drop(start)
            start = 0
    rest = window.buffer[start:]
    if rest.strip(_BLANKS + b","):
        yield Element(number + 1, window.offset(start), rest[:0], "is cut off: the file ends in the middle of it")

"""Server-sent events out of bytes, cut anywhere.

The SDK has a decoder of its own; this one needs no SDK (recordings play without it), takes a
third of the time, and tells a stream that ended in the middle of an event from one that did not.
"""

from fasttui.chat.errors import StreamBroken

MAX_EVENT_BYTES = 32 * 1024 * 1024

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventSplitter:
    """Takes chunks, gives `(event name, data)` for each whole event; the name is b"" where there is none."""

    __slots__ = ("_at_start", "_ends_line", "_pending", "_pending_bytes", "_split_cr")

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._ends_line = False
        self._split_cr = False
        self._at_start = True

    def add(self, chunk: bytes) -> list[tuple[bytes, bytes]]:
        """The events that `chunk` completes.

        Raises:
            StreamBroken: one event is longer than any the API sends.
        """
        chunk = self._plain_newlines(chunk)
        ends_event = b"\n\n" in chunk or (self._ends_line and chunk.startswith(b"\n"))
        self._pending.append(chunk)
        self._pending_bytes += len(chunk)
        self._ends_line = chunk.endswith(b"\n") if chunk else self._ends_line
        # Joining only where an event ends keeps a long one in small chunks linear.
        if not ends_event:
            if self._pending_bytes > MAX_EVENT_BYTES:
                raise StreamBroken(f"one event is over {MAX_EVENT_BYTES // 2**20} MB")
            return []
        *blocks, rest = b"".join(self._pending).split(b"\n\n")
        self._pending, self._pending_bytes = [rest], len(rest)
        if self._at_start and blocks:
            self._at_start = False
            blocks[0] = blocks[0].removeprefix(_BYTE_ORDER_MARK)
        return [event for block in blocks if (event := _fields(block))]

    def rest(self) -> tuple[bytes, bytes] | None:
        """The event at the very end that no blank line closed: whole, cut short, or None."""
        return _fields(b"".join(self._pending))

    def _plain_newlines(self, chunk: bytes) -> bytes:
        if self._split_cr:
            chunk, self._split_cr = b"\r" + chunk, False
        if b"\r" not in chunk:
            return chunk
        if chunk.endswith(b"\r"):
            chunk, self._split_cr = chunk[:-1], True
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _fields(block: bytes) -> tuple[bytes, bytes] | None:
    first, _, value = block.partition(b"\ndata: ")
    if first.startswith(b"event: ") and b"\n" not in first and b"\n" not in value:
        return (first[7:], value) if value else None  # as the API writes it, and nothing else
    name = b""
    data: list[bytes] = []
    for line in block.split(b"\n"):
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif line.startswith(b"event:"):
            name = line[6:].strip()
        elif line == b"data":
            data.append(b"")
    value = b"\n".join(data)
    return (name, value) if value else None

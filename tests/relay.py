"""A relay between a client and the simulator: it remembers what the client was sent, and when."""

import json
import re
import socket
import socketserver
import threading
import time
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

_EVENT = re.compile(rb"^data: (\{.*\})\r?$", re.MULTILINE)


class Delta(NamedTuple):
    """A piece of a reply, and the monotonic second at which it was with the client."""

    sent_s: float
    text: str
    is_thinking: bool


class Relay(socketserver.ThreadingTCPServer):
    """Listens on a port of its own and passes everything on to `server_url`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, server_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        parts = urlsplit(server_url)
        self.upstream = (parts.hostname or "", parts.port or 0)
        self.sent: list[list[tuple[float, bytes]]] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where the client connects to."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def deltas(self) -> list[Delta]:
        """All deltas the clients were sent, in order."""
        return [delta for pieces in list(self.sent) for delta in _deltas(list(pieces))]


class _Connection(socketserver.BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        pieces: list[tuple[float, bytes]] = []
        self.server.sent.append(pieces)
        with socket.create_connection(self.server.upstream) as upstream, suppress(OSError):
            threading.Thread(target=_pass_on, args=(self.request, upstream), daemon=True).start()
            while data := upstream.recv(65536):
                self.request.sendall(data)
                pieces.append((time.monotonic(), data))


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _deltas(pieces: list[tuple[float, bytes]]) -> list[Delta]:
    whole = b"".join(data for _, data in pieces)
    found: list[Delta] = []
    at, end = iter(pieces), 0
    sent_s = 0.0
    for match in _EVENT.finditer(whole):
        while end < match.end():
            sent_s, data = next(at)
            end += len(data)
        event = json.loads(match[1])
        delta = event.get("delta", {})
        if "text" in delta or "thinking" in delta:
            text = delta.get("text") or delta.get("thinking") or ""
            found.append(Delta(sent_s, text, "thinking" in delta))
    return found

"""The recorded streams over real HTTP on 127.0.0.1: the last user text names the recording to play."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fasttui.provider.replay import replies_in
from tests.paths import SHARED_DATA

STREAMS = SHARED_DATA / "streams"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        *_, last = body["messages"][-1]["content"]
        recorded = replies_in((STREAMS / last["text"]).read_bytes())[0]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Content-Length", str(len(recorded)))
        self.end_headers()
        self.wfile.write(recorded)

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own word
        """Nothing on the terminal."""


@contextmanager
def serving_recordings() -> Iterator[str]:
    """The address of a server that plays the recordings."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

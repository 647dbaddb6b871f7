"""The simulator as a server: in an event loop of the caller's, or in a thread with one of its own."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import date

from fasttui.chat.conversation import utc_now
from fasttui.chat.errors import ConfigError
from fasttui.simulator.bucket import DEMO_LIMITS, Limits
from fasttui.simulator.scenarios import SCENARIOS

HOST = "127.0.0.1"
_JOIN_S = 5.0


class Simulator:
    """The Messages API on 127.0.0.1.

    `pace` scales all waiting: 1 is the speed of the real thing, 0 answers at once. Limits
    and caches follow `clock` alone.
    """

    def __init__(
        self,
        scenario: str | None = None,
        *,
        pace: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        today: date | None = None,
        seed: int = 0,
        limits: Limits = DEMO_LIMITS,
    ) -> None:
        if scenario is not None and scenario not in SCENARIOS:
            raise ConfigError(f"There is no scenario {scenario!r}.", hint=f"One of: {', '.join(SCENARIOS)}.")
        self._scenario = scenario
        self._pace = pace
        self._clock = clock
        self._today = today
        self._seed = seed
        self._limits = limits
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def open_connections(self) -> int:
        """Clients connected now."""
        return len(self._connections)

    async def start(self, port: int = 0) -> str:
        """Listen, and return the base URL; port 0 takes any free one.

        Raises:
            OSError: the port is taken.
        """
        # h11 and the texts are loaded here, so that importing the package costs next to nothing.
        from fasttui.simulator.api import MessagesApi
        from fasttui.simulator.http import Connection

        api = MessagesApi(
            scenario=self._scenario,
            clock=self._clock,
            today=lambda: self._today or utc_now().date(),
            seed=self._seed,
            limits=self._limits,
        )

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            serving = Connection(reader, writer, self._pace).serve(api.answer, api.refuse)
            task = asyncio.create_task(serving)
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)

        self._server = await asyncio.start_server(connected, HOST, port)
        return f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"

    async def aclose(self) -> None:
        """Stop listening and drop whoever is connected."""
        if self._server is None:
            return
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None


class EmbeddedSimulator:
    """A simulator in a daemon thread, for a program whose own event loop is busy or not there."""

    def __init__(self, simulator: Simulator | None = None) -> None:
        self._simulator = simulator or Simulator()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._started = threading.Event()
        self._base_url = ""
        self._failure: OSError | None = None

    def start(self, port: int = 0) -> str:
        """Run, and return the base URL once it answers.

        Raises:
            OSError: the port is taken.
        """
        self._thread = threading.Thread(target=self._run, args=(port,), name="simulator", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure
        return self._base_url

    def stop(self) -> None:
        """Stop, and wait until the thread has ended."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_JOIN_S)
        self._thread = None

    def _run(self, port: int) -> None:
        asyncio.run(self._serve(port))

    async def _serve(self, port: int) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            self._base_url = await self._simulator.start(port)
        except OSError as error:
            self._failure = error
            return
        finally:
            self._started.set()
        await self._stopping.wait()
        await self._simulator.aclose()


async def serve(port: int = 0, scenario: str | None = None, log: Callable[[str], None] = print) -> None:
    """Serve until cancelled; `log` gets the address and how to use it.

    Raises:
        OSError: the port is taken.
    """
    simulator = Simulator(scenario)
    base_url = await simulator.start(port)
    log(f"Messages API simulator on {base_url}" + (f", scenario {scenario}" if scenario else ""))
    log(f"Use it with: ANTHROPIC_BASE_URL={base_url} ANTHROPIC_API_KEY=anything")
    try:
        await asyncio.Event().wait()
    finally:
        await simulator.aclose()

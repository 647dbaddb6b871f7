"""Starting and stopping, in this event loop and in a thread."""

import asyncio
import subprocess
import sys
import threading
from urllib.request import Request, urlopen

import pytest

from fasttui.simulator import EmbeddedSimulator, Simulator, serve

HEADERS = {"x-api-key": "any", "anthropic-version": "2026-10-21"}


def status_of(base_url: str) -> int:
    with urlopen(Request(f"{base_url}/v1/models", headers=HEADERS), timeout=5) as response:
        return int(response.status)


def test_the_embedded_simulator_answers_as_soon_as_it_has_started_and_is_gone_when_stopped() -> None:
    before = set(threading.enumerate())
    simulator = EmbeddedSimulator(Simulator(pace=0))
    base_url = simulator.start()
    assert base_url.startswith("http://127.0.0.1:")
    assert status_of(base_url) == 200
    simulator.stop()
    assert set(threading.enumerate()) <= before
    with pytest.raises(OSError, match="refused"):
        status_of(base_url)


def test_stopping_twice_or_before_the_start_does_nothing() -> None:
    simulator = EmbeddedSimulator()
    simulator.stop()
    simulator.start()
    simulator.stop()
    simulator.stop()


def test_a_taken_port_is_told_to_whoever_starts() -> None:
    first = EmbeddedSimulator()
    port = int(first.start().rsplit(":", 1)[1])
    with pytest.raises(OSError, match="in use"):
        EmbeddedSimulator().start(port)
    first.stop()


async def test_serve_tells_its_address_and_runs_until_cancelled() -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(serve(0, "cut", told.put_nowait))
    address = await asyncio.wait_for(told.get(), 5)
    assert "http://127.0.0.1:" in address
    assert "scenario cut" in address
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_stopping_what_never_started_does_nothing() -> None:
    await Simulator().aclose()


def test_importing_the_package_loads_neither_h11_nor_a_client() -> None:
    program = "import sys, fasttui.simulator; print(sorted({'h11', 'httpx2', 'anthropic'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"

"""How soon the program is there: `python -m tests.benchmarks.bench_start [--small]`, by hand.

The two bars: `--version` against an interpreter that does nothing, and the first request of `ask`
against `import anthropic` alone, which it cannot do without.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

RUNS, SMALL_RUNS = 9, 3


def main() -> None:
    runs = SMALL_RUNS if "--small" in sys.argv[1:] else RUNS
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        environment = os.environ | {
            "ANTHROPIC_API_KEY": "any",
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{server.getsockname()[1]}",
            "FASTTUI_CONFIG_DIR": folder,
            "FASTTUI_DATA_DIR": folder,
        }
        figures = in_turns(runs, {
            "python -c pass": lambda: seconds_to_end("-c", "pass"),
            "fasttui --version": lambda: seconds_to_end("-m", "fasttui", "--version"),
            "import anthropic": lambda: seconds_to_end("-c", "import anthropic"),
            "ask, first request": lambda: seconds_to_request(server, environment),
        })  # fmt: skip
    for name, times in figures.items():
        sys.stdout.write(f"{name:22} {median(times) * 1000:8.0f} ms   fastest {min(times) * 1000:.0f} ms\n")
    ratio = median(figures["ask, first request"]) / median(figures["import anthropic"])
    sys.stdout.write(f"ask / import anthropic {ratio:8.2f}      at most 1.20\n")


def in_turns(runs: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Each measure so many times, taking turns, so that what else the machine does hits all alike."""
    figures: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            figures[name].append(measure())
    return figures


def seconds_to_end(*argv: str) -> float:
    """The whole life of an interpreter."""
    began = perf_counter()
    subprocess.run([sys.executable, *argv], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def seconds_to_request(server: socket.socket, environment: Mapping[str, str]) -> float:
    """From the start of `fasttui ask` until its request begins to arrive."""
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "fasttui", "ask", "--no-save", "hi"],
        env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        connection, _ = server.accept()
        with connection:
            connection.recv(1)
            seconds = perf_counter() - began
            process.kill()
    return seconds


if __name__ == "__main__":
    main()

"""The program as a user meets it: run in this process where that is enough, as a process where it is not."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from fasttui.cli.main import run
from fasttui.config.paths import Paths
from fasttui.simulator import EmbeddedSimulator, Simulator
from fasttui.store.store import Store

Stream = int | IO[bytes]


@dataclass(frozen=True)
class Done:
    """What came of one command line."""

    code: int
    stdout: str
    stderr: str


class Program:
    """fasttui with folders of its own, a key that nobody checks, and a server that answers at once."""

    def __init__(self, folder: Path, base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths = Paths(folder / "config", folder / "data")
        self.base_url = base_url
        self._folder, self._monkeypatch = folder, monkeypatch
        variables = {
            "FASTTUI_CONFIG_DIR": str(self.paths.config),
            "FASTTUI_DATA_DIR": str(self.paths.data),
            "HOME": str(folder),  # where the SDK looks for profiles
            "ANTHROPIC_API_KEY": "any",
            "ANTHROPIC_BASE_URL": base_url,
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        for name in ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE", "ANTHROPIC_CONFIG_DIR", "NO_COLOR"):
            monkeypatch.delenv(name, raising=False)

    def run(self, *argv: str, stdin: bytes | None = None) -> Done:
        """In this process; without `stdin` it is /dev/null."""
        given = self._folder / "stdin"
        given.write_bytes(stdin or b"")
        out, err = self._folder / "stdout", self._folder / "stderr"
        with (
            (given if stdin is not None else Path(os.devnull)).open(encoding="utf-8") as source,
            out.open("w", encoding="utf-8") as stdout,
            err.open("w", encoding="utf-8") as stderr,
            self._monkeypatch.context() as patch,
        ):
            for name, stream in (("stdin", source), ("stdout", stdout), ("stderr", stderr)):
                patch.setattr(sys, name, stream)
            try:
                code = run(argv)
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else 1
        return Done(code, out.read_text("utf-8"), err.read_text("utf-8"))

    def start(
        self,
        *argv: str,
        stdin: Stream = subprocess.DEVNULL,
        stdout: Stream = subprocess.PIPE,
        stderr: Stream = subprocess.PIPE,
        env: dict[str, str] | None = None,
        start_new_session: bool = False,
    ) -> subprocess.Popen[bytes]:
        """As a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "fasttui", *argv], stdin=stdin, stdout=stdout, stderr=stderr, env=env,
            start_new_session=start_new_session,
        )  # fmt: skip

    def store(self) -> Store:
        """The saved chats."""
        return Store.open(self.paths.database)

    def last_reply(self) -> tuple[str, str]:
        """Text and status of the newest chat's last reply."""
        store = self.store()
        try:
            head = store.load(store.recent(1)[0].id).head
        finally:
            store.close()
        assert head is not None
        return head.reply.text, head.status


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    """The address of a simulator without pauses."""
    server = EmbeddedSimulator(Simulator(pace=0))
    yield server.start()
    server.stop()


@pytest.fixture
def program(tmp_path: Path, simulator: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(tmp_path, simulator, monkeypatch)

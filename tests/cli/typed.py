"""What the plain conversation prints when it is fed lines."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from fasttui.cli.plain import PlainChat
from fasttui.cli.prompt_lines import PromptLines
from fasttui.store.store import Store
from tests.engine.scripted import Step, session_with


def transcript(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    *scripts: Sequence[Step],
    store: Store | None = None,
) -> tuple[str, int]:
    """What a conversation that is fed `typed` prints, and its exit code."""
    session, _, _ = session_with(*scripts, speed="fast")
    session.store = store
    with Path(os.devnull).open(encoding="utf-8") as nothing, asyncio.Runner() as runner:
        monkeypatch.setattr(sys, "stdin", nothing)
        lines = PromptLines()
        monkeypatch.setattr(sys, "stdin", _Lines(typed))
        code = PlainChat(session, lines, runner, demo=False).run()
    return capsys.readouterr().out, code


class _Lines:
    """A stdin that only has lines."""

    def __init__(self, text: str) -> None:
        self._lines = iter(text.splitlines(keepends=True))

    def readline(self) -> str:
        return next(self._lines, "")

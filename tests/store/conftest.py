"""Stores to test with: in a file, and on disks that are small or cannot be written."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fasttui.store.store import Store
from tests.store.turns import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chats.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store.open(path, now=Clock())
    yield store
    store.close()


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small file system in memory with the given options; again with others to change them."""
    folder = tmp_path / "disk"

    def mounted(options: str) -> Path:
        if os.geteuid() != 0:
            pytest.skip("only root can mount a small disk")
        folder.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("this system lets nobody mount a small disk")
        return folder

    yield mounted
    while folder.is_mount():
        subprocess.run(["umount", str(folder)], check=True)

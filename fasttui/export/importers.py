"""Conversations from files: fasttui's own, ChatGPT's data export and Claude.ai's, as JSON or zip.

One conversation is in memory at a time. What cannot be read is reported with its place, and the
rest is read on.
"""

import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fasttui.chat.conversation import Conversation
from fasttui.chat.errors import TransferError
from fasttui.chat.safe_text import safe_line
from fasttui.export.chatgpt import from_chatgpt, is_chatgpt
from fasttui.export.claude_ai import from_claude_ai, is_claude_ai
from fasttui.export.json_array import Element, split_values
from fasttui.export.json_format import FORMAT, from_document
from fasttui.export.json_nodes import Node

# Bytes read so far and bytes in all, after unpacking.
Progress = Callable[[int, int], None]

_CONVERSATIONS = re.compile(r"conversations[-_\d]*\.json", re.IGNORECASE)
# What unpacking raises: a bad archive, an unknown method, a password, a broken or short stream.
_ARCHIVE_FAULTS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError)


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """A part of a file that is no conversation: where it stands, and what is wrong, as a sentence."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Source:
    """One JSON file, by itself or inside an archive."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


def read_export(path: Path, *, progress: Progress | None = None) -> Iterator[Conversation | BrokenEntry]:
    """The conversations of a file, archive or unpacked folder, in its own order.

    Identifiers come from the source's, so that reading a file twice gives the same ones.

    Raises:
        TransferError: the file cannot be opened, or holds nothing of a known form.
    """
    try:
        sources = _sources(path)
    except _ARCHIVE_FAULTS as error:
        raise TransferError(f"{_shown(path)} is a damaged archive: {safe_line(str(error)).rstrip('.')}.") from error
    except OSError as error:
        raise TransferError(f"Cannot read {_shown(path)}: {error.strerror or error}.") from error
    return _read_all(sources, _Meter(sum(source.size for source in sources), progress))


def _shown(path: Path) -> str:
    return safe_line(str(path))


def _sources(path: Path) -> list[_Source]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if _CONVERSATIONS.fullmatch(file.name))
        sources = [_file_source(file) for file in files]
    elif zipfile.is_zipfile(path):
        sources = _archive_sources(path)
    else:
        return [_file_source(path)]
    if not sources:
        raise TransferError(f"{_shown(path)} holds no conversations.json.")
    return sources


def _file_source(path: Path) -> _Source:
    with path.open("rb") as file:
        return _Source(path.name, os.fstat(file.fileno()).st_size, lambda: path.open("rb"))


def _archive_sources(path: Path) -> list[_Source]:
    with zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if _CONVERSATIONS.fullmatch(Path(info.filename).name)]
    return [_Source(info.filename, info.file_size, _member_opener(path, info.filename)) for info in members]


def _member_opener(path: Path, name: str) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        with zipfile.ZipFile(path) as archive:
            return archive.open(name)  # type: ignore[return-value]  # keeps the archive's file open by itself

    return open_member


class _Meter:
    """Counts the bytes read, over all files."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress = total, progress
        self._done = 0

    def counted(self, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
        def read_and_count(size: int) -> bytes:
            chunk = read(size)
            self._done += len(chunk)
            if self._progress is not None:
                self._progress(self._done, self._total)
            return chunk

        return read_and_count


def _read_all(sources: list[_Source], meter: _Meter) -> Iterator[Conversation | BrokenEntry]:
    for source in sources:
        name = safe_line(source.name)
        try:
            with source.open() as file:
                for element in split_values(meter.counted(file.read)):
                    yield from _read_element(element, name)
        except (OSError, *_ARCHIVE_FAULTS) as error:
            yield BrokenEntry(name, f"The rest cannot be read: {safe_line(str(error)).rstrip('.')}.")
        except TransferError as error:
            yield BrokenEntry(name, str(error))


def _read_element(element: Element, name: str) -> Iterator[Conversation | BrokenEntry]:
    place = f"{name}, entry {element.number} (byte {element.offset:,})"
    if element.fault:
        yield BrokenEntry(place, f"It {element.fault}.")
        return
    try:
        conversation = _conversation(Node(json.loads(element.source)))
    except TransferError as error:
        yield BrokenEntry(place, str(error))
    except (ValueError, RecursionError) as error:
        yield BrokenEntry(place, f"It is not JSON: {safe_line(str(error)).rstrip('.')}.")
    else:
        if conversation is not None:
            yield conversation


def _conversation(entry: Node) -> Conversation | None:
    """The conversation at `entry`; None for a foreign one that was opened and never used."""
    if isinstance(entry.value, dict) and entry["format"].value == FORMAT:
        return from_document(entry)
    if is_chatgpt(entry) or is_claude_ai(entry):
        conversation = from_chatgpt(entry) if is_chatgpt(entry) else from_claude_ai(entry)
        return conversation if conversation.turns else None
    raise TransferError("It is no conversation of fasttui, ChatGPT or Claude.ai.")

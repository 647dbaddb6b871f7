"""Exports on disk: whole or not at all, never over another file unasked, under a name any platform takes."""

import os
import tempfile
import unicodedata
from pathlib import Path

from fasttui.chat.conversation import Conversation
from fasttui.chat.errors import TransferError
from fasttui.chat.safe_text import safe_line
from fasttui.export.redaction import redact

# Some file systems that encrypt names take only 143 bytes; the suffix and a number need room too.
_NAME_BYTES = 120
_PORTS = [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
_RESERVED = frozenset(["con", "prn", "aux", "nul", "conin", "conout", *_PORTS])
_PUNCTUATION = frozenset(" -_.,()+&'")


def default_name(conversation: Conversation, suffix: str) -> str:
    """A file name from the day and the title, as in `2026-11-22 Refactor the cache layer.md`.

    A secret in the title never gets into it: names are seen by more eyes and programs than contents.
    """
    stem = f"{conversation.created_at:%Y-%m-%d} {redact(conversation.title).text.strip() or 'Chat'}"
    return f"{safe_stem(stem)}{suffix}"


def safe_stem(text: str) -> str:
    """`text` as a file name without its suffix, one that Windows, macOS and Linux all take."""
    normal = unicodedata.normalize("NFC", text)
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in _PUNCTUATION else " " for c in normal)
    stem = " ".join(kept.encode()[:_NAME_BYTES].decode(errors="ignore").split()).strip(" .-")
    # Windows takes a reserved name for the device whatever suffix follows.
    if not stem or stem.split(".")[0].rstrip().lower() in _RESERVED:
        stem = f"Chat {stem}".rstrip()
    return stem


def target_path(given: Path | None, conversation: Conversation, suffix: str) -> Path:
    """Where an export goes: the path the user named, a free default name in that folder, or in the current one."""
    if given is not None and not given.is_dir():
        return given
    return free_path((given or Path()) / default_name(conversation, suffix))


def free_path(path: Path) -> Path:
    """`path`, or the first of `name (2)`, `name (3)` … that does not exist."""
    free, number = path, 1
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free


def write_new(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Put `text` there as UTF-8, for the user's eyes only; at every moment the file is whole or not there.

    Raises:
        TransferError: the file exists and `overwrite` is False, or it cannot be written.
    """
    try:
        target = path.resolve() if overwrite else path
        _publish(_written_beside(target, text), target, overwrite=overwrite)
    except FileExistsError as error:
        raise TransferError(
            f"{safe_line(str(path))} exists already.", hint="Choose another name, or say that it may be overwritten."
        ) from error
    except OSError as error:
        reason = safe_line(error.strerror or str(error))
        raise TransferError(
            f"Cannot write {safe_line(str(path))}: {reason}.", hint="Choose another folder or name."
        ) from error


def _written_beside(target: Path, text: str) -> Path:
    """A temporary file with mode 0600 in the folder of `target`, its bytes safely on the disk."""
    descriptor, name = tempfile.mkstemp(prefix=".fasttui-", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except BaseException:  # whatever it is, Ctrl+C included, it leaves no half a file behind; and is raised again
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _publish(temporary: Path, target: Path, *, overwrite: bool) -> None:
    """Give the finished file its name."""
    try:
        if overwrite:
            temporary.replace(target)
        else:
            _rename_to_free_name(temporary, target)
        _sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _rename_to_free_name(temporary: Path, target: Path) -> None:
    try:
        target.hardlink_to(temporary)  # fails where the name is taken, with no moment in between
    except FileExistsError:
        raise
    except OSError:
        # FAT and some network drives know no hard links; there a look before the rename must do.
        if os.path.lexists(target):
            raise FileExistsError(str(target)) from None
        temporary.rename(target)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the platform lets a folder be synced."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

"""`@path` in a prompt: the file goes along with the message."""

import re
from collections.abc import Iterator
from pathlib import Path

from fasttui.engine.attachments import Attachment, check_together, read_attachment

_MENTION = re.compile(r'(?<!\S)@(?:"([^"\n]+)"|(\S+))')
_AFTER_A_NAME = ".,;:!?)]}'"


def attachments_in(prompt: str) -> list[Attachment]:
    """The files that `prompt` names, each once; a word after @ that is no file is just a word.

    Raises:
        AttachmentError: a file cannot be read or sent, or they are too much together.
    """
    found = [read_attachment(path) for path in dict.fromkeys(_paths(prompt))]
    check_together(found)
    return found


def _paths(prompt: str) -> Iterator[Path]:
    for match in _MENTION.finditer(prompt):
        written = match[1] or match[2]
        for name in (written, written.rstrip(_AFTER_A_NAME)):
            if name and _exists(path := Path(name).expanduser()):
                yield path
                break


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # too long a name, or one that no file can have


def mention(path: str) -> str:
    """How a prompt names that file."""
    return f'@"{path}"' if re.search(r"\s", path) else f"@{path}"

"""`@path` in a prompt: the file goes along with the message."""

import re
from collections.abc import Iterator
from pathlib import Path

from fasttui.chat.conversation import DocumentBlock, ImageBlock, Turn
from fasttui.engine.attachments import Attachment, attachment_name, check_together, read_attachment

_MENTION = re.compile(r'(?<!\S)@(?:"([^"\n]+)"|(\S+))')
_AFTER_A_NAME = ".,;:!?)]}'"


def attachments_in(prompt: str, edited: Turn | None = None) -> list[Attachment]:
    """The files that `prompt` names, each once; a word after @ that is no file is just a word.

    When it takes the place of the prompt of `edited`, a file of that one stays as it was while its name stays.

    Raises:
        AttachmentError: a file cannot be read or sent, or they are too much together.
    """
    old = _kept(edited, _names(prompt)) if edited is not None else []
    known = {file.name for file in old}
    new = [read_attachment(path) for path in dict.fromkeys(_paths(prompt)) if attachment_name(path) not in known]
    check_together([*old, *new])
    return [*old, *new]


def mention(path: str) -> str:
    """How a prompt names that file."""
    return f'@"{path}"' if re.search(r"\s", path) else f"@{path}"


def _kept(edited: Turn, names: set[str]) -> list[Attachment]:
    """The files of an earlier prompt that are still named, or never were."""
    before = _names(edited.prompt.text)
    files = [block for block in edited.prompt.blocks if isinstance(block, ImageBlock | DocumentBlock)]
    return [file for file in files if file.name in names or file.name not in before]


def _paths(prompt: str) -> Iterator[Path]:
    for written in _written(prompt):
        for name in (written, written.rstrip(_AFTER_A_NAME)):
            if name and _exists(path := Path(name).expanduser()):
                yield path
                break


def _written(prompt: str) -> Iterator[str]:
    return (match[1] or match[2] for match in _MENTION.finditer(prompt))


def _names(prompt: str) -> set[str]:
    """The names, without folders, that stand behind an @."""
    written = [form for name in _written(prompt) for form in (name, name.rstrip(_AFTER_A_NAME))]
    return {attachment_name(Path(name)) for name in written}


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # too long a name, or one that no file can have

"""Files that go out with a message: told by what they hold, not by their names, and measured before they leave.

Limits: Anthropic's pages on vision, PDF support and errors, as read in 2026-08 to 2026-11.
"""

from collections.abc import Iterable
from pathlib import Path

from fasttui.chat.conversation import DocumentBlock, ImageBlock
from fasttui.chat.errors import AttachmentError
from fasttui.chat.safe_text import safe_line
from fasttui.engine.image_size import image_size

Attachment = ImageBlock | DocumentBlock

LARGEST_REQUEST = 32_000_000  # bytes, base64 and all; a little of it is left to the words
LARGEST_IMAGE = 10_000_000  # bytes, as base64
LONGEST_SIDE = 8_000  # pixels
_ROOM_FOR_WORDS = 1_000_000
_NAME_LENGTH = 200
_TEXT_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_attachment(path: Path) -> Attachment:
    """The file at `path` as a block.

    Raises:
        AttachmentError: it cannot be read, is of a kind that cannot be sent, or is too large.
    """
    name = safe_line(str(path))
    path = path.expanduser()
    try:
        if path.is_dir():
            raise AttachmentError(f"{name} is a folder.", hint="Attach the files in it, each by its name.")
        with path.open("rb") as file:
            data = file.read(LARGEST_REQUEST + 1)  # a pipe or device tells no size, and may never end
    except OSError as error:
        reason = safe_line(error.strerror or str(error))
        raise AttachmentError(f"{name} cannot be read: {reason}.", hint="Check its name and permissions.") from error
    if len(data) > LARGEST_REQUEST:
        raise AttachmentError(f"{name} is larger than a request may be, 32 MB.", hint="Attach a part of it.")
    return attachment_of(data, path.name)


def attachment_name(path: Path) -> str:
    """What the model and the user are told that the file is called."""
    return safe_line(path.name, limit=_NAME_LENGTH)


def attachment_of(data: bytes, name: str) -> Attachment:
    """`data` as a block; `name` is what the model and the error texts call it.

    Raises:
        AttachmentError: it is empty, of a kind that cannot be sent, or too large.
    """
    name = safe_line(name, limit=_NAME_LENGTH)
    if not data:
        raise AttachmentError(f"{name} is empty.", hint="Attach a file with something in it.")
    if image_type := _image_type(data):
        _check_image(data, image_type, name)
        return ImageBlock(data, image_type, name)
    if b"%PDF-" in data[:1024]:
        return DocumentBlock(data, "application/pdf", name)
    text = text_of(data)
    if text is None:
        raise AttachmentError(f"{name} is neither text in UTF-8 nor an image or PDF that can be sent.")
    return DocumentBlock(text.encode(), "text/plain", name)


def check_together(attachments: Iterable[Attachment]) -> None:
    """Raises `AttachmentError` when they do not fit into one request."""
    total = sum(_sent_size(attachment) for attachment in attachments)
    if total > LARGEST_REQUEST - _ROOM_FOR_WORDS:
        raise AttachmentError(
            f"The attachments come to {total / 1e6:.0f} MB, and a request holds 32 MB.", hint="Attach fewer of them."
        )


def text_of(data: bytes) -> str | None:
    """`data` as text with plain newlines, by its byte order mark or as UTF-8; None when it is something else."""
    encoding = next((encoding for mark, encoding in _TEXT_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.replace("\r\n", "\n")


def _image_type(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def _check_image(data: bytes, media_type: str, name: str) -> None:
    smaller = "Make it smaller, or cut out the part that matters."
    if _base64_size(data) > LARGEST_IMAGE:
        raise AttachmentError(f"{name} has {len(data) / 1e6:.1f} MB; an image may have 7.5 MB.", hint=smaller)
    size = image_size(data, media_type)
    if size is not None and max(size) > LONGEST_SIDE:
        width, height = size
        raise AttachmentError(
            f"{name} has {width:,} × {height:,} pixels; {LONGEST_SIDE:,} a side is the most.", hint=smaller
        )


def _sent_size(attachment: Attachment) -> int:
    plain = attachment.media_type == "text/plain"
    return len(attachment.data) if plain else _base64_size(attachment.data)


def _base64_size(data: bytes) -> int:
    return -(-len(data) // 3) * 4

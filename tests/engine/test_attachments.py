from collections.abc import Callable
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.conversation import DocumentBlock, ImageBlock
from fasttui.chat.errors import AttachmentError
from fasttui.engine.attachments import (
    LARGEST_REQUEST,
    LONGEST_SIDE,
    attachment_of,
    check_together,
    read_attachment,
    text_of,
)
from fasttui.engine.image_size import image_size


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + pack(">II", width, height)


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + pack("<HH", width, height)


def jpeg(width: int, height: int) -> bytes:
    app0 = b"\xff\xe0\x00\x10" + b"JFIF\0" + bytes(9)
    return b"\xff\xd8" + app0 + b"\xff\xff\xc2\x00\x11\x08" + pack(">HH", height, width)


def webp(width: int, height: int) -> bytes:
    extended = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0" + extended


def webp_lossless(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + pack("<I", (width - 1) | (height - 1) << 14)


def webp_lossy(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0" + bytes(6) + pack("<HH", width, height)


Make = Callable[[int, int], bytes]

IMAGES: dict[Make, str] = {
    png: "image/png", gif: "image/gif", jpeg: "image/jpeg",
    webp: "image/webp", webp_lossless: "image/webp", webp_lossy: "image/webp",
}  # fmt: skip


@pytest.mark.parametrize(("make", "media_type"), IMAGES.items())
def test_an_image_is_known_by_its_first_bytes_and_measured(make: Make, media_type: str) -> None:
    data = make(640, 480)
    assert attachment_of(data, "notes.txt") == ImageBlock(data, media_type, "notes.txt")
    assert image_size(data, media_type) == (640, 480)


@pytest.mark.parametrize("make", IMAGES)
def test_an_image_with_too_long_a_side_is_refused_before_it_leaves(make: Make) -> None:
    data = make(LONGEST_SIDE + 1, 10)
    with pytest.raises(AttachmentError, match="8,001 × 10 pixels"):
        attachment_of(data, "wide.png")


@pytest.mark.parametrize(("make", "media_type"), IMAGES.items())
@given(data=st.data())
def test_a_broken_image_is_left_to_the_api(make: Make, media_type: str, data: st.DataObject) -> None:
    whole = make(640, 480)
    cut = whole[: data.draw(st.integers(0, len(whole)))] + data.draw(st.binary(max_size=20))
    size = image_size(cut, media_type)
    assert size is None or min(size) >= 0


def test_text_is_normal_in_every_encoding_with_a_mark() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert attachment_of("é\r\nß".encode(encoding), "a") == DocumentBlock("é\nß".encode(), "text/plain", "a")


@pytest.mark.parametrize("data", [b"\x7fELF\0\0", b"caf\xe9", b"a\0b", b"PK\x03\x04\xff"])
def test_what_is_neither_text_nor_image_nor_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(AttachmentError, match="neither text in UTF-8"):
        attachment_of(data, "thing")


@given(data=st.binary(max_size=40))
def test_any_bytes_are_text_or_not_but_never_a_fault(data: bytes) -> None:
    text = text_of(data)
    assert text is None or "\0" not in text


def test_a_pdf_is_a_document() -> None:
    assert attachment_of(b"%PDF-1.7 \xff\0", "paper").media_type == "application/pdf"


def test_files_are_read_and_named_without_their_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("words")
    assert read_attachment(tmp_path / "notes.md") == DocumentBlock(b"words", "text/plain", "notes.md")


def test_a_device_without_end_is_not_read_for_ever() -> None:
    with pytest.raises(AttachmentError, match="/dev/zero is larger than a request"):
        read_attachment(Path("/dev/zero"))


def test_what_cannot_be_read_is_said_by_name(tmp_path: Path) -> None:
    (tmp_path / "nothing").touch()
    with pytest.raises(AttachmentError, match="is a folder"):
        read_attachment(tmp_path)
    with pytest.raises(AttachmentError, match="No such file"):
        read_attachment(tmp_path / "missing")
    with pytest.raises(AttachmentError, match="nothing is empty"):
        read_attachment(tmp_path / "nothing")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(LARGEST_REQUEST + 1)
    with pytest.raises(AttachmentError, match="larger than a request"):
        read_attachment(tmp_path / "huge")


def test_an_image_over_the_api_s_limit_is_refused() -> None:
    with pytest.raises(AttachmentError, match=r"has 7\.6 MB; an image may have 7\.5 MB"):
        attachment_of(png(10, 10) + bytes(7_600_000), "big.png")


def test_together_they_must_fit_into_one_request() -> None:
    large = DocumentBlock(bytes(12_000_000), "application/pdf", "a")
    check_together([large])
    with pytest.raises(AttachmentError, match="come to 32 MB"):
        check_together([large, large])

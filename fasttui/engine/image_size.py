"""Width and height of an image, from its first bytes; no image library is needed for that."""

import struct
from struct import unpack_from

# Markers of a JPEG that begin a frame and so carry its size; C4, C8 and CC are something else.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def image_size(data: bytes, media_type: str) -> tuple[int, int] | None:
    """Pixels across and down; None where the image is too broken to tell."""
    try:
        match media_type:
            case "image/png":
                width, height = unpack_from(">II", data, 16)
            case "image/gif":
                width, height = unpack_from("<HH", data, 6)
            case "image/webp":
                return _webp_size(data)
            case "image/jpeg":
                return _jpeg_size(data)
            case _:
                return None
    except struct.error:
        return None
    return width, height


def _webp_size(data: bytes) -> tuple[int, int] | None:
    match data[12:16]:
        case b"VP8X":
            width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        case b"VP8L":
            (bits,) = unpack_from("<I", data, 21)
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = (side & 0x3FFF for side in unpack_from("<HH", data, 26))
        case _:
            return None
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while True:
        marker, kind = unpack_from(">BB", data, at)
        if marker != 0xFF:
            return None
        if kind in _JPEG_FRAMES:
            height, width = unpack_from(">HH", data, at + 5)
            return width, height
        if kind == 0xFF:  # padding before the marker
            at += 1
            continue
        (length,) = unpack_from(">H", data, at + 2)
        at += 2 + max(2, length)

"""Signatures of thinking blocks: what must come back byte for byte.

A signature holds a digest of the thinking it was made for, so that a changed block is noticed.
One that was made elsewhere, by the real API for instance, is taken at its word.
"""

import base64
import hashlib

_MARK = b"fasttui-simulator-v1"
_DIGEST_BYTES = 32


def sign(thinking: str) -> str:
    """A signature for thinking that is sent as `thinking`; that is "" where it is omitted."""
    return base64.b64encode(_MARK + _digest(thinking)).decode()


def is_forged(signature: str, thinking: str) -> bool:
    """Whether one of our own signatures stands under a text it was not made for."""
    try:
        read = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    if not read.startswith(_MARK):
        return False
    return read[len(_MARK) :] != _digest(thinking)


def _digest(thinking: str) -> bytes:
    digest = hashlib.blake2b(thinking.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES, key=_MARK)
    return digest.digest()

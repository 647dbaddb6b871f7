"""Tokens, roughly: how many a text is, and the small pieces a reply arrives in."""

import re
from collections.abc import Iterator

# Current tokenizers take about 2.5 characters of English or code to a token, and about
# twice as many tokens for every character outside ASCII.
CHARS_PER_TOKEN = 2.5
_DEARER_OUTSIDE_ASCII = 2

IMAGE_TOKENS = 1_600
PDF_BYTES_PER_TOKEN = 20

_PIECE = re.compile(r"\n+ *| ?[A-Za-z0-9_]{1,5}| ?[!-/:-@\[-`{-~]{1,3}| +|[^\x00-\x7f]{1,2}|.", re.DOTALL)


def tokens_in(text: str, chars_per_token: float = CHARS_PER_TOKEN) -> float:
    """Tokens of `text`, not rounded, so that the tokens of its pieces add up to the whole's."""
    outside = 0 if text.isascii() else sum(char > "\x7f" for char in text)
    return (len(text) + outside * (_DEARER_OUTSIDE_ASCII - 1)) / chars_per_token


def pieces_of(text: str) -> Iterator[str]:
    """`text` cut as a tokenizer would, in pieces of a few characters; joined they are the text."""
    return (match.group() for match in _PIECE.finditer(text))

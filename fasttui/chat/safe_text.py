"""Text that is not ours, made safe to show: no control character survives.

Replacement is character by character, so a sequence cut over two deltas cannot pass.
Every string from the model, a file, a paste or an import goes through here once, where it
enters; nothing that shows text needs to think about it again.
"""

import re
from functools import cache

_VISIBLE = "\n\t"


def _table() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in _VISIBLE}
    table[0x7F] = "\u2421"
    table |= dict.fromkeys(range(0x80, 0xA0), "\ufffd")
    table |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
    # Bidi controls, line and paragraph separators, invisible operators and tags can make text read
    # as something else than it is. The zero-width joiners stay: emoji and many scripts need them.
    hidden = [
        0x061C, 0x180E, *range(0x200E, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
        *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080),
    ]  # fmt: skip
    return table | {code: f"<U+{code:04X}>" for code in hidden}


_SAFE = _table()


@cache
def _harmless() -> re.Pattern[str]:
    """Matches a text whole when `translate` would leave it as it is, and is forty times as fast.

    Compiled when first needed: that takes 4 ms.
    """
    harmful = sorted(_SAFE)
    gaps = zip([-1, *harmful], [*harmful, 0x110000], strict=True)
    ranges = (rf"\U{after + 1:08x}-\U{before - 1:08x}" for after, before in gaps if before - after > 1)
    return re.compile(f"[{''.join(ranges)}]*+")


def safe_text(text: str) -> str:
    """`text` with every control character made visible and CR LF as a plain newline.

    Surrogate halves that stand side by side are joined first: they are one character that
    some gateway cut in two.
    """
    if text.isascii() and text.isprintable():
        return text
    if _harmless().fullmatch(text):
        return text
    text = text.replace("\r\n", "\n")
    if not text.isascii():
        text = join_surrogates(text)
    return text.translate(_SAFE)


def safe_line(text: str, *, limit: int = 300) -> str:
    """The same on one line and at most `limit` characters: for titles, names and error texts."""
    line = " ".join(safe_text(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def join_surrogates(text: str) -> str:
    """Pairs of surrogate halves as the characters they stand for; lone halves as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class SafeText:
    """A stream of deltas made safe: holds back a high surrogate, or a CR, until its second half comes."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = ""

    def add(self, delta: str) -> str:
        """What of the text so far can be shown now; "" when all of it must wait."""
        if self._held:
            delta, self._held = self._held + delta, ""
        if delta and (delta[-1] == "\r" or "\ud800" <= delta[-1] <= "\udbff"):
            delta, self._held = delta[:-1], delta[-1]
        return safe_text(delta)

    def finish(self) -> str:
        """What was held back at the end of the stream, as it is shown alone."""
        held, self._held = self._held, ""
        return safe_text(held)

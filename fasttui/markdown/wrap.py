"""Where a text breaks into lines of a width. Works on offsets; knows no styles."""

from collections.abc import Callable, Iterator
from functools import lru_cache

CellLen = Callable[[str], int]

_JOINER = "\u200d"
_NOT_FIRST = frozenset("，。、！？；：）》」』】〉”’…·ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％")
_NOT_LAST = frozenset("（《「『【〈“‘")
_MOST_CHARACTERS = 8
"""For each cell of a line: text of marks without width must not make one line without end."""
_BREAKABLE = frozenset(" \u200b")


def wrap(text: str, first: int, rest: int, cell_len: CellLen) -> list[tuple[int, int]]:
    """Start and stop of each line; "\n" breaks always. `first` and `rest` are widths, at least 1."""
    lines: list[tuple[int, int]] = []
    start, end, width = 0, len(text), max(1, first)
    while True:
        stop, following = _line(text, start, width, cell_len)
        lines.append((start, stop))
        if following >= end and not (stop < end and text[stop] == "\n" and following == stop + 1):
            return lines
        start, width = following, max(1, rest)


def _line(text: str, start: int, width: int, cell_len: CellLen) -> tuple[int, int]:
    """Where the line from `start` stops, and where the next begins."""
    window = text[start : start + width + 1]
    if not window.isascii():
        return _wide_line(text, start, width, cell_len)
    newline = window.find("\n")
    if newline >= 0:
        return start + newline, start + newline + 1
    if len(window) <= width:
        return len(text), len(text)
    space = window.rfind(" ")
    if space <= 0 or not window[:space].strip(" "):
        return start + width, start + width
    return _before_blank(text, start, start + space)


def _before_blank(text: str, start: int, space: int) -> tuple[int, int]:
    """Break at the run of blanks around `space`: it is shown on neither line."""
    stop = following = space
    while stop > start and text[stop - 1] in _BREAKABLE:
        stop -= 1
    while following < len(text) and text[following] in _BREAKABLE:
        following += 1
    return stop, following


def _wide_line(text: str, start: int, width: int, cell_len: CellLen) -> tuple[int, int]:
    used = 0
    break_at = -1
    before = ""
    for at, cluster, cells in clusters(text, start, cell_len):
        if cluster == "\n":
            return at, at + 1
        if cluster in _BREAKABLE or (before and _may_part(before, cluster, cells, cell_len)):
            break_at = at
        if (used + cells > width and cluster != " ") or at - start > _MOST_CHARACTERS * width:
            if break_at > start:
                stop, following = _before_blank(text, start, break_at)
                if stop > start:
                    return stop, following
            return (at, at) if at > start else (at + len(cluster), at + len(cluster))
        used += cells
        before = cluster
    return len(text), len(text)


def _may_part(before: str, cluster: str, cells: int, cell_len: CellLen) -> bool:
    """East Asian text breaks between any two characters, except beside some punctuation."""
    if cells < 2 and measured(before, cell_len) < 2:
        return False
    return cluster not in _NOT_FIRST and before not in _NOT_LAST and before not in _BREAKABLE


@lru_cache(8192)
def measured(cluster: str, cell_len: CellLen) -> int:
    return cell_len(cluster)


def clusters(text: str, start: int, cell_len: CellLen) -> Iterator[tuple[int, str, int]]:
    """Characters with what combines with them: (offset, text, cells)."""
    at, end = start, len(text)
    while at < end:
        character = text[at]
        following = at + 1
        if following < end and text[following] > "\u02ff" and character != "\n":
            following = _cluster_end(text, at, cell_len)
        cluster = text[at:following]
        yield at, cluster, measured(cluster, cell_len)
        at = following


def _cluster_end(text: str, at: int, cell_len: CellLen) -> int:
    flag = "\U0001f1e6" <= text[at] <= "\U0001f1ff"
    following = at + 1
    while following < len(text) and following - at < 32:
        character = text[following]
        joined = text[following - 1] == _JOINER or "\U0001f3fb" <= character <= "\U0001f3ff"
        paired = flag and following == at + 1 and "\U0001f1e6" <= character <= "\U0001f1ff"
        if not (joined or paired or (character > "\u02ff" and measured(character, cell_len) == 0)):
            break
        if character == "\u200b":
            break
        following += 1
    return following


def fit(text: str, cells: int, cell_len: CellLen) -> int:
    """How many characters of the text fit into that many cells."""
    if text.isascii():
        return min(len(text), cells)
    used = 0
    for at, _, width in clusters(text, 0, cell_len):
        used += width
        if used > cells:
            return at
    return len(text)

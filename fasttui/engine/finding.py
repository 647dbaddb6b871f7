"""Finding words in the shown conversation, for front ends that print what they found."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from fasttui.chat.conversation import Conversation, Turn

_AROUND = 60  # characters on each side of a match
_LONGEST = 240  # characters from the first match of a passage to the last


class Passage(NamedTuple):
    """A piece of one message around a match; `pieces` are text, and whether it matched."""

    turn: Turn
    number: int
    """Of the turn, from 1."""
    in_reply: bool
    pieces: tuple[tuple[str, bool], ...]


def pattern_of(query: str) -> re.Pattern[str]:
    """The words of `query` one after another, whatever their case and what blanks are between them."""
    return re.compile(r"\s+".join(map(re.escape, query.split())) or r"(?!)", re.IGNORECASE)


def passages(conversation: Conversation, query: str) -> Iterator[Passage]:
    """Where the shown branch has `query`, from first to last; matches near each other share a passage."""
    pattern = pattern_of(query)
    for number, turn in enumerate(conversation.path(), 1):
        for in_reply, text in ((False, turn.prompt.text), (True, turn.reply.text)):
            yield from (Passage(turn, number, in_reply, pieces) for pieces in _passages_in(text, pattern))


def _passages_in(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[tuple[str, bool], ...]]:
    near: list[re.Match[str]] = []
    for match in pattern.finditer(text):
        if near and (match.start() - near[-1].end() > _AROUND or match.end() - near[0].start() > _LONGEST):
            yield _pieces(text, near)
            near = []
        near.append(match)
    if near:
        yield _pieces(text, near)


def _pieces(text: str, matches: list[re.Match[str]]) -> tuple[tuple[str, bool], ...]:
    start, stop = _around(text, matches[0].start(), matches[-1].end())
    pieces = [("… " if start else "", False)]
    at = start
    for match in matches:
        pieces += [(text[at : match.start()], False), (match[0], True)]
        at = match.end()
    pieces.append((text[at:stop] + (" …" if stop < len(text) else ""), False))
    return tuple((_one_line(piece), matched) for piece, matched in pieces if piece)


def _around(text: str, first: int, last: int) -> tuple[int, int]:
    """Where a passage begins and ends: between words, where one of them ends nearby."""
    start, stop = max(0, first - _AROUND), min(len(text), last + _AROUND)
    if start and (blank := re.search(r"\s", text[start - 1 : first])):
        start += blank.end() - 1
    if stop < len(text) and (words := re.match(r".*(?=\s)", text[last : stop + 1], re.DOTALL)):
        stop = last + words.end()
    return start, stop


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)

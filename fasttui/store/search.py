"""Full-text search over everything said: any input is a query, none is an error.

Two indexes answer in turn. Words (ranked; a word of three letters or more matches as a beginning) cover
most queries; where they find too little, trigrams find parts of words. Scripts without spaces and
emoji are indexed character by character, so that a query of one character finds them.
"""

# ruff: noqa: S608 - what is put into SQL are constants of this module

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fasttui.chat.safe_text import join_surrogates
from fasttui.store.database import Database

# Sets characters apart in the index; `safe_text` lets it through nowhere, so it is never part of a text.
_APART = "\x1f"
# Patterns as text: `re` compiles them when they are first needed, which takes milliseconds, and keeps them.
_ALONE = (
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9d\u2600-\u27bf"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
# What the tokenizer of the word index takes for a word.
_TOKEN = rf"{_ALONE}|[^\W_]+"
# Ranking reads every match: of a common word, the newest messages are ranked and the rest left out.
_RANKED = 1000
# Two signs that are no word ("->") are in no index: so many messages are read, newest first.
_SCANNED = 15_000
_QUERY_WORDS = 16
_SNIPPET_BEFORE = 40
_SNIPPET_LENGTH = 160
_PREFIX_LENGTH = 3


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One message; `snippet` is its text around the match in pieces: text, and whether it matched.

    A lower `rank` is a better match; None was found as a part of words and is not ranked.
    """

    conversation_id: str
    turn_id: str
    title: str
    in_reply: bool
    snippet: tuple[tuple[str, bool], ...]
    rank: float | None


def index_prompt(database: Database, position: int, text: str) -> None:
    """Make the prompt of the turn at `position` findable."""
    _index(database, position * 2, text)


def index_reply(database: Database, position: int, text: str) -> None:
    """Make its reply findable, in the place of what was known of it."""
    _index(database, position * 2 + 1, text)


def _index(database: Database, said_id: int, text: str) -> None:
    database.execute("DELETE FROM said WHERE id = ?", said_id)
    if text:
        database.execute("INSERT INTO said VALUES (?, ?)", said_id, indexed(text))


def indexed(text: str) -> str:
    """`text` as the index takes it: characters that are words of their own set apart."""
    text = text.replace("\0", "")
    return text if text.isascii() else re.sub(_ALONE, rf"{_APART}\g<0>{_APART}", text)


def original(text: str) -> str:
    """What `indexed` was given."""
    return text.replace(_APART, "")


def search(database: Database, query: str, limit: int) -> list[SearchHit]:
    """The messages that hold every word of `query`, best first; none for a query without any."""
    split = join_surrogates(query.replace("\0", " ")).split()[:_QUERY_WORDS]
    words = [word for word in split if word.isprintable()]
    if not words or limit <= 0:
        return []
    found: dict[int, float | None] = dict(_ranked(database, words, limit))
    if len(found) < limit:
        for said_id in _parts(database, words, limit):
            found.setdefault(said_id, None)
    hits: list[SearchHit] = []
    for said_id, rank in list(found.items())[:limit]:
        hits += _hit(database, said_id, rank, words)
    return hits


# A hidden chat's messages stay indexed until it is purged.
_ALIVE = (
    "EXISTS (SELECT 1 FROM turn JOIN conversation ON conversation.id = turn.conversation_id"
    " WHERE turn.position = said.id / 2 AND conversation.deleted_at IS NULL)"
)


def _ranked(database: Database, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
    terms = [_term(word) for word in words if _is_word(word)]
    if not terms:
        return []
    signs = [word for word in words if not _is_word(word)]
    also = "".join(" AND instr(said.text, ?)" for _ in signs)
    return database.rows(
        "SELECT said.id, rank FROM (SELECT rowid AS id, bm25(said_words) AS rank FROM said_words"
        " WHERE said_words MATCH ? ORDER BY rowid DESC LIMIT ?) AS matched JOIN said USING (id)"
        f" WHERE {_ALIVE}{also} ORDER BY rank, said.id DESC LIMIT ?",
        " ".join(terms), _RANKED, *signs, limit,
    )  # fmt: skip


def _term(word: str) -> str:
    """A word as a quoted phrase, which no operator of the query language can leave."""
    quoted = '"' + indexed(word).replace('"', '""') + '"'
    last = re.findall(_TOKEN, indexed(word))[-1]
    return f"{quoted} *" if len(last) >= _PREFIX_LENGTH else quoted


def _is_word(word: str) -> bool:
    """Whether the word index keeps anything of `word`."""
    return re.search(_TOKEN, word) is not None


def _parts(database: Database, words: Sequence[str], limit: int) -> Iterator[int]:
    """Messages that hold the words anywhere, newest first."""
    trigrams = {word[start : start + 3] for word in map(indexed, words) for start in range(len(word) - 2)}
    if trigrams:
        terms = " AND ".join('"' + part.replace('"', '""') + '"' for part in sorted(trigrams))
        cursor = database.execute(
            "SELECT said.id, said.text FROM said_trigrams JOIN said ON said.id = said_trigrams.rowid"
            f" WHERE said_trigrams MATCH ? AND {_ALIVE}"
            " ORDER BY said_trigrams.rowid DESC",
            terms,
        )
    elif any(_is_word(word) for word in words):
        return  # a word of one or two letters stands by itself: the word index knows it
    else:
        cursor = database.execute(
            "SELECT said.id, said.text FROM (SELECT * FROM said ORDER BY id DESC LIMIT ?) AS said"
            f" WHERE instr(said.text, ?) AND {_ALIVE}",
            _SCANNED, words[0],
        )  # fmt: skip
    folded = [_folded(indexed(word)) for word in words]
    count = 0
    for said_id, text in cursor:
        whole = _folded(text)
        if all(word in whole for word in folded):
            yield said_id
            count += 1
            if count == limit:
                return


def _hit(database: Database, said_id: int, rank: float | None, words: Sequence[str]) -> Iterator[SearchHit]:
    row = database.row(
        "SELECT conversation_id, turn.id, title, said.text FROM said JOIN turn ON turn.position = said.id / 2"
        " JOIN conversation ON conversation.id = turn.conversation_id WHERE said.id = ?",
        said_id,
    )
    if row is not None:
        conversation_id, turn_id, title, text = row
        parts = snippet(original(text), words)
        yield SearchHit(conversation_id, turn_id, title, bool(said_id % 2), parts, rank)


def snippet(text: str, words: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """About 160 characters around the first match, on one line, cut into pieces: text, matched or not."""
    marks = _marks(words)
    first = marks.search(_folded(text))
    match_start = first.start() if first else 0
    start = max(0, match_start - _SNIPPET_BEFORE)
    if start:
        # From the beginning of a word, where one begins near.
        start = text.find(" ", start, match_start) + 1 or start
    window = re.sub(r"\s", " ", text[start : start + _SNIPPET_LENGTH])
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    end = 0
    for match in marks.finditer(_folded(window)):
        pieces += [(window[end : match.start()], False), (window[match.start() : match.end()], True)]
        end = match.end()
    pieces.append((window[end:] + ("…" if start + _SNIPPET_LENGTH < len(text) else ""), False))
    return tuple(piece for piece in pieces if piece[0])


def _marks(words: Sequence[str]) -> re.Pattern[str]:
    """What a snippet marks: the words, but short ones only where they stand by themselves."""
    patterns = []
    for word in sorted(map(_folded, words), key=len, reverse=True):
        alone = len(word) < _PREFIX_LENGTH and word.isalnum() and not re.search(_ALONE, word)
        patterns.append(rf"(?<!\w){re.escape(word)}(?!\w)" if alone else re.escape(word))
    return re.compile("|".join(patterns))


class _Folding(dict[int, str]):
    """A translation table that learns: each character in lower case and without its accent."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        base = unicodedata.normalize("NFD", character)[0].lower()
        # One for one, so that places in the text stay the same.
        self[code] = base if len(base) == 1 else character
        return self[code]


_folding = _Folding()


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_folding)

"""Syntax colours for code that arrives line by line, by pygments.

A pygments `RegexLexer` is a stack machine: kept across lines, its stack gives the tokens of the
whole text at the cost of the line, but for the few constructs that one expression matches over
several lines: comments are handled here, a shell's here-documents are not. Lexers of another make
are run on each line by itself.
Importing pygments and compiling a lexer takes up to 100 ms, so it happens in a thread; until then
code is plain.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, cast

from fasttui.markdown.styles import syntax_style

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

    _Token = tuple[_TokenType, str]
    _NewState = tuple[str, ...] | int | str
    _Action = Callable[[Lexer, re.Match[str]], Iterable[tuple[int, _TokenType, str]]] | _TokenType | None
    _Rules = Mapping[str, Sequence[tuple[Callable[[str, int], re.Match[str] | None], _Action, _NewState | None]]]

LONGEST_LINE = 2000
"""A longer line is minified or hostile: it stays plain."""

# Many lexers match these with one expression that needs the end of the comment in sight.
_COMMENT_STARTS = ("/", "<")
_COMMENTS = (("/*", "*/"), ("<!--", "-->"))


class Piece(NamedTuple):
    text: str
    style: str


_lexers: "dict[str, Lexer | None]" = {}  # by language; None while loading and for languages unknown
_loaded: set[str] = set()
_lock = threading.Lock()


def load(language: str) -> None:
    """Make the language's lexer ready, in this thread."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    lexer: Lexer | None
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = None
    _lexers[language] = lexer
    _loaded.add(language)


def is_ready(language: str) -> bool:
    return not language or language in _loaded


def requested() -> list[str]:
    """Languages that are still being loaded."""
    return [language for language in _lexers if language not in _loaded]


def request(language: str) -> None:
    """Have the lexer loaded by a thread, unless it is."""
    with _lock:
        if is_ready(language) or language in _lexers:
            return
        _lexers[language] = None
    threading.Thread(target=load, args=(language,), name=f"lexer {language}", daemon=True).start()


class Highlighter:
    """The lexer's state between the lines of one code block. Make it once the language is ready."""

    def __init__(self, language: str) -> None:
        self._lexer = _lexers.get(language)
        self._stack = ["root"]
        self._comment = ""  # what ends the comment this line begins in
        self._tokens = _token_rules(self._lexer)

    def line(self, text: str) -> list[Piece]:
        """The pieces of the next line."""
        lexer = self._lexer
        if lexer is None or len(text) > LONGEST_LINE:
            return [Piece(text, "")]
        return _merged(self._lex(lexer, text + "\n"))

    def peek(self, text: str) -> list[Piece]:
        """The pieces of an unfinished line, which will come again."""
        kept = self._stack.copy(), self._comment
        pieces = self.line(text)
        self._stack, self._comment = kept
        return pieces

    def _lex(self, lexer: "Lexer", text: str) -> "list[_Token]":
        from pygments.token import Comment

        start = 0
        if self._comment:
            end = text.find(self._comment)
            if end < 0:
                return [(Comment.Multiline, text)]
            start = end + len(self._comment)
            self._comment = ""
        found: list[_Token] = [(Comment.Multiline, text[:start])] if start else []
        if self._tokens is None:
            found += [(kind, value) for _, kind, value in lexer.get_tokens_unprocessed(text[start:])]
        else:
            self._run(lexer, self._tokens, text, found)
        return found

    def _run(self, lexer: "Lexer", rules: "_Rules", text: str, found: "list[_Token]") -> None:
        """`RegexLexer.get_tokens_unprocessed`, with the stack kept in `self`."""
        from pygments.token import Comment, Error, Text, _TokenType

        stack, at = self._stack, len(found[0][1]) if found else 0
        state = rules[stack[-1]]
        while True:
            for match_at, action, new_state in state:
                match = match_at(text, at)
                if not match:
                    continue
                if action is not None:
                    if match.group()[:1] in _COMMENT_STARTS and self._opens_comment(text, at, action, match.end()):
                        found.append((Comment.Multiline, text[at:]))
                        return
                    if isinstance(action, _TokenType):
                        found.append((action, match.group()))
                    else:
                        found.extend((kind, value) for _, kind, value in action(lexer, match))
                at = match.end()
                if new_state is not None:
                    _shift(stack, new_state)
                    state = rules[stack[-1]]
                break
            else:
                if at >= len(text):
                    return
                if text[at] in "/<" and self._opens_comment(text, at):
                    found.append((Comment.Multiline, text[at:]))
                    return
                if text[at] == "\n":
                    stack[:] = ["root"]
                    state = rules["root"]
                    found.append((Text, "\n"))
                else:
                    found.append((Error, text[at]))
                at += 1

    def _opens_comment(self, text: str, at: int, action: "_Action" = None, stop: int = 0) -> bool:
        """An opener whose end is on a later line, and that the lexer does not follow with a state of its own."""
        for opener, closer in _COMMENTS:
            if text.startswith(opener, at) and text.find(closer, at + len(opener)) < 0:
                if "Comment" in str(action) and stop < len(text) - 1:
                    return False
                self._comment = closer
                return True
        return False


def _token_rules(lexer: "Lexer | None") -> "_Rules | None":
    """The rules of a lexer whose whole state is its stack; None for another kind."""
    from pygments.lexer import ExtendedRegexLexer, RegexLexer

    if isinstance(lexer, RegexLexer) and not isinstance(lexer, ExtendedRegexLexer):
        return cast("_Rules", lexer._tokens)  # type: ignore[attr-defined]  # noqa: SLF001 - pygments has no public name
    return None


def _shift(stack: list[str], new_state: "_NewState") -> None:
    if isinstance(new_state, tuple):
        for state in new_state:
            if state == "#pop":
                if len(stack) > 1:
                    stack.pop()
            elif state == "#push":
                stack.append(stack[-1])
            else:
                stack.append(state)
    elif isinstance(new_state, int):
        if abs(new_state) >= len(stack):
            del stack[1:]
        else:
            del stack[new_state:]
    elif new_state == "#push":
        stack.append(stack[-1])
    del stack[:-500]  # deeper nesting than this is an attack


def _merged(tokens: "Iterable[_Token]") -> list[Piece]:
    """Neighbours of one style joined, blanks joined to what is before them, the line's end dropped."""
    pieces: list[Piece] = []
    for kind, value in tokens:
        text = value.rstrip("\n")
        if not text:
            continue
        style = _style(kind)
        if pieces and (pieces[-1].style == style or text.isspace()):
            pieces[-1] = Piece(pieces[-1].text + text, pieces[-1].style)
        else:
            pieces.append(Piece(text, style))
    return pieces


@cache
def _style(kind: "_TokenType") -> str:
    return syntax_style(str(kind))

"""Inline Markdown to runs of styled text, by markdown-it-py's inline parser.

A text that still grows is parsed as if what is open were closed at its end, so that "**bol" is
shown bold at once and does not jump when the second "**" comes.
"""

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fasttui.chat.safe_text import safe_text
from fasttui.markdown.latex import formula
from fasttui.markdown.lines import Span
from fasttui.markdown.meaning import parser

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

LONGEST_PIECE = 32_768
"""A paragraph beyond this is parsed in pieces: markdown-it's rules for links and emphasis can cost
more than linear time, and only hostile text has such paragraphs."""
SHORT_PIECE = 128
"""The same for a paragraph full of brackets: looking for links among them costs their square."""
MANY_BRACKETS = 1024
MANY_MARKS = 48
"""An open text with more marks than this is shown as it is until it ends."""

# Without any of these, markdown-it returns the text as it is.
_SPECIAL = re.compile(r"[\\`*_~\[<&$\t]|://| \n")
# Text of these alone cannot change what the text before it means.
_PLAIN = re.compile(r"[\w ,.;?'\u00a0-\U0010ffff-]+")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<!--.{0,200}-->")
_LINK_TAIL = re.compile(
    r"""\]\(\s*(?:<[^>\n]*>|[^()\s]*(?:\([^()]*\)[^()\s]*)*)(?:\s+(?:"[^"]*"|'[^']*'|\([^)]*\)))?\s*\)|\]\[[^\]]*\]|\]"""
)
_OPEN_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}$")
_TRAILING_MARKS = re.compile(r"[*_~`]+$")
_BACKTICKS = re.compile(r"(?<!\\)`+")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_STYLES = {"strong": "strong", "em": "emphasis", "s": "strike"}


class Run(NamedTuple):
    """Text in one style: from `start` in the text up to the next run."""

    start: int
    style: str
    link: str
    at: int
    """Where it begins in the source text of the leaf."""
    openers: str
    """Marks that put text into this style, as written; None-like "[" when it cannot be resumed here."""


class Inline(NamedTuple):
    """Text to wrap, and the runs that style it. A "\n" in it is a hard break."""

    text: str
    runs: tuple[Run, ...]


def parse(source: str, env: dict[str, Any]) -> Inline:
    """What markdown-it says about the inline text of a closed leaf."""
    if not _SPECIAL.search(source):
        return Inline(source.replace("\n", " "), (Run(0, "", "", 0, ""),))
    longest = SHORT_PIECE if source.count("[") > MANY_BRACKETS else LONGEST_PIECE
    if len(source) <= longest:
        return _Walker(source).walk(_state(source, env).tokens)
    return _join([(start, parse(source[start:stop], env)) for start, stop in _pieces(source, longest)])


def parse_open(source: str, env: dict[str, Any]) -> tuple[Inline, bool]:
    """The same for a text whose end is not known yet, and whether `parse` would say so too."""
    if not _SPECIAL.search(source):
        return Inline(source.replace("\n", " "), (Run(0, "", "", 0, ""),)), True
    if sum(map(source.count, "[*_`<$~&\\")) > MANY_MARKS:
        return Inline(source.replace("\n", " ").replace("\t", " "), (Run(0, "", "", 0, ""),)), False
    if len(source) > LONGEST_PIECE:
        return parse(source, env), True
    shown = _TRAILING_MARKS.sub("", source)
    ticks = _unclosed_backticks(shown)
    if not ticks and _OPEN_LINK.search(shown):
        shown += ")"
    state = _state(shown + ticks, env)
    closers = _closers(state)
    if closers:
        state = _state(shown + ticks + closers, env)
    return _Walker(shown).walk(state.tokens), not closers and not ticks and shown == source


def extended(inline: Inline, blank: str, text: str) -> Inline | None:
    """An open text with more at its end; None when that takes a new parse."""
    if inline.runs[-1].link or not _PLAIN.fullmatch(text) or not _PLAIN.match(inline.text[-1:]):
        return None
    return Inline(f"{inline.text}{blank}{text}", inline.runs)


def footnote_mark(label: str) -> str:
    return label.translate(_RAISED) if label.isascii() and label.isdigit() else f"[{label}]"


def _state(source: str, env: dict[str, Any]) -> "StateInline":
    from markdown_it.rules_inline import StateInline

    markdown = parser()
    state = StateInline(source, markdown, env, [])
    markdown.inline.tokenize(state)
    for rule in markdown.inline.ruler2.getRules(""):
        rule(state)
    return state


def _unclosed_backticks(text: str) -> str:
    """The run of backticks that opens a code span without end; "" for none."""
    if "`" not in text:
        return ""
    runs = [match[0] for match in _BACKTICKS.finditer(text)]
    at = 0
    while at < len(runs):
        try:
            at = runs.index(runs[at], at + 1) + 1
        except ValueError:
            return runs[at]
    return ""


def _closers(state: "StateInline") -> str:
    """Marks that would close the emphasis left open, innermost first."""
    marks = [
        chr(each.marker) * (2 if each.marker == ord("~") else 1)
        for each in state.delimiters
        if each.end < 0 and each.open and not each.close
    ]
    return "".join(reversed(marks[-8:]))


def _pieces(source: str, longest: int) -> list[tuple[int, int]]:
    """Cuts after a blank, at places that depend on the text alone."""
    pieces, start = [], 0
    while len(source) - start > longest:
        stop = source.rfind(" ", start + longest // 2, start + longest) + 1
        stop = stop or start + longest
        pieces.append((start, stop))
        start = stop
    return [*pieces, (start, len(source))]


def _join(parts: list[tuple[int, Inline]]) -> Inline:
    texts, runs, length = [], [], 0
    for offset, part in parts:
        runs += [run._replace(start=run.start + length, at=run.at + offset) for run in part.runs]
        texts.append(part.text)
        length += len(part.text)
    return Inline("".join(texts), tuple(runs))


class _Walker:
    """Follows the tokens through the source, which markdown-it's inline tokens do not point into."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._texts: list[str] = []
        self._runs: list[Run] = []
        self._length = 0
        self._open: list[tuple[str, str]] = []
        self._style = ""
        self._openers = ""
        self._link = ""

    def walk(self, tokens: "list[Token]") -> Inline:
        for token in tokens:
            known = _TOKENS.get(token.type)
            if known is not None:
                known(self, token)
            elif token.nesting > 0:
                self._enter(token)
            elif token.nesting < 0:
                self._leave(token)
        return Inline("".join(self._texts), tuple(self._runs) or (Run(0, "", "", 0, ""),))

    def _find(self, text: str) -> int:
        found = self._source.find(text, self._at)
        return found if found >= 0 else min(self._at, len(self._source))

    def _add(self, text: str, at: int, style: str = "", openers: str = "") -> None:
        if not text:
            return
        whole = f"{self._style} {style}".strip() if style else self._style
        if "\t" in text:
            text = text.replace("\t", " ")
        run = Run(self._length, whole, self._link, at, "[" if self._link else self._openers + openers)
        self._runs.append(run)
        self._texts.append(text)
        self._length += len(text)

    def text(self, token: "Token") -> None:
        content = token.content
        at = self._find(content)
        self._at = at + len(content)
        if self._link and token.content not in self._source:
            content = safe_text(content)  # markdown-it decodes the percent signs of bare addresses
        if "<" in content:
            done = 0
            for tag in _TAG.finditer(content):
                self._add(content[done : tag.start()], at + done)
                self._add(tag[0], at + tag.start(), "html")
                done = tag.end()
            self._add(content[done:], at + done)
        else:
            self._add(content, at)

    def text_special(self, token: "Token") -> None:
        at = self._find(token.markup)
        self._at = at + len(token.markup)
        # An entity can be written for any character, bidi controls included.
        self._add(safe_text(token.content), at)

    def softbreak(self, _token: "Token") -> None:
        at = self._find("\n")
        self._at = at + 1
        self._add(" ", at)

    def hardbreak(self, _token: "Token") -> None:
        at = self._find("\n")
        self._at = at + 1
        self._add("\n", at)

    def code_inline(self, token: "Token") -> None:
        at = self._find(token.markup) + len(token.markup)
        at += self._source.startswith(" " + token.content[:1], at) and not token.content.startswith(" ")
        self._add(token.content, at, "code", token.markup)
        self._at = at + len(token.content)
        self._at = self._find(token.markup) + len(token.markup)

    def math_inline(self, token: "Token") -> None:
        at = self._find(token.markup)
        self._at = at + len(token.markup)
        self._add(formula(token.content) or " ".join(token.markup.split()), at, "math", "[")

    def footnote_ref(self, token: "Token") -> None:
        label = token.meta["label"]
        at = self._find(f"[^{label}]")
        self._at = at + len(label) + 3
        self._add(footnote_mark(label), at, "footnote", "[")

    def image(self, token: "Token") -> None:
        at = self._find("![")
        target = str(token.attrs.get("src", ""))
        alt = " ".join(_alt_text(token).split())
        self._link, outer = target, self._link
        self._add(safe_text(f"{alt} ({target})" if alt else target or "image"), at, "image")
        self._link = outer
        self._at = at + 2 + len(token.content)
        self._skip_link_tail()

    def link_open(self, token: "Token") -> None:
        self._link = str(token.attrs.get("href", ""))
        if token.markup != "linkify":
            self._at = self._find("<" if token.markup == "autolink" else "[") + 1
        self._push("link", "[")

    def link_close(self, token: "Token") -> None:
        self._link = ""
        if token.markup == "autolink":
            self._at += 1
        elif token.markup != "linkify":
            self._skip_link_tail()
        self._pop()

    def _skip_link_tail(self) -> None:
        if match := _LINK_TAIL.match(self._source, self._at):
            self._at = match.end()

    def _enter(self, token: "Token") -> None:
        self._at = self._find(token.markup) + len(token.markup)
        self._push(_STYLES.get(token.tag, ""), token.markup)

    def _leave(self, token: "Token") -> None:
        self._at = self._find(token.markup) + len(token.markup)
        self._pop()

    def _push(self, style: str, markup: str) -> None:
        self._open.append((style, markup))
        self._restyle()

    def _pop(self) -> None:
        if self._open:
            self._open.pop()
        self._restyle()

    def _restyle(self) -> None:
        self._style = " ".join(dict.fromkeys(style for style, _ in self._open if style))
        self._openers = "".join(markup for _, markup in self._open)


_TOKENS: "dict[str, Callable[[_Walker, Token], None]]" = {
    "text": _Walker.text,
    "text_special": _Walker.text_special,
    "softbreak": _Walker.softbreak,
    "hardbreak": _Walker.hardbreak,
    "code_inline": _Walker.code_inline,
    "math_inline": _Walker.math_inline,
    "footnote_ref": _Walker.footnote_ref,
    "image": _Walker.image,
    "link_open": _Walker.link_open,
    "link_close": _Walker.link_close,
}


def _alt_text(token: "Token") -> str:
    parts = []
    for child in token.children or []:
        if child.type == "image":
            parts.append(_alt_text(child))
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        else:
            parts.append(child.content)
    return "".join(parts)


def spans(inline: Inline, start: int, stop: int, base: str, first_run: int = 0) -> tuple[list[Span], int]:
    """The spans of text[start:stop] under a base style, and the run that holds `stop`.

    `first_run` is where to begin looking: the run the line before returned.
    """
    text, runs = inline
    found: list[Span] = []
    index = first_run
    while index + 1 < len(runs) and runs[index + 1].start <= start:
        index += 1
    at = start
    while at < stop:
        following = runs[index + 1].start if index + 1 < len(runs) else len(text)
        end = min(following, stop)
        run = runs[index]
        style = f"{base} {run.style}" if base and run.style else base or run.style
        found.append(Span(text[at:end], style, run.link))
        at = end
        if at < stop:
            index += 1
    return found, index


def source_at(inline: Inline, position: int, index: int) -> int:
    """Where text[position], which lies in run `index` or later, stands in the leaf's source text."""
    runs = inline.runs
    while index + 1 < len(runs) and runs[index + 1].start <= position:
        index += 1
    following = runs[index + 1].at if index + 1 < len(runs) else 1 << 60
    return min(runs[index].at + position - runs[index].start, following)

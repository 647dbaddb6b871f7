"""markdown-it-py: what Markdown means. One parser is built, at first use, and kept.

`html: False`, so that text that looks like HTML is text. Footnotes come from mdit-py-plugins, not
moved to the end; math is added by two small rules, since LaTeX must not be read as Markdown.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fasttui.markdown.blocks import Container, Leaf, Row, ends_math, opens_math, split_row

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# Lengths are bounded so that a text of openers alone costs no more than its length.
_INLINE_MATH = re.compile(
    r"\$\$(?P<display>[^$]{1,2000})\$\$"
    r"|(?<![\w$\\])\$(?!\s)(?P<dollar>[^$\n]{0,300}[^$\s\\])\$(?![\w$])"
    r"|\\\((?P<round>(?:[^\\]|\\(?!\))){1,1000})\\\)"
    r"|\\\[(?P<square>(?:[^\\]|\\(?!\])){1,1000})\\\]"
)
_LOOKS_LIKE_MATH = re.compile(r"[\\^_={}]|^[^\s\d]\S*$|^[^\s\d].*[-+*/<>|]")


@cache
def parser() -> "MarkdownIt":
    """The one parser. Building it takes 0.2 ms, importing it 50 ms: not before text is to be shown."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    markdown = MarkdownIt("js-default", {"html": False, "linkify": True})
    footnote_plugin(markdown, inline=False, move_to_end=False)
    markdown.inline.ruler.before("escape", "math_inline", _math_inline)
    markdown.block.ruler.after(
        "fence", "math_block", _math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    return markdown


def _math_inline(state: "StateInline", silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    if state.src[state.pos] not in "$\\":
        return False
    match = _INLINE_MATH.match(state.src, state.pos, state.posMax)
    if match is None or (match.lastgroup == "dollar" and not _LOOKS_LIKE_MATH.search(match["dollar"])):
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = match[match.lastgroup or 0]
        token.markup = match[0]
    state.pos = match.end()
    return True


def _math_block(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own
    def line_text(line: int) -> str:
        return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]

    if state.is_code_block(start_line):
        return False
    closed = opens_math(line_text(start_line), 0)
    if closed is None:
        return False
    if silent:
        return True
    opener = line_text(start_line)[:2]
    line = start_line + 1
    while not closed and line < end_line and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        closed = ends_math(opener, line_text(line))
        line += 1
    state.line = line
    token = state.push("math_block", "math", 0)
    token.block = True
    token.map = [start_line, line]
    token.markup = opener
    token.content = "\n".join(line_text(each) for each in range(start_line, line))
    return True


def leaves_of(lines: Sequence[str], offsets: Sequence[int], first_line: int, env: dict[str, Any]) -> list[Leaf]:
    """The leaves markdown-it finds in these lines; link references and footnotes go to `env`.

    `offsets` are the lines' places in the source, `first_line` is the number of the first.
    """
    tokens: list[Token] = []
    markdown = parser()
    markdown.block.parse("\n".join(lines) + "\n", markdown, env, tokens)
    return _Flattener(lines, offsets, first_line).leaves(tokens)


class _Flattener:
    """Turns markdown-it's tree of block tokens into the flat leaves of `blocks`."""

    def __init__(self, lines: Sequence[str], offsets: Sequence[int], first_line: int) -> None:
        self._lines = lines
        self._offsets = offsets
        self._first = first_line
        self._path: list[Container] = []
        self._lists: list[list[int]] = []  # first line and next number of each list around
        self._filled = True
        self._leaves: list[Leaf] = []

    def leaves(self, tokens: "Sequence[Token]") -> list[Leaf]:
        for token, following in pairwise([*tokens, tokens[-1]] if tokens else []):
            self._take(token, following)
        return self._leaves

    def _take(self, token: "Token", following: "Token") -> None:
        first = self._first + (token.map[0] if token.map else 0)
        match token.type:
            case "blockquote_open":
                self._push(Container("quote", first))
            case "bullet_list_open":
                self._lists.append([first, -1])
            case "ordered_list_open":
                self._lists.append([first, int(token.attrs.get("start", 1))])
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                line, number = self._lists[-1]
                self._push(Container("item", first, token.markup, number, line))
                self._lists[-1][1] += number >= 0
            case "footnote_reference_open":
                self._push(Container("footnote", first, token.meta["label"]))
            case "blockquote_close" | "list_item_close" | "footnote_reference_close":
                self._pop()
            case "paragraph_open":
                self._add("paragraph", token, self._found(token, _unindented(following)))
            case "heading_open":
                leaf = self._add("heading", token, self._found(token, _unindented(following)))
                leaf.level = int(token.tag[1])
            case "hr":
                self._add("rule", token, [])
            case "fence":
                rows = self._found(token, token.content.removesuffix("\n").split("\n"), skip=1)
                leaf = self._add("fence", token, rows if token.content else [])
                leaf.info = token.info.strip()
            case "code_block":
                self._add("code", token, self._found(token, token.content.removesuffix("\n").split("\n")))
            case "math_block":
                leaf = self._add("math", token, self._found(token, token.content.split("\n")))
                leaf.fence = token.markup
            case "table_open":
                lines = range(*token.map) if token.map else range(0)
                self._add("table", token, self._found(token, [self._inner(line) for line in lines]))
            case _:
                pass

    def _inner(self, line: int) -> str:
        """A table's line without the marks of the quotes around it."""
        text = self._lines[line].strip(" \t")
        for container in self._path:
            if container.kind == "quote":
                text = text.removeprefix(">").lstrip(" \t")
            elif container.line == line + self._first and container.kind == "item":
                text = text.partition(" ")[2].lstrip(" \t")
        return text

    def _found(self, token: "Token", texts: list[str], skip: int = 0) -> list[Row]:
        """Rows with their place in the source, found in the lines of the token."""
        line = (token.map[0] if token.map else 0) + skip
        rows = []
        for number, text in enumerate(texts, line):
            number = min(number, len(self._lines) - 1)  # noqa: PLW2901 - an unclosed fence ends with the text
            content, line_text = text.lstrip(" \t"), self._lines[number]
            place = line_text.rfind(content.rstrip(" \t")) if content else len(line_text)
            place -= len(text) - len(content)
            rows.append(Row(self._offsets[number] + max(0, place), text, max(0, -place)))
        return rows

    def _add(self, kind: str, token: "Token", rows: list[Row]) -> Leaf:
        first, stop = token.map or (0, 0)
        last = min(stop, len(self._lines)) - 1
        leaf = Leaf(kind, tuple(self._path), first + self._first, stop + self._first, rows=rows)
        leaf.start, leaf.end = self._offsets[first], self._offsets[last] + len(self._lines[last])
        leaf.head_end = self._offsets[first] + len(self._lines[first])
        self._leaves.append(leaf)
        self._filled = True
        return leaf

    def _push(self, container: Container) -> None:
        self._path.append(container)
        self._filled = False

    def _pop(self) -> None:
        if not self._filled:
            line = self._path[-1].line
            offset = self._offsets[line - self._first]
            self._leaves.append(Leaf("empty", tuple(self._path), line, line + 1, start=offset, end=offset))
            self._filled = True
        self._path.pop()


def _unindented(inline: "Token") -> list[str]:
    return [text.lstrip(" \t") for text in inline.content.split("\n")]


def same_meaning(ours: Sequence[Leaf], theirs: Sequence[Leaf]) -> bool:
    return len(ours) == len(theirs) and all(map(_same_leaf, ours, theirs))


def _same_leaf(ours: Leaf, theirs: Leaf) -> bool:
    return (
        ours.kind == theirs.kind
        and ours.line == theirs.line
        and ours.level == theirs.level
        and len(ours.path) == len(theirs.path)
        and all(map(_same_container, ours.path, theirs.path))
        and _content(ours) == _content(theirs)
    )


def _same_container(ours: Container, theirs: Container) -> bool:
    return ours[:5] == theirs[:5]


def _content(leaf: Leaf) -> object:
    match leaf.kind:
        case "table":
            return [split_row(row.text) for row in leaf.rows]
        case "paragraph" | "heading":
            return [row.text.strip() for row in leaf.rows]
        case _:
            return [row.text for row in leaf.rows]

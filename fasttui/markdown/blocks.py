"""Which block a source line belongs to, decided line by line.

This is the line algorithm of the CommonMark specification (appendix "A parsing strategy"), with
GFM tables, footnote definitions and display math. It exists because markdown-it-py must see a
block from its first line to its last: to read a growing reply with it costs more with every line.
Here a line costs what its own length and nesting cost. What it says is checked against
markdown-it-py when a block closes (`meaning.leaves_of`), and in tests over whole corpora.

The result is flat: a sequence of leaves (paragraphs, code, tables...), each with the path of the
containers (quotes, list items, footnotes) around it.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_DEPTH = 32
"""Containers inside each other; deeper markers are shown as text."""

LANGUAGE = re.compile(r"\s*\{?\.?([\w+#.-]{1,40})")

_MARKER = re.compile(r"([-+*]|(\d{1,9})[.)])(?=[ \t]|$)")
_FOOTNOTE = re.compile(r"\[\^([^\] ]+)\]:")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_HEADING_TAIL = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_SETEXT = re.compile(r"(=+|-+)[ \t]*$")
_DELIMITER_ROW = re.compile(r"(?!-[ \t])[-:|][-:| \t]+$")
_DELIMITER_CELL = re.compile(r":?-+:?$")
_CLOSED_ITEM = 1 << 30
_MATH_ENDS = {"$$": "$$", "\\[": "\\]"}


class Container(NamedTuple):
    """A quote, list item or footnote definition around a leaf."""

    kind: str
    line: int
    label: str = ""
    """The marker of an item as written, without the number; the name of a footnote."""
    number: int = -1
    """Of an item in an ordered list, counted from the list's first."""
    list_line: int = -1
    """Where the list of this item begins."""
    indent: int = 0
    """Columns a following line needs to stay inside."""
    began_blank: bool = False


class Row(NamedTuple):
    """A source line of a leaf, freed of its containers' marks."""

    offset: int
    text: str
    owed: int = 0
    """How many of its first blanks are what is left of a tab, and not in the source."""

    @property
    def end(self) -> int:
        return self.offset + len(self.text) - self.owed


@dataclass(slots=True, eq=False)
class Leaf:
    """A block that holds text. Grows while open; fixed once closed."""

    kind: str
    """"paragraph", "heading", "fence", "code", "rule", "table", "math", or "empty" for a container without content."""
    path: tuple[Container, ...]
    line: int
    stop: int
    """The line after its last."""
    level: int = 0
    info: str = ""
    rows: list[Row] = field(default_factory=list)
    start: int = 0
    """Offsets in the source, of the first line and after the last."""
    end: int = 0
    fence: str = ""
    """The marks that opened it: of a fence or of math."""
    head_end: int = 0
    """Offset after the line that opened a fence."""
    indent: int = 0
    """Columns before its first text: those a fence takes from its lines, for a paragraph those of its last row."""

    @property
    def block_line(self) -> int:
        """The first line of the top-level block around it: what tells one block from the next."""
        if not self.path:
            return self.line
        top = self.path[0]
        return top.list_line if top.kind == "item" else top.line

    @property
    def language(self) -> str:
        match = LANGUAGE.match(self.info) if self.kind == "fence" else None
        return match[1] if match else ""

    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)


class _Grown(NamedTuple):
    """What a line can change in the open leaf."""

    kind: str
    level: int
    stop: int
    end: int
    rows: list[Row]
    row_count: int


class Mark(NamedTuple):
    """A state of the parser to come back to."""

    leaf: Leaf | None
    grown: _Grown | None
    stack: list[Container]
    line: int
    filled: bool


class _Cursor:
    """A place in a line, counted in columns where tabs reach to multiples of four."""

    __slots__ = ("column", "owed", "position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.column = 0
        self.owed = 0  # columns left of a tab that was consumed in part

    def indent(self) -> tuple[int, int]:
        """Columns of blank ahead, and the index of the first character after them."""
        text, at = self.text, self.position
        columns, column = self.owed, self.column + self.owed
        end = len(text)
        while at < end:
            character = text[at]
            if character == " ":
                columns += 1
                column += 1
            elif character == "\t":
                step = 4 - column % 4
                columns += step
                column += step
            else:
                break
            at += 1
        return columns, at

    def skip(self, columns: int) -> None:
        """Consume that many columns of blank, or what there is of them."""
        taken = min(columns, self.owed)
        self.owed -= taken
        self.column += taken
        columns -= taken
        text = self.text
        while columns > 0 and self.position < len(text) and text[self.position] in " \t":
            step = 4 - self.column % 4 if text[self.position] == "\t" else 1
            self.position += 1
            self.column += min(step, columns)
            self.owed = max(0, step - columns)
            columns -= step

    def go(self, position: int, columns: int) -> None:
        """Pass everything up to `position`, `columns` wide."""
        self.column += columns
        self.position = position
        self.owed = 0

    def rest(self) -> str:
        return " " * self.owed + self.text[self.position :]


def split_row(text: str) -> list[str]:
    """The cells of a table row, cut at pipes that are not escaped."""
    text = text.strip()
    if "\\|" not in text:
        cells = text.split("|")
    else:
        cells = [cell.replace("\0", "|") for cell in text.replace("\\|", "\0").split("|")]
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return [cell.strip() for cell in cells]


def alignments(text: str) -> list[str] | None:
    """ "left", "right", "center" or "" for each column of a table's delimiter row; None when it is none."""
    if not _DELIMITER_ROW.match(text):
        return None
    cells = [cell.strip() for cell in text.split("|")]
    if not cells[-1]:
        del cells[-1]
    if cells and not cells[0]:
        del cells[0]
    if not all(_DELIMITER_CELL.match(cell) for cell in cells):
        return None
    return [_ALIGNMENTS[cell[0] == ":", cell[-1] == ":"] for cell in cells]


_ALIGNMENTS = {(True, True): "center", (True, False): "left", (False, True): "right", (False, False): ""}


class BlockParser:
    """Feeds on lines; `line` returns the leaves each of them closed.

    `mark` and `reset` let a caller see what an unfinished line would do, and take it back.
    """

    def __init__(self) -> None:
        self.leaf: Leaf | None = None
        self._stack: list[Container] = []
        self._line = 0
        self._filled = True  # the innermost container holds a leaf
        self._closed: list[Leaf] = []
        self._offset = 0

    def mark(self) -> "Mark":
        leaf = self.leaf
        grown = _Grown(leaf.kind, leaf.level, leaf.stop, leaf.end, leaf.rows, len(leaf.rows)) if leaf else None
        return Mark(leaf, grown, self._stack.copy(), self._line, self._filled)

    def reset(self, mark: "Mark") -> None:
        """Return to a mark made before the last line."""
        self.leaf, grown, self._stack, self._line, self._filled = mark
        if self.leaf is not None and grown is not None:
            leaf = self.leaf
            leaf.kind, leaf.level, leaf.stop, leaf.end, leaf.rows, count = grown
            del leaf.rows[count:]

    def open_leaves(self) -> list[Leaf]:
        """The leaf under way; or the mark of a container that is still empty."""
        if self.leaf is not None:
            return [self.leaf]
        return [] if self._filled else [self._empty()]

    def close(self) -> list[Leaf]:
        """The text ended."""
        self._closed = []
        self._unwind(0)
        return self._closed

    def line(self, text: str, offset: int) -> list[Leaf]:
        """Take one line without its end, `offset` being where it starts in the source."""
        self._closed = []
        self._offset = offset
        cursor = _Cursor(text)
        depth = self._match_containers(cursor)
        whole = depth == len(self._stack)
        indent, at = cursor.indent()
        blank = at >= len(text)
        if not (whole and self._continue_verbatim(cursor, indent, at)):
            if blank:
                self._blank(depth)
            else:
                self._text(cursor, depth, whole=whole)
        self._line += 1
        return self._closed

    def _match_containers(self, cursor: _Cursor) -> int:
        """How many of the open containers this line continues."""
        text = cursor.text
        for depth, container in enumerate(self._stack):
            indent, at = cursor.indent()
            if container.kind == "quote":
                if indent > 3 or at >= len(text) or text[at] != ">":
                    return depth
                cursor.go(at + 1, indent + 1)
                cursor.skip(1)
            elif at >= len(text):
                if container.began_blank and container.line == self._line - 1 and not self._filled:
                    # An item may begin with one blank line, not with two.
                    self._stack[depth] = container._replace(indent=_CLOSED_ITEM)
                cursor.skip(container.indent)
            elif indent >= container.indent:
                cursor.skip(container.indent)
            else:
                return depth
        return len(self._stack)

    def _continue_verbatim(self, cursor: _Cursor, indent: int, at: int) -> bool:
        """Fences, indented code and math take lines as they are."""
        leaf = self.leaf
        if leaf is None:
            return False
        blank = at >= len(cursor.text)
        if leaf.kind == "fence":
            rest = cursor.text[at:].rstrip(" \t")
            if indent <= 3 and len(rest) >= len(leaf.fence) and rest == leaf.fence[0] * len(rest):
                self._extend(leaf, len(cursor.text))
                self._close_leaf()
            else:
                cursor.skip(leaf.indent)
                self._add_row(leaf, cursor)
            return True
        if leaf.kind == "code" and (indent >= 4 or blank):
            cursor.skip(4)
            self._add_row(leaf, cursor, extend=not blank)
            return True
        if leaf.kind == "math" and not blank:
            cursor.go(at, indent)
            self._add_row(leaf, cursor)
            if ends_math(leaf.fence, cursor.text):
                self._close_leaf()
            return True
        return False

    def _blank(self, depth: int) -> None:
        self._close_leaf()
        self._unwind(depth)

    def _text(self, cursor: _Cursor, depth: int, *, whole: bool) -> None:
        """A line with text that no verbatim leaf takes."""
        text = cursor.text
        if self.leaf is not None and self.leaf.kind == "code":
            self._close_leaf()
        while True:
            indent, at = cursor.indent()
            if at >= len(text):
                return  # containers only
            paragraph = self.leaf is not None and self.leaf.kind == "paragraph"
            if indent > 3:
                if paragraph:
                    break
                self._unwind(depth)
                cursor.skip(4)
                self._add_row(self._open("code"), cursor)
                return
            if whole and paragraph and self._settle_paragraph(text, at):
                return
            if self._start_leaf(cursor, depth, indent, at):
                return
            container = self._start_container(cursor, depth, indent, at, inside_paragraph=whole and paragraph)
            if not container:
                break
            depth, whole = len(self._stack), True
        self._plain(cursor, depth, whole=whole)

    def _plain(self, cursor: _Cursor, depth: int, *, whole: bool) -> None:
        """Text that starts no block: it continues the paragraph or table, or begins a paragraph."""
        leaf = self.leaf
        indent, at = cursor.indent()
        lazy_or_whole = leaf is not None and (leaf.kind == "paragraph" or (whole and leaf.kind == "table"))
        if leaf is None or not lazy_or_whole:
            self._unwind(depth)
            leaf = self._open("paragraph")
        cursor.go(at, indent)
        self._add_row(leaf, cursor)
        leaf.indent = indent

    def _settle_paragraph(self, text: str, at: int) -> bool:
        """An underline or a table's delimiter row tells what the paragraph above really is."""
        leaf = self.leaf
        if leaf is None:
            return False
        rest = text[at:]
        header = leaf.rows[-1]
        has_bar = "|" in header.text and leaf.indent <= 3
        columns = alignments(rest) if has_bar else None
        if not columns or len(columns) != len(split_row(header.text)):
            if match := _SETEXT.match(rest):
                leaf.kind, leaf.level = "heading", 1 if match[1][0] == "=" else 2
                self._extend(leaf, len(text))
                self._close_leaf()
            return match is not None
        if len(leaf.rows) == 1:
            leaf.kind = "table"
        else:
            leaf.rows = leaf.rows[:-1]
            leaf.stop -= 1
            leaf.end = leaf.rows[-1].end
            self._close_leaf()
            leaf = self._open("table")
            leaf.line -= 1
            leaf.start = header.offset
            leaf.rows = [header]
        leaf.rows.append(Row(self._offset + at, rest))
        self._extend(leaf, len(text))
        return True

    def _start_leaf(self, cursor: _Cursor, depth: int, indent: int, at: int) -> bool:
        """Fence, math, rule or heading."""
        text = cursor.text
        first = text[at]
        if first in "`~" and (match := _FENCE.match(text, at)):
            self._unwind(depth)
            leaf = self._open("fence")
            leaf.fence, leaf.info = match[1] or match[3], (match[2] or match[4] or "").strip()
            leaf.indent = indent
            self._extend(leaf, len(text))
            leaf.head_end = leaf.end
            return True
        if first in "$\\" and (closed := opens_math(text, at)) is not None:
            self._unwind(depth)
            leaf = self._open("math")
            leaf.fence = text[at : at + 2]
            cursor.go(at, indent)
            self._add_row(leaf, cursor)
            if closed:
                self._close_leaf()
            return True
        if first in "-*_" and is_rule(text, at):
            self._unwind(depth)
            self._extend(self._open("rule"), len(text))
            self._close_leaf()
            return True
        if first == "#" and (match := _HEADING.match(text, at)):
            self._unwind(depth)
            leaf = self._open("heading")
            leaf.level = len(match[1])
            content = _HEADING_TAIL.sub("", text[match.end() :])
            leaf.rows.append(Row(self._offset + match.end(), content.strip(" \t")))
            self._extend(leaf, len(text))
            self._close_leaf()
            return True
        return False

    def _start_container(self, cursor: _Cursor, depth: int, indent: int, at: int, *, inside_paragraph: bool) -> bool:
        text = cursor.text
        if depth >= MAX_DEPTH:
            return False
        first = text[at]
        if first == ">":
            self._unwind(depth)
            self._push(Container("quote", self._line))
            cursor.go(at + 1, indent + 1)
            cursor.skip(1)
            return True
        if first in "-+*0123456789" and (match := _MARKER.match(text, at)):
            empty = not text[match.end() :].strip(" \t")
            if inside_paragraph and (empty or (match[2] is not None and int(match[2]) != 1)):
                return False
            self._start_item(cursor, depth, indent, match, empty=empty)
            return True
        if first == "[" and (match := _FOOTNOTE.match(text, at)):
            lazy = self.leaf is not None and self.leaf.kind == "paragraph"
            if lazy and any(container.kind == "quote" for container in self._stack[depth:]):
                return False
            self._unwind(depth)
            self._push(Container("footnote", self._line, match[1], indent=4))
            cursor.go(match.end(), match.end() - at + indent)
            cursor.skip(cursor.indent()[0])
            return True
        return False

    def _start_item(self, cursor: _Cursor, depth: int, indent: int, match: re.Match[str], *, empty: bool) -> None:
        marker = match[1]
        label = marker[-1]
        sibling = self._stack[depth] if depth < len(self._stack) else None
        self._unwind(depth)
        if sibling is not None and sibling.kind == "item" and sibling.label == label:
            list_line, number = sibling.list_line, sibling.number + 1 if match[2] else -1
        else:
            list_line, number = self._line, int(match[2]) if match[2] else -1
        cursor.go(match.end(), indent + len(marker))
        blank = cursor.indent()[0]
        spaces = 1 if empty or blank > 4 else blank
        cursor.skip(spaces)
        width = indent + len(marker) + spaces
        self._push(Container("item", self._line, label, number, list_line, width, empty))

    def _push(self, container: Container) -> None:
        self._stack.append(container)
        self._filled = False

    def _open(self, kind: str) -> Leaf:
        leaf = Leaf(kind, tuple(self._stack), self._line, self._line + 1, start=self._offset, end=self._offset)
        self.leaf = leaf
        self._filled = True
        return leaf

    def _extend(self, leaf: Leaf, length: int = 0) -> None:
        leaf.stop = self._line + 1
        leaf.end = self._offset + length

    def _add_row(self, leaf: Leaf, cursor: _Cursor, *, extend: bool = True) -> None:
        leaf.rows.append(Row(self._offset + cursor.position, cursor.rest(), cursor.owed))
        if extend:
            self._extend(leaf, len(cursor.text))

    def _close_leaf(self) -> None:
        leaf = self.leaf
        if leaf is None:
            return
        if leaf.kind == "code":
            del leaf.rows[leaf.stop - leaf.line :]
        self._closed.append(leaf)
        self.leaf = None

    def _unwind(self, depth: int) -> None:
        """Close the leaf, and the containers beyond `depth`."""
        self._close_leaf()
        if depth < len(self._stack):
            if not self._filled:
                self._closed.append(self._empty())
                self._filled = True
            del self._stack[depth:]

    def _empty(self) -> Leaf:
        line = self._stack[-1].line
        return Leaf("empty", tuple(self._stack), line, line + 1, start=self._offset, end=self._offset)


def opens_math(text: str, at: int) -> bool | None:
    """Does display math begin here: None for no, True when it also ends on this line."""
    opener = text[at : at + 2]
    rest = text[at + 2 :].strip()
    if opener == "$$":
        where = rest.find("$$")
        if where < 0:
            return False
        return True if where > 0 and where == len(rest) - 2 else None
    if opener == "\\[":
        if rest.endswith("\\]"):
            return True if rest.find("\\]") == len(rest) - 2 > 0 else None
        return None if "]" in rest else False
    return None


def ends_math(opener: str, text: str) -> bool:
    return text.rstrip().endswith(_MATH_ENDS[opener])


def is_rule(text: str, at: int) -> bool:
    rest = text[at:]
    return rest.count(text[at]) >= 3 and not rest.strip(text[at] + " \t")

"""Leaves to lines: what stands left of them, what separates them, and how each kind grows.

A flow lays out one leaf. While the leaf is open, `show` returns the lines that may still change
and settles those that will not, so that it costs what is new and not what is there. `close`
returns what the whole leaf looks like, and depends on the leaf alone.
"""

import re
from bisect import bisect_right
from typing import Any, NamedTuple, Protocol

from fasttui.markdown import highlight
from fasttui.markdown.blocks import Container, Leaf, Row
from fasttui.markdown.highlight import Highlighter, Piece
from fasttui.markdown.inline import Inline, Run, extended, footnote_mark, parse, parse_open, source_at, spans
from fasttui.markdown.latex import formula
from fasttui.markdown.lines import Line, Span
from fasttui.markdown.wrap import CellLen, fit, wrap

BULLETS = "•◦▪"
LONGEST_CODE_LINE = highlight.LONGEST_LINE
"""Code beyond this many characters goes on in a soft line."""

_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_UNSETTLED_LINES = 2
_LONGEST_TAIL = 4096
"""An open text of this length is cut even where its style cannot be carried on."""
_DEFINITION = re.compile(r"\[(?!\^)[^\]]+\]:")


class LazyLine(Protocol):
    """A line that is made when it is looked at."""

    def line(self) -> Line: ...


Entry = Line | LazyLine


class Setting(NamedTuple):
    """What all flows of a document share."""

    width: int
    cell_len: CellLen
    wrap_code: bool
    env: dict[str, Any]
    """markdown-it's: link references and footnotes defined so far."""

    def definitions(self) -> int:
        return len(self.env.get("references", ())) + len(self.env.get("footnotes", {}).get("refs", ()))


class Prefix(NamedTuple):
    """What stands left of a leaf's first line, and of the others."""

    first: tuple[Span, ...]
    rest: tuple[Span, ...]
    first_width: int
    rest_width: int


def shared_depth(before: Leaf | None, leaf: Leaf) -> int:
    """How many containers around this leaf were around the one before."""
    if before is None:
        return 0
    depth = 0
    for ours, theirs in zip(leaf.path, before.path, strict=False):
        if ours[:5] != theirs[:5]:
            break
        depth += 1
    return depth


def is_apart(before: Leaf, leaf: Leaf) -> bool:
    """Does a blank line separate them: always between blocks, in lists where the source has one."""
    if leaf.line > before.stop:
        return True
    depth = shared_depth(before, leaf)
    if depth and leaf.path[depth - 1].kind == "item":
        return False
    parted = [path[depth] if depth < len(path) else None for path in (before.path, leaf.path)]
    one, other = parted
    return one is None or other is None or one.kind != "item" or one.list_line != other.list_line


def prefix_of(leaf: Leaf, before: Leaf | None, setting: Setting) -> Prefix:
    shared = shared_depth(before, leaf)
    first: list[Span] = []
    rest: list[Span] = []
    first_width = rest_width = bullets = 0
    for depth, container in enumerate(leaf.path):
        bullets += container.kind == "item" and container.number < 0
        marker = _marker(container, bullets)
        width = setting.cell_len(marker.text)
        if rest_width + width > setting.width // 2:
            continue  # nested too deep for this screen
        hanging = marker if container.kind == "quote" else Span(" " * width, "", gutter=True)
        first.append(hanging if depth < shared else marker)
        rest.append(hanging)
        rest_width += width
    first_width = rest_width
    return Prefix(tuple(first), tuple(rest), first_width, rest_width)


def _marker(container: Container, bullets: int) -> Span:
    match container.kind:
        case "quote":
            return Span("▎ ", "quote.bar", gutter=True)
        case "footnote":
            return Span(f"{footnote_mark(container.label)} ", "footnote")
        case _ if container.number >= 0:
            return Span(f"{container.number}{container.label} ", "bullet")
        case _:
            return Span(f"{BULLETS[(bullets - 1) % len(BULLETS)]} ", "bullet")


class Flow:
    """Lays out one leaf; this base class lays out those that need no growth."""

    def __init__(self, leaf: Leaf, before: Leaf | None, block: int, setting: Setting) -> None:
        self.settled = 0
        """Lines that were returned and will not be returned again while the leaf is open, unless it is rebuilt."""
        self.rebuilt = False
        """What `show` returned last begins at the leaf's first line again, whatever was settled."""
        self.definitions = 0
        self.setting = setting
        self.block = block
        self.prefix = prefix_of(leaf, before, setting)
        self.width = max(1, setting.width - self.prefix.rest_width)
        self.quoted = "quote" if any(each.kind == "quote" for each in leaf.path) else ""
        self._spacer = self._make_spacer(leaf, before)

    def show(self, leaf: Leaf, *, partial: bool) -> list[Entry]:
        """The lines after the settled ones; `partial`: the leaf's last row is not complete."""
        del partial
        return self.close(leaf)[1]

    def close(self, leaf: Leaf) -> tuple[int, list[Entry]]:
        """The index of the first line that may differ from what was shown, and the lines from there."""
        return 0, [*self._spacer, *self.content(leaf)]

    def content(self, leaf: Leaf) -> list[Entry]:
        place = (leaf.start, leaf.end)
        if leaf.kind == "rule":
            return [self.make_line([Span("─" * self.width, "rule", gutter=True)], place, first=True)]
        return [self.make_line([], place, first=True)]

    def grow(self, text: str) -> list[Entry] | None:
        """Text is added to the open row: the lines after the settled ones. None if the leaf must be shown anew."""
        del text
        return None

    def unchanged_at(self, setting: Setting) -> bool:
        """Would it look the same in another setting."""
        del setting
        return False

    def make_line(
        self,
        content: list[Span],
        place: tuple[int, int],
        *,
        first: bool = False,
        soft: bool = False,
        code: bool = False,
    ) -> Line:
        left = self.prefix.first if first else self.prefix.rest
        cell_len = self.setting.cell_len
        width = self.prefix.rest_width
        for span in content:
            text = span.text
            width += len(text) if text.isascii() else cell_len(text)
        return Line((*left, *content), soft, place, self.block, code, width)

    def _make_spacer(self, leaf: Leaf, before: Leaf | None) -> list[Line]:
        if before is None or not is_apart(before, leaf):
            return []
        shared = shared_depth(before, leaf)
        left = list(self.prefix.rest[:shared])
        while left and not left[-1].text.strip():
            del left[-1]
        if left:
            left[-1] = left[-1]._replace(text=left[-1].text.rstrip())
        width = sum(self.setting.cell_len(span.text) for span in left)
        place = (leaf.start, leaf.start)
        return [Line(tuple(left), soft=False, source=place, block=self.block, code=False, width=width)]


class InlineFlow(Flow):
    """A paragraph, heading or formula: wrapped text."""

    def __init__(self, leaf: Leaf, before: Leaf | None, block: int, setting: Setting) -> None:
        super().__init__(leaf, before, block, setting)
        self._before = before
        self._base = f"heading.{leaf.level}" if leaf.kind == "heading" else self.quoted
        self._inline: Inline | None = None
        self._places: _Places | None = None
        self._skip = 0  # characters of the first row that are shown as a task's box
        self._may_be_task = leaf.kind == "paragraph" and bool(leaf.path) and leaf.path[-1].line == leaf.line
        self._may_be_task &= bool(leaf.path) and leaf.path[-1].kind == "item"
        self._tail = ""  # the text after the settled lines
        self._tail_place = (0, 0)  # row and column where it begins
        self._carry = ""  # marks that put it into the style it begins in
        self._row_starts: list[int] = []
        self._open_inline: Inline | None = None  # the tail as parsed last
        self._open_text = ""
        self._open_lines: list[Entry] = []
        self._parsed: tuple[str, int, Inline] | None = None  # a whole text as `parse` would have it

    def close(self, leaf: Leaf) -> tuple[int, list[Entry]]:
        self.definitions = self.setting.definitions()
        self._find_task(leaf)
        text, place = _trimmed(leaf, self._skip)
        if self._parsed is not None and self._parsed[:2] == (text, self.definitions):
            self._inline = self._parsed[2]
        else:
            self._inline = _formula_of(leaf) or parse(text, self.setting.env)
        self._parsed = self._open_inline = None
        self._places = place
        return 0, [*self._spacer, *self._lay()]

    def again(self, leaf: Leaf, setting: Setting) -> list[Entry]:
        """The lines of the closed leaf in another setting, without parsing it again."""
        self.setting = setting
        self.prefix = prefix_of(leaf, self._before, setting)
        self.width = max(1, setting.width - self.prefix.rest_width)
        self._spacer = self._make_spacer(leaf, self._before)
        self._skip = 0
        self._find_task(leaf)
        return [*self._spacer, *self._lay()]

    def _lay(self) -> list[Entry]:
        inline, places = self._inline, self._places
        if inline is None or places is None:
            return []
        return [
            self.make_line(found, (places.source(start), places.source(stop)), first=number == 0, soft=number > 0)
            for number, (found, start, stop, _, _) in enumerate(self._wrapped(inline, self._base))
        ]

    def _wrapped(self, inline: Inline, base: str) -> list[tuple[list[Span], int, int, int, int]]:
        """For each line its spans, where it starts and stops in the parsed text, the run it starts in, and where
        in the shown text."""
        cuts = wrap(inline.text, self.width, self.width, self.setting.cell_len)
        found, run = [], 0
        for start, stop in cuts:
            while run + 1 < len(inline.runs) and inline.runs[run + 1].start <= start:
                run += 1
            content, following = spans(inline, start, stop, base, run)
            begin = source_at(inline, start, run)
            end = max(begin, source_at(inline, stop - 1, following) + 1) if stop > start else begin
            found.append((content, begin, end, run, start))
            run = following
        return found

    def show(self, leaf: Leaf, *, partial: bool) -> list[Entry]:
        del partial
        if leaf.kind == "paragraph" and leaf.rows and _DEFINITION.match(leaf.rows[0].text):
            return []  # most likely a link definition, which is not shown
        self._find_task(leaf)
        row, column = self._tail_place
        if (row, column) == (0, 0):
            column = self._skip
        rows = leaf.rows[row:]
        self._row_starts = [each.offset for each in rows]
        texts = [each.text for each in rows]
        if not texts:
            self._tail = ""
            return [*self._spacer, self.make_line([], (leaf.start, leaf.end), first=True)]
        texts[0] = texts[0][column:]
        self._tail = "\n".join(texts)
        self._row_starts[0] += column
        return self._show_tail()

    def grow(self, text: str) -> list[Entry] | None:
        if not self._row_starts:
            return None
        before = self._tail
        self._tail = before + text
        shown = self._tail.rstrip()
        longer = None
        if self._open_inline is not None and before.startswith(self._open_text):
            blank = before[len(self._open_text) :]
            longer = extended(self._open_inline, blank, shown[len(before) :]) if len(shown) > len(before) else None
        return self._show_tail(longer)

    def _show_tail(self, inline: Inline | None = None) -> list[Entry]:
        text = self._tail.rstrip()
        if self._open_inline is not None and text == self._open_text:
            return self._open_lines
        carry = self._carry
        if inline is None:
            inline, exact = parse_open(carry + text, self.setting.env)
            if exact and not self.settled:
                self._parsed = (text, self.setting.definitions(), inline)
        self._open_inline, self._open_text = inline, text
        begun = self.settled > 0
        wrapped = self._wrapped(inline, self._base)
        lines: list[Entry] = [] if begun else [*self._spacer]
        spaced = len(lines)
        for number, (content, start, stop, _, _) in enumerate(wrapped):
            place = (self._tail_offset(start - len(carry)), self._tail_offset(stop - len(carry)))
            continues = begun or number > 0
            lines.append(self.make_line(content, place, first=not continues, soft=continues))
        self._open_lines = lines
        if len(wrapped) > _UNSETTLED_LINES + 1:
            self._settle(inline, wrapped, spaced)
        return lines

    def _settle(self, inline: Inline, wrapped: list[tuple[list[Span], int, int, int, int]], spaced: int) -> None:
        """Let go of all lines but the last, up to one that can be resumed."""
        forced = len(self._tail) > _LONGEST_TAIL
        for number in range(len(wrapped) - _UNSETTLED_LINES, 0, -1):
            _, start, _, run, shown = wrapped[number]
            openers = inline.runs[run].openers
            if forced and start > len(self._carry):
                openers = ""
            # A line that begins where its run begins may have marks before it in the source.
            if "[" in openers or start <= len(self._carry):
                continue
            if inline.runs[run].start == shown and run and not forced:
                continue
            self._drop(start - len(self._carry))
            self._carry = openers
            self._open_inline = None
            self.settled += number + spaced
            return

    def _drop(self, count: int) -> None:
        """Forget that many characters of the tail."""
        dropped = self._tail[:count]
        row, column = self._tail_place
        if (row, column) == (0, 0):
            column = self._skip
        rows = dropped.count("\n")
        after = len(dropped) - dropped.rfind("\n") - 1
        self._tail_place = (row + rows, after if rows else column + count)
        self._row_starts = self._row_starts[rows:]
        self._row_starts[0] += after if rows else count
        self._tail = self._tail[count:]

    def _tail_offset(self, position: int) -> int:
        position = min(max(0, position), len(self._tail))
        if len(self._row_starts) == 1:
            return self._row_starts[0] + position
        rows = self._tail.count("\n", 0, position)
        after = position - self._tail.rfind("\n", 0, position) - 1
        return self._row_starts[min(rows, len(self._row_starts) - 1)] + after

    def _find_task(self, leaf: Leaf) -> None:
        """An item that begins with "[ ]" shows a box in place of its bullet."""
        if not self._may_be_task or self._skip or not leaf.rows or self.settled:
            return
        if match := _TASK.match(leaf.rows[0].text):
            self._skip = match.end()
            box = Span("☐ ", "task.open") if match[1] == " " else Span("☑ ", "task.done")
            if self.prefix.first:
                gap = self.setting.cell_len(self.prefix.first[-1].text) - self.setting.cell_len(box.text)
                box = box._replace(text=box.text + " " * gap)
                self.prefix = self.prefix._replace(first=(*self.prefix.first[:-1], box))


class _Places:
    """Offsets in the text of a leaf to offsets in the source."""

    def __init__(self, rows: list[Row], skip: int) -> None:
        self._sources = [row.offset for row in rows]
        self._end = rows[-1].end if rows else 0
        self._starts = []
        at = -skip
        for row in rows:
            self._starts.append(at)
            at += len(row.text) + 1

    def source(self, position: int) -> int:
        row = bisect_right(self._starts, position) - 1
        row = max(0, row)
        # An image or a formula may be longer than what it is written as.
        return min(self._end, self._sources[row] + position - self._starts[row]) if self._sources else 0


def _trimmed(leaf: Leaf, skip: int) -> tuple[str, _Places]:
    text = leaf.text()[skip:]
    content = text.lstrip()
    return content.rstrip(), _Places(leaf.rows, skip + len(text) - len(content))


def _formula_of(leaf: Leaf) -> Inline | None:
    """Display math as one formula, or as the source when it cannot be shown."""
    if leaf.kind != "math":
        return None
    text = " ".join(row.text.strip() for row in leaf.rows)
    shown = formula(text.removeprefix(leaf.fence).removesuffix("$$").removesuffix("\\]"))
    return Inline(shown or "\n".join(row.text.rstrip() for row in leaf.rows), (Run(0, "math", "", 0, ""),))


class MathFlow(InlineFlow):
    """Display math: its source until it ends."""

    def show(self, leaf: Leaf, *, partial: bool) -> list[Entry]:
        del partial
        lines: list[Entry] = [] if self.settled else [*self._spacer]
        for number, row in enumerate(leaf.rows):
            place = (row.offset, row.end)
            text = row.text.expandtabs(4)
            for at, (start, stop) in enumerate(wrap(text, self.width, self.width, self.setting.cell_len)):
                span = Span(text[start:stop], "math")
                lines.append(self.make_line([span], place, first=number == 0 and at == 0, soft=at > 0))
        return lines


class CodeFlow(Flow):
    """A fence or indented code: rows as they are, in syntax colours."""

    def __init__(self, leaf: Leaf, before: Leaf | None, block: int, setting: Setting) -> None:
        super().__init__(leaf, before, block, setting)
        self.language = leaf.language
        highlight.request(self.language)
        self.waits = not highlight.is_ready(self.language)
        self._highlighter = Highlighter(self.language) if self.language and not self.waits else None
        self._rows = 0  # rows settled
        self._chunks = 0  # pieces of an overlong open row that are settled
        self._open = ""  # the rest of that row
        self._open_offset = 0
        self._owed = 0
        self._fresh = True

    def close(self, leaf: Leaf) -> tuple[int, list[Entry]]:
        settled = self.settled
        rows = self._complete(leaf, len(leaf.rows))
        if not self._fresh:
            return settled, [*rows]
        self._fresh = False
        lines = [*self._head(leaf), *rows]
        return settled, lines or [self.make_line([], (leaf.start, leaf.end), first=True, code=True)]

    def show(self, leaf: Leaf, *, partial: bool) -> list[Entry]:
        if partial and leaf.kind == "fence" and not leaf.rows:
            return self._head(leaf)  # its opening line is not complete
        count = len(leaf.rows) if leaf.kind == "fence" else min(len(leaf.rows), leaf.stop - leaf.line)
        partial = partial and count == len(leaf.rows) and count > 0
        complete = count - partial
        lines: list[Entry] = []
        head = 0
        if self._fresh:
            lines += self._head(leaf)
            head = len(lines)
            if not head and not count:
                return [self.make_line([], (leaf.start, leaf.end), first=True, code=True)]
            self._fresh = False
        self.settled += head
        rows = self._complete(leaf, complete)
        self.settled += len(rows)
        lines += rows
        if partial:
            row = leaf.rows[-1]
            self._open = row.text[self._chunks * LONGEST_CODE_LINE :]
            self._open_offset = row.offset + self._chunks * LONGEST_CODE_LINE
            self._owed = row.owed if not self._chunks else 0
            lines += self._show_open()
        return lines

    def grow(self, text: str) -> list[Entry] | None:
        if not self._open:
            return None
        self._open += text
        return [*self._show_open()]

    def _show_open(self) -> list[Line]:
        lines: list[Line] = []
        while len(self._open) > LONGEST_CODE_LINE:
            chunk = self._open[:LONGEST_CODE_LINE]
            plain = [Piece(_untabbed(chunk), "")]
            lines += self._lines_of(plain, self._open_offset, len(chunk), soft=self._chunks > 0)
            self._open = self._open[LONGEST_CODE_LINE:]
            self._open_offset += LONGEST_CODE_LINE
            self._chunks += 1
        self.settled += len(lines)
        text = _untabbed(self._open) if self._chunks else self._open.expandtabs(4)
        pieces = [Piece(text, "")]
        if self._highlighter is not None and not self._chunks:
            pieces = self._highlighter.peek(text)
        return lines + self._lines_of(pieces, self._open_offset, len(self._open) - self._owed, soft=self._chunks > 0)

    def _complete(self, leaf: Leaf, count: int) -> list[Line]:
        """Lines of the rows that came to their end, once each."""
        lines: list[Line] = []
        for row in leaf.rows[self._rows : count]:
            lines += self._row(row)
            self._chunks = 0
            self._rows += 1
        self._open = ""
        return lines

    def _row(self, row: Row) -> list[Line]:
        text = row.text
        if len(text) <= LONGEST_CODE_LINE:
            shown = text.expandtabs(4)
            pieces = self._highlighter.line(shown) if self._highlighter else [Piece(shown, "")]
            return self._lines_of(pieces, row.offset, row.end - row.offset, soft=False)
        lines: list[Line] = []
        for start in range(self._chunks * LONGEST_CODE_LINE, len(text), LONGEST_CODE_LINE):
            chunk = text[start : start + LONGEST_CODE_LINE]
            lines += self._lines_of([Piece(_untabbed(chunk), "")], row.offset + start, len(chunk), soft=start > 0)
        return lines

    def _lines_of(self, pieces: list[Piece], offset: int, length: int, *, soft: bool) -> list[Line]:
        content = [Span(text, style) for text, style in pieces if text]
        place = (offset, offset + length)
        first = self._is_first(soft=soft)
        if not self.setting.wrap_code:
            return [self.make_line([_GUTTER, *content], place, first=first, soft=soft, code=True)]
        cut = _cut(content, max(1, self.width - 2), self.setting.cell_len)
        return [
            self.make_line([_GUTTER, *part], place, first=first and not number, soft=soft or number > 0, code=True)
            for number, part in enumerate(cut)
        ]

    def _is_first(self, *, soft: bool) -> bool:
        return not self.language and self._rows == 0 and not soft

    def _head(self, leaf: Leaf) -> list[Entry]:
        if not self.language:
            return [*self._spacer]
        label = Span(leaf.language, "fence.label", gutter=True)
        return [*self._spacer, self.make_line([_GUTTER, label], (leaf.start, leaf.head_end), first=True, code=True)]

    def unchanged_at(self, setting: Setting) -> bool:
        narrow = min(setting.width, self.setting.width) // 2
        return not setting.wrap_code and self.prefix.rest_width <= narrow and not self.waits


_GUTTER = Span("│ ", "fence.gutter", gutter=True)


def _untabbed(text: str) -> str:
    return text.replace("\t", "    ")


def _cut(content: list[Span], width: int, cell_len: CellLen) -> list[list[Span]]:
    """Spans cut hard into lines of a width."""
    lines: list[list[Span]] = [[]]
    room = width
    for span in content:
        text = span.text
        while text:
            taken = fit(text, room, cell_len) or (0 if lines[-1] else 1)
            if taken:
                lines[-1].append(span._replace(text=text[:taken]))
                room -= cell_len(text[:taken])
                text = text[taken:]
            if text:
                lines.append([])
                room = width
    return lines

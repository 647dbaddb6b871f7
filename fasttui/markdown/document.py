"""A Markdown document that grows: text in, lines of named styles out.

The cost of added text does not depend on how much there is already. Complete lines go through the
block parser once; the leaf they close is laid out once, by markdown-it's word. What is still open
is laid out as it looks now, by a flow that keeps what cannot change. When a top-level block ends,
markdown-it reads it as a whole and has the last word.

What is shown depends on the text alone: any chunking ends in the same lines.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self, overload

from fasttui.markdown import meaning
from fasttui.markdown.blocks import MAX_DEPTH, BlockParser, Leaf
from fasttui.markdown.highlight import is_ready
from fasttui.markdown.layout import CodeFlow, Entry, Flow, InlineFlow, MathFlow, Setting
from fasttui.markdown.lines import Block, Line
from fasttui.markdown.tables import TableFlow

LONGEST_CHECKED = 16_384
"""Characters of a block up to which markdown-it reads it again when it ends."""
LONGEST_DEFINITIONS = 1_048_576
"""The same for a block that begins like link definitions: only markdown-it reads those."""
_LINE_END = re.compile(r"\r\n?|\n")
_CONTAINER_MARKS = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))+[ \t]*")
_UNDECIDED = re.compile(
    r"[ \t]*(?:#{1,6}|[-+*]|\d{1,9}[.)]?|`{1,2}|`{3,}[^`]*|~+[^~]*|=+|[-*_ ]+"
    r"|\[(?:\^[^\]]*\]?)?|[|: \t-]+|\\\[?|\${1,2}|[ \t]+)$"
)
_FLOWS: dict[str, type[Flow]] = {
    "paragraph": InlineFlow,
    "heading": InlineFlow,
    "math": MathFlow,
    "fence": CodeFlow,
    "code": CodeFlow,
    "table": TableFlow,
}
_KINDS = {"quote": "quote", "item": "list", "footnote": "footnote"}


class _Laid:
    """A leaf and its place among the lines."""

    __slots__ = ("before", "block", "flow", "kind", "leaf", "level", "start")

    def __init__(self, leaf: Leaf, before: Leaf | None, flow: Flow, start: int, block: int) -> None:
        self.leaf = leaf
        # Those of the flow; the leaf's may change while it is open.
        self.kind, self.level = leaf.kind, leaf.level
        self.before = before
        self.flow = flow
        self.start = start
        self.block = block

    def shows(self, leaf: Leaf, before: Leaf | None) -> bool:
        """Is this the same leaf, perhaps grown."""
        ours = self.leaf
        if (self.kind, self.level) != (leaf.kind, leaf.level):
            return False
        return ours is leaf or (
            ours.start == leaf.start
            and ours.line == leaf.line
            and ours.path == leaf.path
            and ours.info == leaf.info
            and (leaf.kind != "table" or ours.rows[0] == leaf.rows[0])
            and (self.before is before or _same_place(self.before, before))
        )


def _same_place(one: Leaf | None, other: Leaf | None) -> bool:
    return one is not None and other is not None and one.stop == other.stop and one.path == other.path


class Lines(Sequence[Line]):
    """The document's lines; those of tables are made when they are looked at."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [entry if isinstance(entry, Line) else entry.line() for entry in self._entries[index]]
        entry = self._entries[index]
        return entry if isinstance(entry, Line) else entry.line()

    def __iter__(self) -> Iterator[Line]:
        return iter(self[:])


class Document:
    """Markdown text that grows at its end, as lines of a width."""

    def __init__(self, width: int, *, cell_len: Callable[[str], int], wrap_code: bool = False) -> None:
        self._env: dict[str, Any] = {}
        self._setting = Setting(max(1, width), cell_len, wrap_code, self._env)
        self._texts: list[str] = []
        self._length = 0
        self._parser = BlockParser()
        self._partial: list[str] = []  # the line without end, in pieces
        self._partial_length = 0
        self._line_offset = 0
        self._look_again_at = 0  # length of the line without end from which it is to be shown anew
        self._entries: list[Entry] = []
        self.lines: Sequence[Line] = Lines(self._entries)
        self._laid: list[_Laid] = []  # closed leaves
        self._end = 0  # lines of closed leaves
        self._shown: list[_Laid] = []  # leaves that are open, or would be closed by the line without end
        self._growing: Flow | None = None  # takes more text of the line without end as it is
        self._changed = 0
        self._blocks: list[Block] = []
        self._block_laid = 0  # index in _laid of the open block's first leaf
        self._block_line = -1
        self._block_source: list[tuple[int, str]] = []
        self._block_length = 0
        self._line_number = 0
        self._source_from = 0
        self._waiting: list[_Laid] = []
        self._finished = False

    @classmethod
    def of(cls, text: str, width: int, *, cell_len: Callable[[str], int], wrap_code: bool = False) -> Self:
        """A whole text at once."""
        document = cls(width, cell_len=cell_len, wrap_code=wrap_code)
        document.append(text)
        document.finish()
        return document

    @property
    def source(self) -> str:
        if len(self._texts) > 1:
            self._texts = ["".join(self._texts)]
        return self._texts[0] if self._texts else ""

    @property
    def final(self) -> int:
        """`lines[:final]` will never change any more, unless the width does."""
        if self._finished:
            settled = len(self._entries)
        elif self._block_length > self._checked_length():
            settled = self._open_start()
        elif self._block_laid < len(self._laid):
            plain = _is_plain_block(self._laid[self._block_laid :])
            settled = self._end if plain else self._laid[self._block_laid].start
        else:
            settled = self._open_start()
        return min([settled, *(laid.start for laid in [*self._waiting, *filter(_is_plain, self._shown)])])

    @property
    def complete(self) -> int:
        """`lines[:complete]` have all their text; beyond `final`, the end of their block may still restyle them.

        Rows of an open table are not: a later row may widen them.
        """
        if self._finished or not self._shown:
            return len(self._entries) if self._finished else self._end
        first = self._shown[0]
        return first.start if isinstance(first.flow, TableFlow) else first.start + first.flow.settled

    @property
    def blocks(self) -> Sequence[Block]:
        """The top-level blocks, the open one included."""
        blocks = self._blocks.copy()
        for laid in self._shown:
            _note(blocks, laid)
        return blocks

    @property
    def waiting(self) -> bool:
        """A lexer is being loaded: `take_changes` will have something."""
        return bool(self._waiting) or any(map(_is_plain, self._shown))

    def append(self, text: str) -> int:
        """Add text. Returns the index of the first line that may differ from before.

        Raises:
            ValueError: the document is finished.
        """
        if self._finished:
            raise ValueError("This document is finished.")
        if not text:
            return len(self._entries)
        self._texts.append(text)
        if "\0" in text:
            text = text.replace("\0", "\ufffd")
        self._changed = len(self._entries)
        if self._grows(text):
            return self._changed
        self._growing = None
        lines = self._line_number
        self._take(text)
        if self._line_number > lines or self._partial_length >= self._look_again_at:
            self._show_open()
            # Looking at a line as a whole costs its length, so a long one is looked at ever more rarely.
            self._look_again_at = self._partial_length + self._partial_length // 8 if self._partial_length > 256 else 0
        return self._changed

    def finish(self) -> int:
        """The text is complete. Returns the index of the first line that may differ from before."""
        if self._finished:
            return len(self._entries)
        self._changed = len(self._entries)
        self._growing = None
        if self._partial:
            self._take_line("".join(self._partial))
            self._partial.clear()
        for leaf in self._parser.close():
            self._close_leaf(leaf)
        self._close_block(self._line_number)
        self._truncate(self._end)
        self._shown.clear()
        self._finished = True
        self._resolve_late()
        return self._changed

    def resize(self, width: int) -> None:
        """Lay everything out for another width."""
        width = max(1, width)
        if width == self._setting.width:
            return
        self._setting = self._setting._replace(width=width)
        self._shown.clear()
        self._growing = None
        self._lay_again(0)
        self._show_open()

    def take_changes(self) -> int | None:
        """Colour the code whose lexer has been loaded; the first line that changed, or None."""
        ready = [laid for laid in self._waiting if not _waits(laid)]
        open_ready = [laid for laid in self._shown if _is_plain(laid) and not _waits(laid)]
        if not ready and not open_ready:
            return None
        self._waiting = [laid for laid in self._waiting if _waits(laid)]
        self._changed = min(laid.start for laid in [*ready, *open_ready])
        for laid in ready:
            laid.flow = _flow_of(laid.leaf)(laid.leaf, laid.before, laid.block, self._setting)
            _, entries = laid.flow.close(laid.leaf)
            self._entries[laid.start : laid.start + len(entries)] = entries
        if open_ready:
            self._shown.clear()
            self._growing = None
            self._show_open()
        return self._changed

    def _grows(self, text: str) -> bool:
        """Text within a line whose meaning is settled goes straight to the flow that shows it."""
        flow = self._growing
        if flow is None or "\n" in text or "\r" in text:
            return False
        start = self._shown[-1].start + flow.settled
        entries = flow.grow(text)
        if entries is None:
            return False
        self._partial.append(text)
        self._partial_length += len(text)
        self._length += len(text)
        self._truncate(self._put(start, entries))
        return True

    def _take(self, text: str) -> None:
        """Feed complete lines to the parser and keep the rest."""
        self._length += len(text)
        if self._partial and self._partial[-1].endswith("\r"):
            text = self._partial.pop() + text
        start = 0
        for end in _LINE_END.finditer(text):
            if end[0] == "\r" and end.end() == len(text):
                break  # half of "\r\n", perhaps
            self._partial.append(text[start : end.start()])
            self._take_line("".join(self._partial))
            self._line_offset = self._length - len(text) + end.end()
            self._partial.clear()
            self._partial_length = 0
            start = end.end()
        if start < len(text):
            self._partial.append(text[start:])
            self._partial_length += len(text) - start

    def _take_line(self, line: str) -> None:
        line = line.removesuffix("\r")
        if self._block_length <= LONGEST_DEFINITIONS:
            self._block_source.append((self._line_offset, line))
        self._block_length += len(line) + 1
        for leaf in self._parser.line(line, self._line_offset):
            self._close_leaf(leaf)
        for leaf in self._parser.open_leaves():
            self._enter_block(leaf)
        self._line_number += 1

    def _close_leaf(self, leaf: Leaf) -> None:
        """Lay out a leaf for good."""
        self._enter_block(leaf)
        before = self._laid[-1].leaf if self._laid else None
        laid = self._shown[0] if self._shown else None
        if laid is not None and self._is_shown(laid, leaf, before, self._end):
            self._shown.pop(0)
        else:
            self._shown.clear()
            laid = self._new_laid(leaf, before, self._end)
        laid.leaf = leaf
        first, entries = laid.flow.close(leaf)
        self._end = self._put(laid.start + first, entries)
        self._note_widening(laid)
        self._laid.append(laid)
        _note(self._blocks, laid)
        if _is_plain(laid):
            self._waiting.append(laid)

    def _enter_block(self, leaf: Leaf) -> None:
        if leaf.block_line == self._block_line:
            return
        if self._block_line >= 0:
            self._close_block(leaf.block_line)
        self._block_line = leaf.block_line
        self._block_laid = len(self._laid)

    def _close_block(self, next_line: int) -> None:
        """Have markdown-it read the block that ended before `next_line`."""
        count = next_line - self._source_from
        source, self._block_source = self._block_source[:count], self._block_source[count:]
        length = self._block_length
        checked = length <= self._checked_length()
        self._block_length = sum(len(line) + 1 for _, line in self._block_source)
        first, self._source_from = self._source_from, next_line
        laid = self._laid[self._block_laid :]
        if not checked or not laid or not source or _is_plain_block(laid):
            return
        offsets, lines = [each[0] for each in source], [each[1] for each in source]
        theirs = meaning.leaves_of(lines, offsets, first, self._env)
        if meaning.same_meaning([each.leaf for each in laid], theirs):
            return
        self._shown.clear()
        self._end = laid[0].start
        del self._laid[self._block_laid :]
        self._waiting = [each for each in self._waiting if each not in laid]
        while self._blocks and self._blocks[-1].first_line >= self._end:
            del self._blocks[-1]
        for leaf in theirs:
            self._lay_closed(leaf)
        self._truncate(self._end)

    def _checked_length(self) -> int:
        line = self._block_source[0][1] if self._block_source else ""
        return LONGEST_DEFINITIONS if line.lstrip().startswith("[") else LONGEST_CHECKED

    def _lay_closed(self, leaf: Leaf) -> None:
        laid = self._new_laid(leaf, self._laid[-1].leaf if self._laid else None, self._end)
        _, entries = laid.flow.close(leaf)
        self._end = self._put(laid.start, entries)
        self._laid.append(laid)
        _note(self._blocks, laid)
        if _is_plain(laid):
            self._waiting.append(laid)

    def _new_laid(self, leaf: Leaf, before: Leaf | None, start: int) -> _Laid:
        same_block = before is not None and before.block_line == leaf.block_line
        last = self._shown[-1].block if self._shown else self._laid[-1].block if self._laid else -1
        block = last if same_block else last + 1
        return _Laid(leaf, before, _flow_of(leaf)(leaf, before, block, self._setting), start, block)

    def _is_shown(self, laid: _Laid, leaf: Leaf, before: Leaf | None, start: int) -> bool:
        flow = laid.flow
        return laid.start == start and len(self._entries) >= start + flow.settled and laid.shows(leaf, before)

    def _show_open(self) -> None:
        """Show the open leaves as they are, the line without end included."""
        mark = None
        leaves = self._parser.open_leaves()
        partial = self._undecided_line()
        if partial:
            mark = self._parser.mark()
            leaves = self._parser.line(partial, self._line_offset)
            leaves += self._parser.open_leaves()
        position = self._show(leaves, partial=mark is not None)
        if mark is not None:
            self._find_growing()
            self._parser.reset(mark)
        self._truncate(position)

    def _undecided_line(self) -> str:
        """The line without end, unless it is too early to say what it is."""
        partial = "".join(self._partial).removesuffix("\r")
        if not partial.strip(" \t"):
            return ""
        leaf = self._parser.leaf
        if leaf is not None and leaf.kind in {"fence", "math"}:
            mark = partial.strip(" \t>")
            return "" if not mark.strip(leaf.fence[0]) and mark else partial
        marks = _CONTAINER_MARKS.match(partial)
        rest = partial[marks.end() :] if marks else partial
        if rest and _UNDECIDED.match(rest):
            return partial[: marks.end()] if marks and not leaf else ""
        return partial

    def _show(self, leaves: list[Leaf], *, partial: bool) -> int:
        """Put the leaves after the closed ones; returns where they end."""
        before = self._laid[-1].leaf if self._laid else None
        position = self._end
        old, self._shown = self._shown, []
        for number, leaf in enumerate(map(_as_shown, leaves)):
            laid = old[number] if number < len(old) else None
            if laid is None or not self._is_shown(laid, leaf, before, position):
                old = []
                laid = self._new_laid(leaf, before, position)
            laid.leaf = leaf
            settled = laid.flow.settled
            entries = laid.flow.show(leaf, partial=partial and number == len(leaves) - 1)
            start = laid.start + (0 if laid.flow.rebuilt else settled)
            position = self._put(start, entries)
            self._note_widening(laid)
            self._shown.append(laid)
            before = leaf
        return position

    def _find_growing(self) -> None:
        """Remember the flow that further text of this line goes to, if that is certain."""
        leaf = self._parser.leaf
        if not self._shown or leaf is None or self._shown[-1].leaf is not leaf or not leaf.rows:
            return
        row = leaf.rows[-1].text
        if leaf.kind == "paragraph":
            start = row[:12]
            certain = start[:1].isalpha() or (
                len(start) == 12 and any(map(str.isalnum, start)) and not start.startswith(("[", "\\[", "|"))
            )
        elif leaf.kind == "fence":
            certain = bool(row.strip()) and row.strip()[0] != leaf.fence[0]
        else:
            certain = leaf.kind == "code" and bool(row.strip())
        if certain:
            self._growing = self._shown[-1].flow

    def _put(self, start: int, entries: list[Entry]) -> int:
        """Set lines, keeping objects that are equal; returns the index after them."""
        have = self._entries
        stop = start + len(entries)
        same = start
        for entry in entries:
            if same >= len(have) or have[same] != entry:
                break
            same += 1
        if same < stop:
            self._changed = min(self._changed, same)
            have[same:] = entries[same - start :]
        return stop

    def _truncate(self, length: int) -> None:
        if length < len(self._entries):
            self._changed = min(self._changed, length)
            del self._entries[length:]

    def _note_widening(self, laid: _Laid) -> None:
        if isinstance(laid.flow, TableFlow) and laid.flow.widened:
            laid.flow.widened = False
            self._changed = min(self._changed, laid.start)

    def _open_start(self) -> int:
        if not self._shown:
            return self._end
        first = self._shown[0]
        if isinstance(first.flow, CodeFlow) and not first.leaf.path:
            return first.start + first.flow.settled
        return first.start

    def _lay_again(self, first: int) -> None:
        """Lay out closed leaves anew from an index on, with what was parsed before."""
        old_entries = self._entries[:]
        old = self._laid[first:]
        del self._laid[first:]
        if not old:
            return
        stops = [*(each.start for each in old[1:]), self._end]
        self._end = old[0].start
        del self._entries[self._end :]
        self._waiting = [each for each in self._waiting if each not in old]
        for laid, stop in zip(old, stops, strict=True):
            start = self._end
            if laid.flow.unchanged_at(self._setting):
                entries = old_entries[laid.start : stop]
            else:
                entries = self._lay_one_again(laid)
            laid.start = start
            self._entries += entries
            self._end = len(self._entries)
            self._laid.append(laid)
            if _is_plain(laid):
                self._waiting.append(laid)
        self._place_blocks()

    def _lay_one_again(self, laid: _Laid) -> list[Entry]:
        if isinstance(laid.flow, InlineFlow):
            return laid.flow.again(laid.leaf, self._setting)
        laid.flow = _flow_of(laid.leaf)(laid.leaf, laid.before, laid.block, self._setting)
        return laid.flow.close(laid.leaf)[1]

    def _place_blocks(self) -> None:
        self._blocks.clear()
        for laid in self._laid:
            _note(self._blocks, laid)

    def _resolve_late(self) -> None:
        """Parse text again that came before a definition it may refer to."""
        known = self._setting.definitions()
        late = [
            number
            for number, laid in enumerate(self._laid)
            if laid.leaf.kind in {"paragraph", "heading", "table"}
            and laid.flow.definitions < known
            and any("[" in row.text for row in laid.leaf.rows)
        ]
        for number in reversed(late):
            self._parse_again(self._laid[number], number)
        if late:
            self._place_blocks()

    def _parse_again(self, laid: _Laid, number: int) -> None:
        stop = self._laid[number + 1].start if number + 1 < len(self._laid) else self._end
        laid.flow = _flow_of(laid.leaf)(laid.leaf, laid.before, laid.block, self._setting)
        _, entries = laid.flow.close(laid.leaf)
        old = self._entries[laid.start : stop]
        if _look(old) == _look(entries):
            return
        self._changed = min(self._changed, laid.start)
        self._entries[laid.start : stop] = entries
        moved = len(entries) - len(old)
        self._end += moved
        for each in self._laid[number + 1 :] if moved else ():
            each.start += moved


def _look(entries: list[Entry]) -> list[Line]:
    return [entry if isinstance(entry, Line) else entry.line() for entry in entries]


def _flow_of(leaf: Leaf) -> type[Flow]:
    return _FLOWS.get(leaf.kind, Flow)


def _is_plain(laid: _Laid) -> bool:
    """Code without colours, since its lexer was not there."""
    return isinstance(laid.flow, CodeFlow) and laid.flow.waits


def _waits(laid: _Laid) -> bool:
    return isinstance(laid.flow, CodeFlow) and not is_ready(laid.flow.language)


def _is_plain_block(laid: list[_Laid]) -> bool:
    """A block of one leaf about which there is no doubt, or one deeper than markdown-it should go."""
    first = laid[0].leaf
    if any(len(each.leaf.path) >= MAX_DEPTH for each in laid):
        return True
    return len(laid) == 1 and not first.path and first.kind in {"fence", "rule", "code"}


def _as_shown(leaf: Leaf) -> Leaf:
    """A paragraph that is one row beginning with a pipe looks like a table's header: show it so."""
    if leaf.kind != "paragraph" or len(leaf.rows) != 1 or not leaf.rows[0].text.startswith("|"):
        return leaf
    if leaf.rows[0].text.count("|") < 2:
        return leaf
    return Leaf("table", leaf.path, leaf.line, leaf.stop, rows=leaf.rows[:1], start=leaf.start, end=leaf.end)


def _note(blocks: list[Block], laid: _Laid) -> None:
    """Add a leaf to the list of top-level blocks."""
    leaf = laid.leaf
    if len(blocks) > laid.block:
        last = blocks[-1]
        blocks[-1] = last._replace(source=(last.source[0], max(last.source[1], leaf.end)))
        return
    kind = _KINDS[leaf.path[0].kind] if leaf.path else leaf.kind
    blocks.append(Block(kind, leaf.language, (leaf.start, leaf.end), laid.start))

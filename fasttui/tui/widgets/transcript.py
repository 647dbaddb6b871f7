"""The transcript: all turns of a conversation, with a block cursor, find, links and copying of the source."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events
from textual.message import Message
from textual.selection import Selection

from fasttui.tui.widgets.transcript_find import Finder
from fasttui.tui.widgets.transcript_layout import INDENT, MARGIN, EntryLayout, Part
from fasttui.tui.widgets.transcript_plain import PlainText
from fasttui.tui.widgets.transcript_selection import Place, code_text, link_at, selected_text
from fasttui.tui.widgets.transcript_view import Anchor, Focus, TranscriptView


class Transcript(TranscriptView):
    """A scrolled view of entries that can be walked through by block, searched, marked and copied."""

    ALLOW_SELECT: ClassVar[bool] = True

    @dataclass
    class LinkClicked(Message):
        """The user asked for a link; nothing is opened."""

        target: str

    @dataclass
    class Copied(Message):
        """The user asked for the source of a message or block."""

        text: str

    # -- the block cursor

    @property
    def marked(self) -> str | None:
        """The key of the entry the block cursor is on."""
        return self._entries[self._focus.entry].key if self._focus else None

    def mark(self, key: str) -> None:
        """Put the block cursor on an entry, and bring it into view."""
        self._focus_on(Focus(self._entries.index_of(key)))

    def action_previous_message(self) -> None:
        """Put the block cursor on the message above."""
        index = self._focus.entry if self._focus else self._heights.at(self._top + self._area.height - 1)[0] + 1
        self._focus_on(Focus(max(0, index - 1)))

    def action_next_message(self) -> None:
        """Put the block cursor on the message below."""
        index = self._focus.entry if self._focus else self._heights.at(self._top)[0] - 1
        self._focus_on(Focus(min(len(self._entries) - 1, index + 1)))

    def action_previous_code(self) -> None:
        """Put the block cursor on the code block above."""
        self._focus_on_code(-1)

    def action_next_code(self) -> None:
        """Put the block cursor on the code block below."""
        self._focus_on_code(1)

    def action_leave(self) -> None:
        """Take the block cursor away."""
        self._focus = None
        self._repaint()

    def action_copy(self) -> None:
        """Copy the source of what the block cursor is on."""
        if self._focus is None:
            return
        layout = self.layout_of(self._focus.entry)
        if self._focus.block is None:
            self.post_message(self.Copied(layout.text.source))
        else:
            self.post_message(self.Copied(code_text(layout, layout.rows_of_block(self._focus.block))))

    def action_fold(self) -> None:
        """Fold or unfold the thinking of the message the block cursor is on."""
        if self._focus is not None:
            self._change(self._focus.entry, lambda layout: layout.fold(folded=not layout.folded))

    def action_open_link(self) -> None:
        """Ask for the first link of what the block cursor is on."""
        if self._focus is None:
            return
        layout = self.layout_of(self._focus.entry)
        block = self._focus.block
        rows = range(layout.height) if block is None else layout.rows_of_block(block)
        links = (span.link for row in rows for span in layout.row(row).spans if span.link)
        if (target := next(links, None)) is not None:
            self.post_message(self.LinkClicked(target))

    def action_scroll_code(self, cells: int) -> None:
        """Scroll the lines of the code block under the block cursor sideways."""
        if self._focus is None or self._focus.block is None:
            return
        layout = self.layout_of(self._focus.entry)
        widths = [line.width for line in layout.text.lines if line.block == self._focus.block]
        last = max(0, max(widths, default=0) - (self._area.width - INDENT - MARGIN))
        self._shifts[self._focus] = max(0, min(last, self._shifts.get(self._focus, 0) + cells))
        self._repaint()

    def _focus_on(self, focus: Focus) -> None:
        if not len(self._entries):
            return
        self._focus = focus
        self._strips.clear()
        layout = self.layout_of(focus.entry)
        row = 0 if focus.block is None else layout.rows_of_block(focus.block).start
        self._reveal(Place(focus.entry, row))

    def _focus_on_code(self, step: Literal[-1, 1]) -> None:
        """The next code block in a direction; entries on the way are laid out only if their source has code."""
        here = self._focus or Focus(self._heights.at(self._top)[0], None)
        index, block = here.entry, here.block
        while 0 <= index < len(self._entries):
            entry = self._entries[index]
            if index in self._layouts or "```" in entry.text or "~~~" in entry.text or "    " in entry.text:
                found = _code_blocks(self.layout_of(index))
                if block is not None:
                    found = [b for b in found if (b > block if step > 0 else b < block)]
                elif index == here.entry and step < 0:
                    found = []
                if found:
                    self._focus_on(Focus(index, found[0 if step > 0 else -1]))
                    return
            index, block = index + step, None

    def _reveal(self, place: Place) -> None:
        """Bring a row into view, a few rows below the top if it was not seen, and repaint."""
        y = self._heights.start(place.entry) + place.row
        top = self._top
        if not top <= y < top + self._area.height:
            top = self._settled(Anchor(place.entry, place.row, min(3, self._area.height // 4)))
        self._following = top >= self._last_top() and (self._following or top != self._top)
        self._show(top, 0)
        self._announce()

    # -- finding

    def find(self, query: str) -> int:
        """Mark all matches; how many there are.

        Matches in entries that were not shown yet are counted in their source.
        """
        self._finder, self._match = Finder(query), None
        count = 0
        for index, entry in enumerate(self._entries):
            layout = self._layouts.get(index)
            if layout is not None:
                count += sum(1 for _ in self._finder.all_in(index, layout))
            elif self._finder.may_be_in(entry):
                count += self._finder.count_in_source(entry)
        self._repaint()
        return count

    def next_match(self) -> bool:
        """Go to the match below; whether there is one."""
        return self._go_to_match(1)

    def previous_match(self) -> bool:
        """Go to the match above; whether there is one."""
        return self._go_to_match(-1)

    def clear_find(self) -> None:
        """Take all marks away."""
        self._finder = self._match = None
        self._repaint()

    def _go_to_match(self, step: Literal[-1, 1]) -> bool:
        if self._finder is None or not len(self._entries):
            return False
        if self._match is not None:
            here = self._match.place
        else:
            here = (Place(*self._heights.at(self._top + (0 if step > 0 else self._area.height))), 0)
        index = here[0].entry
        while 0 <= index < len(self._entries):
            if index in self._layouts or self._finder.may_be_in(self._entries[index]):
                found = list(self._finder.all_in(index, self.layout_of(index)))
                found = [m for m in found if (m.place > here if step > 0 else m.place < here)]
                if found:
                    self._match = found[0 if step > 0 else -1]
                    self._strips.clear()
                    self._reveal(self._match.place[0])
                    return True
            index += step
        return False

    # -- mouse and selection

    def on_click(self, event: events.Click) -> None:
        """A click on a link asks for it; one on the label of thinking folds or unfolds it."""
        y = self._top + event.y
        if y >= self._heights.total:
            return
        index, row_index = self._heights.at(y)
        layout = self.layout_of(index)
        row = layout.row(row_index)
        if row.part is Part.THINKING_LABEL:
            self._change(index, lambda layout: layout.fold(folded=not layout.folded))
            return
        if link := link_at(row, event.x, self._shifts.get(Focus(index, getattr(row.content, "block", None)), 0)):
            self.post_message(self.LinkClicked(link))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The source of what is selected."""
        last = len(self._entries) - 1
        first = Place.of(selection.start.y).entry if selection.start is not None else 0
        last = min(last, Place.of(selection.end.y).entry) if selection.end is not None else last
        texts = [
            # What lies between is selected as a whole: no need to lay it out.
            selected_text(self.layout_of(index), index, selection) if index in (first, last) else self._source(index)
            for index in range(first, last + 1)
        ]
        return "\n\n".join(text for text in texts if text), "\n"

    def _source(self, index: int) -> str:
        layout = self._layouts.get(index)
        return layout.text.source if layout is not None else self._entries[index].text

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002 - the name is Textual's
        """Textual has marked other text."""
        self._repaint()


def _code_blocks(layout: EntryLayout) -> list[int]:
    if isinstance(layout.text, PlainText):
        return []
    return [number for number, block in enumerate(layout.text.blocks) if block.kind in {"fence", "code"}]

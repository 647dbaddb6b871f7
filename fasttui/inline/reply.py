"""One turn as rows: the prompt, who answers, thinking, the reply, and its figures at the end."""

from fasttui.chat import events
from fasttui.chat.conversation import DocumentBlock, ImageBlock, Turn
from fasttui.chat.events import StreamEvent
from fasttui.engine import wording
from fasttui.engine.session import Session
from fasttui.inline.markdown_rows import MarkdownRows, Rows
from fasttui.inline.rows import BLANK, Row, row, words_rows
from fasttui.inline.style import Palette


def prompt_rows(turn: Turn, palette: Palette, columns: int) -> list[Row]:
    """What the user said, as it was typed."""
    rows = words_rows([("you", "you")], palette, columns)
    for block in turn.prompt.blocks:
        if isinstance(block, ImageBlock | DocumentBlock):
            rows += words_rows([(f"+ {block.name or block.media_type}", "note")], palette, columns)
    return [*rows, *(row([("", line.expandtabs(4))]) for line in turn.prompt.text.split("\n")), BLANK]


def turn_rows(turn: Turn, session: Session, palette: Palette, columns: int) -> list[Row]:
    """A turn that has ended, whole."""
    reply = ReplyRows(turn, session, palette, columns)
    reply.show_served()
    if turn.reply.thinking:
        reply.add_thinking(turn.reply.thinking)
    if turn.reply.text:
        reply.add_text(turn.reply.text)
    return [*prompt_rows(turn, palette, columns), *reply.end()]


class ReplyRows:
    """The reply of one turn while it comes: what can be printed for good, and what stands below it."""

    def __init__(self, turn: Turn, session: Session, palette: Palette, columns: int, *, folded: bool = True) -> None:
        self._turn, self._session, self._palette, self._columns = turn, session, palette, columns
        self._finished: list[Row | MarkdownRows] = []
        self._heading_shown = False
        self._thinking: MarkdownRows | None = None
        self._thinking_ended = False
        self._text: MarkdownRows | None = None
        self._tail: MarkdownRows | None = None  # what the last tail was made of
        self._text_begun = self._block_ended = False
        self._progress: list[Row] = []
        self.folded = folded

    @property
    def changed(self) -> bool:
        """Whether `take` has something new."""
        texts = [text for text in (self._thinking, self._text) if text is not None]
        return bool(self._finished) or any(text.changed or text.waiting for text in texts)

    def show_served(self) -> None:
        """The heading, once it is known who serves the reply; a mismatch stands below it at once."""
        if not self._heading_shown:
            self._heading_shown = True
            self._progress = []
            self._finished += self._words(wording.reply_heading(self._turn))
            if explanation := wording.reply_explanation(self._turn):
                self._finished += self._words(explanation)

    def show_progress(self) -> None:
        """What is waited for, or how long it thinks, in a row that is replaced by what follows."""
        status = self._session.status()
        if status.retry is not None:
            self._progress = self._words(wording.waiting_retry(status.retry))
        elif thinks := self._thinking_on_its_way():
            self._progress = self._words([(thinks, "thinking")])
        elif not self._heading_shown and (explanation := wording.reply_explanation(self._turn)):
            self._progress = self._words(explanation)
        else:
            self._progress = []

    def take_progress(self, event: StreamEvent) -> None:
        """Something but words came: a block, who serves the reply, or what is waited for."""
        match event:
            case events.ReplyStarted():
                self.show_served()
            case events.BlockStarted():
                # Two blocks of text stand apart like two paragraphs.
                self._block_ended = self._text_begun
            case _:
                pass
        self.show_progress()

    def add_thinking(self, text: str) -> None:
        """A piece of thinking."""
        if self._thinking is None:
            self._thinking = MarkdownRows(self._palette, self._columns, "thinking")
        self._thinking.add(text)

    def add_text(self, text: str) -> None:
        """A piece of the reply."""
        if self._text is None:
            self.show_served()
            self._end_thinking()
            self._text = MarkdownRows(self._palette, self._columns)
        if self._block_ended:
            text = "\n\n" + text
        self._block_ended, self._text_begun = False, True
        self._text.add(text)

    def take(self, room: int) -> Rows:
        """What is new to print, and a tail of at most `room` rows that may still change."""
        finished = self._take_finished()
        text = self._tail = self._shown_text()
        rows = Rows([], []) if text is None else text.take(max(1, room - 1))
        progress = self._progress if self._text is None else []
        # What stands below belongs to the user: it is set off from the reply.
        return Rows([*finished, *rows.finished], [*rows.tail, *progress, BLANK])

    def end(self) -> list[Row]:
        """The rest of the reply, its figures, and how it ended."""
        self.show_served()
        self._end_thinking()
        rows = self._take_finished()
        if self._text is not None:
            rows += [*self._text.finish(), BLANK]
        for words in (self._figures(), *wording.reply_ending(self._turn)):
            rows += self._words(words)
        return [*rows, BLANK]

    def resize(self, columns: int, left: int) -> None:
        """Go on at another width, after so many lines of the tail have left the screen."""
        self._columns = columns
        if self._tail is not None:
            self._tail.leave(left)
        for text in (self._thinking, self._text):
            if text is not None:
                text.resize(columns)

    def _figures(self) -> wording.Words:
        turn, session = self._turn, self._session
        return wording.reply_figures(turn, session.reading_of(turn), session.cost(turn))

    def _take_finished(self) -> list[Row]:
        finished, self._finished = self._finished, []
        return [row for each in finished for row in (each.finish() if isinstance(each, MarkdownRows) else [each])]

    def _shown_text(self) -> MarkdownRows | None:
        return self._thinking if self._text is None and not self.folded else self._text

    def _thinking_on_its_way(self) -> str:
        """How long it has been thinking, where that is not to be read itself; "" when it does not think."""
        if self._thinking_ended or (self._thinking is not None and not self.folded):
            return ""
        return wording.thinking_label(self._turn, self._session.reading_of(self._turn))

    def _end_thinking(self) -> None:
        if self._thinking_ended:
            return
        self._thinking_ended, self._progress = True, []
        if self._thinking is not None and not self.folded:
            self._finished.append(self._thinking)
        if label := wording.thinking_label(self._turn):
            self._finished += [*self._words([(label, "thinking")]), BLANK]

    def _words(self, words: wording.Words | list[tuple[str, str]]) -> list[Row]:
        return words_rows(words, self._palette, self._columns)

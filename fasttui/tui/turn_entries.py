"""A turn as the transcript shows it: a prompt entry and a reply entry, in plain values."""

from collections.abc import Iterator, Sequence

from fasttui.chat.conversation import DocumentBlock, ImageBlock, Message, TextBlock, ThinkingBlock, Turn
from fasttui.engine import wording
from fasttui.engine.session import Retry, Session
from fasttui.markdown.lines import Span
from fasttui.tui.widgets.transcript_entries import Entry, HeaderLine, Spans


def prompt_key(turn: Turn) -> str:
    """The key of a turn's prompt entry."""
    return f"{turn.id}:prompt"


def reply_key(turn: Turn) -> str:
    """The key of a turn's reply entry."""
    return f"{turn.id}:reply"


def turn_id_of(key: str) -> str:
    """The turn an entry belongs to."""
    return key.partition(":")[0]


def prompt_entry(turn: Turn, session: Session) -> Entry:
    """What the user said, when, and which of its versions this is."""
    siblings = session.conversation.siblings(turn)
    place = f"{siblings.index(turn) + 1}/{len(siblings)}  " if len(siblings) > 1 else ""
    at = turn.created_at.astimezone().strftime("%H:%M")
    header = HeaderLine((Span("you", "you"),), (Span(place, "telemetry"), Span(at, "time")))
    return Entry(prompt_key(turn), "prompt", header, turn.prompt.text, notes=_attachments(turn))


def _attachments(turn: Turn) -> tuple[Spans, ...]:
    blocks = [block for block in turn.prompt.blocks if isinstance(block, ImageBlock | DocumentBlock)]
    return tuple((Span(f"+ {block.name or block.media_type}", "note"),) for block in blocks)


def reply_entry(turn: Turn, session: Session) -> Entry:
    """What Claude said, who served it, and how it ended."""
    reply = turn.reply
    return Entry(
        reply_key(turn),
        "reply",
        reply_header(turn, session),
        reply.text,
        reply.thinking,
        wording.thinking_label(turn, session.reading_of(turn)),
        reply_notes(turn),
        streaming=turn.status == "streaming",
    )


def reply_header(turn: Turn, session: Session) -> HeaderLine:
    """The heading of a reply; its figures are live while it runs."""
    cost = None if turn.status == "streaming" else session.cost(turn)
    figures = wording.reply_figures(turn, session.reading_of(turn), cost)
    return HeaderLine(_spans(wording.reply_heading(turn)), _spans(figures))


def reply_notes(turn: Turn, retry: Retry | None = None) -> tuple[Spans, ...]:
    """What stands below a reply: why its speed is what it is, a retry counted down, how it ended."""
    explanation = wording.reply_explanation(turn)
    lines = [
        *([explanation] if explanation else []),
        *([wording.waiting_retry(retry)] if retry is not None else []),
        *wording.reply_ending(turn),
    ]
    return tuple(map(_spans, lines))


def welcome_entry(notice: str, *, demo: bool) -> Entry:
    """What an empty chat shows: who answers, where to begin, and what one should know today."""
    who = "Claude answers. What the next message costs stands on the border of the prompt."
    keys = "Ctrl+F changes the speed, Ctrl+T the effort, F1 shows every key."
    if demo:
        who = "The embedded simulator answers: nothing leaves this machine, nothing costs anything."
        keys += " /sim lists what can go wrong.\n\nSet ANTHROPIC_API_KEY to talk to Claude."
    lines = [who, keys, *([notice] if notice else [])]
    return Entry("welcome", "note", HeaderLine((Span("fasttui", "claude"),)), "\n\n".join(lines))


class TurnEntries(Sequence[Entry]):
    """Two entries a turn; a chat of any length costs nothing until it is looked at."""

    def __init__(self, turns: Sequence[Turn], session: Session) -> None:
        self._turns, self._session = turns, session

    def __len__(self) -> int:
        return 2 * len(self._turns)

    @property
    def sizes(self) -> list[int]:
        """Characters of each entry: what a transcript needs to know of those that are not seen."""
        return [size for turn in self._turns for size in (_size(turn.prompt), _size(turn.reply))]

    def __iter__(self) -> Iterator[Entry]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> Entry:  # type: ignore[override]  # slices are not asked for
        turn = self._turns[index // 2]
        return reply_entry(turn, self._session) if index % 2 else prompt_entry(turn, self._session)


def _size(message: Message) -> int:
    texts = (
        block.text if isinstance(block, TextBlock) else block.thinking
        for block in message.blocks
        if isinstance(block, TextBlock | ThinkingBlock)
    )
    return sum(map(len, texts))


def _spans(words: wording.Words) -> Spans:
    return tuple(Span(text, style) for text, style in words)

"""What is said, as lines that can be read out: replies, earlier messages, errors. Nothing is ever taken back."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from fasttui.chat import events
from fasttui.chat.conversation import DocumentBlock, ImageBlock, Message, Turn
from fasttui.chat.errors import FasttuiError, FastUnavailable, ProviderError
from fasttui.chat.events import StreamEvent
from fasttui.cli import output
from fasttui.cli.reply_text import ReplyText
from fasttui.engine.finding import Passage
from fasttui.markdown.plain import PlainReader


class Telling:
    """A reply as lines, each a sentence, a row of code or a row of a table; the first one says who speaks."""

    def __init__(self, *, interactive: bool) -> None:
        self.failure: ProviderError | None = None
        self._interactive = interactive
        self._text, self._reader = ReplyText(), PlainReader()
        self._label = "claude: "
        self._thought = False

    async def follow(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        """Tell what the stream brings as it comes."""
        async with aclosing(stream):
            async for event in stream:
                self._say(self._reader.append(self._text.take(event)))
                self._note(event)

    def whole(self, text: str) -> None:
        """Tell a reply that is there already."""
        self._say(self._reader.append(text))
        self.end()

    def end(self) -> None:
        """Tell what is left of a reply that has ended, however it did."""
        self._say(self._reader.finish())

    def _say(self, utterances: Sequence[str]) -> None:
        if utterances:
            output.write("".join(f"{line}\n" for line in (f"{self._label}{utterances[0]}", *utterances[1:])))
            self._label = ""

    def _note(self, event: StreamEvent) -> None:
        match event:
            case events.ThinkingDelta() if self._interactive and not self._thought:
                self._thought = True
                tell_note("claude is thinking.")
            case events.SpeedFellBack(error):
                how = f" {error.hint}" if isinstance(error, FastUnavailable) else ""
                tell_note(f"{error}{how} Asking for standard.")
            case events.RetryScheduled(attempt, delay_s, error):
                tell_note(f"{error} Attempt {attempt} in {delay_s:.0f} seconds.")
            case events.TurnFailed(error) | events.TurnInterrupted(ProviderError() as error):
                self.failure = error


def tell_error(error: FasttuiError) -> None:
    """The sentence and the next step on one line."""
    output.write(f"error: {error} {error.hint}".rstrip() + "\n")


def tell_note(sentence: str) -> None:
    """Something about the conversation that nobody in it said."""
    output.write(f"note: {sentence}\n")


def tell_attached(message: Message) -> None:
    """Which files go along with a message."""
    for block in message.blocks:
        if isinstance(block, ImageBlock | DocumentBlock):
            tell_note(f"attached {block.name or 'a file without a name'}.")


def tell_turn(turn: Turn) -> None:
    """A turn of earlier: what was asked, and what came of it."""
    output.line(f"you: {turn.prompt.text}")
    tell_attached(turn.prompt)
    Telling(interactive=False).whole(turn.reply.text)
    if turn.error is not None:
        tell_error(FasttuiError(turn.error, hint=turn.error_hint))
    elif turn.status == "interrupted":
        tell_note("this reply was stopped.")
    if turn.was_cut:
        tell_note("/continue asks for the rest.")


def tell_passage(passage: Passage) -> None:
    """Where words were found: `turn 3, claude: … the words …`."""
    who = "claude" if passage.in_reply else "you"
    output.line(f"turn {passage.number}, {who}: {''.join(text for text, _ in passage.pieces)}")


def counted(number: int, noun: str) -> str:
    """`1 turn`, `3 turns`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""The text of a reply as it is printed piece by piece: the pieces together are the reply's own text."""

from fasttui.chat import events
from fasttui.chat.events import StreamEvent


class ReplyText:
    """Turns events into what is printed for them: text, and the empty line between two text blocks."""

    def __init__(self) -> None:
        self._printed = ""
        self._block_ended = False

    def take(self, event: StreamEvent) -> str:
        """What `event` adds to the text; "" for most."""
        match event:
            case events.TextDelta(text) if text:
                gap = "\n\n" if self._block_ended and self._printed else ""
                self._block_ended, self._printed = False, text
                return gap + text
            case events.BlockStarted() | events.ThinkingDelta() | events.ThinkingRedacted():
                self._block_ended = True
        return ""

    def end(self) -> str:
        """The line end that the text lacks; "" where there is no text."""
        return "\n" if self._printed and not self._printed.endswith("\n") else ""

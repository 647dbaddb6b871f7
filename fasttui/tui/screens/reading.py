"""Reading the transcript: moving, marking, finding, and stepping through branches."""

from typing import TYPE_CHECKING

from textual import events
from textual.screen import Screen

from fasttui.tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from fasttui.tui.widgets.find_bar import FindBar


class ReadingScreen(Screen[None]):
    """The part of the chat screen that only reads. Action names are the keymap's ids."""

    @property
    def transcript(self) -> Transcript:
        """The transcript of this screen."""
        return self.query_one(Transcript)

    # ── moving ────────────────────────────────────────────────────────────────────────────────

    def action_read(self) -> None:
        """Give the keys to the transcript, or back to the composer."""
        transcript = self.transcript
        if transcript.has_focus:
            self.leave_transcript()
        else:
            transcript.can_focus = True
            transcript.focus()
            transcript.action_previous_message()

    def leave_transcript(self) -> None:
        """Give the keys back to the composer."""
        self.transcript.action_leave()
        self.transcript.can_focus = False
        self._give_keys_to_composer()

    def _give_keys_to_composer(self) -> None:
        # Now, and not in a moment as `focus` does: the next letter may be on its way.
        self.set_focus(self.query_one("#composer"))

    def on_key(self, event: events.Key) -> None:
        """A character that means nothing in the transcript is the beginning of a prompt."""
        if self.transcript.has_focus and event.is_printable and event.key not in self.active_bindings:
            event.stop()
            self.leave_transcript()
            self.query_one("#composer").post_message(events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted while the transcript has the keys belongs to the prompt too."""
        if self.transcript.has_focus:
            event.stop()
            self.leave_transcript()
            self.query_one("#composer").post_message(events.Paste(event.text))

    def action_page_up(self) -> None:
        """A page up; the view lets go of the tail."""
        self.transcript.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """A page down; at the end the view follows again."""
        self.transcript.scroll_page_down(animate=False)

    def action_to_top(self) -> None:
        """To the first line."""
        self.transcript.scroll_home(animate=False)

    def action_to_end(self) -> None:
        """To the end, and follow the reply."""
        self.transcript.scroll_end(animate=False)

    # ── the block cursor ──────────────────────────────────────────────────────────────────────

    def action_previous_message(self) -> None:
        """Mark the message above."""
        self.transcript.action_previous_message()

    def action_next_message(self) -> None:
        """Mark the message below."""
        self.transcript.action_next_message()

    def action_previous_code(self) -> None:
        """Mark the code block above."""
        self.transcript.action_previous_code()

    def action_next_code(self) -> None:
        """Mark the code block below."""
        self.transcript.action_next_code()

    def action_copy_block(self) -> None:
        """Copy the source of what is marked."""
        self.transcript.action_copy()

    def action_fold_block(self) -> None:
        """Fold or unfold what is marked."""
        self.transcript.action_fold()

    def action_open_block(self) -> None:
        """Open the link of what is marked."""
        self.transcript.action_open_link()

    # ── finding ───────────────────────────────────────────────────────────────────────────────

    async def action_find(self, query: str = "") -> None:
        """Open the line to find with; it is made the first time."""
        from fasttui.tui.widgets.find_bar import FindBar

        if not self.query(FindBar):
            await self.mount(FindBar(id="find"))
        self.query_one(FindBar).open(query)

    # Named by Textual's rule, not taken with @on: the bar's class is loaded when it is first opened.

    def on_find_bar_sought(self, message: "FindBar.Sought") -> None:
        """Mark the matches."""
        if message.query:
            message.bar.show_count(self.transcript.find(message.query))
        else:
            self.transcript.clear_find()
            message.bar.show_count(0)

    def on_find_bar_stepped(self, message: "FindBar.Stepped") -> None:
        """Go to another match."""
        if message.step > 0:
            self.transcript.next_match()
        else:
            self.transcript.previous_match()

    def on_find_bar_closed(self) -> None:
        """Give the keys back to the composer."""
        self._give_keys_to_composer()

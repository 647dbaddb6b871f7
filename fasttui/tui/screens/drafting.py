"""Writing the next message: the composer, its border, the prompt history, and passing notices."""

from textual import on
from textual.app import SuspendNotSupported
from textual.content import Content
from textual.events import DescendantFocus
from textual.timer import Timer
from textual.worker import Worker

from fasttui.chat.conversation import Turn
from fasttui.chat.errors import FasttuiError
from fasttui.config.keymap import Keymap
from fasttui.config.keys import human_key
from fasttui.engine import wording
from fasttui.engine.session import Session
from fasttui.engine.waiting import WaitingPrompts
from fasttui.tui.screens.reading import ReadingScreen
from fasttui.tui.turn_entries import turn_id_of
from fasttui.tui.widgets.composer import Composer

NOTICE_S = 5.0
FORECAST_DELAY_S = 0.3


_READING = {
    "previous_message": "up",
    "next_message": "down",
    "previous_code": "code up",
    "next_code": "code down",
    "copy_block": "copy",
    "fold_block": "fold",
}


class DraftingScreen(ReadingScreen):
    """The part of the chat screen around the composer."""

    def __init__(self, session: Session, keymap: Keymap) -> None:
        super().__init__()
        self._session, self._keymap = session, keymap
        self._queued = WaitingPrompts()
        self._reply: Worker[None] | None = None
        self._notice_end: Timer | None = None
        self._forecast_due: Timer | None = None
        self._cache_end: Timer | None = None
        self._history: list[str] = []
        self._history_at: int | None = None
        self._draft = ""
        self._editing: Turn | None = None

    @property
    def answering(self) -> bool:
        """Whether a reply is on its way, about to be, or not yet shown to its end: what is sent now has to wait."""
        return self._session.streaming or self._reply is not None

    @property
    def composer(self) -> Composer:
        """The composer of this screen."""
        return self.query_one(Composer)

    # ── what the next message asks for and costs ────────────────────────────────────────────────────

    def _show_next(self) -> None:
        session, choices = self._session, self._session.choices
        forecast = session.forecast(self.composer.text)
        if forecast.chosen.warm_s is not None and self._cache_end is None:
            self._cache_end = self.set_timer(forecast.chosen.warm_s + 1, self._cache_ended)
        effort = choices.next_effort(session.model)
        once = " · once" if choices.speed_once or choices.effort_once else ""
        speed = forecast.chosen.speed
        auto = "auto → " if choices.next_speed == "auto" else ""
        left = Content.assemble(
            (f"{auto}{wording.speed_name(speed)}", "$fast bold" if speed == "fast" else "$standard bold"),
            (f" · {effort}" if effort else "", "$muted"),
            (once, "$accent"),
        )
        why = forecast.warning or forecast.reason
        right = Content.assemble(
            (f"{why} · " if why else "", "$warning" if forecast.warning else "$muted"),
            (wording.prices(forecast), "$muted"),
        )
        self.composer.show_next(left, right, fast=speed == "fast")

    def _cache_ended(self) -> None:
        self._cache_end = None
        self._show_next()

    @on(Composer.Changed)
    def _draft_changed(self) -> None:
        if self._forecast_due is None:
            self._forecast_due = self.set_timer(FORECAST_DELAY_S, self._forecast_now)

    def _forecast_now(self) -> None:
        self._forecast_due = None
        self._show_next()

    # ── hints and notices, on the lower border ──────────────────────────────────────────────────────

    @on(DescendantFocus, "#transcript, #composer")
    def _focus_moved(self) -> None:
        self._show_hints()

    def _show_hints(self) -> None:
        if self.transcript.has_focus:
            # The last key of each is the one for reading: a letter, where the first works from the composer too.
            keys = {id_: human_key(self._keymap.keys(id_)[-1]) for id_ in _READING if self._keymap.keys(id_)}
            text = " · ".join([*(f"{key} {_READING[id_]}" for id_, key in keys.items()), "Esc back"])
        elif self._session.streaming:
            queued = f" · {len(self._queued)} queued" if self._queued else ""
            text = f"{self._keymap.hint('stop')} stop · Enter queues the next message{queued}"
        else:
            pairs = (
                ("send", "send"),
                ("newline", "newline"),
                ("speed", "speed"),
                ("effort_up", "effort"),
                ("help", "help"),
            )
            text = " · ".join(f"{self._keymap.hint(action)} {name}" for action, name in pairs)
        self.composer.show_hints(Content.styled(text, "$faint"))

    def show_notice(self, text: str, style: str = "$accent") -> None:
        """A line on the composer's lower border for a while; a long one as a toast."""
        if len(text) > self.size.width - 8:
            self.notify(text, markup=False, timeout=2 * NOTICE_S)
            return
        self.composer.show_hints(Content.styled(text, style))
        if self._notice_end is not None:
            self._notice_end.stop()
        self._notice_end = self.set_timer(NOTICE_S, self._show_hints)

    def show_error(self, error: FasttuiError) -> None:
        """What went wrong and what to do about it."""
        self.show_notice(f"{error} {error.hint}", "$error")

    # ── earlier prompts ─────────────────────────────────────────────────────────────────────────────

    def _remember(self, prompt: str) -> None:
        if not self._history or self._history[-1] != prompt:
            self._history.append(prompt)
        self._history_at = None

    @on(Composer.HistoryWanted)
    def _recall(self, message: Composer.HistoryWanted) -> None:
        at = len(self._history) if self._history_at is None else self._history_at
        if at == len(self._history):
            self._draft = self.composer.text
        at += message.step
        if 0 <= at <= len(self._history):
            self._history_at = at
            self.composer.fill(self._draft if at == len(self._history) else self._history[at])

    def _put_draft_aside(self) -> None:
        """Empty the composer; an earlier prompt is what the draft becomes."""
        self._editing = None
        self._remember(self.composer.text)
        self.composer.clear()

    def action_history_search(self) -> None:
        """Pick an earlier prompt."""
        from fasttui.tui.screens.pick import PickScreen

        prompts = list(dict.fromkeys(reversed(self._history)))
        self.app.push_screen(PickScreen("Earlier prompts", prompts), self._take_prompt)

    def _take_prompt(self, prompt: str | None) -> None:
        if prompt is not None:
            self.composer.fill(prompt)

    # ── other ways to write ─────────────────────────────────────────────────────────────────────────

    def action_editor(self) -> None:
        """Write the prompt in the user's own editor."""
        from fasttui.engine.editor import edited

        try:
            with self.app.suspend():
                text = edited(self.composer.text)
        except SuspendNotSupported:
            self.show_notice("This terminal cannot give way to an editor.", "$warning")
        except FasttuiError as error:
            self.show_error(error)
        else:
            self.composer.fill(text)

    def action_edit_prompt(self) -> None:
        """Take the marked prompt, or the last one, back into the composer; sending it makes a new branch."""
        turn = self._pointed_turn()
        if turn is None or self.answering:
            self.show_notice("There is no prompt to edit." if turn is None else "A reply is still running.")
            return
        self._editing = turn
        self.leave_transcript()
        self.composer.fill(turn.prompt.text)
        self.show_notice("Editing an earlier prompt: Enter sends a new branch, Esc leaves it.")

    def _pointed_turn(self) -> Turn | None:
        """The turn the block cursor is on, else the last one."""
        conversation, key = self._session.conversation, self.transcript.marked
        id_ = turn_id_of(key) if key is not None else ""
        return conversation.turn(id_) if id_ in conversation else conversation.head

"""The keymap on prompt-toolkit."""

from collections.abc import Callable
from functools import partial

from prompt_toolkit.application.current import get_app
from prompt_toolkit.filters import (
    Condition,
    FilterOrBool,
    emacs_mode,
    has_selection,
    is_searching,
    vi_insert_mode,
    vi_navigation_mode,
)
from prompt_toolkit.input.ansi_escape_sequences import ANSI_SEQUENCES
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from fasttui.chat.safe_text import safe_text
from fasttui.config.keymap import Keymap
from fasttui.config.keys import SHIFT_F3_SENT, is_printable, prompt_toolkit_key

# What terminals send for Shift+Enter, once they are told to send something of its own.
_SHIFT_ENTER = ("\x1b[13;2u", "\x1b[27;2;13~")

Perform = Callable[[str], None]


def key_bindings(keymap: Keymap, perform: Perform, offered: Callable[[str], bool]) -> KeyBindings:
    """Every action that is `offered`, on its keys; `perform` is called with the action's id."""
    for sequence in _SHIFT_ENTER:
        ANSI_SEQUENCES[sequence] = Keys.ControlJ
    bindings = KeyBindings()
    for action, keys in keymap:
        for key in keys:
            pressed = prompt_toolkit_key(key)
            # Without a transcript to give the keys to, those of the transcript move in the draft.
            typed = is_printable(key) or action.context == "transcript"
            if pressed and offered(action.id) and not typed:
                _bind(bindings, pressed, action.id, perform)
    lower = keymap.action_for("shift+f3")
    if lower is not None and offered(lower.id):
        bindings.add(Keys.CPRResponse)(partial(_cursor_position, lower.id, perform))
    _bind(bindings, ("<sigint>",), "interrupt", perform)
    bindings.add("?", filter=_draft_is_empty & (emacs_mode | vi_insert_mode))(lambda _: perform("help"))
    bindings.add(Keys.BracketedPaste, eager=True)(_paste)
    return bindings


@Condition
def _draft_is_empty() -> bool:
    return not get_app().current_buffer.text


@Condition
def _stands_alone() -> bool:
    """No key follows at once: an Esc that is one, and not Alt with another key."""
    return not get_app().key_processor.input_queue


def _bind(bindings: KeyBindings, sequence: tuple[str, ...], action_id: str, perform: Perform) -> None:
    def press(event: KeyPressEvent) -> None:
        del event
        perform(action_id)

    when: FilterOrBool = ~is_searching
    eager: FilterOrBool = False
    if sequence == ("escape",):
        # In vi's insert mode Esc is vi's own; Ctrl+C stops there too.
        when = ~is_searching & ~has_selection & (emacs_mode | vi_navigation_mode) & _stands_alone
        eager = True
    bindings.add(*sequence, filter=when, eager=eager)(press)


def _cursor_position(action_id: str, perform: Perform, event: KeyPressEvent) -> None:
    if event.data == SHIFT_F3_SENT:
        perform(action_id)


def _paste(event: KeyPressEvent) -> None:
    """Pasted text goes into the draft, whatever it holds; it never sends anything."""
    event.current_buffer.insert_text(safe_text(event.data.replace("\r\n", "\n").replace("\r", "\n")))

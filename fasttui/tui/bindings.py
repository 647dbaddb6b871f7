"""Our keymap as Textual bindings, and the keys Textual does not tell apart by itself."""

from enum import StrEnum
from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

from fasttui.config.keymap import Action, Context, Keymap
from fasttui.config.keys import is_printable, spellings

# The widget that has the focus may use these first; every other key is ours before it is the widget's.
_WIDGET_FIRST = frozenset({"enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end"})


def bindings(keymap: Keymap, *contexts: Context) -> list[Binding]:
    """A binding for each key of each action of those contexts; its id is the action's, and so is what it runs."""
    return [
        Binding(
            spelling,
            # Its keys work in the transcript; what they do is the screen's.
            f"screen.{action.id}" if action.context == "transcript" else action.id,
            action.help,
            show=False,
            priority=_comes_first(key, action),
            id=action.id,
        )
        for action, keys in keymap
        if action.context in contexts
        for key in keys
        for spelling in spellings(key)
    ]


def key_actions(keymap: Keymap, context: Context) -> dict[str, str]:
    """Every name Textual may report for a key of that context, and the id of its action."""
    return {
        spelling: action.id
        for action, keys in keymap
        if action.context == context
        for key in keys
        for spelling in spellings(key)
    }


def _comes_first(key: str, action: Action) -> bool:
    """Whether the key is taken before the focused widget sees it; in the composer all of ours are."""
    if action.context == "composer":
        return True
    return key not in _WIDGET_FIRST and not is_printable(key)


def bind(node: DOMNode, keymap: Keymap, *contexts: Context) -> None:
    """Give an app, screen or widget its keys; calling it again changes them while the app runs.

    Textual's own `set_keymap` can neither take a key away nor keep the two kinds of priority apart.
    """
    ours = bindings(keymap, *contexts)
    ids, keys = {action.id for action, _ in keymap}, {binding.key for binding in ours}
    node._bindings = merged = BindingsMap(  # noqa: SLF001 - there is no public way
        [binding for key, binding in node._bindings if binding.id not in ids and key not in keys]  # noqa: SLF001 - as above
    )
    for binding in ours:
        # Put in as they are: the constructor strips the "\r" off "shift+\r".
        merged.key_to_bindings.setdefault(binding.key, []).append(binding)
    if node.is_attached:
        node.refresh_bindings()


class _UntoldKeys(StrEnum):
    """Keys for which Textual has no name of its own."""

    ALT_ENTER = "alt+enter"


def tell_keys_apart() -> None:
    """Let Textual report Alt+Enter, which reaches it as Esc and Enter in one and looks like Enter.

    Drop once Textual does so itself (tests/tui/test_bindings.py).
    """
    sequences = cast("dict[str, tuple[_UntoldKeys, ...]]", ANSI_SEQUENCES_KEYS)
    sequences["\x1b\r"] = (_UntoldKeys.ALT_ENTER,)

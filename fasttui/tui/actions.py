"""Every action of the keymap in the command palette."""

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from fasttui.config.keymap import Action, Keymap

# Actions of typing and moving, which make no sense by name.
_HIDDEN = frozenset({"send", "newline", "history_previous", "history_next", "undo", "end_of_input", "interrupt"})


def actions_provider(keymap: Keymap, perform: Callable[[str], None]) -> type[Provider]:
    """A palette provider that offers the actions of `keymap` and hands the chosen one's id to `perform`."""

    class Actions(Provider):
        """Finds actions by their help and their slash name, and shows their key."""

        async def discover(self) -> Hits:
            """All of them, before anything is typed."""
            for action, label in _labels(keymap):
                yield DiscoveryHit(Content(label), partial(perform, action.id), text=label, help=action.command)

        async def search(self, query: str) -> Hits:
            """Those that match, best first."""
            matcher = self.matcher(query)
            for action, label in _labels(keymap):
                score = matcher.match(f"{label} {action.command}")
                if score > 0:
                    run = partial(perform, action.id)
                    yield Hit(score, matcher.highlight(label), run, text=label, help=action.command)

    return Actions


def _labels(keymap: Keymap) -> Iterator[tuple[Action, str]]:
    for action, keys in keymap:
        if action.id not in _HIDDEN:
            yield action, f"{action.help}  {keymap.hint(action.id)}" if keys else action.help

"""Keys and commands on one page, read from the keymap and the command table."""

from itertools import groupby

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from fasttui.config.keymap import Keymap
from fasttui.config.keys import human_key
from fasttui.engine.commands import offered_commands

_KEYS_WIDTH = 30


class HelpScreen(ModalScreen[None]):
    """Closes with Esc, F1 or q."""

    BINDINGS = [Binding("escape,f1,q,enter", "dismiss(None)", "Close", show=False)]  # noqa: RUF012 - Textual's own way
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle; background: $background 60%;
        & > VerticalScroll {
            width: 90%; max-width: 100; height: 90%; padding: 1 2;
            border: round $border; background: $surface; border-title-color: $accent;
        }
    }
    """

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """One scrolling page."""
        with VerticalScroll() as page:
            page.border_title = Content("Keys and commands")
            page.border_subtitle = Content("Esc closes")
            yield Static(Content.assemble(*self._keys(), *_commands(), *_prefixes()), markup=False)

    def _keys(self) -> list[tuple[str, str]]:
        lines: list[tuple[str, str]] = []
        for group, actions in groupby(self._keymap, key=lambda pair: pair[0].group):
            lines.append((f"{group}\n", "bold $accent"))
            for action, keys in actions:
                if keys:
                    lines += _row(" · ".join(human_key(key) for key in keys), action.help)
            lines.append(("\n", ""))
        return lines


def _commands() -> list[tuple[str, str]]:
    lines = [("Commands\n", "bold $accent")]
    for name, usage, help_ in offered_commands():
        lines += _row(f"{name} {usage}".strip(), help_)
    return [*lines, ("\n", "")]


def _prefixes() -> list[tuple[str, str]]:
    return [
        ("For one message\n", "bold $accent"),
        *_row("!fast  !std  !auto", "at the start of a prompt: its speed"),
        *_row("!low … !max", "at the start of a prompt: its effort"),
    ]


def _row(left: str, right: str) -> list[tuple[str, str]]:
    gap = " " * max(2, _KEYS_WIDTH - cell_len(left))
    return [(f"  {left}", "$text"), (f"{gap}{right}\n", "$muted")]

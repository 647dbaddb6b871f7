"""Keys and commands on one page, read from the keymap and the command table."""

from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from fasttui.config.keymap import Keymap
from fasttui.config.keys import human_key
from fasttui.engine.commands import offered_commands

_LEFT_WIDTH, _LEFT_WIDTH_NARROW = 30, 22
_WIDE = 80  # from here on the left column has its full width
_LEAST_RIGHT_WIDTH = 10

Row = tuple[str, str]
Section = tuple[str, tuple[Row, ...]]


class HelpScreen(ModalScreen[None]):
    """Closes with Esc, F1 or q."""

    BINDINGS = [Binding("escape,f1,q,enter", "dismiss(None)", "Close", show=False)]  # noqa: RUF012 - Textual's own way
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle; background: $background 60%;
        & > VerticalScroll {
            width: 90%; max-width: 100; height: 90%; padding: 1 2; scrollbar-size-vertical: 1;
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
            yield TwoColumns((*_keys(self._keymap), _commands(), _TYPED))


class TwoColumns(Static):
    """Rows under headings; the right text wraps within its own column, however narrow the page."""

    def __init__(self, sections: tuple[Section, ...]) -> None:
        super().__init__("", markup=False)
        self._sections = sections

    def on_resize(self, event: Resize) -> None:
        """Lay the page out for its width."""
        left = _LEFT_WIDTH if self.app.size.width >= _WIDE else _LEFT_WIDTH_NARROW
        self.update(Content.assemble(*self._pieces(left, max(_LEAST_RIGHT_WIDTH, event.size.width - left - 2))))

    def _pieces(self, left_width: int, right_width: int) -> Iterator[tuple[str, str]]:
        for heading, rows in self._sections:
            yield f"{heading}\n", "bold $accent"
            for left, right in rows:
                yield f"  {left}", "$text"
                # What is too long for its column has the line to itself.
                room = left_width - cell_len(left)
                yield (" " * room if room > 1 else "\n" + " " * (left_width + 2)), ""
                yield ("\n" + " " * (left_width + 2)).join(wrap(right, right_width)) + "\n", "$muted"
            yield "\n", ""


def _keys(keymap: Keymap) -> Iterator[Section]:
    for group, actions in groupby(keymap, key=lambda pair: pair[0].group):
        yield (
            group,
            tuple((" · ".join(human_key(key) for key in keys), action.help) for action, keys in actions if keys),
        )


def _commands() -> Section:
    return "Commands", tuple((f"{name} {usage}".strip(), help_) for name, usage, help_ in offered_commands())


_TYPED: Section = (
    "While typing",
    (
        ("/  @", "offer commands and files: ↑ ↓ or Tab choose, Enter takes, Esc closes"),
        ("!fast  !std  !auto", "at the start of a prompt: its speed"),
        ("!low … !max", "at the start of a prompt: its effort"),
    ),
)

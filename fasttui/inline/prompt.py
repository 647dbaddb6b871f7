"""The prompt area: a line on the next message, the draft, a menu while completing, the status bar."""

from collections.abc import Callable

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app
from prompt_toolkit.auto_suggest import DummyAutoSuggest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import Completer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, is_searching, vi_navigation_mode
from prompt_toolkit.formatted_text import AnyFormattedText
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindingsBase
from prompt_toolkit.layout import HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.dimension import Dimension
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.layout.processors import AfterInput, ConditionalProcessor
from prompt_toolkit.output import Output
from prompt_toolkit.search import SearchDirection, start_search
from prompt_toolkit.styles import DynamicStyle, Style
from prompt_toolkit.widgets import SearchToolbar

from fasttui.inline.history import StoreHistory
from fasttui.inline.printer import Place
from fasttui.inline.resizing import Area
from fasttui.inline.rows import row
from fasttui.inline.status_line import Fragments
from fasttui.inline.style import Palette

PLACEHOLDER = "Ask Claude"
_MARK, _NAVIGATION_MARK, _INDENT = "› ", "‹ ", "  "
_MENU_ROWS = 6
_ESCAPE_S = 0.05  # how long an Esc waits for the rest of an escape sequence


class Prompt:
    """A draft with its keys, and the application that paints it. `above` and `below` give its two lines."""

    def __init__(
        self,
        palette: Palette,
        bindings: KeyBindingsBase,
        history: StoreHistory,
        completer: Completer,
        *,
        above: Callable[[], Fragments],
        below: Callable[[], Fragments],
        vi: bool,
        keyboard: Input,
        output: Output,
    ) -> None:
        self._palette = palette
        self._style = _menu_style(palette)
        self._history = history
        self.draft = Buffer(
            multiline=True,
            history=history,
            completer=completer,
            complete_while_typing=Condition(self._completes),
            auto_suggest=DummyAutoSuggest(),
        )
        search = SearchToolbar(
            ignore_case=True, backward_search_prompt="Earlier prompts: ", forward_search_prompt="Later prompts: "
        )
        self._draft_window = Window(
            BufferControl(
                self.draft,
                search_buffer_control=search.control,
                preview_search=True,
                input_processors=[
                    ConditionalProcessor(
                        AfterInput(lambda: [(self._palette.fragment("faint"), PLACEHOLDER)]),
                        Condition(lambda: not (self.draft.text or is_searching())),
                    )
                ],
            ),
            wrap_lines=True,
            height=self._draft_height,
            dont_extend_height=True,
            get_line_prefix=self._line_prefix,
        )
        self.app: Application[int] = Application(
            Layout(
                HSplit(
                    [
                        _line(above),
                        # Nothing may reach the last column, where terminals wrap each in its own way.
                        VSplit([self._draft_window, Window(width=1)]),
                        CompletionsMenu(max_height=_MENU_ROWS),
                        search,
                        _line(below),
                        Window(),  # takes the rows that a closed menu leaves
                    ]
                ),
                self._draft_window,
            ),
            style=DynamicStyle(lambda: self._style),
            key_bindings=bindings,
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
            color_depth=palette.depth,
            erase_when_done=True,
            terminal_size_polling_interval=None,
            input=keyboard,
            output=output,
        )
        self.app.ttimeoutlen = _ESCAPE_S

    def set_palette(self, palette: Palette) -> None:
        """Paint in other colours."""
        self._palette, self._style = palette, _menu_style(palette)

    def fill(self, text: str) -> None:
        """Put `text` in place of the draft, the cursor behind it."""
        self.draft.text = text
        self.draft.cursor_position = len(text)

    def search_history(self) -> None:
        """Search earlier prompts backwards, those of other windows too."""
        if self._history.has_news():
            self.draft.reset(self.draft.document)
        start_search(direction=SearchDirection.BACKWARD)

    def place(self) -> Place:
        """Where the cursor is in the area, as it was painted last."""
        screen = self.app.renderer.last_rendered_screen
        if screen is None:
            return Place()
        cursor: Point = screen.get_cursor_position(self.app.layout.current_window)
        rows = min(screen.height, self.app.output.get_size().rows)
        return Place(cursor.x, cursor.y, max(1, rows))

    def spare_rows(self) -> int:
        """How many rows the painted area has below what it needs."""
        screen = self.app.renderer.last_rendered_screen
        if screen is None:
            return 0
        size = self.app.output.get_size()
        needed = self.app.layout.container.preferred_height(size.columns, size.rows).preferred
        return max(0, min(screen.height, size.rows) - needed)

    def painted(self) -> Area:
        """The area as it was painted last."""
        screen = self.app.renderer.last_rendered_screen
        if screen is None:
            return Area((), 0, 0)
        place = self.place()
        texts = (
            "".join(cells[x].char for x in range(max(cells, default=-1) + 1)).rstrip()
            for cells in (screen.data_buffer[y] for y in range(screen.height))
        )
        return Area(tuple(row([("", text)]) for text in texts), place.x, place.y)

    def _completes(self) -> bool:
        text = self.draft.document.text_before_cursor
        return text.startswith("/") or "@" in text

    def _draft_height(self) -> Dimension:
        return Dimension(min=1, max=max(1, get_app().output.get_size().rows // 3))

    def _line_prefix(self, line: int, wrapped: int) -> AnyFormattedText:
        if line or wrapped:
            return [("", _INDENT)]
        return [(self._palette.fragment("accent"), _NAVIGATION_MARK if vi_navigation_mode() else _MARK)]


def _line(text: Callable[[], Fragments]) -> Window:
    return Window(FormattedTextControl(lambda: [*text()]), height=1, dont_extend_height=True, wrap_lines=False)


def _menu_style(palette: Palette) -> Style:
    """The menu in the terminal's own colours; prompt-toolkit's default is a grey block."""
    plain = "noreverse bg:default fg:default"
    chosen = f"{plain} bold reverse"
    return Style.from_dict({
        "completion-menu": plain,
        "completion-menu.completion": plain,
        "completion-menu.completion.current": chosen,
        "completion-menu.meta.completion": f"{plain} {palette.fragment('muted')}",
        "completion-menu.meta.completion.current": chosen,
        "scrollbar.background": plain,
        "scrollbar.button": f"{plain} reverse",
        "search": palette.fragment("find"),
        "search-toolbar": palette.fragment("muted"),
    })  # fmt: skip

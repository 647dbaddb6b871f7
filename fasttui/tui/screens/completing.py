"""Completing while typing: slash commands with what they take, and files after @, in a menu above the composer."""

from typing import TYPE_CHECKING

from textual import on
from textual.events import DescendantBlur

from fasttui.config.keymap import Keymap
from fasttui.config.settings import Settings
from fasttui.config.themes import ThemeNames
from fasttui.engine.commands import offered_commands
from fasttui.engine.session import Session
from fasttui.tui.palette import Palette
from fasttui.tui.screens.switching import SwitchingScreen
from fasttui.tui.widgets.composer import Composer

if TYPE_CHECKING:
    from fasttui.engine.completion import Completions, Offer
    from fasttui.tui.widgets.completion_menu import CompletionMenu

_TITLE_ROWS = 2  # above the transcript, and to be seen
_LEAST_ROWS = 2  # of the menu, frame included, for it to be of use


class CompletingScreen(SwitchingScreen):
    """The part of the chat screen that offers how the draft may go on. Nothing of it is loaded before it is needed."""

    def __init__(
        self,
        session: Session,
        keymap: Keymap,
        settings: Settings,
        palette: Palette,
        theme_names: ThemeNames,
        *,
        demo: bool,
    ) -> None:
        super().__init__(session, keymap, settings, palette, demo=demo)
        self._theme_names = theme_names
        self._completions: Completions | None = None
        self._menu: CompletionMenu | None = None
        self._offers: list[Offer] = []
        self._offered_for = ""
        self._declined: int | None = None  # where the word began for which the menu was closed

    # ── offering ────────────────────────────────────────────────────────────────────────────────────

    def _draft_typed(self) -> None:
        """Something was typed or pasted: offer how it may go on."""
        self._offer_for(self.composer.before_cursor)

    @on(Composer.SelectionChanged)
    def _cursor_moved(self) -> None:
        """The menu goes with the cursor; only typing opens it."""
        before = self.composer.before_cursor
        if self._declined is not None and len(before) <= self._declined:
            self._declined = None
        if self._offers and before != self._offered_for:
            self._offer_for(before)

    def _offer_for(self, before: str) -> None:
        offers = self._possible(before)
        start = len(before) - offers[0].replaced if offers else None
        if start is None or start == self._declined:
            self._close_menu()
            return
        self._declined, self._offers, self._offered_for = None, offers, before
        if self._room() < _LEAST_ROWS:
            self._close_menu()
        else:
            self._made_menu().show([(offer.shown, offer.about) for offer in offers], self._room())
            self._place_menu()
            # A letter may have given the draft another row, which the layout finds out later.
            self.call_after_refresh(self._place_menu)

    def _possible(self, before: str) -> "list[Offer]":
        if not (before.startswith("/") or "@" in before):
            return []
        if self._completions is None:
            from fasttui.engine.completion import Completions

            self._completions = Completions(self._session, self._theme_names, self._has)
        return list(self._completions.offers(before))

    def _has(self, action_id: str) -> bool:
        return any(hasattr(node, f"action_{action_id}") for node in (self, self.app, self.composer))

    # ── the menu ────────────────────────────────────────────────────────────────────────────────────

    def _made_menu(self) -> "CompletionMenu":
        if self._menu is None:
            from fasttui.tui.widgets.completion_menu import CompletionMenu

            self._menu = CompletionMenu(id="completion")
            self.mount(self._menu)
        return self._menu

    def _room(self) -> int:
        """The rows between the title and the composer."""
        return self.composer.region.y - _TITLE_ROWS

    def _place_menu(self) -> None:
        if self._offers and self._menu is not None:
            self._menu.fit(self._room())
            self._menu.styles.margin = (0, 0, self.size.height - self.composer.region.y, 0)

    def _close_menu(self) -> None:
        self._offers, self._offered_for = [], ""
        if self._menu is not None:
            self._menu.display = False

    @on(DescendantBlur, "#composer")
    def _composer_left(self) -> None:
        self._close_menu()

    # ── choosing ────────────────────────────────────────────────────────────────────────────────────

    def _press_in_menu(self, key: str) -> bool:
        """Let the menu have a key; whether it had a use for it."""
        menu = self._menu
        if menu is None or not self._offers:
            return False
        match key:
            case "down" | "tab":
                menu.choose(1)
            case "up" | "shift+tab":
                menu.choose(-1)
            case "escape":
                self._declined = len(self._offered_for) - self._offers[0].replaced
                self._close_menu()
            case "enter" if menu.chosen is not None:
                self._take(self._offers[menu.chosen])
            case _:
                return False
        return True

    # Named by Textual's rule, not taken with @on: the menu's class is loaded when it first opens.

    def on_completion_menu_clicked(self, message: "CompletionMenu.Clicked") -> None:
        """A click takes an offer as Enter does."""
        if message.index < len(self._offers):
            self._take(self._offers[message.index])

    def _take(self, offer: "Offer") -> None:
        """Put the offer in the place of what was typed; what is whole by that is carried out."""
        before = self._offered_for
        in_command, is_name = before.startswith("/"), offer.text.startswith("/")
        goes_on = _takes_words(offer.text) if in_command and is_name else offer.text.endswith("/")
        space = "" if (goes_on and not is_name) or (in_command and not goes_on) else " "
        self._close_menu()
        self.composer.replace_before_cursor(offer.replaced, offer.text + space)
        if goes_on:
            self._draft_typed()
        elif in_command:
            self.composer.action_send()


def _takes_words(command: str) -> bool:
    return any(takes for name, takes, _ in offered_commands() if name == command)

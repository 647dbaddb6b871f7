"""The keymap as Textual bindings: what a terminal sends reaches the action."""

from pathlib import Path
from typing import Any

import pytest
from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import TextArea

from fasttui.config.keymap import DEFAULT_KEYMAP, Keymap
from fasttui.config.keys import canonical_key
from fasttui.config.toml_file import TomlFile
from fasttui.tui.bindings import bind, bindings, tell_keys_apart


class KeyedApp(App[None]):
    """Notes which actions its keys ask for, with a text area in focus."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.area = TextArea()
        bind(self, keymap, "app", "chat")
        bind(self.area, keymap, "composer")

    def compose(self) -> ComposeResult:
        yield self.area

    async def run_action(self, action: Any, default_namespace: Any = None, namespaces: Any = None) -> bool:
        if isinstance(action, str) and not action.startswith("cursor"):
            self.asked.append(action)
            return True
        return await super().run_action(action, default_namespace, namespaces)


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("ctrl+f", "speed"), ("f2", "speed"), ("f14", "speed_once"), ("shift+f2", "speed_once"),
        ("ctrl+y", "copy_reply"), ("f9", "find"), ("f7", "model"), ("escape", "stop"), ("ctrl+q", "quit"),
        ("ctrl+c", "interrupt"), ("enter", "send"), ("ctrl+j", "newline"), ("shift+\r", "newline"),
        ("\r", "newline"), ("ctrl+d", "end_of_input"), ("pageup", "page_up"),
    ],
)  # fmt: skip
async def test_a_key_reaches_its_action_past_a_focused_text_area(key: str, action: str) -> None:
    app = KeyedApp(DEFAULT_KEYMAP)
    async with app.run_test() as pilot:
        app.area.focus()
        await pilot.pause()
        app.post_message(Key(key, None))
        await pilot.pause()
    assert app.asked == [action]


async def test_letters_and_line_ends_stay_with_the_text_area() -> None:
    app = KeyedApp(DEFAULT_KEYMAP)
    async with app.run_test() as pilot:
        app.area.focus()
        await pilot.press("j", "[", "home", "k")
        assert app.area.text == "kj["
    assert app.asked == []


async def test_keys_change_while_the_app_runs() -> None:
    keymap, errors = Keymap.from_settings(TomlFile(Path("c.toml"), '[keys]\nspeed = "f10"\nfind = ""\n'))
    assert not errors
    app = KeyedApp(DEFAULT_KEYMAP)
    async with app.run_test() as pilot:
        bind(app, keymap, "app", "chat")
        await pilot.press("f10", "f9", "f2", "ctrl+l")
    assert [action for action in app.asked if action in {"speed", "find", "redraw"}] == ["speed", "redraw"]


def test_ids_are_the_actions_and_nothing_shows_in_a_footer() -> None:
    made = bindings(DEFAULT_KEYMAP, "app", "chat", "composer", "transcript")
    assert {binding.id for binding in made} == {action.id for action, keys in DEFAULT_KEYMAP if keys}
    assert not any(binding.show for binding in made)


# What xterm, the Linux console, tmux and the kitty protocol send, and the key we bind for it.
SENT = [
    ("\x06", "ctrl+f"), ("\x1bOQ", "f2"), ("\x1b[[B", "f2"), ("\x1b[1;2Q", "shift+f2"), ("\x1b[26~", "\x1a"),
    ("\x1b[13;2~", "shift+f3"), ("\x0a", "ctrl+j"), ("\x1b\r", "alt+enter"), ("\x1b[13;2u", "shift+enter"),
    ("\x1b[27;2;13~", "shift+\r"), ("\x1b[1;3A", "alt+up"), ("\x1bs", "alt+s"), ("\x1b[Z", "shift+tab"),
    ("\x1f", "ctrl+underscore"), ("[", "left_square_bracket"), ("\r", "enter"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "key"), SENT)
def test_what_terminals_send_is_the_key_we_name(sent: str, key: str) -> None:
    tell_keys_apart()
    parser = XTermParser()
    events = [*parser.feed(sent), *parser.feed("")]  # the end of input ends an open sequence
    assert [event.key for event in events if isinstance(event, Key)] == [key]


@pytest.mark.parametrize("character", [chr(code) for code in range(0x21, 0x7F)])
def test_a_character_is_named_as_textual_names_it(character: str) -> None:
    (event,) = XTermParser().feed(character)
    assert isinstance(event, Key)
    assert canonical_key(character) == event.key

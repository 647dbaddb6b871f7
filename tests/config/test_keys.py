"""One key, many spellings."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.key_binding import KeyBindings

from fasttui.config.keymap import ACTIONS
from fasttui.config.keys import canonical_key, human_key, is_printable, key_names, prompt_toolkit_key, spellings

MODIFIERS = st.lists(st.sampled_from(["ctrl", "alt", "shift"]), unique=True)
BASES = st.sampled_from([*key_names(), *"abcxyzA19", "[", "?", "/"])


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ctrl+F", "ctrl+f"), ("control+F", "ctrl+f"), ("F2", "f2"), ("shift+ctrl+left", "ctrl+shift+left"),
        ("esc", "escape"), ("Return", "enter"), ("PgUp", "pageup"), ("?", "question_mark"), ("shift+a", "A"),
        ("A", "A"), ("f14", "shift+f2"), ("ctrl+m", "enter"), ("Ctrl+I", "tab"), ("ctrl+[", "escape"),
        ("ctrl+h", "backspace"), ("ctrl++", "ctrl+plus"), ("+", "plus"), ("ctrl+_", "ctrl+underscore"),
        (" ctrl + f ".replace(" ", ""), "ctrl+f"), ("option+up", "alt+up"), ("Ä", "Ä"),
    ],
)  # fmt: skip
def test_what_a_user_writes_is_understood(written: str, key: str) -> None:
    assert canonical_key(written) == key


@pytest.mark.parametrize("written", ["ctrl+", " ", "cmd+f", "f0", "f25", "enterr", "ctrl+ctrk+f", "\x1b", "ctrl f"])
def test_what_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=re.escape(written)):
        canonical_key(written)


@given(MODIFIERS, BASES)
def test_a_key_keeps_its_name_however_often_it_is_read(modifiers: list[str], base: str) -> None:
    key = canonical_key("+".join([*modifiers, base]))
    assert canonical_key(key) == key
    assert canonical_key(human_key(key)) == key
    assert spellings(key)[0] == key


@given(MODIFIERS, BASES)
def test_prompt_toolkit_takes_every_key_it_is_given(modifiers: list[str], base: str) -> None:
    keys = prompt_toolkit_key(canonical_key("+".join([*modifiers, base])))
    if keys is not None:
        KeyBindings().add(*keys)(lambda event: None)


def test_most_actions_have_a_key_in_the_inline_front_end() -> None:
    without = [a.id for a in ACTIONS if a.keys and not any(prompt_toolkit_key(key) for key in a.keys)]
    assert without == []


def test_human_spellings() -> None:
    keys = ("ctrl+f", "shift+f2", "escape", "left_square_bracket", "alt+pageup", "k", "ctrl+underscore", "space")
    assert [human_key(key) for key in keys] == [
        "Ctrl+F", "Shift+F2", "Esc", "[", "Alt+PageUp", "k", "Ctrl+_", "Space",
    ]  # fmt: skip


def test_what_types_a_character_is_told_from_what_does_not() -> None:
    assert all(map(is_printable, ("k", "left_square_bracket", "space", "A")))
    assert not any(map(is_printable, ("ctrl+k", "f2", "enter", "tab")))

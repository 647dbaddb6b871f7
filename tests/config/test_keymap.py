"""The actions and their keys, and what `[keys]` may do to them."""

from itertools import combinations
from pathlib import Path

import pytest

from fasttui.config.keymap import ACTIONS, DEFAULT_KEYMAP, Keymap, action_named
from fasttui.config.keys import canonical_key, is_printable
from fasttui.config.toml_file import TomlFile

# What every terminal sends, and tells from every other key.
EVERYWHERE = {
    *(f"ctrl+{letter}" for letter in "cdefgklnopqrstuvwxyzj"), *(f"f{n}" for n in range(1, 13)), "ctrl+underscore",
    "enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
}  # fmt: skip


def keymap_of(text: str) -> tuple[Keymap, list[str]]:
    keymap, errors = Keymap.from_settings(TomlFile(Path("config.toml"), text))
    return keymap, [str(error) for error in errors]


def test_no_function_hangs_on_a_key_some_terminal_cannot_send() -> None:
    for action in ACTIONS:
        sent = any(key in EVERYWHERE or is_printable(key) for key in action.keys)
        assert sent or action.command, action.id


def test_every_action_outside_the_composer_has_a_command() -> None:
    assert [a.id for a in ACTIONS if not a.command and a.context != "composer"] == ["interrupt"]


def test_the_defaults_are_canonical_and_do_not_collide() -> None:
    assert all(canonical_key(key) == key for action in ACTIONS for key in action.keys)
    for one, other in combinations(ACTIONS, 2):
        if {one.context, other.context} != {"composer", "transcript"}:
            assert not set(one.keys) & set(other.keys), (one.id, other.id)
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    commands = [action.command for action in ACTIONS if action.command]
    assert len(set(commands)) == len(commands)


def test_keys_can_be_changed_added_and_taken_away() -> None:
    keymap, errors = keymap_of('[keys]\nspeed = "F10"\nstop = ["esc", "Ctrl+X"]\nfind = ""\n')
    assert not errors
    assert keymap.keys("speed") == ("f10",)
    assert keymap.keys("stop") == ("escape", "ctrl+x")
    assert keymap.keys("find") == ()
    assert (keymap.hint("speed"), keymap.hint("find")) == ("F10", "/find")
    assert keymap.keys("model") == DEFAULT_KEYMAP.keys("model")


def test_an_unknown_action_is_named_with_its_line_and_its_neighbour() -> None:
    keymap, errors = keymap_of('# mine\n[keys]\nmodel = "f10"\nsped = "f11"\n')
    assert errors == ['config.toml, line 4: there is no action "sped"; did you mean "speed"?']
    assert keymap.keys("model") == ("f10",)


@pytest.mark.parametrize("written", ['"ctrl+entre"', '["f2", "ctrl+entre"]'])
def test_an_unknown_key_is_named_with_its_line(written: str) -> None:
    keymap, errors = keymap_of(f"[keys]\nspeed = {written}\n")
    assert errors == ['config.toml, line 2: there is no key "ctrl+entre"; did you mean "enter"?']
    assert keymap.keys("speed") == DEFAULT_KEYMAP.keys("speed")


@pytest.mark.parametrize("written", ["3", "[1]", "true", "{ a = 1 }"])
def test_what_is_no_key_at_all_is_refused(written: str) -> None:
    keymap, errors = keymap_of(f"[keys]\nspeed = {written}\n")
    assert len(errors) == 1
    assert "line 2: a key is written as a string" in errors[0]
    assert keymap == DEFAULT_KEYMAP


def test_a_conflict_names_both_and_keeps_the_default() -> None:
    keymap, errors = keymap_of('[keys]\nspeed = "ctrl+t"\n')
    assert errors == ['config.toml, line 2: Ctrl+T already belongs to "effort_up".']
    assert keymap.keys("speed") == DEFAULT_KEYMAP.keys("speed")


def test_two_actions_may_swap_their_keys() -> None:
    keymap, errors = keymap_of('[keys]\nspeed = "ctrl+t"\neffort_up = "ctrl+f"\n')
    assert not errors
    assert (keymap.keys("speed"), keymap.keys("effort_up")) == (("ctrl+t",), ("ctrl+f",))


def test_a_swap_that_half_fails_leaves_no_key_with_two_actions() -> None:
    keymap, errors = keymap_of('[keys]\nspeed = "ctrl+t"\neffort_up = "f9"\n')
    assert len(errors) == 2
    used = [key for action, keys in keymap for key in keys if action.context in {"app", "chat"}]
    assert len(set(used)) == len(used)


def test_composer_and_transcript_may_share_a_key() -> None:
    assert DEFAULT_KEYMAP.action_for("enter", "composer") == action_named("send")
    assert DEFAULT_KEYMAP.action_for("enter", "transcript") == action_named("open_block")
    assert DEFAULT_KEYMAP.action_for("ctrl+x") is None


def test_keys_that_are_no_table_change_nothing() -> None:
    keymap, errors = keymap_of('keys = "ctrl+f"\n')
    assert keymap == DEFAULT_KEYMAP
    assert errors == ['config.toml, line 1: "keys" must be a table: [keys].']

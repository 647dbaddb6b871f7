"""What `fasttui doctor keys` tells of the bytes that a terminal sends."""

import pytest
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress

from fasttui.cli.doctor_keys import KeyNames
from fasttui.config.keymap import DEFAULT_KEYMAP


@pytest.mark.parametrize(
    ("sent", "name", "effect"),
    [
        ("\x06", "Ctrl+F", "Change the speed: standard, fast, auto"),
        ("\x1bOQ", "F2", "Change the speed: standard, fast, auto"),
        ("\x1b[12~", "F2", "Change the speed: standard, fast, auto"),
        ("\x1b[1;2Q", "Shift+F2", "Other speed for the next message only"),
        ("\x1b[1;2R", "Shift+F3", "Less effort"),
        ("\x1br", "Alt+R", "Ask for the last or marked reply again"),
        ("\r", "Enter", "Send the prompt"),
        ("\t", "Tab", "no action has it"),
        ("\x7f", "Backspace", "no action has it"),
        ("\x1b[5~", "PageUp", "A page up"),
        ("j", "j", "types itself"),
        ("é", "é", "types itself"),
        ("\x1bX", "Alt+X", "no action has it"),
    ],
)
def test_a_key_is_told_with_its_name_its_bytes_and_what_it_does(sent: str, name: str, effect: str) -> None:
    presses: list[KeyPress] = []
    parser = Vt100Parser(presses.append)
    parser.feed(sent)
    parser.flush()
    (line,) = KeyNames(DEFAULT_KEYMAP).lines(presses)
    assert line.startswith(f"{name:<16} {sent.encode().hex(' ')} ")
    assert line.endswith(f" {effect}")

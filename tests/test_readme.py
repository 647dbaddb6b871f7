"""What the README says of commands, keys, settings and the settings file is what the program says."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from fasttui.cli.parser import build_parser
from fasttui.config.keymap import DEFAULT_KEYMAP
from fasttui.config.keys import human_key
from fasttui.config.settings import describe, load_settings, toml_value
from tests.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """The README below a heading, up to the next one."""
    return README.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def table(heading: str) -> list[tuple[str, ...]]:
    """The rows of the first table below a heading, without its head."""
    rows = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows[2:]]


def described_commands() -> Iterator[tuple[str, ...]]:
    """Name and help of each command."""
    (commands,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    for command in commands._choices_actions:
        yield f"`fasttui {command.dest}`", command.help or ""


def test_every_command_is_in_the_table() -> None:
    assert table("Commands") == list(described_commands())


def test_every_setting_is_in_the_table_with_its_default() -> None:
    described = [(f"`{s.name}`", f"`{toml_value(s.default)}`", s.about) for s in describe()]
    assert table("Settings") == described


def test_every_key_in_the_table_does_what_it_says() -> None:
    actions = {
        (action.help, " · ".join(map(human_key, keys)), f"`{action.command}`" if action.command else "")
        for action, keys in DEFAULT_KEYMAP
    }
    assert [row for row in table("Keys") if row not in actions] == []


def test_the_settings_file_it_shows_has_no_fault(tmp_path: Path) -> None:
    shown = re.findall(r"```toml\n(.*?)```", section("Settings"), re.DOTALL)
    assert len(shown) == 1
    (tmp_path / "config.toml").write_text(shown[0], encoding="utf-8")
    assert load_settings(tmp_path / "config.toml").errors == ()


def test_every_picture_and_file_it_links_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if "://" not in target and not (ROOT / target).is_file()] == []

"""The line on which a value stands."""

from pathlib import Path

import pytest

from fasttui.chat.errors import ConfigError
from fasttui.config.toml_file import TomlFile, shown_path

TEXT = """\
a = 1
b.c = 2 # not d

[keys]
speed = "x"
"quoted name" = "y"

[models."claude-opus-4-8"]
price = { input = 3 }
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("a",), 1),
        (("b", "c"), 2),
        (("b",), 2),
        (("keys",), 4),
        (("keys", "speed"), 5),
        (("keys", "quoted name"), 6),
        (("models",), 8),
        (("models", "claude-opus-4-8", "price", "input"), 9),
        (("models", "claude-opus-4-8", "name"), 8),
        (("d",), None),
    ],
)
def test_a_value_is_found_by_its_keys(keys: tuple[str, ...], line: int | None) -> None:
    assert TomlFile(Path("x.toml"), TEXT).line_of(*keys) == line


def test_a_missing_file_is_a_config_error_with_the_systems_word(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file or directory"):
        TomlFile.read(tmp_path / "none.toml")


def test_a_path_is_shown_short_and_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert shown_path(tmp_path / "a\x1b[2J.toml") == "~/a␛[2J.toml"

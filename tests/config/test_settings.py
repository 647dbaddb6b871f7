"""The settings file: what is right goes in, what is wrong is named by line, and writing back harms nothing."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.errors import ConfigError
from fasttui.config.settings import (
    Loaded,
    Setting,
    Settings,
    describe,
    load_settings,
    setting_named,
    write_setting,
)

FILE = """\
# my settings
model = "claude-opus-5-5"   # the new one
speed = "fast"
max_tokens = 4096

frame_rate = 60 # smooth

[keys]
speed = "f10"
"""


def load(folder: Path, text: str) -> Loaded:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def sentences(loaded: Loaded, folder: Path) -> list[str]:
    return [str(error).replace(f"{folder}/", "") for error in loaded.errors]


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    loaded = load(tmp_path, FILE)
    assert not loaded.errors
    assert loaded.settings == Settings(model="claude-opus-5-5", speed="fast", max_tokens=4096, frame_rate=60)
    assert loaded.keymap.keys("speed") == ("f10",)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml") == Loaded()


def test_fast_does_not_stick_unless_the_file_says_so() -> None:
    assert Settings().speed == "standard"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('sped = "fast"', 'there is no setting "sped"; did you mean "speed"?'),
        ('speed = "quick"', 'speed must be "standard", "fast" or "auto", not "quick".'),
        ("mouse = 1", "mouse must be true or false, not 1."),
        ("max_tokens = -1", "max_tokens must be a whole number from 0, not -1."),
        ("max_tokens = true", "max_tokens must be a whole number from 0, not true."),
        ("max_tokens = 0.5", "max_tokens must be a whole number from 0, not 0.5."),
        ("frame_rate = 31", 'frame_rate must be "auto", "30" or "60", not 31.'),
        ("theme = ['dusk']", "theme must be text in quotes, not ['dusk']."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_the_rest_goes_in(tmp_path: Path, line: str, sentence: str) -> None:
    loaded = load(tmp_path, f'# first\n{line}\nsystem = "Be brief."\n')
    assert sentences(loaded, tmp_path) == [f"config.toml, line 2: {sentence}"]
    assert loaded.settings == Settings(system="Be brief.")


def test_a_hostile_name_is_shown_safely(tmp_path: Path) -> None:
    loaded = load(tmp_path, '"evil\\u001b[2J" = 1\n')
    assert sentences(loaded, tmp_path) == ['config.toml: there is no setting "evil␛[2J".']


def test_a_file_that_is_not_toml_means_the_defaults_and_one_error(tmp_path: Path) -> None:
    loaded = load(tmp_path, 'model = "a"\nspeed = fast\n')
    assert sentences(loaded, tmp_path) == ["config.toml, line 2: Invalid value."]
    assert loaded.settings == Settings()


def test_a_file_in_another_encoding_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b'system = "\xff"\n')
    assert sentences(load_settings(tmp_path / "config.toml"), tmp_path) == ["config.toml is not UTF-8."]


def test_every_setting_describes_itself() -> None:
    described = describe()
    assert [setting.name for setting in described] == list(Settings.__dataclass_fields__)
    for setting in described:
        assert setting.help.endswith(".")
        assert setting.check(setting.default) == setting.default
        assert bool(setting.choices) == (setting.kind == "choice")
    assert setting_named("cache-ttl").choices == ("5m", "1h")
    assert setting_named("effort").choices == ("", "low", "medium", "high", "xhigh", "max")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("speed", "auto", "auto"), ("mouse", "off", False), ("frame-rate", "30", 30),
        ("max_tokens", "4096", 4096), ("system", "  Hi  ", "  Hi  "),
    ],
)  # fmt: skip
def test_a_command_line_means_a_value(name: str, text: str, value: object) -> None:
    assert setting_named(name).parse(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [("speed", "quick"), ("mouse", "maybe"), ("max_tokens", "1e9"), ("max_tokens", "²")],
)
def test_a_command_line_that_does_not_fit_says_what_it_must_be(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be "):
        setting_named(name).parse(text)


def test_a_setting_that_is_not_there_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match='did you mean "speed"'):
        setting_named("sped")


def written(tmp_path: Path, text: str, name: str, value: object) -> str:
    path = tmp_path / "config.toml"
    path.write_text(text)
    write_setting(path, name, value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.toml"]
    return path.read_text()


def test_writing_one_setting_leaves_comments_and_other_lines(tmp_path: Path) -> None:
    assert written(tmp_path, FILE, "model", "claude-opus-5") == FILE.replace("opus-5-5", "opus-5")
    assert written(tmp_path, FILE, "frame_rate", "auto") == FILE.replace("60 #", '"auto" #')
    assert written(tmp_path, FILE, "mouse", False) == FILE.replace("smooth\n", "smooth\nmouse = false\n")
    assert written(tmp_path, 'model = "a"', "speed", "fast") == 'model = "a"\nspeed = "fast"\n'


def test_a_missing_file_and_folder_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    write_setting(path, "theme", "paper")
    assert path.read_text() == 'theme = "paper"\n'
    assert path.stat().st_mode & 0o077 == 0


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles/config.toml").write_text('theme = "dusk"\n')
    link = tmp_path / "config.toml"
    link.symlink_to("dotfiles/config.toml")
    write_setting(link, "theme", "paper")
    assert link.is_symlink()
    assert (tmp_path / "dotfiles/config.toml").read_text() == 'theme = "paper"\n'


@pytest.mark.parametrize("text", ['system = """\none\ntwo\n"""\n', "model = 'a'\nx = [\n[1],\n]\nsystem = 'b'\n"])
def test_what_one_line_cannot_change_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError):
        write_setting(path, "system", "new")
    assert path.read_text() == text


def test_a_wrong_value_or_a_broken_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("speed = fast\n")
    for value in ("fast", "quick"):
        with pytest.raises(ConfigError):
            write_setting(path, "speed", value)
    assert path.read_text() == "speed = fast\n"


def values_of(setting: Setting) -> st.SearchStrategy[Any]:
    match setting.kind:
        case "text":
            return st.text(st.characters(exclude_categories=["Cs"]))
        case "switch":
            return st.booleans()
        case "number":
            return st.integers(0, 2**40)
        case "choice":
            return st.sampled_from(setting.choices)


@given(st.sampled_from(describe()).flatmap(lambda s: st.tuples(st.just(s.name), values_of(s))))
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, choice: tuple[str, Any]) -> None:
    name, value = choice
    path = tmp_path_factory.mktemp("settings") / "config.toml"
    path.write_text(FILE)
    write_setting(path, name, value)
    loaded = load_settings(path)
    assert not loaded.errors
    assert getattr(loaded.settings, name) == value
    assert tomllib.loads(path.read_text())["keys"] == {"speed": "f10"}

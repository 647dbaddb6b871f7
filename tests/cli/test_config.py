"""`fasttui config` prints what holds and writes what fits."""

import pytest

from fasttui.config.settings import Settings, describe, load_settings
from tests.cli.conftest import Program


def test_the_settings_are_printed_as_a_file_that_sets_them(program: Program) -> None:
    printed = program.run("config")
    assert printed.code == 0
    assert len(printed.stdout.splitlines()) == len(describe())
    program.paths.config.mkdir()
    program.paths.settings.write_text(printed.stdout, encoding="utf-8")
    loaded = load_settings(program.paths.settings)
    assert (loaded.settings, loaded.errors) == (Settings(), ())


def test_a_setting_that_was_changed_holds_from_then_on(program: Program) -> None:
    assert program.run("config", "theme", "paper").stdout == ""
    assert program.run("config", "frame-rate", "60").code == 0
    assert load_settings(program.paths.settings).settings == Settings(theme="paper", frame_rate=60)
    assert program.run("config", "theme").stdout.startswith('theme = "paper" ')


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sped"], 'There is no setting "sped"; did you mean "speed"?'),
        (["speed", "quick"], 'speed must be "standard", "fast" or "auto", not "quick".'),
        (["theme", "papr"], 'There is no theme "papr"; did you mean "paper"?'),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_changes_nothing(
    program: Program, words: list[str], sentence: str
) -> None:
    done = program.run("config", *words)
    assert (done.code, done.stdout, done.stderr.splitlines()[0]) == (2, "", f"fasttui: {sentence}")
    assert not program.paths.config.exists()


def test_what_is_wrong_in_the_file_is_said_and_the_rest_printed(program: Program) -> None:
    program.paths.config.mkdir()
    program.paths.settings.write_text('speed = "quick"\nmouse = false\n')
    done = program.run("config", "mouse")
    assert done.stdout.startswith("mouse = false ")
    assert "config.toml, line 1: speed must be" in done.stderr

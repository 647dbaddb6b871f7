"""`fasttui config`: the settings as they hold, each as a line of `config.toml`; and how to change one."""

import argparse

from fasttui.chat.errors import ConfigError
from fasttui.cli import output
from fasttui.config.paths import Paths, find_paths
from fasttui.config.settings import Setting, describe, load_settings, setting_named, toml_value, write_setting
from fasttui.config.themes import choose_theme, load_theme


def run(args: argparse.Namespace) -> int:
    """Print all settings or one, or change one; nothing is printed of a change that went well."""
    paths = find_paths()
    if args.value is not None:
        _change(paths, _named(args.name), args.value)
        return 0
    loaded = load_settings(paths.settings)
    for problem in loaded.errors:
        output.error(problem)
    for setting in describe() if args.name is None else [_named(args.name)]:
        written = f"{setting.name} = {toml_value(getattr(loaded.settings, setting.name))}"
        output.line(f"{written:<32}  # {setting.about}")
    return 0


def _named(name: str) -> Setting:
    try:
        return setting_named(name)
    except ConfigError as error:
        raise ConfigError(str(error), hint="All of them are listed by: fasttui config") from error


def _change(paths: Paths, setting: Setting, text: str) -> None:
    try:
        value = setting.parse(text)
    except ValueError as error:
        raise ConfigError(str(error), hint="") from error
    if setting.name == "theme":
        load_theme(choose_theme(str(value), {}), paths.themes)  # says so when there is none of that name
    write_setting(paths.settings, setting.name, value)

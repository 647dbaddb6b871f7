"""The folders of configuration, data and state: the platform's, or those the environment names."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from fasttui.chat.errors import ConfigError
from fasttui.config.toml_file import shown_path

_APP = "fasttui"


class Paths(NamedTuple):
    """Where the program keeps what; nothing is created before it is needed.

    `config` holds settings and themes, `data` conversations, drafts and earlier prompts, `state` logs.
    """

    config: Path
    data: Path
    state: Path

    @property
    def settings(self) -> Path:
        """The user's settings file; it need not exist."""
        return self.config / "config.toml"

    @property
    def themes(self) -> Path:
        """The folder of the user's own themes; it need not exist."""
        return self.config / "themes"

    @property
    def database(self) -> Path:
        """The file of all conversations."""
        return self.data / "fasttui.db"

    @property
    def demo_database(self) -> Path:
        """The file of conversations with the simulator: made-up replies never mix with real ones."""
        return self.data / "demo.db"


def find_paths(environ: Mapping[str, str] = os.environ) -> Paths:
    """The folders, FASTTUI_CONFIG_DIR, FASTTUI_DATA_DIR and FASTTUI_STATE_DIR before the platform's."""
    return Paths(
        _folder(environ, "FASTTUI_CONFIG_DIR", "user_config_path"),
        _folder(environ, "FASTTUI_DATA_DIR", "user_data_path"),
        _folder(environ, "FASTTUI_STATE_DIR", "user_state_path"),
    )


def _folder(environ: Mapping[str, str], variable: str, platform_function: str) -> Path:
    if named := environ.get(variable):
        return Path(named).expanduser().absolute()
    import platformdirs

    found: Path = getattr(platformdirs, platform_function)(_APP, appauthor=False)
    return found


def make_private(folder: Path) -> Path:
    """The folder, created with its parents where it is missing; ours alone are closed to others.

    Raises:
        ConfigError: it cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(
            f"{shown_path(folder)} cannot be created: {error.strerror or error}.",
            hint="Set FASTTUI_CONFIG_DIR, FASTTUI_DATA_DIR and FASTTUI_STATE_DIR to folders you may write.",
        ) from error
    return folder

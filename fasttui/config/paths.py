"""The folders of configuration and chats: the platform's, or those the environment names."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_APP = "fasttui"


class Paths(NamedTuple):
    """Where the program keeps what; nothing is created before it is needed.

    `config` holds settings and themes, `data` conversations, drafts and earlier prompts.
    """

    config: Path
    data: Path

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
    """The folders, FASTTUI_CONFIG_DIR and FASTTUI_DATA_DIR before the platform's."""
    return Paths(
        _folder(environ, "FASTTUI_CONFIG_DIR", "user_config_path"),
        _folder(environ, "FASTTUI_DATA_DIR", "user_data_path"),
    )


def _folder(environ: Mapping[str, str], variable: str, platform_function: str) -> Path:
    if named := environ.get(variable):
        return Path(named).expanduser().absolute()
    import platformdirs

    found: Path = getattr(platformdirs, platform_function)(_APP, appauthor=False)
    return found

"""Folders: by the environment, by the platform, created only when needed and for us alone."""

import stat
from pathlib import Path

import platformdirs
import pytest

from fasttui.chat.errors import ConfigError
from fasttui.config.paths import find_paths, make_private


def test_the_environment_overrides_every_folder(tmp_path: Path) -> None:
    paths = find_paths(
        {
            "FASTTUI_CONFIG_DIR": str(tmp_path / "c"),
            "FASTTUI_DATA_DIR": str(tmp_path / "d"),
            "FASTTUI_STATE_DIR": str(tmp_path / "s"),
        }
    )
    assert (paths.settings, paths.themes) == (tmp_path / "c/config.toml", tmp_path / "c/themes")
    assert (paths.database, paths.demo_database) == (tmp_path / "d/fasttui.db", tmp_path / "d/demo.db")
    assert list(tmp_path.iterdir()) == []


def test_without_it_the_platform_says_where() -> None:
    paths = find_paths({})
    assert paths.config == platformdirs.user_config_path("fasttui", appauthor=False)
    assert paths.data == platformdirs.user_data_path("fasttui", appauthor=False)
    assert paths.state == platformdirs.user_state_path("fasttui", appauthor=False)


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = make_private(tmp_path / "a" / "b")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert make_private(folder) == folder


def test_a_folder_that_cannot_be_made_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be created") as caught:
        make_private(tmp_path / "file" / "folder")
    assert "FASTTUI_DATA_DIR" in caught.value.hint

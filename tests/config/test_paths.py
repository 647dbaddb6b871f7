"""Folders: by the environment or by the platform; nothing is created by asking."""

from pathlib import Path

import platformdirs

from fasttui.config.paths import find_paths


def test_the_environment_overrides_every_folder(tmp_path: Path) -> None:
    paths = find_paths(
        {
            "FASTTUI_CONFIG_DIR": str(tmp_path / "c"),
            "FASTTUI_DATA_DIR": str(tmp_path / "d"),
        }
    )
    assert (paths.settings, paths.themes) == (tmp_path / "c/config.toml", tmp_path / "c/themes")
    assert (paths.database, paths.demo_database) == (tmp_path / "d/fasttui.db", tmp_path / "d/demo.db")
    assert list(tmp_path.iterdir()) == []


def test_without_it_the_platform_says_where() -> None:
    paths = find_paths({})
    assert paths.config == platformdirs.user_config_path("fasttui", appauthor=False)
    assert paths.data == platformdirs.user_data_path("fasttui", appauthor=False)

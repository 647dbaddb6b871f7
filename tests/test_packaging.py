"""What is in the wheel, and that the program finds it there."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from fasttui import __version__
from tests.paths import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built by the declared backend."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True, stdout=subprocess.DEVNULL)
    return zipfile.ZipFile(next(Path(folder).glob("*.whl")))


def test_every_theme_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {"fasttui/export/page.css", "fasttui/export/conversation.schema.json", "fasttui/store/schema/1.sql"} <= names
    assert {f"fasttui/themes/{path.name}" for path in (ROOT / "themes").glob("*.toml")} <= names


def test_every_module_and_no_test_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "fasttui").rglob("*.py")}
    assert sources <= names
    assert not [name for name in names if name.startswith("tests")]


def test_the_version_stands_once_as_far_as_a_user_can_see() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__


def test_what_ci_runs_is_what_the_readme_says() -> None:
    """The test command of the README stands, word for word, in the CI script."""
    readme = (ROOT / "README.md").read_text()
    command = next(line for line in readme.splitlines() if "-m pytest" in line)
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()

"""What the import contract cannot see: imports that happen at run time."""

import subprocess
import sys

import pytest

TOOLKITS = {"textual", "prompt_toolkit", "rich"}
FLOORS = (
    "chat",
    "provider.background",
    "simulator",
    "store.store",
    "export.writers",
    "config.settings",
    "markdown.document",
    "engine.session",
    "engine.commands",
)


def modules_after(statement: str) -> set[str]:
    """The top-level packages that are loaded once `statement` has run in a fresh interpreter."""
    script = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("floor", FLOORS)
def test_nothing_below_the_front_ends_loads_a_terminal_library(floor: str) -> None:
    assert not modules_after(f"import fasttui.{floor}") & TOOLKITS


def test_the_screen_is_there_before_the_sdk() -> None:
    loaded = modules_after("import fasttui.tui.app, fasttui.cli.chat")
    assert "textual" in loaded
    assert not loaded & {"anthropic", "httpx2", "pydantic", "pygments", "h11"}


def test_the_version_is_told_without_loading_anything() -> None:
    statement = "import runpy; sys.argv = ['fasttui', '--version']\n"
    statement += "try: runpy.run_module('fasttui', run_name='__main__')\nexcept SystemExit: pass"
    assert not modules_after(statement) & (TOOLKITS | {"anthropic", "argparse"})

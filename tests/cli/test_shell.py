import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fasttui.cli.parser import build_parser
from tests.cli.conftest import Program
from tests.paths import ROOT

COMMANDS = (
    "ask", "chats", "search", "export", "import", "stats", "delete", "simulate", "themes", "config", "doctor",
    "completions",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(program: Program, command: str) -> None:
    done = program.run(command, "--help")
    assert done.code == 0
    assert "fasttui " in done.stdout.split("example:")[1]


def test_the_main_help_has_examples_environment_and_exit_codes() -> None:
    told = build_parser().format_help()
    for heading in ("examples:", "environment:", "exit codes:"):
        assert heading in told
    assert "_complete" not in told


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_sound(program: Program, tmp_path: Path, shell: str) -> None:
    script = program.run("completions", shell).stdout
    assert "no-redact" in script
    assert "_complete chat" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "completions"
    file.write_text(script)
    checked = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


OFFERED = [
    (["fasttui", "comp"], "completions"),
    (["fasttui", "ask", "--spe"], "--speed"),
    (["fasttui", "export", "--format", "ht"], "html"),
    (["fasttui", "--theme", "du"], "dusk"),
    (["fasttui", "delete", "la"], "last"),
    (["fasttui", "ask", "--model", "claude-opus-5"], "claude-opus-5-5"),
]


@pytest.fixture
def path_with_program(tmp_path: Path) -> str:
    """A PATH on which `fasttui` is this program."""
    command = tmp_path / "bin" / "fasttui"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fasttui "$@"\n')
    command.chmod(0o755)
    return f"{command.parent}:{os.environ['PATH']}"


@pytest.mark.parametrize(("words", "offered"), OFFERED)
def test_bash_completes_commands_options_chats_and_themes(
    program: Program, tmp_path: Path, path_with_program: str, words: list[str], offered: str
) -> None:
    (tmp_path / "completions").write_text(program.run("completions", "bash").stdout)
    script = (
        f'source "{tmp_path}/completions"\n'
        f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; COMP_LINE='{' '.join(words)}'\n"
        "complete -p fasttui >/dev/null; $(complete -p fasttui | sed 's/.*-F \\([^ ]*\\).*/\\1/') fasttui\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "-c", script, "bash"], capture_output=True, text=True, check=True,
        env=os.environ | {"PATH": path_with_program},
    )  # fmt: skip
    assert offered in done.stdout.split()


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(("words", "offered"), OFFERED)
def test_fish_completes_the_same(
    program: Program, tmp_path: Path, path_with_program: str, words: list[str], offered: str
) -> None:
    (tmp_path / "completions").write_text(program.run("completions", "fish").stdout)
    script = f'source "{tmp_path}/completions"; complete -C "{" ".join(words)}"'
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True,
        env=os.environ | {"PATH": path_with_program},
    )  # fmt: skip
    assert offered in [line.partition("\t")[0] for line in done.stdout.splitlines()]


def test_completing_offers_saved_chats_by_id_and_title_and_creates_nothing(program: Program) -> None:
    assert program.run("_complete", "chat").stdout == "last\tthe newest chat\n"
    assert not program.paths.data.exists()
    program.run("ask", "hi")
    assert program.run("_complete", "chat").stdout.splitlines()[1].endswith("\thi")


def test_bash_runs_nothing_that_stands_in_an_offer(program: Program, tmp_path: Path) -> None:
    themes = program.paths.themes
    themes.mkdir(parents=True)
    (themes / "x$(touch pwned).toml").write_bytes((ROOT / "themes/dusk.toml").read_bytes())
    offers = program.run("_complete", "theme").stdout
    script = f"fasttui() {{ printf '%s' {shlex.quote(offers)}; }}; eval \"$1\"; _fasttui_theme x"
    completions = program.run("completions", "bash").stdout
    done = subprocess.run(
        ["bash", "-c", script, "bash", completions], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stdout == "x$(touch pwned)\n"
    assert not (tmp_path / "pwned").exists()

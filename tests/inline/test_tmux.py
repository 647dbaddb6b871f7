"""The real program in a real multiplexer: what its scrollback holds at the end."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.inline.tmux import BODIES, LINES, PATIENCE_S, numbers, reply_of, tmux_with

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


def program_of(shell: str) -> int:
    """The process that a shell has started."""
    return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])


def runs(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.mark.parametrize("kind", BODIES)
async def test_500_lines_are_in_the_scrollback_whole_in_order_and_once(kind: str, tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of(kind)) as tmux:
        await tmux.type("go", "Enter")
        await tmux.type("typed meanwhile")
        lines = await tmux.sees("Line 499", " tok · ", "next ≈", "› typed meanwhile")
    assert numbers(lines) == list(range(LINES))
    if kind == "code":
        assert [line for line in lines if "Line 123" in line] == ["    call(number=123)  # Line 123"]


@pytest.mark.parametrize("kind", BODIES)
async def test_resizing_during_the_stream_loses_and_repeats_nothing(kind: str, tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of(kind), pause_s=0.01) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("Line 050")
        # tmux tells of a second resize only a quarter of a second after the first: leave it that time.
        for number, (columns, rows) in enumerate(((60, 24), (120, 30), (75, 12), (90, 24))):
            await tmux.run("resize-window", "-x", str(columns), "-y", str(rows))
            await tmux.sees(f"Line {150 + 75 * number}")
        lines = await tmux.sees("Line 499", " tok · ", "next ≈")
    assert numbers(lines) == list(range(LINES))
    assert sum("› " in line for line in lines) == 1


async def test_ctrl_z_gives_the_shell_back_and_fg_returns_to_the_reply(tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of("prose")) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("Line 020")
        await tmux.type("C-z")
        await tmux.sees("Stopped")
        await tmux.type("echo in the $((40 + 2))nd shell", "Enter")
        await tmux.sees("in the 42nd shell")
        await tmux.type("fg", "Enter")
        lines = await tmux.sees("Line 499", " tok · ", "next ≈")
    assert numbers(lines) == list(range(LINES))


async def test_drawing_again_meanwhile_loses_and_repeats_nothing(tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of("list")) as tmux:
        await tmux.type("go", "Enter")
        for seen in ("Line 020", "Line 120", "Line 220"):
            await tmux.sees(seen)
            await tmux.type("C-l", "x", "C-j", "C-l")
        lines = await tmux.sees("Line 499", " tok · ", "next ≈")
    assert numbers(lines) == list(range(LINES))
    assert sum("› x" in line for line in lines) == 1


async def test_an_editor_takes_the_whole_screen_and_the_reply_goes_on_behind_it(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\nprintf \'\\033[?1049h\\033[H\\033[2Jthe editor\'\nread line\necho "edited $line" > "$1"\n'
        "printf '\\033[?1049l'\n"
    )
    editor.chmod(0o755)
    async with tmux_with(tmp_path, reply_of("prose"), environ=f"env VISUAL={editor}") as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("Line 020")
        await tmux.type("a draft", "C-g")
        await tmux.sees("the editor")
        await tmux.type("outside", "Enter")
        lines = await tmux.sees("Line 499", " tok · ", "next ≈", "› edited outside")
    assert numbers(lines) == list(range(LINES))
    assert not any("the editor" in line for line in lines)


async def test_a_copied_reply_is_in_the_multiplexers_own_clipboard(tmp_path: Path) -> None:
    async with tmux_with(tmp_path, "```\nprint(1)\n```\n") as tmux:
        await tmux.run("set-option", "-g", "set-clipboard", "on")
        await tmux.type("go", "Enter")
        await tmux.sees(" tok · ", "next ≈")
        await tmux.type("F8")
        await tmux.sees("Copied")
        assert await tmux.run("show-buffer") == "print(1)"


@pytest.mark.parametrize("name", ["TERM", "HUP", "QUIT"])
async def test_a_signal_leaves_the_terminal_as_it_was(name: str, tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of("prose")) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("Line 020")
        pane = await tmux.run("display-message", "-p", "#{pane_pid}")
        program = program_of(pane.strip())
        os.kill(program, getattr(signal, f"SIG{name}"))
        async with asyncio.timeout(PATIENCE_S):
            while runs(program):  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0.05)
        await tmux.type("stty -a | grep -o '[-]*icanon\\|[-]*echo ' | tr -d '\\n'; echo :$?", "Enter")
        await tmux.sees("icanonecho :0")

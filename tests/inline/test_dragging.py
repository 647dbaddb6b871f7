"""Someone drags the edge of the window: many resizes a second, of which the program hears of a few."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from tests.inline.tmux import BODIES, COLUMNS, LINES, ROWS, Tmux, numbers, reply_of, tmux_with

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

DRAFT = (
    "a first line of a draft that is long enough to be wrapped on most windows",
    "C-j",
    "second",
    "C-j",
    "x",
)
STEPS = 20
PAUSE_S = 0.03
UNNAMED = "env -u TMUX -u TERM_PROGRAM TERM=xterm-256color"


async def drag(tmux: Tmux, seed: int) -> None:
    """The window becomes wider, narrower, higher and lower, and in the end what it was."""
    chosen = random.Random(seed)
    columns, rows = COLUMNS, ROWS
    for _ in range(STEPS):
        columns = max(40, min(130, columns + chosen.randint(-12, 12)))
        rows = max(9, min(40, rows + chosen.randint(-5, 5)))
        await tmux.run("resize-window", "-x", str(columns), "-y", str(rows))
        await asyncio.sleep(PAUSE_S)
    await tmux.run("resize-window", "-x", str(COLUMNS), "-y", str(ROWS))


def prompts(lines: list[str]) -> list[str]:
    return [line for line in lines if "› " in line]


def transcript(lines: list[str]) -> list[str]:
    """All that stands above the prompt area."""
    return lines[: next(index for index, line in enumerate(lines) if "next ≈" in line)]


@pytest.mark.parametrize("kind", BODIES)
async def test_a_reply_that_streams_meanwhile_is_whole_in_order_and_once(kind: str, tmp_path: Path) -> None:
    async with tmux_with(tmp_path, reply_of(kind), pause_s=0.01) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("Line 020")
        await tmux.type(*DRAFT)
        for seed, seen in ((1, "Line 150"), (2, "Line 300")):
            await drag(tmux, seed)
            await tmux.sees(seen)
        lines = await tmux.sees(f"Line {LINES - 1}", " tok · ", "next ≈", "  second", "STANDARD")
    assert numbers(lines) == list(range(LINES))
    assert len(prompts(lines)) == 1


async def test_at_rest_nothing_changes_but_the_prompt_is_painted_again(tmp_path: Path) -> None:
    async with tmux_with(tmp_path, "".join(reply_of("prose").splitlines(keepends=True)[:80])) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees(" tok · ", "next ≈")
        await tmux.type(*DRAFT)
        before = await tmux.sees("  second", "STANDARD")
        await drag(tmux, seed=3)
        await tmux.type("yz")
        after = await tmux.sees("  xyz", "STANDARD")
    assert transcript(after) == transcript(before)
    assert len(prompts(after)) == 1


async def test_in_a_terminal_nobody_knows_a_reply_may_break_a_row_but_loses_nothing(tmp_path: Path) -> None:
    words = [f"w{number:04d}x" for number in range(1600)]
    source = "".join(" ".join(words[start : start + 80]) + "\n\n" for start in range(0, len(words), 80))
    async with tmux_with(tmp_path, source, pause_s=0.01, environ=UNNAMED) as tmux:
        await tmux.type("go", "Enter")
        await tmux.sees("w0100x")
        for seed, seen in ((4, "w0500x"), (5, "w0900x")):
            await drag(tmux, seed)
            await tmux.sees(seen)
        lines = await tmux.sees(" tok · ", "next ≈")
    # Words may be cut by a break, so that all of the text counts, not its rows.
    text = "".join("".join(lines).split())
    places = [text.find(word) for word in words]
    assert min(places) >= 0
    assert places == sorted(places)

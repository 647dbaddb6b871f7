"""Texts that terminals disagree on, or that are meant to break one: the rows around them stay whole."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.inline.tmux import tmux_with
from tests.paths import SHARED_DATA, needs_shared_data

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    needs_shared_data,
]

LONGEST = 3_000  # characters; more only scrolls
WHOLE = re.compile(r"(?:\W*\s)?Line (\d{3}) is whole and alone\.\s*")


def texts(corpus: str) -> list[str]:
    records = map(json.loads, (SHARED_DATA / "text" / f"{corpus}.jsonl").read_text(encoding="utf-8").splitlines())
    found = (record.get("s") or record.get("md") or "" for record in records)
    return [text for text in found if 0 < len(text) < LONGEST]


@pytest.mark.parametrize("corpus", ["naughty", "terminal", "pathological"])
async def test_lines_between_hostile_texts_stand_whole_in_order_and_once(corpus: str, tmp_path: Path) -> None:
    hostile = texts(corpus)
    lines = (f"Line {number:03d} is whole and alone.\n\n{text}\n\n" for number, text in enumerate(hostile))
    async with tmux_with(tmp_path, "".join(lines), pause_s=0.002) as tmux:
        await tmux.type("go", "Enter")
        shown = await tmux.sees(" tok · ", "next ≈")
    assert [int(found[1]) for line in shown if (found := WHOLE.fullmatch(line))] == list(range(len(hostile)))
    assert sum("› Ask Claude" in line for line in shown) == 1

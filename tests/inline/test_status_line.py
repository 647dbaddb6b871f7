"""The status bar of the inline chat, at every width."""

import pytest
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.utils import get_cwidth

from fasttui.chat.usage import FastLimits
from fasttui.config.themes import load_theme
from fasttui.engine.session import Session
from fasttui.inline.status_line import cells_of, status_line
from fasttui.inline.style import Palette
from tests.engine.scripted import all_of, reply, session_with

LIMITS = FastLimits(output_limit=400_000, output_remaining=312_000)


@pytest.fixture
async def session() -> Session:
    session, _, _ = session_with(reply(*["word "] * 50, speed="fast", limits=LIMITS), speed="fast")
    await all_of(session.submit("Hi"))
    return session


def shown(session: Session, columns: int) -> str:
    palette = Palette(load_theme("mono"), ColorDepth.DEPTH_1_BIT)
    return "".join(text for _, text in status_line(session.status(), columns, palette))


async def test_it_never_reaches_the_last_column_and_no_cell_is_cut(session: Session) -> None:
    cells = list(cells_of(session.status()))
    for columns in range(40, 160):
        line = shown(session, columns)
        words = ["".join(text for text, _ in cell.words) for cell in cells if cell.is_shown(columns)]
        assert get_cwidth(line) < columns
        assert [word for word in words if word.strip() not in line] == []


@pytest.mark.parametrize(
    ("columns", "has", "lacks"),
    [
        (40, ["FAST", "tok/s"], ["fuel", "$", "ctx"]),
        (60, ["FAST", "tok/s", "ctx"], ["fuel", "$"]),
        (76, ["FAST", "tok/s", "fuel"], ["$", "ctx"]),
        (80, ["FAST", "tok/s", "fuel", "$"], ["(⚡", "ctx"]),
        (100, ["FAST", "tok/s", "fuel", "$", "ctx"], ["(⚡", "first"]),
        (101, ["FAST", "tok/s", "fuel", "(⚡ $", ")", "ctx"], ["first"]),
        (120, ["FAST", "tok/s", "first", "fuel", "(⚡ $", ")", "ctx <1 %"], []),
    ],
)
async def test_cells_give_way_in_order(session: Session, columns: int, has: list[str], lacks: list[str]) -> None:
    line = shown(session, columns)
    assert [word for word in has if word not in line] == []
    assert [word for word in lacks if word in line] == []

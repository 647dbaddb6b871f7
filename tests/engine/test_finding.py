"""Finding words in the shown conversation."""

import pytest

from fasttui.engine.finding import passages
from fasttui.engine.session import Session
from tests.engine.scripted import all_of, reply, session_with


@pytest.fixture
async def session() -> Session:
    session, _, _ = session_with(reply("The Least Recently\nUsed entry goes."), reply("far " * 100 + "cache"))
    await all_of(session.submit("What does an LRU cache drop? And what does the cache keep?"))
    await all_of(session.submit("More."))
    return session


def found(session: Session, query: str) -> list[tuple[int, bool, str]]:
    return [
        (passage.number, passage.in_reply, "".join(f"[{t}]" if hit else t for t, hit in passage.pieces))
        for passage in passages(session.conversation, query)
    ]


async def test_matches_near_each_other_share_a_passage_and_far_text_is_cut(session: Session) -> None:
    assert found(session, "CACHE") == [
        (1, False, "What does an LRU [cache] drop? And what does the [cache] keep?"),
        (2, True, "… " + "far " * 15 + "[cache]"),
    ]


async def test_words_may_be_broken_over_lines(session: Session) -> None:
    assert found(session, "recently used") == [(1, True, "The Least [Recently Used] entry goes.")]


async def test_a_query_is_text_and_no_pattern(session: Session) -> None:
    assert found(session, "a.c") == found(session, "") == found(session, "  ") == []


async def test_many_matches_never_make_one_endless_passage(session: Session) -> None:
    assert all(len(text) < 700 for _, _, text in found(session, "a"))
    assert len(found(session, "far")) > 1


async def test_a_passage_is_cut_between_words() -> None:
    session, _, _ = session_with(reply("wonderful " * 20 + "needle " + "marvellous " * 20))
    await all_of(session.submit("Hi"))
    ((_, _, passage),) = found(session, "needle")
    assert passage == "… " + "wonderful " * 6 + "[needle]" + " marvellous" * 5 + " …"

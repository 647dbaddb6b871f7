"""Search: any input is a query, and what was said is found."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fasttui.chat.conversation import Conversation, Turn
from fasttui.chat.safe_text import safe_text
from fasttui.store.search import SearchHit, snippet
from fasttui.store.store import Store
from tests import strategies
from tests.paths import SHARED_DATA, needs_shared_data
from tests.store.turns import answer, new_turn


def said(store: Store, prompt: str, reply: str = "", title: str = "") -> Turn:
    conversation = Conversation(title=title)
    turn = answer(new_turn(conversation, prompt), reply)
    store.add(conversation)
    return turn


def found(store: Store, query: str) -> list[str]:
    return [hit.turn_id for hit in store.search(query)]


def marked(hit: SearchHit) -> list[str]:
    return [text for text, matched in hit.snippet if matched]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("An LRU cache with expiry", "cache"),
        ("An LRU cache with expiry", "CACHE lru"),
        ("class TTLCache:", "ttlc"),
        ("class TTLCache:", "cache"),
        ("my_module.some_function()", "function"),
        ("my_module.some_function()", "module.some"),
        ("Is Go or AI better?", "go"),
        ("Is Go or AI better?", "AI"),
        ("naïve café", "naive cafe"),
        ("naive cafe", "café"),
        ("Größe und Straße", "größe"),
        ("東京都に住んでいます", "京"),
        ("東京都に住んでいます", "京都"),
        ("東京都に住んでいます", "住んで"),
        ("使用cache加速", "cache"),
        ("한국어를 배워요", "한국"),
        ("สวัสดีครับ", "ดีค"),
        ("Привет, мир", "привет"),
        ("Привет, мир", "МИР"),
        ("done 🎉 at last", "🎉"),
        ("a robot 🤖 of 2016", "🤖"),
        ("fn f() -> u8", "->"),
        ("if (a !== b)", "!=="),
        ("x" * 40 + "needle" + "y" * 40, "needle"),
        ('he said "stop" and \'; DROP TABLE', "'; drop"),
    ],
)
def test_it_finds(store: Store, text: str, query: str) -> None:
    turn = said(store, text)
    said(store, "Something else entirely")
    assert found(store, query) == [turn.id]


@pytest.mark.parametrize(("text", "query"), [("ordinary words", "wordz"), ("one two", "one three"), ("ago", "go")])
def test_it_does_not_find(store: Store, text: str, query: str) -> None:
    said(store, text)
    assert found(store, query) == []


def test_a_reply_is_found_as_well_as_a_prompt(store: Store) -> None:
    turn = said(store, "Where do wombats live?", "Wombats live in Australia", title="Animals")
    reply, prompt = sorted(store.search("wombats live"), key=lambda hit: not hit.in_reply)
    assert (reply.in_reply, prompt.in_reply) == (True, False)
    assert reply.turn_id == prompt.turn_id == turn.id
    assert reply.title == "Animals"
    assert marked(reply) == ["Wombats", "live"]


def test_the_better_match_comes_first(store: Store) -> None:
    best = said(store, "wombat wombat wombat")
    said(store, "One wombat among very many other words that have nothing at all to do with it")
    said(store, "A wordwombat")
    assert found(store, "wombat")[0] == best.id
    assert len(found(store, "wombat")) == 3


def test_a_deleted_chat_is_not_found_until_it_is_back(store: Store) -> None:
    conversation = Conversation()
    turn = answer(new_turn(conversation, "wombat"), "marsupial")
    store.add(conversation)
    token = store.delete(conversation.id)
    for query in ("wombat", "ombat", "arsupi"):
        assert found(store, query) == []
    store.undelete(token)
    assert found(store, "ombat") == [turn.id]
    store.delete(conversation.id)
    store.purge()
    assert store._database.row("SELECT count(*) FROM said") == (0,)
    store._database.execute("INSERT INTO said_words (said_words) VALUES ('integrity-check')")


def hostile_queries() -> list[str]:
    lines: list[str] = []
    for name in ("fts_sql_csv", "naughty", "xss", "terminal"):
        with (SHARED_DATA / "text" / f"{name}.jsonl").open(encoding="utf-8") as file:
            lines += [str(json.loads(line).get("s", "")) for line in file]
    return lines


@needs_shared_data
def test_every_known_hostile_string_is_a_safe_query(store: Store) -> None:
    queries = hostile_queries()
    assert len(queries) > 500
    for query in queries:
        store.search(query)


@settings(max_examples=150, deadline=None)
@given(strategies.hostile_text, strategies.hostile_text)
def test_any_string_is_a_query_and_finds_itself(text: str, other: str) -> None:
    store = Store.open(None)
    store.search(text)
    turn = said(store, safe_text(text))
    said(store, safe_text(other))
    words = [w for w in safe_text(text).split() if any(c.isalnum() for c in w) and w.isprintable()]
    if words and len(words) <= 16:
        assert turn.id in found(store, " ".join(words))
    store.close()


@given(strategies.safe_texts, st.lists(strategies.safe_texts.filter(bool), min_size=1, max_size=3))
def test_a_snippet_is_a_part_of_the_text_on_one_line(text: str, words: list[str]) -> None:
    whole = "".join(piece for piece, _ in snippet(text, words))
    assert len(whole) <= 162
    assert len(whole.splitlines()) <= 1
    assert len(whole.strip("…")) <= len(text)

"""No control character survives, however the text was cut on its way."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.safe_text import SafeText, join_surrogates, safe_line, safe_text
from tests.paths import SHARED_DATA, needs_shared_data
from tests.strategies import chunked, hostile_text

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f466"


def terminal_attacks() -> list[dict[str, Any]]:
    path = SHARED_DATA / "text" / "terminal.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def streamed(chunks: list[str]) -> str:
    safe = SafeText()
    return "".join([*map(safe.add, chunks), safe.finish()])


def dangerous(text: str) -> set[str]:
    """Characters a terminal could act on, or that make text read as something else."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\n\t"} | {
        c
        for c in text
        if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }


@needs_shared_data
@pytest.mark.parametrize("attack", terminal_attacks(), ids=lambda attack: attack["id"])
def test_no_terminal_attack_survives_whole_or_cut(attack: dict[str, Any]) -> None:
    text = attack["s"]
    assert not dangerous(safe_text(text))
    for size in (1, 2, 3, 7):
        cut = streamed([text[at : at + size] for at in range(0, len(text), size)])
        assert cut == safe_text(text)
    if "forbidden" in attack and dangerous(bytes.fromhex(attack["forbidden"]).decode()):
        assert bytes.fromhex(attack["forbidden"]) not in safe_text(text).encode()


@given(text=hostile_text)
def test_what_comes_out_holds_nothing_dangerous_and_is_safe_already(text: str) -> None:
    safe = safe_text(text)
    assert not dangerous(safe)
    assert safe_text(safe) == safe
    safe.encode()


@given(text=hostile_text, draw=st.data())
def test_chunking_never_changes_the_result(text: str, draw: st.DataObject) -> None:
    assert streamed(draw.draw(chunked(text))) == safe_text(text)


@given(text=st.text(st.characters(exclude_categories=("C", "Zl", "Zp")) | st.sampled_from("\n\t")))
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_an_emoji_cut_in_half_between_deltas_is_joined() -> None:
    assert streamed(["a\ud83d", "\udc66b"]) == "a\U0001f466b"
    assert safe_text("\ud83d\udc66") == "\U0001f466"


def test_a_half_that_stays_alone_becomes_the_replacement_character() -> None:
    assert streamed(["a\ud83d"]) == "a\ufffd"
    assert streamed(["a\udc66", "b"]) == "a\ufffdb"
    assert join_surrogates("\ud83d\ud83d\udc66") == "\ufffd\U0001f466"


def test_joiners_of_emoji_and_scripts_survive() -> None:
    assert safe_text(FAMILY) == FAMILY
    assert (
        safe_text("\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")
        == "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    )


def test_a_windows_line_end_is_one_newline_and_a_lone_return_is_seen() -> None:
    assert safe_text("a\r\nb\rc") == "a\nb\u240dc"
    assert streamed(["a\r", "\nb\r", "c"]) == "a\nb\u240dc"


def test_bidi_controls_and_tags_are_spelt_out() -> None:
    assert safe_text("a\u202eb\U000e0041") == "a<U+202E>b<U+E0041>"


@given(text=hostile_text, limit=st.integers(1, 80))
def test_a_safe_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = safe_line(text, limit=limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert "\t" not in line

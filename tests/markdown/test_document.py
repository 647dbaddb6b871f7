"""The three laws: what is shown is true, calm, and the same however the text was cut."""

import random
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from fasttui.markdown import meaning
from fasttui.markdown.document import Document
from fasttui.markdown.lines import Line
from fasttui.markdown.styles import STYLES
from tests.markdown.corpora import CORPORA, cells, cut, look, markdown, samples, settle_colours, whole
from tests.paths import SLOW_TESTS, needs_shared_data


def stream(text: str, pieces: list[str], width: int) -> Document:
    """Append the pieces, holding the document to what it promises at each."""
    document = Document(width, cell_len=cells)
    before: list[Line] = []
    final = 0
    for piece in pieces:
        changed = document.append(piece)
        lines = list(document.lines)
        assert lines[:changed] == before[:changed], "a line changed above the index returned"
        assert lines[:final] == before[:final], "a final line changed"
        assert document.final >= final, "what was final is not any more"
        assert len(document.lines) == len(lines)
        before, final = lines, document.final
    changed = document.finish()
    assert list(document.lines)[:changed] == before[:changed]
    settle_colours(document)
    assert document.final == len(document.lines)
    assert document.source == text
    return document


def check(text: str, pieces: list[str], width: int) -> None:
    expected = whole(text, width)
    document = stream(text, pieces, width)
    assert list(document.lines) == list(expected.lines)
    assert list(document.blocks) == list(expected.blocks)
    for line in expected.lines:
        assert line.width == cells(line.text)
        assert line.code or line.width <= width
        assert 0 <= line.source[0] <= line.source[1] <= len(text)
        assert all(name in STYLES for span in line.spans for name in span.style.split())


@needs_shared_data
@pytest.mark.parametrize("corpus", CORPORA)
def test_any_cut_of_any_text_ends_in_the_lines_of_the_whole(corpus: str) -> None:
    for number, sample in enumerate(samples(corpus, longest=6000)):
        pieces = list(sample.deltas) if "".join(sample.deltas) == sample.text else cut(sample.text, number)
        check(sample.text, pieces, (20, 60, 80, 140)[number % 4])


@given(text=markdown, seed=st.integers(0, 1 << 16), width=st.integers(8, 100))
@settings(max_examples=150, deadline=None)
def test_any_cut_of_arbitrary_markdown_ends_in_the_lines_of_the_whole(text: str, seed: int, width: int) -> None:
    check(text, cut(text, seed), width)


@given(text=markdown, seed=st.integers(0, 1 << 16))
@settings(max_examples=60, deadline=None)
def test_a_document_resized_is_one_made_at_that_width(text: str, seed: int) -> None:
    document = Document(70, cell_len=cells)
    pieces = cut(text, seed)
    at = random.Random(seed).randint(0, len(pieces))
    for piece in pieces[:at]:
        document.append(piece)
    document.resize(31)
    for piece in pieces[at:]:
        document.append(piece)
    document.finish()
    settle_colours(document)
    expected = whole(text, 31)
    assert list(document.lines) == list(expected.lines)
    document.resize(90)
    assert list(document.lines) == list(whole(text, 90).lines)
    assert list(document.blocks) == list(whole(text, 90).blocks)


def alternative(image: Token) -> str:
    children = image.children or []
    return "".join(alternative(each) if each.type == "image" else each.content for each in children)


def visible(tokens: list[Token]) -> str:
    """The text of markdown-it's tokens, without blanks."""
    parts = []
    for token in tokens:
        if token.type in {"text", "text_special", "code_inline", "fence", "code_block"}:
            parts.append(token.content)
        elif token.type == "image":
            alt = alternative(token)
            parts.append(f"{alt}({token.attrs['src']})" if alt else str(token.attrs["src"]))
        elif token.children:
            parts.append(visible(token.children))
    return "".join("".join(parts).split())


@needs_shared_data
@pytest.mark.parametrize("corpus", ["commonmark", "gfm"])
def test_the_text_shown_is_the_text_markdown_it_finds(corpus: str) -> None:
    differing = []
    for sample in samples(corpus):
        if "$" in sample.text or "\\[" in sample.text or "\\(" in sample.text:
            continue  # math is shown converted
        tokens = meaning.parser().parse(sample.text)
        lines = whole(sample.text, 200).lines
        ours = "".join(
            span.text
            for line in lines
            for span in line.spans
            if not span.gutter and span.style not in {"bullet", "task.done", "task.open", "footnote"}
        )
        theirs = visible(tokens)
        if lines and any(span.style.startswith("task.") for line in lines for span in line.spans):
            theirs = theirs.replace("[]", "").replace("[x]", "")
        if "".join(ours.split()) != theirs and sample.text not in UNLIKE:
            differing.append((sample.name, sample.text, ours, theirs))
    assert not differing


UNLIKE = {
    # An underline after a definition makes a heading here until the block ends, and so ends the block too early.
    "[foo]: /url\n===\n[foo]\n",
}


def test_a_line_above_the_open_block_never_changes() -> None:
    text = "# One\n\nfirst *para*\n\n- a\n- b\n\n| a | b |\n|---|---|\n| 1 | 22222 |\n\n```\nx\n```\n\n"
    text += "last [r]\n\n[r]: /u\n"
    document = Document(40, cell_len=cells)
    seen: dict[int, Line] = {}
    for character in text:
        document.append(character)
        for index in range(document.final):
            line = document.lines[index]
            assert seen.setdefault(index, line) is line
    assert len(seen) > 15


def test_a_late_definition_resolves_at_the_end() -> None:
    document = Document(40, cell_len=cells)
    document.append("see [x] and note[^1]\n\nmore\n\n[x]: http://e\n\n[^1]: said\n")
    assert document.lines[0].text == "see [x] and note[^1]"
    assert document.finish() == 0
    assert document.lines[0].text == "see x and note¹"
    assert [span.link for span in document.lines[0].spans if span.link] == ["http://e"]


def test_open_emphasis_is_shown_at_once() -> None:
    document = Document(40, cell_len=cells)
    document.append("some **bold te")
    assert [(span.text, span.style) for span in document.lines[0].spans] == [("some ", ""), ("bold te", "strong")]
    document.append("xt** and `co")
    assert document.lines[0].text == "some bold text and co"


def test_marks_that_may_become_anything_are_held_back() -> None:
    document = Document(40, cell_len=cells)
    document.append("text\n\n")
    for mark in ("#", "##", "-", "12.", "``", "~~", "|--"):
        held = Document(40, cell_len=cells)
        held.append(mark)
        assert look(held.lines).strip() == ""


def test_lines_of_a_wrapped_paragraph_tell_where_they_stand() -> None:
    text = "one **two three** four five six seven"
    lines = whole(text, 12).lines
    assert [text[slice(*line.source)] for line in lines] == ["one **two", "three** four", "five six", "seven"]
    assert [line.soft for line in lines] == [False, True, True, True]


def test_a_finished_document_takes_no_more() -> None:
    document = whole("a")
    with pytest.raises(ValueError, match="finished"):
        document.append("b")
    assert document.finish() == 1


HOSTILE_LENGTH = 1 << 30 if SLOW_TESTS else 33_000
"""Enough to pass every limit of a document, of which `LONGEST_PIECE` is the greatest."""


def shortened(text: str) -> str:
    """The beginning and the end of an overlong text: what opens and what closes."""
    half = HOSTILE_LENGTH // 2
    return text if len(text) <= HOSTILE_LENGTH else text[:half] + text[-half:]


@needs_shared_data
@pytest.mark.parametrize("part", range(4))
def test_hostile_text_is_shown_at_any_size_and_streams_to_the_same_lines(part: int) -> None:
    for sample in islice(samples("pathological"), part, None, 4):
        text = shortened(sample.text)
        document = whole(text)
        streamed = Document(80, cell_len=cells)
        step = 1 + len(text) // 40
        for at in range(0, len(text), step):
            streamed.append(text[at : at + step])
        streamed.finish()
        settle_colours(streamed)
        assert list(streamed.lines) == list(document.lines), sample.name
        assert len(document.lines) or not text.strip() or "ref" in sample.name
        assert all(line.code or line.width <= 80 for line in document.lines)


def test_a_heading_that_closes_a_list_of_code_gets_its_level_with_its_second_mark() -> None:
    text = "- ```word\n## word"
    cut_there = Document(20, cell_len=len)
    for piece in ("- ```word\n#", "# word"):
        cut_there.append(piece)
    cut_there.finish()
    assert list(cut_there.lines) == list(Document.of(text, 20, cell_len=len).lines)

"""How each construct looks."""

import pytest

from fasttui.markdown.document import Document
from tests.markdown.corpora import cells, look, whole

LOOKS = {
    "a blank line between blocks": ("# T\ntext\n***\n> q", 10, "T\n\ntext\n\n──────────\n\n▎ q"),
    "list spacing follows the source": ("- a\n- b\n\n- c", 20, "• a\n• b\n\n• c"),
    "bullets by depth, numbers as counted": (
        "- a\n  - b\n    - c\n      1. d\n      1. e",
        20,
        "• a\n  ◦ b\n    ▪ c\n      1. d\n      2. e",
    ),
    "numbers start where the list does": ("9. a\n9. b", 20, "9. a\n10. b"),
    "tasks": ("- [ ] a\n- [x] b", 20, "☐ a\n☑ b"),
    "quotes nest, with lists in them": ("> a\n> > b\n>\n> - c\n>   dd ee", 9, "▎ a\n▎\n▎ ▎ b\n▎\n▎ • c dd\n▎   ee"),
    "code has a label and a gutter": ("```py\nx = 1\n\ty\n```", 20, "│ py\n│ x = 1\n│     y"),
    "code without a language has no label": ("    x", 20, "│ x"),
    "code in an item": ("- ```\n  x\n  ```", 20, "• │ x"),
    "html is shown": ("List<String> <b>x</b>\n\n<thinking>\n", 40, "List<String> <b>x</b>\n\n<thinking>"),
    "a link shows its text, an image its address": ("[a](http://b) ![c](d)", 40, "a c (d)"),
    "footnotes": ("a[^1] b[^n]\n\n[^1]: x\n\n[^n]: y", 20, "a¹ b[n]\n\n¹ x\n\n[n] y"),
    "math": ("$x^2$ \\(a_i\\)\n\n$$\n\\frac{a}{b}\n= c\n$$\n\n$5 and $6", 40, "x² aᵢ\n\na/b = c\n\n$5 and $6"),
    "math that has no plain form is its source": ("$\\foo{x}$", 40, "$\\foo{x}$"),
    "hard breaks break, soft ones do not": ("a  \nb\nc", 20, "a\nb c"),
    "a table": (
        "|a|b|c|\n|:-|:-:|-:|\n|1|two words|3|\n|`x`|y|22|",
        40,
        (
            "┌───┬───────────┬────┐\n│ a │     b     │  c │\n├───┼───────────┼────┤\n"
            "│ 1 │ two words │  3 │\n│ x │     y     │ 22 │\n└───┴───────────┴────┘"
        ),
    ),
    "a table too wide wraps its cells": (
        "|a|b|\n|-|-|\n|1|several words here|\n|2|x|",
        20,
        (
            "┌───┬──────────────┐\n│ a │ b            │\n├───┼──────────────┤\n│ 1 │ several      │\n"
            "│   │ words here   │\n├───┼──────────────┤\n│ 2 │ x            │\n└───┴──────────────┘"
        ),
    ),
    "a table of many columns is read row by row": (
        "|a|b|c|\n|-|-|-|\n|1|22222222|3|\n|4|5|6|",
        12,
        "a: 1\nb: 22222222\nc: 3\n\na: 4\nb: 5\nc: 6",
    ),
    "wide characters wrap between each other, not before a full stop": ("你好你好。你", 8, "你好你\n好。你"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_looks(name: str) -> None:
    text, width, expected = LOOKS[name]
    assert look(whole(text, width).lines) == expected


def styled(text: str) -> list[tuple[str, str]]:
    return [(span.text, span.style) for line in whole(text, 80).lines for span in line.spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## a **b**", [("a ", "heading.2"), ("b", "heading.2 strong")]),
        ("*a **b*** ~~c~~", [("a ", "emphasis"), ("b", "emphasis strong"), (" ", ""), ("c", "strike")]),
        ("*a [b](http://c)*", [("a ", "emphasis"), ("b", "emphasis link")]),
        ("`a` <b>", [("a", "code"), (" ", ""), ("<b>", "html")]),
        ("> a *b*", [("▎ ", "quote.bar"), ("a ", "quote"), ("b", "quote emphasis")]),
        ("- [x] a", [("☑ ", "task.done"), ("a", "")]),
    ],
)
def test_styles_are_names_joined(text: str, expected: list[tuple[str, str]]) -> None:
    assert styled(text) == expected


def test_links_of_every_form_carry_their_target() -> None:
    text = "[a](http://a) <http://b> http://c [d] ![e](http://e)\n\n[d]: http://d"
    links = [span.link for line in whole(text, 80).lines for span in line.spans if span.link]
    assert links == ["http://a", "http://b", "http://c", "http://d", "http://e"]


def test_links_markdown_it_refuses_are_text() -> None:
    assert all(not span.link for line in whole("[a](javascript:b)", 80).lines for span in line.spans)


def test_an_entity_cannot_smuggle_a_bidi_control() -> None:
    assert "\u202e" not in look(whole("a&#x202e;b <http://a/%e2%80%ae>", 80).lines)


def test_long_code_keeps_its_line_or_wraps_hard() -> None:
    text = "```\n" + "x" * 50 + "\n```"
    assert [line.width for line in whole(text, 20).lines] == [52]
    wrapped = Document.of(text, 20, cell_len=cells, wrap_code=True).lines
    assert [line.width for line in wrapped] == [20, 20, 16]
    assert [line.soft for line in wrapped] == [False, True, True]


def test_all_of_a_code_block_is_marked_as_code() -> None:
    assert [line.code for line in whole("a\n\n```py\nx\n```", 20).lines] == [False, False, True, True]


def test_decoration_is_not_copied() -> None:
    text = "> - a\n\n```py\nx\n```\n\n|a|\n|-|\n|1|\n\n---"
    copied = ["".join(span.text for span in line.spans if not span.gutter) for line in whole(text, 20).lines]
    assert [text for text in copied if text] == ["• a", "x", "a", "1"]


def test_blocks_say_their_kind_language_and_place() -> None:
    text = "# a\n\n- b\n- c\n\n```py\nd\n```"
    blocks = whole(text, 20).blocks
    assert [(block.kind, block.language, block.first_line) for block in blocks] == [
        ("heading", "", 0),
        ("list", "", 1),
        ("fence", "py", 4),
    ]
    assert [text[slice(*block.source)] for block in blocks] == ["# a", "- b\n- c", "```py\nd\n```"]


@pytest.mark.parametrize("width", [20, 40, 77])
def test_a_table_that_widens_while_it_streams_stands_there_once(width: int) -> None:
    rows = "|".join(f"cell {n} of several words" for n in range(3))
    source = f"|a|b|c|\n|-|-|-|\n|x|y|z|\n|{rows}|\n|{rows}, more|\n"
    document = Document(width, cell_len=cells)
    for character in source:
        document.append(character)
        shown = [line.split(": ")[0].strip("│ ") for line in look(document.lines).splitlines()]
        assert sum(line.startswith("┌") for line in shown) <= 1
        assert sum(line.startswith("x") for line in shown) <= 1

"""What a screen reader hears."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fasttui.markdown.plain import PlainReader, spoken
from tests.markdown.corpora import cut, markdown

TEXT = """\
## Title *here*

First sentence. Second one, see [docs](http://x)! And 3.14 is
not an end.

1. one
   - [x] inner
2. two

> quoted. words

```python
x = 1

y
```

| a | b |
|---|---|
| 1 | **2** |

$$x^2$$
"""


def test_constructs_are_said_in_words() -> None:
    assert list(spoken(TEXT)) == [
        "heading level 2: Title here",
        "First sentence.",
        "Second one, see docs!",
        "And 3.14 is not an end.",
        "1. one",
        "- done: inner",
        "2. two",
        "quote: quoted. words",
        "code, python:",
        "x = 1",
        "",
        "y",
        "end of code",
        "table, 2 columns: a, b",
        "a: 1, b: 2",
        "end of table",
        "x²",
    ]


@given(text=markdown, seed=st.integers(0, 1 << 16))
@settings(max_examples=100, deadline=None)
def test_any_cut_is_said_alike(text: str, seed: int) -> None:
    reader = PlainReader()
    said = [utterance for piece in cut(text, seed) for utterance in reader.append(piece)]
    assert said + reader.finish() == list(spoken(text))


def test_a_sentence_is_said_when_it_ends() -> None:
    reader = PlainReader()
    assert reader.append("One sen") == []
    assert reader.append("tence. Ano") == ["One sentence."]
    assert reader.append("ther\n\n") == ["Another"]


def test_what_goes_on_in_lower_case_was_no_end_of_a_sentence() -> None:
    assert list(spoken("I read it (“What is it?”) and e.g. this too. Then I stopped.")) == [
        "I read it (“What is it?”) and e.g. this too.",
        "Then I stopped.",
    ]


def test_an_empty_cell_is_said_to_be_empty() -> None:
    assert "a: empty, b: 2" in list(spoken("| a | b |\n|---|---|\n|  | 2 |\n"))


@pytest.mark.parametrize("text", ["4.", "-", "\n#\n", "[x]: y"])
def test_a_reply_that_means_nothing_as_markdown_is_said_as_it_is(text: str) -> None:
    assert list(spoken(text)) == [text.strip()]

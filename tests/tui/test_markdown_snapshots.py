"""What each construct of Markdown looks like: one sheet for each width and theme, kept as a picture.

`FASTTUI_DRAW=1 pytest tests/tui/test_markdown_snapshots.py` draws them anew; look at them before you commit.
"""

import re
from html import unescape
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.app import ComposeResult

from fasttui.config.themes import load_theme
from fasttui.markdown import highlight
from fasttui.markdown.lines import Span
from fasttui.tui.palette import Palette, textual_theme
from fasttui.tui.terminal_rows import RowsApp
from fasttui.tui.widgets.transcript import Transcript
from fasttui.tui.widgets.transcript_entries import Entry, HeaderLine
from tests.pictures import check

SHEETS = Path(__file__).parent / "markdown_sheets"
CELL = 12.2  # the width of a character in Rich's pictures
CONSTRUCTS = r"""
# Heading 1 with `code` and *emphasis*
## Heading 2
### Heading 3
#### Heading 4
##### Heading 5
###### Heading 6

A paragraph of **strong**, *emphasis*, ***both***, `code span`, ~~struck out~~, **strong with `code` in it**
and ~~*struck emphasis*~~, long enough to wrap at every width, with a hard break\
here, an entity &copy;, an escaped \*star\*, and ``a `tick` in code``.

A [link](https://example.org/page "title"), a [**strong** link][ref], <https://example.org/auto>,
www.example.org/bare, ![a picture](https://example.org/picture.png) and [a link refused](javascript:alert(1)).

[ref]: https://example.org/reference

```python
@dataclass(frozen=True)
class Price:
    '''US dollars per million tokens.'''

    input: float = 5.0  # the list price

    def of(self, tokens: int) -> float:
        return self.input * tokens / 1e6 if tokens else self.a_line_longer_than_fits(at="any width")  # so that it is cut at the edge, and scrolls
```

```
no language
	a tab, and trailing text
```

```diff
-removed = 1
+added = 2
```

    indented code
        keeps its indent

- a bullet
  - nested, with a line that is long enough to wrap at sixty columns and at eighty as well
    - three deep
      - four deep
- another

  of two paragraphs

  ```sh
  echo "code in an item"
  ```

9. ordered from nine
10. ten
    1. inner

- [ ] a task
- [x] a task that is done

> A quote with **strong** text that goes on until it wraps at the narrower of the three widths it is shown at.
>
> > nested in it
>
> 1. a list in it
> 2. of two
>
> ```js
> const quoted = "code";
> ```

| left | centre | right |
|:-----|:------:|------:|
| a | `code` | 1 |
| **strong** | 漢字 | 1,234 |

| construct | what it costs | and what is to be said about it at length |
|---|--:|---|
| a table too wide | 12.5 | its cells wrap as long as every column keeps room for a word or two |
| short | 1 | here, too, at the narrower widths |

---

Inline LaTeX: $E = mc^2$, \(\alpha_i \leq \sqrt{x}\), and $\unknown{x}$ as its source; $5 and $6 are money.

$$
\sum_{i=1}^{n} i = \frac{n(n+1)}{2}
$$

A footnote[^1], and another[^note].

[^1]: What the first one says.
[^note]: What the other one says.

Shown, not hidden: List<String>, <thinking>, a<br>b and <b>bold?</b>

<details>
<summary>A block of HTML</summary>
</details>

漢字かな交じり文は折り返しても幅が合う。句読点は行頭に来ない。한국어 텍스트, Ελληνικά, кириллица.
Emoji: 🚀 👩‍👧 🇵🇹 ❤️ 👍🏽, combining é, and arrows → ⇒.
""".strip()  # noqa: E501 one line of code is to fit at no width
HEADER = HeaderLine((Span("Claude", "claude"),), (Span("108 tok/s", "time"),))
ENTRIES = (
    Entry("prompt", "prompt", HeaderLine((Span("You", "you"),)), "Show me **everything**, as it is typed."),
    Entry("folded", "reply", HEADER, "", thinking="Unseen.", thinking_label="▸ thought for 4.2 s"),
    Entry(
        "reply", "reply", HEADER, CONSTRUCTS,
        thinking="What a reader asks:\n\n- *how* does it look\n- `why`\n\n```python\nx = 1\n```",
        thinking_label="▾ thought for 4.2 s",
        notes=((Span("interrupted", "error"), Span(" · 1,204 tokens", "time")),),
    ),
)  # fmt: skip


class Sheet(RowsApp):
    """Nothing but a transcript, in the colours of a theme."""

    def __init__(self, theme: str) -> None:
        super().__init__()
        self._look = load_theme(theme)

    def compose(self) -> ComposeResult:
        yield Transcript()

    def on_mount(self) -> None:
        self.register_theme(textual_theme(self._look))
        self.theme = self._look.name
        view = self.query_one(Transcript)
        view.set_palette(Palette(self._look).__getitem__)
        view.show(ENTRIES)
        view.mark("reply")
        view.action_fold()
        view.action_leave()


def slim(drawn: str) -> str:
    """The picture without what Rich repeats on every row, and with wide characters as wide as they are."""
    drawn = re.sub(r"@font-face \{.*?\}|<clipPath id=\"[^\"]*line-\d+\">.*?</clipPath>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r' clip-path="url\(#[^)]*line-\d+\)"', "", drawn)
    drawn = re.sub(r"terminal-\d+-r(\d+)", r"r\1", drawn)
    drawn = drawn.replace(' shape-rendering="crispEdges"', "")
    drawn = drawn.replace("<style>", "<style>rect {shape-rendering: crispEdges}")
    drawn = re.sub(r'textLength="[^"]*"([^>]*)>([^<]*)<', _as_wide_as_it_is, drawn)
    return re.sub(r"\n\s*", "\n", drawn)


def _as_wide_as_it_is(text: re.Match[str]) -> str:
    # Rich counts characters where it should count cells.
    return f'textLength="{CELL * cell_len(unescape(text[2])):g}"{text[1]}>{text[2]}<'


@pytest.mark.parametrize("theme", ["dusk", "paper"])
@pytest.mark.parametrize("columns", [60, 80, 140])
async def test_every_construct_looks_as_it_is_meant_to(columns: int, theme: str) -> None:
    for language in ("python", "diff", "sh", "js"):
        highlight.load(language)
    app = Sheet(theme)
    async with app.run_test(size=(columns, 300)) as pilot:
        await pilot.pause()
        rows = int(app.query_one(Transcript).virtual_size.height)
        await pilot.resize_terminal(columns, rows)
        await pilot.pause()
        check(SHEETS / f"{theme}-{columns}.svg", slim(app.export_screenshot(title=f"{theme}, {columns} columns")))

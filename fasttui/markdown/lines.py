"""What a document is made of on the screen: lines of spans with named styles.

Both are named tuples: making one costs a third of making a frozen dataclass, and a reply makes
one for each line it shows. Nobody changes them, so a front end may cache by identity.
"""

from typing import NamedTuple


class Span(NamedTuple):
    """A run of text in one style."""

    text: str
    style: str
    """Names from `styles.STYLES` joined by a space; "" is plain text."""
    link: str = ""
    """The address this text links to."""
    gutter: bool = False
    """Decoration that stands for nothing in the source: never copied."""


class Line(NamedTuple):
    """One row of the rendered document."""

    spans: tuple[Span, ...]
    soft: bool
    """This line continues the one before by wrapping."""
    source: tuple[int, int]
    """Start and stop offsets in the source of what is shown. Between a line and its soft
    continuation, a gap means that a blank was dropped there."""
    block: int
    """Index of the top-level block."""
    code: bool
    """Part of a code block: the whole row takes the background of code."""
    width: int
    """In cells."""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


class Block(NamedTuple):
    """A top-level block."""

    kind: str
    """"paragraph", "heading", "fence", "code", "list", "quote", "table", "rule", "math", "footnote"."""
    language: str
    source: tuple[int, int]
    first_line: int

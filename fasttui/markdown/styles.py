"""The names of styles a line may carry. Front ends map each to colours; nothing here knows one.

A span's style is several of them joined by a space, outermost first: "heading.2 strong".
"""

from collections.abc import Mapping
from typing import Final

STYLES: Final = frozenset(
    {
        "text", "strong", "emphasis", "strike", "code", "link", "image", "html", "math", "footnote",
        "heading.1", "heading.2", "heading.3", "heading.4", "heading.5", "heading.6",
        "quote", "quote.bar", "bullet", "task.done", "task.open", "rule",
        "table.border", "table.header", "fence.label", "fence.gutter",
        "syntax.keyword", "syntax.string", "syntax.comment", "syntax.number", "syntax.function", "syntax.class",
        "syntax.operator", "syntax.builtin", "syntax.decorator", "syntax.variable", "syntax.tag",
        "syntax.attribute", "syntax.deleted", "syntax.inserted", "syntax.heading", "syntax.error",
    }
)  # fmt: skip

# Keyed by the dotted name of a pygments token type; a type without a row takes its parent's.
SYNTAX_STYLES: Final[Mapping[str, str]] = {
    "Keyword": "syntax.keyword",
    "Keyword.Constant": "syntax.builtin",
    "Literal.String": "syntax.string",
    "Literal.Number": "syntax.number",
    "Literal.Date": "syntax.number",
    "Comment": "syntax.comment",
    "Comment.Preproc": "syntax.decorator",
    "Comment.PreprocFile": "syntax.string",
    "Operator": "syntax.operator",
    "Operator.Word": "syntax.keyword",
    "Name.Function": "syntax.function",
    "Name.Class": "syntax.class",
    "Name.Exception": "syntax.class",
    "Name.Namespace": "syntax.class",
    "Name.Builtin": "syntax.builtin",
    "Name.Constant": "syntax.builtin",
    "Name.Decorator": "syntax.decorator",
    "Name.Variable": "syntax.variable",
    "Name.Tag": "syntax.tag",
    "Name.Attribute": "syntax.attribute",
    "Name.Property": "syntax.attribute",
    "Generic.Deleted": "syntax.deleted",
    "Generic.Inserted": "syntax.inserted",
    "Generic.Heading": "syntax.heading",
    "Generic.Subheading": "syntax.heading",
    "Generic.Error": "syntax.error",
    "Generic.Prompt": "syntax.decorator",
    "Generic.Traceback": "syntax.error",
    "Error": "syntax.error",
}


def syntax_style(token_type: str) -> str:
    """The style of a pygments token type, given as "Token.Name.Function"; "" for plain code."""
    name = token_type.removeprefix("Token").removeprefix(".")
    while name:
        if name in SYNTAX_STYLES:
            return SYNTAX_STYLES[name]
        name = name.rpartition(".")[0]
    return ""

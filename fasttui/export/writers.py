"""One way into every format: secrets hidden first, unless told not to, then the text of the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from fasttui.chat.conversation import Conversation
from fasttui.export.redaction import redact_conversation
from fasttui.export.reply_facts import CostOf

Format = Literal["md", "json", "html"]
FORMATS: tuple[Format, ...] = ("md", "json", "html")


@dataclass(frozen=True, slots=True)
class Export:
    """The text of a file, and how many secrets were hidden in it."""

    text: str
    redacted: int


def export(
    conversation: Conversation,
    form: Format,
    *,
    cost_of: CostOf,
    redact: bool = True,
    colors: Mapping[str, str] | None = None,
) -> Export:
    """`conversation` in that format. Without `redact`, JSON is lossless. `colors` are for HTML, see `to_html`."""
    hidden = 0
    if redact:
        redacted = redact_conversation(conversation)
        conversation, hidden = redacted.conversation, redacted.count
    match form:
        case "md":
            from fasttui.export.markdown import to_markdown

            text = to_markdown(conversation, cost_of=cost_of, redacted=hidden)
        case "json":
            from fasttui.export.json_format import to_json

            text = to_json(conversation, cost_of=cost_of, redacted=hidden)
        case "html":
            # Markdown and syntax colours take a while to import.
            from fasttui.export.html import to_html

            text = to_html(conversation, cost_of=cost_of, redacted=hidden, colors=colors)
        case _:
            assert_never(form)
    return Export(text, hidden)

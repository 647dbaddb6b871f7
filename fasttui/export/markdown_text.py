"""Pieces of Markdown that stay within their place, whatever text they carry."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_FENCE_OR_TAG = re.compile(r"```|~~~|<")
_CLOSERS = ("-->", "?>", "]]>", ">", "</script>", "</pre>", "</style>", "</textarea>")


def escaped(line: str) -> str:
    """One line of text that shows as it is, without any Markdown meaning."""
    return _SPECIAL.sub(r"\\\1", " ".join(line.split()))


def code_span(line: str) -> str:
    """One line as code, within more backticks than it holds itself."""
    line = " ".join(line.split())
    if not line:
        return ""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    padding = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{padding}{line}{padding}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """`text` as a code block, within a longer fence than any it holds itself."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    info = "".join(c for c in language.split(" ", maxsplit=1)[0] if c.isalnum() or c in "+#.-_")
    return f"{fence}{info}\n{text}\n{fence}"


def quoted(text: str) -> str:
    """`text` as a block quote: nothing in it can end the quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def closed(text: str) -> str:
    """`text` with its last code or HTML block ended, so that what follows it is read as Markdown again.

    A reply that was interrupted often stops in the middle of a code block.
    """
    if not _FENCE_OR_TAG.search(text):
        return text
    for closer in ("", *_fences(text), *_CLOSERS):
        candidate = f"{text}\n{closer}" if closer else text
        if _is_closed(candidate):
            return candidate
    return text


def _fences(text: str) -> list[str]:
    """The fences that could be open, longest first."""
    runs = re.findall(r"^[ >]*(`{3,}|~{3,})", text, re.MULTILINE)
    return sorted(set(runs), key=len, reverse=True)


def _is_closed(text: str) -> bool:
    """Whether a heading that follows `text` is read as a heading."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    tokens = parser.parse(f"{text}\n\n# end")
    return len(tokens) > 2 and tokens[-3].type == "heading_open" and tokens[-3].level == 0

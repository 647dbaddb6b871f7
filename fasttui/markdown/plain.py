"""Markdown as plain sentences, for a screen reader or a dumb terminal.

Nothing is drawn: a table is read as "header: value", code is announced and ended in words, and a
sentence is handed out as soon as it is complete, never twice.
"""

import re
from collections.abc import Iterator
from typing import Any

from fasttui.markdown.blocks import BlockParser, Container, Leaf, split_row
from fasttui.markdown.inline import parse
from fasttui.markdown.latex import formula

_SENTENCE_END = re.compile(r"[.!?…。！？][\"')\]*_`”’]*(?:\s+|(?<=[。！？]))")
_MAY_END = re.compile(r"[\s。！？]")
_TASK = re.compile(r"\[([ xX])\][ \t]+")
_NUMBER = re.compile(r"\d{1,9}\.\s*$")


def spoken(text: str) -> Iterator[str]:
    """A whole text, one utterance at a time."""
    reader = PlainReader()
    yield from reader.append(text)
    yield from reader.finish()


class PlainReader:
    """Takes text as it comes and returns what is complete enough to be read out."""

    def __init__(self) -> None:
        self._parser = BlockParser()
        self._env: dict[str, Any] = {}
        self._partial = ""
        self._open: Leaf | None = None  # the paragraph or code some of which was read
        self._read = 0  # characters of that paragraph, or rows of that code
        self._before: Leaf | None = None
        self._unsaid: list[str] | None = []  # what came, until something of it was said

    def append(self, text: str) -> list[str]:
        """What `text` completes."""
        said = self._append(text)
        if said:
            self._unsaid = None
        elif self._unsaid is not None:
            self._unsaid.append(text)
        return said

    def finish(self) -> list[str]:
        """What is left to say of a text that has ended. Of one that means nothing as Markdown, its characters."""
        said = self._finish()
        unsaid = " ".join("".join(self._unsaid or ()).split())
        return said or ([unsaid] if unsaid else [])

    def _append(self, text: str) -> list[str]:
        said: list[str] = []
        *lines, rest = (self._partial + text).split("\n")
        for line in lines:
            for leaf in self._parser.line(line, 0):
                said += self._close(leaf)
            said += self._line_said()
        self._partial = rest
        if _MAY_END.search(text):
            said += self._open_sentences()
        return said

    def _line_said(self) -> list[str]:
        """What the line just read completes of an open leaf."""
        self._partial = ""
        leaf = self._parser.leaf
        if leaf is None or leaf.kind not in {"fence", "code", "paragraph"}:
            return []
        if leaf.kind != "paragraph":
            return self._code_rows(leaf)
        # Said now, as if the text had been cut here: the next line may make a heading of the paragraph.
        rows = "".join(f"{row.text}\n" for row in leaf.rows[-2:])
        return self._open_sentences() if _SENTENCE_END.search(rows) else []

    def _finish(self) -> list[str]:
        said: list[str] = []
        leaves = self._parser.line(self._partial, 0) if self._partial else []
        self._partial = ""
        for leaf in [*leaves, *self._parser.close()]:
            said += self._close(leaf)
        return said

    def _open_sentences(self) -> list[str]:
        """Sentences of the open paragraph that ended, the line without end included."""
        mark = self._parser.mark()
        closed = self._parser.line(self._partial, 0) if self._partial else []
        leaf = self._parser.leaf
        said = []
        if not closed and leaf is not None and leaf.kind == "paragraph" and not leaf.rows[0].text.startswith("|"):
            self._enter(leaf)
            text = leaf.text()
            decided = len(text)
            if self._partial and _NUMBER.match(leaf.rows[-1].text):
                decided = text.rstrip().rfind("\n") + 1  # an item, if more text follows
            while (end := _sentence_end(text, self._read)) is not None:
                if end > decided or _NUMBER.match(text[self._read : end]):
                    break
                said += self._sentence(leaf, text[self._read : end])
                self._read = end
        if self._partial:
            self._parser.reset(mark)
        return said

    def _enter(self, leaf: Leaf) -> None:
        """Begin to read a leaf, unless it is the one being read."""
        ours = self._open
        if ours is leaf or (ours is not None and (ours.line, ours.path) == (leaf.line, leaf.path)):
            self._open = leaf
            return
        self._open = leaf
        self._read = 0

    def _close(self, leaf: Leaf) -> list[str]:
        """What is left to say of a leaf that ended."""
        self._enter(leaf)
        said: list[str] = []
        match leaf.kind:
            case "paragraph":
                text = leaf.text()
                while (end := _sentence_end(text, self._read)) is not None:
                    said += self._sentence(leaf, text[self._read : end])
                    self._read = end
                said += self._sentence(leaf, text[self._read :])
            case "heading":
                words = self._words(leaf.text()[self._read :])
                said = [f"heading level {leaf.level}: {words}"] if words else []
            case "fence" | "code":
                said = [*self._code_rows(leaf), "end of code"]
            case "table":
                said = self._table(leaf)
            case "math":
                source = " ".join(row.text.strip() for row in leaf.rows)
                inner = source.removeprefix(leaf.fence).removesuffix("$$").removesuffix("\\]")
                said = [formula(inner) or source]
            case _:
                pass
        self._before, self._open = leaf, None
        return said

    def _sentence(self, leaf: Leaf, source: str) -> list[str]:
        opening = ""
        if self._read == 0:
            opening = _opening(leaf, self._before)
            if opening and (task := _TASK.match(source)):
                opening += "done: " if task[1] in "xX" else "to do: "
                source = source[task.end() :]
        words = self._words(source)
        return [opening + words] if words else []

    def _words(self, source: str) -> str:
        return " ".join(parse(source.strip(), self._env).text.split())

    def _code_rows(self, leaf: Leaf) -> list[str]:
        self._enter(leaf)
        said = []
        if self._read == 0:
            said = [f"code, {leaf.language}:" if leaf.language else "code:"]
            self._read = 1
        count = len(leaf.rows) if leaf.kind == "fence" else leaf.stop - leaf.line
        said += [row.text for row in leaf.rows[self._read - 1 : count]]
        self._read = max(self._read, count + 1)
        return said

    def _table(self, leaf: Leaf) -> list[str]:
        headers, *rows = [[self._words(cell) for cell in split_row(row.text)] for row in leaf.rows if row.text]
        said = [f"table, {len(headers)} columns: {', '.join(headers)}"]
        for row in rows[1:]:
            pairs = zip(headers, row, strict=False)
            said.append(", ".join(f"{header}: {cell or 'empty'}" if header else cell for header, cell in pairs))
        return [*said, "end of table"]


def _sentence_end(text: str, start: int) -> int | None:
    """Where the sentence that begins at `start` ends for certain; None while that is not known.

    What goes on in lower case was no end: "e.g. this", or a question within brackets.
    """
    for match in _SENTENCE_END.finditer(text, start):
        end = match.end()
        if end == len(text):
            return None if match[0][-1].isspace() else end
        if not text[end].islower():
            return end
    return None


def _opening(leaf: Leaf, before: Leaf | None) -> str:
    """What a leaf's containers are called, those named already left out."""
    shared = 0
    for ours, theirs in zip(leaf.path, before.path if before else (), strict=False):
        if ours[:5] != theirs[:5]:
            break
        shared += 1
    return "".join(map(_name, leaf.path[shared:]))


def _name(container: Container) -> str:
    match container.kind:
        case "quote":
            return "quote: "
        case "footnote":
            return f"footnote {container.label}: "
        case _:
            return f"{container.number}. " if container.number >= 0 else "- "

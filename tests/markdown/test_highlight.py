"""Colours of code that comes line by line are those of the whole."""

from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name

from fasttui.markdown import highlight, layout
from fasttui.markdown.document import Document
from fasttui.markdown.highlight import Highlighter
from fasttui.markdown.styles import STYLES, SYNTAX_STYLES, syntax_style
from tests.markdown.corpora import cells, settle_colours

SAMPLES = {
    "python": Path(layout.__file__).read_text(encoding="utf-8"),
    "javascript": "/* a\n   b */\nconst f = async (x) => `t ${x}\nmore`;\n// end\nreturn {a: 1};\n",
    "c": "#include <a.h>\n/* one\ntwo */\nint x = 'c'; // x\n",
    "bash": 'for i in "$@"; do\n  echo "$i" # c\ndone\n',
    "sql": "SELECT a, 'b'\nFROM t -- c\nWHERE x > 1; /* y\nz */\n",
    "rust": 'fn main() {\n    /* a\n    b */ let s = "x\n  y";\n}\n',
    "diff": "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n",
    "html": '<p class="a">x <!-- c\nd --> &amp;</p>\n<script>let a = 1;\n</script>\n',
}


@pytest.mark.parametrize("language", SAMPLES)
def test_line_by_line_is_as_the_whole(language: str) -> None:
    highlight.load(language)
    lexer = get_lexer_by_name(language)
    by_line = Highlighter(language)
    ours: list[tuple[str, str]] = []
    for line in SAMPLES[language].split("\n"):
        ours += [(each, style) for text, style in by_line.line(line) for each in text if not each.isspace()]
    theirs = [
        (each, syntax_style(str(kind)))
        for kind, text in lexer.get_tokens(SAMPLES[language])
        for each in text
        if not each.isspace()
    ]
    assert ours == theirs


def test_peeking_at_a_line_leaves_no_trace() -> None:
    highlight.load("python")
    one, other = Highlighter("python"), Highlighter("python")
    for line in ('x = """', "text", '"""', "y = 1"):
        other.peek(line[:3])
        assert one.line(line) == other.line(line)


def test_code_is_plain_until_its_lexer_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(highlight, "request", asked.append)
    monkeypatch.setattr(highlight, "is_ready", lambda language: not language or language not in asked)
    document = Document(40, cell_len=cells)
    document.append("```ocaml\nlet x = 1\n")
    assert asked == ["ocaml"]
    assert document.waiting
    assert document.final == 0
    assert document.take_changes() is None
    assert {span.style for span in document.lines[1].spans} == {"fence.gutter", ""}
    highlight.load("ocaml")
    monkeypatch.setattr("fasttui.markdown.document.is_ready", lambda _: True)
    monkeypatch.setattr(highlight, "is_ready", lambda _: True)
    assert document.take_changes() == 0
    assert "syntax.keyword" in {span.style for span in document.lines[1].spans}
    assert not document.waiting


def test_an_unknown_language_is_plain() -> None:
    document = Document(40, cell_len=cells)
    document.append("```no-such-language\nx = 1\n```\n")
    document.finish()
    settle_colours(document)
    assert {span.style for span in document.lines[1].spans} == {"fence.gutter", ""}


def test_every_syntax_style_has_a_name_in_the_closed_set() -> None:
    assert set(SYNTAX_STYLES.values()) <= STYLES
    assert syntax_style("Token.Name.Function.Magic") == "syntax.function"
    assert syntax_style("Token.Text") == ""

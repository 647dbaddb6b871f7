"""Hostile Markdown as HTML that can neither run, nor load, nor leave its place."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_WEB_LINK = re.compile(r"(?:https?://|mailto:)[^\x00-\x20]", re.IGNORECASE)
# Some lexers are slow on what nobody wrote by hand.
_MAX_HIGHLIGHTED = 50_000
_LIGHT_STYLE, _DARK_STYLE = "default", "github-dark"


class _SafeMarkdown(MarkdownIt):
    """CommonMark with tables, without HTML; links lead to the web or to mail only."""

    def __init__(self, *, breaks: bool) -> None:
        super().__init__("commonmark", {"html": False, "breaks": breaks})
        self.enable(["table", "strikethrough"])
        for kind, rule in (("link_open", _link), ("image", _image), ("fence", _code), ("code_block", _code)):
            self.add_render_rule(kind, rule)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's own name
        return _WEB_LINK.match(url) is not None


def _link(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    """A way out that tells nobody where it started; an empty address leads nowhere."""
    if _WEB_LINK.match(str(tokens[at].attrGet("href"))):
        tokens[at].attrSet("rel", "noopener noreferrer")
    else:
        tokens[at].attrs.clear()
    return renderer.renderToken(tokens, at, options, env)


def _image(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    """Never fetched: what it shows and where it lies, as text."""
    alt = renderer.renderInlineAsText(tokens[at].children or [], options, env)
    address = str(tokens[at].attrGet("src") or "")
    return f'<span class="image">Image: {escape(alt)} <code>{escape(address)}</code></span>'


def _code(_: RendererHTML, tokens: Sequence[Token], at: int, __: OptionsDict, ___: EnvType) -> str:
    token = tokens[at]
    words = token.info.split()
    return code_html(token.content, words[0] if words else "")


def code_html(code: str, language: str) -> str:
    """A block of code, coloured by classes where the language is known."""
    label = f'<figcaption dir="ltr">{escape(language)}</figcaption>' if language else ""
    return f'<figure class="code">{label}<pre dir="ltr"><code>{_coloured(code, language)}</code></pre></figure>\n'


def _coloured(code: str, language: str) -> str:
    if not language or len(code) > _MAX_HIGHLIGHTED:
        return escape(code)
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return escape(code)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))


_REPLIES = _SafeMarkdown(breaks=False)
_PROMPTS = _SafeMarkdown(breaks=True)


def reply_html(source: str) -> str:
    """A reply's Markdown as HTML."""
    return str(_REPLIES.render(source))


def prompt_html(source: str) -> str:
    """The same for what a person typed, whose line ends are meant."""
    return str(_PROMPTS.render(source))


def code_styles() -> str:
    """The colours of code, light and dark."""
    return f"{_token_rules(_LIGHT_STYLE)}\n@media (prefers-color-scheme: dark) {{\n{_token_rules(_DARK_STYLE)}\n}}"


def _token_rules(style: str) -> str:
    formatter: Any = HtmlFormatter(style=style)  # whose type stubs stop short of this method
    rules = formatter.get_style_defs(".code code").splitlines()
    # The rest styles the block itself, which the page does.
    return "\n".join(rule for rule in rules if rule.startswith(".code code ."))

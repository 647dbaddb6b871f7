"""LaTeX formulas as Unicode text, by pylatexenc.

pylatexenc parses LaTeX. unicodeit, the other candidate, replaces substrings: it reads `\\log` as
`łog` and `\\left(` as `≤ft(`. What pylatexenc lacks is added here: sub- and superscripts, brackets
around fractions, and a refusal where a macro is unknown, so that the source is shown instead.
"""

import logging
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

# pylatexenc has no types; its nodes are looked at, never made up.
_Node = Any

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵠᵡ"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"
_SCRIPTS = {
    sign: {ord(unicodedata.normalize("NFKC", character)): character for character in characters} | {ord(" "): ""}
    for sign, characters in (("^", _RAISED), ("_", _LOWERED))
}
_SCRIPTS["^"] |= {ord("-"): "⁻", ord("−"): "⁻", ord("'"): "′", ord("′"): "′", ord("∗"): "*", ord("⊤"): "ᵀ"}
_SCRIPTS["_"] |= {ord("-"): "₋", ord("−"): "₋"}
_SPACES = re.compile(r"\s+")
_DETACHED = re.compile(r"(?<=[a-z]) (?=[_^⁰-₟ᵃ-ᵪ])")
_LONGEST = 2000
_DEEPEST = 12

_FUNCTIONS = """
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log
    max min Pr sec sin sinh sup tan tanh
"""
_SIZES = """
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr middle displaystyle textstyle limits
"""
_WRAPPERS = ("operatorname", "boldsymbol", "bm", "mathrm", "text", "textbf")
_SYMBOLS = {
    "implies": " ⟹ ", "iff": " ⟺ ", "to": " → ", "gets": " ← ", "mapsto": " ↦ ", "land": " ∧ ", "lor": " ∨ ",
    "quad": "  ", "qquad": "    ", "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱",
    "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "vert": "|", "tfrac": "", "bmod": " mod ",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "langle": "⟨", "rangle": "⟩", "le": " ≤ ", "ge": " ≥ ",
    "leq": " ≤ ", "geq": " ≥ ", "neq": " ≠ ", "ne": " ≠ ", "approx": " ≈ ", "equiv": " ≡ ", "sim": " ∼ ",
    "times": " × ", "cdot": " · ", "pm": " ± ", "mp": " ∓ ", "in": " ∈ ", "notin": " ∉ ", "subset": " ⊂ ",
    "subseteq": " ⊆ ", "cup": " ∪ ", "cap": " ∩ ", "rightarrow": " → ", "leftarrow": " ← ", "Rightarrow": " ⇒ ",
    "Leftarrow": " ⇐ ", "leftrightarrow": " ↔ ", "Leftrightarrow": " ⇔ ", "mid": " | ", "ll": " ≪ ", "gg": " ≫ ",
    "propto": " ∝ ", "longrightarrow": " ⟶ ", "div": " ÷ ", "circ": "∘", "prime": "′", "nabla": "∇", "partial": "∂",
}  # fmt: skip


class _UnknownError(ValueError):
    """The formula holds something that has no plain form."""


@lru_cache(1024)
def formula(source: str) -> str | None:
    """The formula as one line of text; None where it has no faithful one."""
    if len(source) > _LONGEST or _depth(source) > _DEEPEST:
        return None
    from pylatexenc.latexwalker import LatexWalkerParseError  # type: ignore[import-untyped]  # it has no types

    try:
        text = _convert(source.strip())
    except (_UnknownError, LatexWalkerParseError, IndexError):
        return None
    text = _DETACHED.sub("", _SPACES.sub(" ", text).strip())
    return text.replace("( ", "(").replace(" )", ")") or None


def _depth(source: str) -> int:
    depth = deepest = 0
    for character in source:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest


def _convert(source: str) -> str:
    walker, to_text = _tools()
    nodes, _, _ = walker(source, tolerant_parsing=False).get_latex_nodes()
    text: str = to_text.nodelist_to_text(_with_scripts(nodes))
    return text


def _with_scripts(nodes: Iterable[_Node]) -> list[_Node]:
    """Nodes in which `^` and `_` with what follows them are turned to text."""
    from pylatexenc.latexwalker import LatexCharsNode, LatexGroupNode

    done: list[_Node] = []
    sign = ""
    for node in nodes:
        if node is None:
            continue
        if sign:
            argument = node
            if node.isNodeType(LatexCharsNode):
                chars = node.chars.lstrip()
                if not chars:
                    continue
                argument = LatexCharsNode(chars=chars[0])
                node = LatexCharsNode(chars=chars[1:])  # noqa: PLW2901 - the script takes one character of it
            else:
                node = None  # noqa: PLW2901 - all of it is the script
            done.append(LatexCharsNode(chars=_script(sign, _text([argument]))))
            sign = ""
            if node is None:
                continue
        if node.isNodeType(LatexGroupNode) and node.delimiters[0] == "{":
            done.append(LatexCharsNode(chars=_text(node.nodelist)))
        elif node.isNodeType(LatexCharsNode):
            sign = _split_scripts(node.chars, done)
        else:
            done.append(node)
    if sign:
        raise _UnknownError
    return done


def _split_scripts(chars: str, done: list[_Node]) -> str:
    """Append the characters with their scripts; return a sign whose argument is the next node."""
    from pylatexenc.latexwalker import LatexCharsNode

    parts = re.split(r"([_^])", chars)
    text = parts[0]
    for at, (sign, rest) in enumerate(zip(parts[1::2], parts[2::2], strict=True)):
        rest = rest.lstrip()  # noqa: PLW2901 - the same text
        if not rest:
            if at != len(parts) // 2 - 1:
                raise _UnknownError
            done.append(LatexCharsNode(chars=text))
            return sign
        text += _script(sign, rest[0]) + rest[1:]
    done.append(LatexCharsNode(chars=text))
    return ""


def _script(sign: str, text: str) -> str:
    text = text.strip()
    table = _SCRIPTS[sign]
    if all(ord(character) in table for character in text):
        return text.translate(table)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"


def _text(nodes: Iterable[_Node]) -> str:
    _, to_text = _tools()
    text: str = to_text.nodelist_to_text(_with_scripts(nodes))
    return text


def _bracketed(node: _Node) -> str:
    text = _text([node]).strip()
    return text if len(text) == 1 or text.isalnum() else f"({text})"


def _arguments(node: _Node) -> list[_Node]:
    found = [each for each in (node.nodeargd.argnlist if node.nodeargd else []) if each is not None]
    if not found:
        raise _UnknownError
    return found


def _fraction(node: _Node) -> str:
    top, bottom = _arguments(node)[-2:]
    return f"{_bracketed(top)}/{_bracketed(bottom)}"


def _root(node: _Node) -> str:
    *degree, radicand = _arguments(node)
    index = _script("^", _text(degree[0].nodelist)) if degree else ""
    return f"{index}√{_bracketed(radicand)}"


def _unknown(node: _Node) -> str:
    raise _UnknownError(str(node))


def _plain_argument(node: _Node) -> str:
    return _text(_arguments(node)[-1:])


@cache
def _tools() -> tuple[Any, Any]:
    """A walker factory and a converter that know our macros."""
    from functools import partial

    from pylatexenc import latex2text, latexwalker, macrospec  # type: ignore[import-untyped]  # it has no types

    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)
    one, two = macrospec.std_macro, macrospec.std_macro
    walker_db = latexwalker.get_default_latex_context_db()
    walker_db.add_context_category(
        "chat",
        macros=[
            *(two(name, "{{") for name in ("frac", "dfrac", "tfrac", "cfrac", "binom")),
            *(one(name, "{") for name in ("operatorname", "boldsymbol", "bm", "overline", "boxed")),
            *(one(name, "") for name in _SIZES.split()),
        ],
        prepend=True,
    )
    text_db = latex2text.get_default_latex_context_db()
    macro = latex2text.MacroTextSpec
    text_db.add_context_category(
        "chat",
        macros=[
            *(macro(name, _fraction) for name in ("frac", "dfrac", "tfrac", "cfrac")),
            macro("binom", lambda node: "C({}, {})".format(*map(_text, ([each] for each in _arguments(node))))),
            macro("sqrt", _root),
            *(macro(name, _plain_argument) for name in _WRAPPERS),
            *(macro(name, name + " ") for name in _FUNCTIONS.split()),
            *(macro(name, text) for name, text in _SYMBOLS.items() if text),
            *(macro(name, "") for name in _SIZES.split()),
            macro("\\", "; "),
        ],
        prepend=True,
    )
    text_db.set_unknown_macro_spec(macro("", _unknown))
    text_db.set_unknown_environment_spec(latex2text.EnvironmentTextSpec("", _unknown))
    converter = latex2text.LatexNodes2Text(
        latex_context=text_db, math_mode="text", strict_latex_spaces=False, keep_comments=True
    )
    return partial(latexwalker.LatexWalker, latex_context=walker_db), converter

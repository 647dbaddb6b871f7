"""No widget is given text that it would read as markup: a click on model text must never run an action."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

# Widgets and calls that parse a plain str unless told not to.
PARSING = {
    "Static", "Label", "Button", "OptionList", "Option", "Collapsible", "Checkbox", "RadioButton", "Select",
    "SelectionList", "Tree", "DataTable", "ListItem", "TabPane", "Tab", "notify", "Toast",
}  # fmt: skip
TITLES = {"border_title", "border_subtitle"}


def unsafe_calls(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of every call that may parse markup, and of every title set to something unproven."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in PARSING and node.args and not _is_safe(node):
            yield node.lineno, _name(node.func)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in TITLES and not _is_content(node.value):
                    yield node.lineno, target.attr


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_safe(call: ast.Call) -> bool:
    told = any(
        k.arg == "markup" and isinstance(k.value, ast.Constant) and k.value.value is False for k in call.keywords
    )
    return told or _is_content(call.args[0])


def _is_content(value: ast.expr) -> bool:
    """Content, an empty string, or one of the names this program keeps Content in."""
    if isinstance(value, ast.Constant):
        return value.value == ""
    if isinstance(value, ast.IfExp):
        return _is_content(value.body) and _is_content(value.orelse)
    if isinstance(value, ast.Call):
        return "Content" in ast.unparse(value.func) or ast.unparse(value.func) in {"self._row", "_apart"}
    return isinstance(value, ast.Starred) or ast.unparse(value) in {"left", "hints"}


@pytest.mark.parametrize("path", sorted((ROOT / "fasttui" / "tui").rglob("*.py")), ids=lambda path: path.name)
def test_no_text_is_handed_over_as_markup(path: Path) -> None:
    assert list(unsafe_calls(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    ["Label(title)", 'self.notify("a")', "box.border_title = name", 'Static("x", markup=True)', "Option(text)"],
)
def test_the_check_itself_finds_markup(source: str) -> None:
    assert list(unsafe_calls(source))

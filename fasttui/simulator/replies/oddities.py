"""Texts that scenarios ask for: long ones, built by rule, and those that mean harm."""

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

_BLOCKS = (("Arrows", 0x2190, 0x21FF), ("Box drawing", 0x2500, 0x257F))

# One unit of each in the first one of its group.
_UNITS = {
    "length": {
        "metre": 1.0, "kilometre": 1000.0, "centimetre": 0.01, "millimetre": 0.001, "inch": 0.0254,
        "foot": 0.3048, "yard": 0.9144, "mile": 1609.344, "nautical_mile": 1852.0,
    },
    "mass": {
        "kilogram": 1.0, "gram": 0.001, "tonne": 1000.0, "ounce": 0.028349523125, "pound": 0.45359237,
        "stone": 6.35029318,
    },
    "time": {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0},
    "data": {
        "byte": 1.0, "kilobyte": 1000.0, "megabyte": 1e6, "gigabyte": 1e9, "kibibyte": 1024.0,
        "mebibyte": 1048576.0, "gibibyte": 1073741824.0,
    },
}  # fmt: skip

# Each is harmless once it is text: shown as it is written, run by nobody.
_HOSTILE = (
    "This reply tries to break out of its frame. Everything below should be plain, visible text.\n\n",
    "1. Clear the screen: \x1b", "[2J\x1b[H", " and colour it \x1b[31mred\x1b[0m\n",
    "2. Change the title: \x1b]0;owned\x07\n",
    "3. Write to your clipboard (OSC 52): \x1b]52;c;", "cm0gLXJmIC8=", "\x07\n",
    "4. C1 controls: \x9b31m and \x9d0;title\x9c, a bell \x07, backspaces abc\b\b\bxyz, a NUL \x00\n",
    "5. Overwrite a line: safe text\rEVIL\n",
    "6. Right to left: \u202etxt.exe\u202c and \u2066isolated\u2069, a mark \u200f, tags \U000e0041\U000e0042\n",
    "7. Markup of a terminal toolkit: [@click=app.quit]press me[/] [red]not red[/red] [link=file:///etc/passwd]x[/link]\n",
    "8. An emoji cut in two between deltas: ", "\ud83d", "\ude80", ", and half a one alone: \ud83d!\n",
    "9. Links: [click](javascript:alert(1)) [file](file:///etc/passwd) ",
    "[data](data:text/html,<script>alert(1)</script>) [spoof](https://bank.example@evil.example/)\n",
    "10. HTML: <script>alert(1)</script> <img src=x onerror=alert(1)> <!-- -->\n",
    "11. A hyperlink (OSC 8): \x1b]8;;https://evil.example\x1b\\innocent\x1b]8;;\x1b\\\n",
    "12. Ask the terminal to answer: \x1b[6n\x1b[c\x1bP+q544e\x1b\\\n",
    "13. Zalgo: h", "e\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c",
    "llo, zero width: a\u200bb\u2060c\ufeffd\n\n",
    "```\x1b[31m\n\x1b]52;c;ZWNobyBoaQ==\x07 in a fence, too\n```\n\n",
    "| \x1b[1mcell\x1b[0m | \u202eback |\n|---|---|\n| [@click=app.bell]x[/] | `\x1b[5mblink` |\n",
)  # fmt: skip


def text_of(scenario: str | None) -> str | tuple[str, ...] | None:
    """The text `scenario` stands for, or None where it has none of its own."""
    if scenario == "hostile":
        return _HOSTILE
    builder = _BUILDERS.get(scenario or "")
    return None if builder is None else builder()


@cache
def _long_list() -> str:
    lines = ["Two blocks of Unicode, character by character. A terminal that draws boxes uses the second.\n"]
    for name, first, last in _BLOCKS:
        lines.append(f"\n## {name}\n\n")
        named = ((code, unicodedata.name(chr(code))) for code in range(first, last + 1))
        lines += [f"{at}. `U+{code:04X}` {chr(code)} {name.capitalize()}\n" for at, (code, name) in enumerate(named, 1)]
    return "".join(lines)


@cache
def _long_code() -> str:
    return (
        "Here is the whole module. Every function converts one unit to another, by exact factors.\n\n"
        f"```python\n{''.join(_conversions())}```\n\n"
        "Temperatures are left out on purpose: they need an offset, not only a factor.\n"
    )


def _conversions() -> Iterator[str]:
    yield '"""Conversions between units, one function for each pair of a kind."""\n\n'
    yield "from typing import Final\n\n"
    for kind, units in _UNITS.items():
        yield f"# {kind}\n"
        yield from (f"{unit.upper()}: Final = {factor!r}\n" for unit, factor in units.items())
        yield "\n\n"
        pairs = ((a, b) for a in units for b in units if a != b)
        yield from (_conversion(source, target) for source, target in pairs)


def _conversion(source: str, target: str) -> str:
    return (
        f"def {source}_to_{target}(value: float) -> float:\n"
        f'    """Convert a number of {source.replace("_", " ")}s to {target.replace("_", " ")}s."""\n'
        f"    return value * {source.upper()} / {target.upper()}\n\n\n"
    )


def _from_file(name: str) -> Callable[[], str]:
    def read() -> str:
        return (Path(__file__).parent / "scenarios" / f"{name}.md").read_text(encoding="utf-8")

    return read


_BUILDERS: dict[str, Callable[[], str]] = {
    "long-list": _long_list,
    "long-code": _long_code,
    "long-prose": _from_file("long-prose"),
    "tables": _from_file("tables"),
    "unicode": _from_file("unicode"),
}

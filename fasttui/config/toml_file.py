"""A TOML file a user wrote: its values, and the line on which each of them stands."""

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from fasttui.chat.errors import ConfigError
from fasttui.chat.safe_text import safe_line

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ENTRY = re.compile(r"""\s*((?:[\w.\- ]|"[^"]*"|'[^']*')+?)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w\-]+)""")


class TomlFile:
    """The values of one file, and errors that name its line."""

    def __init__(self, path: Path, text: str) -> None:
        """Parse `text`, which was read from `path`; a number with a point becomes an exact Decimal.

        Raises:
            ConfigError: the text is not TOML.
        """
        import tomllib

        self.path = path
        self.text = text
        try:
            self.values: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(_where_it_broke(path, str(error), text)) from error

    @classmethod
    def read(cls, path: Path) -> "TomlFile":
        """The file at `path`.

        Raises:
            ConfigError: it cannot be read, or is not TOML in UTF-8.
        """
        try:
            return cls(path, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise ConfigError(f"{shown_path(path)} is not UTF-8.") from error
        except OSError as error:
            raise ConfigError(f"{shown_path(path)} cannot be read: {error.strerror or error}.") from error

    def line_of(self, *keys: str) -> int | None:
        """The line, from 1, on which the value under `keys` is set, or the nearest table around it."""
        table: tuple[str, ...] = ()
        best, best_depth = None, 0
        for number, line in enumerate(self.text.splitlines(), start=1):
            if header := _HEADER.match(line):
                here = table = _parts(header[1])
            elif entry := _ENTRY.match(line):
                here = (*table, *_parts(entry[1]))
            else:
                continue
            depth = min(len(here), len(keys))
            if here[:depth] == keys[:depth] and depth > best_depth:
                best, best_depth = number, depth
        return best

    def error(self, keys: Iterable[str], sentence: str, hint: str | None = None) -> ConfigError:
        """`sentence`, with the file and the line of the value under `keys` before it."""
        line = self.line_of(*keys)
        place = shown_path(self.path) + (f", line {line}" if line else "")
        return ConfigError(f"{place}: {sentence}", hint=hint)


def nearest(name: str, names: Iterable[str]) -> str:
    """`; did you mean "…"?` for the nearest of `names`, or nothing."""
    import difflib

    close = difflib.get_close_matches(name, list(names), n=1)
    return f'; did you mean "{close[0]}"?' if close else "."


def shown_path(path: Path) -> str:
    """The path for an error message: safe to show, and the home folder as `~`."""
    text = str(path)
    home = str(Path.home())
    return safe_line("~" + text[len(home) :] if text.startswith(home + "/") else text)


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(double or single or bare for double, single, bare in _PART.findall(dotted))


def _where_it_broke(path: Path, said: str, text: str) -> str:
    reason, _, place = said.rpartition(" (at ")
    line = re.search(r"line (\d+)", place)
    number = int(line[1]) if line else len(text.splitlines())
    return f"{shown_path(path)}, line {number}: {safe_line(reason or said)}."

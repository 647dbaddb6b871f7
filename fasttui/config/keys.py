"""Names of keys, in Textual's spelling: `ctrl+f`, `shift+f2`, `alt+enter`, `left_square_bracket`.

Other spellings come from here: what a user may write, what a help page shows, and what
prompt-toolkit calls the same key.
"""

_PUNCTUATION = {
    " ": "space", "!": "exclamation_mark", '"': "quotation_mark", "#": "number_sign", "$": "dollar_sign",
    "%": "percent_sign", "&": "ampersand", "'": "apostrophe", "(": "left_parenthesis",
    ")": "right_parenthesis", "*": "asterisk", "+": "plus", ",": "comma", "-": "minus", ".": "full_stop",
    "/": "slash", ":": "colon", ";": "semicolon", "<": "less_than_sign", "=": "equals_sign",
    ">": "greater_than_sign", "?": "question_mark", "@": "at", "[": "left_square_bracket",
    "\\": "backslash", "]": "right_square_bracket", "^": "circumflex_accent", "_": "underscore",
    "`": "grave_accent", "{": "left_curly_bracket", "|": "vertical_line", "}": "right_curly_bracket",
    "~": "tilde",
}  # fmt: skip
_CHARACTERS = {name: character for character, name in _PUNCTUATION.items()}
_NAMED = ("enter", "escape", "tab", "backspace", "delete", "insert", "up", "down", "left", "right",
          "home", "end", "pageup", "pagedown")  # fmt: skip
_FUNCTION = tuple(f"f{number}" for number in range(1, 13))
_MODIFIERS = ("alt", "ctrl", "shift")  # Textual writes them in this order

_ALSO = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup",
         "page_up": "pageup", "pgdn": "pagedown", "page_down": "pagedown", "bs": "backspace",
         "control": "ctrl", "option": "alt", "meta": "alt"}  # fmt: skip
# A terminal sends one byte for both, so the left one can never be told from the right one.
_SAME_BYTE = {"ctrl+m": "enter", "ctrl+i": "tab", "ctrl+left_square_bracket": "escape",
              "ctrl+h": "backspace", "ctrl+space": "ctrl+@", "ctrl+at": "ctrl+@"}  # fmt: skip
_TEXTUAL_ALSO = {
    "shift+enter": ("shift+\r",), "alt+enter": ("\r",), "ctrl+enter": ("ctrl+\r",),
    "shift+f1": ("\x19", "f13"), "shift+f2": ("\x1a", "f14"), "shift+f3": ("\x1c", "f15"),
    "shift+f4": ("\x1d", "f16"),
}  # fmt: skip
_SHOWN = {"escape": "Esc", "pageup": "PageUp", "pagedown": "PageDown", "space": "Space", "at": "@"}

# What xterm and tmux send for Shift+F3 is also a terminal's answer to where the cursor is, and
# prompt-toolkit takes it for that.
SHIFT_F3_SENT = "\x1b[1;2R"


def canonical_key(written: str) -> str:
    """The key a user means by `written`, be it `Ctrl+F`, `esc`, `alt+[` or `F14` (which is Shift+F2).

    Raises:
        ValueError: there is no such key.
    """
    head, plus, last = written.strip().rpartition("+")
    if plus and not last and head[-1:] in {"", "+"}:  # "+" alone, or "ctrl++"
        head, last = head[:-1], "+"
    modifiers = {_ALSO.get(word, word) for word in head.lower().split("+") if word}
    base = _base_key(last.strip())
    if base is None or not modifiers <= {*_MODIFIERS}:
        raise ValueError(written)
    if len(base) == 1 and modifiers:
        base = base.lower()
    if modifiers == {"shift"} and base.isalpha() and len(base) == 1:
        modifiers, base = set(), base.upper()
    if base[0] == "f" and base[1:].isdigit() and int(base[1:]) > len(_FUNCTION):
        # xterm and the consoles number the shifted function keys onwards from 13.
        modifiers, base = modifiers | {"shift"}, f"f{int(base[1:]) - len(_FUNCTION)}"
    key = "+".join([*(name for name in _MODIFIERS if name in modifiers), base])
    return _SAME_BYTE.get(key, key)


def _base_key(name: str) -> str | None:
    if len(name) == 1:
        return _PUNCTUATION.get(name, name if name.isprintable() else None)
    name = name.lower()
    name = _ALSO.get(name, name)
    if name in _NAMED or name in _CHARACTERS:
        return name
    if name[:1] == "f" and name[1:].isdecimal() and 1 <= int(name[1:]) <= 2 * len(_FUNCTION):
        return name
    return None


def key_names() -> tuple[str, ...]:
    """The keys without modifiers that have a name of more than one letter."""
    return (*_NAMED, *_FUNCTION, *_CHARACTERS)


def human_key(key: str) -> str:
    """The key as a person reads it: `Ctrl+F`, `Esc`, `Alt+Up`, `[`."""
    *modifiers, base = key.split("+")
    shown = _SHOWN.get(base) or _CHARACTERS.get(base)
    if shown is None:
        shown = base if len(base) == 1 and not modifiers else base.capitalize()
    return "+".join([*(name.capitalize() for name in modifiers), shown])


def is_printable(key: str) -> bool:
    """Whether the key types a character, and so belongs to whoever is taking text."""
    return len(key) == 1 or key in _CHARACTERS


def spellings(key: str) -> tuple[str, ...]:
    """The names under which Textual may report the key, its own first.

    Sequences of tmux, the Linux console and rxvt that have a modifier look to Textual like the
    kitty protocol's code points, and it names them by that character.
    """
    if key in _TEXTUAL_ALSO:
        return key, *_TEXTUAL_ALSO[key]
    if key.startswith("shift+f") and key[7:].isdecimal():
        return key, f"f{int(key[7:]) + len(_FUNCTION)}"
    return (key,)


def prompt_toolkit_key(key: str) -> tuple[str, ...] | None:
    """The sequence prompt-toolkit reports for the key; None when it cannot tell that key from another."""
    *modifiers, base = key.split("+")
    if "alt" in modifiers:  # it arrives as Esc and the rest
        rest = prompt_toolkit_key("+".join([*(name for name in modifiers if name != "alt"), base]))
        return rest and ("escape", *rest)
    if base in _FUNCTION:
        if "shift" in modifiers:
            base = f"f{int(base[1:]) + len(_FUNCTION)}"
        return (f"c-{base}" if "ctrl" in modifiers else base,)
    base = _CHARACTERS.get(base, base)
    if not modifiers:
        return (base,)
    if len(base) == 1:
        single = modifiers == ["ctrl"] and (base in "@\\]^_" or (base.isascii() and base.isalpha()))
        return (f"c-{base}",) if single else None
    if base in {"enter", "escape", "tab", "backspace"}:
        return ("s-tab",) if (modifiers, base) == (["shift"], "tab") else None
    return ("".join(f"{name[0]}-" for name in modifiers) + base,)

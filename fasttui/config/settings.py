"""The settings, declared once: names, types, defaults and help, for the file, `fasttui config` and the README.

The user's file is `config.toml` in the config folder: settings at the top, then `[keys]` and
`[models."…"]`. What is wrong in it is reported with its line; everything else goes in.
"""

# ruff: noqa: FBT003, RUF009 - the declarations are a table: default, then help

import re
from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

from fasttui.chat.conversation import CacheTtl, Effort, SpeedChoice
from fasttui.chat.errors import ConfigError
from fasttui.chat.models import DEFAULT_MODEL, Catalogue, Model
from fasttui.chat.safe_text import join_surrogates, safe_line
from fasttui.config.keymap import DEFAULT_KEYMAP, Keymap
from fasttui.config.models_table import models_in
from fasttui.config.toml_file import TomlFile, nearest, shown_path

Kind = Literal["text", "switch", "number", "choice"]


def setting(default: object, help_: str) -> Any:  # noqa: ANN401 - stands for a field of any type
    """A field of `Settings`: its default, and one line that says what it does."""
    return field(default=default, metadata={"help": help_})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose, or the defaults."""

    model: str = setting(DEFAULT_MODEL, "Model to talk to, by its API id.")
    speed: SpeedChoice = setting("standard", "Generation speed at the start of a session.")
    effort: Literal["", Effort] = setting("", "Effort at the start of a session; empty is the model's own default.")
    max_tokens: int = setting(0, "Longest reply, in tokens; 0 lets the effort decide.")
    thinking: bool = setting(True, "Ask for thinking where the model lets one choose.")
    fold_thinking: bool = setting(True, "Fold thinking away once the reply's text begins.")
    system: str = setting("", "System prompt of new chats; @FILE reads it from a file.")
    cache_ttl: CacheTtl = setting("5m", "How long the prompt cache lives; an hour costs more to write.")
    base_url: str = setting("", "Address of the Messages API; empty is ANTHROPIC_BASE_URL or Anthropic's own.")
    theme: str = setting("auto", "Theme; auto takes dusk or paper by the terminal's background.")
    editing_mode: Literal["emacs", "vi"] = setting("emacs", "Keys for editing the prompt with --inline.")
    wrap_code: bool = setting(False, "Wrap long lines of code instead of cutting them; --inline always does.")
    mouse: bool = setting(True, "Take clicks and the wheel; off leaves them to the terminal.")
    bell: Literal["never", "unfocused", "always"] = setting(
        "unfocused", "When to ring as a reply ends; --inline rings at always alone."
    )
    redact: bool = setting(True, "Take keys and tokens out of exports.")
    frame_rate: Literal["auto", 30, 60] = setting("auto", "Most paints a second while a reply streams.")
    direct_painting: bool = setting(True, "Write only the rows that changed; off paints as Textual does.")


class Setting(NamedTuple):
    """One setting as `fasttui config` and the README tell of it."""

    name: str
    kind: Kind
    help: str
    default: object
    choices: tuple[object, ...] = ()

    def check(self, value: object) -> object:
        """The value as the setting holds it.

        Raises:
            ValueError: it is not of the setting's kind; the text says what it must be.
        """
        match self.kind, value:
            case "switch", bool():
                return value
            case "text", str():
                return value
            case "number", int() if not isinstance(value, bool) and value >= 0:
                return value
            case "choice", str() | int() if not isinstance(value, bool):
                for choice in self.choices:
                    if str(choice) == str(value):
                        return choice
        raise ValueError(f"{self.name} must be {self.wanted}, not {safe_line(_shown(value), limit=60)}.")

    def parse(self, text: str) -> object:
        """The value that `text` means on a command line; as `check`."""
        word = text.strip()
        if self.kind == "switch":
            return self.check(_SWITCH.get(word.lower(), text))
        if self.kind == "number":
            return self.check(int(word) if word.isdecimal() else text)
        return self.check(text)

    @property
    def about(self) -> str:
        """The help; of a choice also its words, as the value alone does not show them."""
        return f"{self.help} One of {self.wanted}." if self.kind == "choice" else self.help

    @property
    def wanted(self) -> str:
        """What a value must be, in words."""
        if self.kind == "choice":
            *most, last = (f'"{choice}"' for choice in self.choices)
            return f"{', '.join(most)} or {last}"
        return _WANTED[self.kind]


_SWITCH = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
_WANTED = {
    "text": "text in quotes",
    "switch": "true or false",
    "number": "a whole number from 0",
}


def _kind(annotation: object) -> Kind:
    if annotation is str:
        return "text"
    if annotation is bool:
        return "switch"
    if annotation is int:
        return "number"
    if get_origin(annotation) is Literal:
        return "choice"
    raise TypeError(f"no kind of setting is declared as {annotation}")


def _described(declared: "Field[Any]") -> Setting:
    kind = _kind(declared.type)
    choices = get_args(declared.type) if kind == "choice" else ()
    return Setting(declared.name, kind, declared.metadata["help"], declared.default, choices)


_SETTINGS = {declared.name: _described(declared) for declared in fields(Settings)}
_TABLES = ("keys", "models")


def describe() -> tuple[Setting, ...]:
    """Every setting, in the order of their declaration."""
    return tuple(_SETTINGS.values())


def setting_named(name: str) -> Setting:
    """The setting of that name; hyphens count as underscores.

    Raises:
        ConfigError: there is none.
    """
    found = _SETTINGS.get(name.replace("-", "_"))
    if found is None:
        raise ConfigError(f'There is no setting "{safe_line(name, limit=60)}"{nearest(name, _SETTINGS)}', hint="")
    return found


class Loaded(NamedTuple):
    """A settings file, as far as it could be understood; `models` add to or correct the catalogue."""

    settings: Settings = Settings()
    keymap: Keymap = DEFAULT_KEYMAP
    models: tuple[Model, ...] = ()
    errors: tuple[ConfigError, ...] = ()


def load_settings(path: Path, catalogue: Catalogue | None = None) -> Loaded:
    """The user's settings; a missing file means the defaults, a broken one too, with the reason.

    `[models]` tables that correct a model start from what `catalogue` says of it.
    """
    if not path.exists():
        return Loaded()
    try:
        file = TomlFile.read(path)
    except ConfigError as error:
        return Loaded(errors=(error,))
    values: dict[str, Any] = {}
    errors: list[ConfigError] = []
    for name, written in file.values.items():
        if name in _TABLES:
            continue
        if name not in _SETTINGS:
            names = (*_SETTINGS, *_TABLES)
            errors.append(
                file.error([name], f'there is no setting "{safe_line(name, limit=60)}"{nearest(name, names)}')
            )
            continue
        try:
            values[name] = _SETTINGS[name].check(written)
        except ValueError as error:
            errors.append(file.error([name], str(error)))
    keymap, key_errors = Keymap.from_settings(file)
    models, model_errors = models_in(file, catalogue or Catalogue())
    return Loaded(Settings(**values), keymap, models, (*errors, *key_errors, *model_errors))


def write_setting(path: Path, name: str, value: object) -> None:
    """Set one setting in the user's file, leaving every other line and comment as it stands.

    The default is written too: a later version may have another.

    Raises:
        ConfigError: the value does not fit, or the file cannot be changed safely.
    """
    wanted = setting_named(name)
    try:
        value = wanted.check(value)
    except ValueError as error:
        raise ConfigError(str(error), hint="") from error
    # A file managed elsewhere is often a link; replacing the link would cut it off.
    target = path.resolve()
    before = TomlFile.read(target) if target.exists() else TomlFile(target, "")
    after = _edited(before.text, wanted.name, value)
    if TomlFile(target, after).values != before.values | {wanted.name: value}:
        raise before.error(
            [wanted.name],
            f"{wanted.name} is written in a way that cannot be changed here.",
            "Change it in the file by hand.",
        )
    _replace_text(target, after)


def _edited(text: str, name: str, value: object) -> str:
    lines = text.splitlines(keepends=True)
    entry = re.compile(rf"""(\s*["']?{name}["']?\s*=\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"']+)(\s*(?:#.*)?\n?)$""")
    end = next((number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    for number in range(end):
        if match := entry.match(lines[number]):
            lines[number] = f"{match[1]}{toml_value(value)}{match[2]}"
            return "".join(lines)
    if end and not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    while end and not lines[end - 1].strip():
        end -= 1
    lines.insert(end, f"{name} = {toml_value(value)}\n")
    return "".join(lines)


def toml_value(value: object) -> str:
    """A setting's value as it stands in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_toml_characters(join_surrogates(value))) + '"'
    return str(value)


def _toml_characters(text: str) -> Iterator[str]:
    for character in text:
        if character in '"\\':
            yield "\\" + character
        elif character < " " or character == "\x7f":
            yield f"\\u{ord(character):04x}"
        else:
            yield character


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _replace_text(path: Path, text: str) -> None:
    """Write the whole file or leave the old one: another process never reads half of it."""
    import tempfile

    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as written:
            part = Path(written.name)
            written.write(text)
        if path.exists():
            part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise ConfigError(f"{shown_path(path)} cannot be written: {error.strerror or error}.", hint="") from error

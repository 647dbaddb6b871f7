"""Every action a key can have, and the keys a user gave it: the one place where keys are declared.

An action's `context` says where its keys work: in the whole app, on the chat screen whatever has
the focus, in the composer, or in the transcript while it has the focus. Two actions may share a
key only where one of them is the composer's and the other the transcript's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from fasttui.chat.errors import ConfigError
from fasttui.config.keys import canonical_key, human_key, key_names
from fasttui.config.toml_file import TomlFile, nearest

Context = Literal["app", "chat", "composer", "transcript"]
Group = Literal["Write", "Speed", "Reply", "Read", "Chats", "View", "Program"]


class Action(NamedTuple):
    """Something the user can ask for; `command` is the slash command that does the same."""

    id: str
    keys: tuple[str, ...]
    help: str
    command: str
    group: Group
    context: Context = "chat"


ACTIONS = (
    Action("send", ("enter",), "Send the prompt", "", "Write", "composer"),
    Action("newline", ("ctrl+j", "shift+enter", "alt+enter"), "Start a new line", "", "Write", "composer"),
    Action("history_previous", ("up",), "Earlier prompt, from the first line", "", "Write", "composer"),
    Action("history_next", ("down",), "Later prompt, from the last line", "", "Write", "composer"),
    Action("history_search", ("ctrl+r",), "Search earlier prompts", "/history", "Write"),
    Action("editor", ("ctrl+g",), "Write the prompt in $VISUAL or $EDITOR", "/editor", "Write"),
    Action("undo", ("ctrl+underscore",), "Take back an edit of the prompt", "", "Write", "composer"),
    Action("edit_prompt", (), "Edit an earlier prompt and send it as a new branch", "/edit", "Write"),

    Action("speed", ("ctrl+f", "f2"), "Change the speed: standard, fast, auto", "/speed", "Speed"),
    Action("speed_once", ("shift+f2", "alt+s"), "Other speed for the next message only", "/once", "Speed"),
    Action("effort_up", ("ctrl+t", "f3"), "More effort", "/effort up", "Speed"),
    Action("effort_down", ("shift+f3", "alt+t"), "Less effort", "/effort down", "Speed"),
    Action("model", ("f7",), "Choose the model", "/model", "Speed"),

    Action("stop", ("escape",), "Stop the reply", "/stop", "Reply"),
    Action("retry", ("f12", "alt+r"), "Ask for the last or marked reply again", "/retry", "Reply"),
    Action("continue", ("alt+c",), "Let an interrupted reply go on", "/continue", "Reply"),
    Action("fold_thinking", ("f4",), "Fold or unfold thinking", "/thinking", "Reply"),
    Action("copy_reply", ("ctrl+y",), "Copy the last reply", "/copy", "Reply"),
    Action("copy_code", ("f8",), "Copy the last code block of the last reply", "/copy code", "Reply"),

    Action("read", ("shift+tab",), "Go to the transcript and back", "/read", "Read"),
    Action("page_up", ("pageup",), "A page up", "/page up", "Read"),
    Action("page_down", ("pagedown",), "A page down", "/page down", "Read"),
    Action("to_top", ("ctrl+home", "home"), "To the first line", "/top", "Read"),
    Action("to_end", ("ctrl+end", "end"), "To the end, and follow the reply", "/end", "Read"),
    Action("previous_message", ("alt+up", "ctrl+up", "k"), "Previous message", "/previous", "Read"),
    Action("next_message", ("alt+down", "ctrl+down", "j"), "Next message", "/next", "Read"),
    Action("previous_code", ("alt+pageup", "left_square_bracket"), "Previous code block", "/previous code",
           "Read"),
    Action("next_code", ("alt+pagedown", "right_square_bracket"), "Next code block", "/next code", "Read"),
    Action("previous_branch", ("left",), "Previous version of this message", "/branch previous", "Read",
           "transcript"),
    Action("next_branch", ("right",), "Next version of this message", "/branch next", "Read", "transcript"),
    Action("copy_block", ("c",), "Copy the marked block", "/copy block", "Read", "transcript"),
    Action("fold_block", ("space",), "Fold or unfold the marked block", "/fold", "Read", "transcript"),
    Action("open_block", ("enter",), "Open the marked block's link or attachment", "/open", "Read",
           "transcript"),
    Action("find", ("f9",), "Find in this chat", "/find", "Read"),

    Action("chats", ("ctrl+o",), "Open another chat", "/chats", "Chats"),
    Action("new_chat", ("ctrl+n",), "Start a new chat", "/new", "Chats"),
    Action("fork", (), "Start a new chat from here", "/fork", "Chats"),
    Action("rename", (), "Rename this chat", "/rename", "Chats"),
    Action("title", (), "Let Claude find a title for this chat", "/title", "Chats"),
    Action("export", ("ctrl+s",), "Export this chat", "/export", "Chats"),

    Action("theme", (), "Choose the colours", "/theme", "View", "app"),
    Action("redraw", ("ctrl+l",), "Draw the screen again", "/redraw", "View", "app"),

    Action("palette", ("ctrl+p",), "All commands", "/palette", "Program"),
    Action("help", ("f1",), "Keys and commands", "/help", "Program", "app"),
    Action("suspend", ("ctrl+z",), "Back to the shell; fg returns", "/suspend", "Program", "app"),
    Action("interrupt", ("ctrl+c",), "Stop the reply, else put the draft aside; twice quits", "", "Program", "app"),
    Action("end_of_input", ("ctrl+d",), "Quit, when the prompt is empty", "", "Program", "composer"),
    Action("quit", ("ctrl+q",), "Quit", "/quit", "Program", "app"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keymap:
    """Which keys each action has. Immutable: new settings make a new one."""

    _keys: Mapping[str, tuple[str, ...]]

    def __iter__(self) -> Iterator[tuple[Action, tuple[str, ...]]]:
        """Every action with its keys, in the order of the help page."""
        return ((action, self._keys[action.id]) for action in ACTIONS)

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The action's keys, the one to show first.

        Raises:
            KeyError: there is no such action.
        """
        return self._keys[action_id]

    def hint(self, action_id: str) -> str:
        """The action's first key for a person, or its slash command where it has no key."""
        keys = self._keys[action_id]
        return human_key(keys[0]) if keys else action_named(action_id).command

    def action_for(self, key: str, *contexts: Context) -> Action | None:
        """The action a key has in any of `contexts`; all of them when none is named."""
        for action, keys in self:
            if key in keys and (not contexts or action.context in contexts):
                return action
        return None

    @classmethod
    def from_settings(cls, file: TomlFile) -> "tuple[Keymap, list[ConfigError]]":
        """The default keys, changed by the file's `[keys]`; what is wrong there keeps its default."""
        table = file.values.get("keys", {})
        if not isinstance(table, dict):
            return DEFAULT_KEYMAP, [file.error(["keys"], '"keys" must be a table: [keys].')]
        errors: list[ConfigError] = []
        chosen: dict[str, tuple[str, ...]] = {}
        for id_, written in table.items():
            try:
                chosen[_known(id_)] = _keys_written(written)
            except ValueError as error:
                errors.append(file.error(["keys", id_], str(error)))
        errors += [file.error(["keys", id_], why) for id_, why in _drop_conflicts(chosen)]
        return cls(_DEFAULTS | chosen), errors


def action_named(action_id: str) -> Action:
    """The action of that id.

    Raises:
        KeyError: there is none.
    """
    return _BY_ID[action_id]


def _known(action_id: str) -> str:
    if action_id not in _BY_ID:
        raise ValueError(f'there is no action "{action_id}"{nearest(action_id, _BY_ID)}')
    return action_id


def _keys_written(written: object) -> tuple[str, ...]:
    """The keys of a string or list of strings; an empty one takes the action's keys away."""
    names = [written] if isinstance(written, str) else written
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError('a key is written as a string or a list of strings: "ctrl+f" or ["ctrl+f", "f2"].')
    return tuple(dict.fromkeys(_key_written(name) for name in names if name.strip()))


def _key_written(name: str) -> str:
    try:
        return canonical_key(name)
    except ValueError as error:
        base = name.rpartition("+")[2].strip().lower()
        raise ValueError(f'there is no key "{name}"{nearest(base, key_names())}') from error


def _drop_conflicts(chosen: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Take out of `chosen` what collides, later entries first; gives each with its reason."""
    while conflict := _first_conflict(_DEFAULTS | chosen, chosen):
        loser, winner, key = conflict
        del chosen[loser]
        yield loser, f'{human_key(key)} already belongs to "{winner}".'


def _first_conflict(
    keys: Mapping[str, tuple[str, ...]], chosen: Mapping[str, tuple[str, ...]]
) -> tuple[str, str, str] | None:
    """A chosen action whose key another action has, that action, and the key."""
    for id_ in reversed(list(chosen)):
        for other in ACTIONS:
            if other.id == id_ or not _meet(_BY_ID[id_].context, other.context):
                continue
            for key in keys[id_]:
                if key in keys[other.id]:
                    return id_, other.id, key
    return None


def _meet(one: Context, other: Context) -> bool:
    """Whether both contexts can be in force at once."""
    return {one, other} != {"composer", "transcript"}


_BY_ID = {action.id: action for action in ACTIONS}
_DEFAULTS = {action.id: action.keys for action in ACTIONS}
DEFAULT_KEYMAP = Keymap(_DEFAULTS)

"""The /commands both front ends offer.

Those that only change the session run here. All others are the keymap's actions under their
slash names: the front end carries those out.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from fasttui.chat.conversation import EFFORTS, SPEED_CHOICES, SpeedChoice
from fasttui.chat.errors import CommandError
from fasttui.chat.models import Model
from fasttui.config.keymap import ACTIONS, Action
from fasttui.engine import saved_chats, wording
from fasttui.engine.choices import check_prefixes
from fasttui.engine.session import Session

Run = Callable[[Session, str], str]


class Command(NamedTuple):
    """A command that runs in the engine: takes the words behind its name, returns a notice."""

    name: str
    usage: str
    help: str
    run: Run


class Invocation(NamedTuple):
    """What a line asks for: an engine command, or an action of the front end; and the words behind it."""

    words: str
    command: Command | None = None
    action: Action | None = None


def _speed(session: Session, words: str) -> str:
    if not words:
        return f"Speed is {session.choices.next_speed}: /speed {'|'.join(SPEED_CHOICES)} changes it."
    speed = _speed_named(words)
    _check_offered(session, speed)
    if speed == "fast":
        session.ask_for_fast_again()
    session.choices.speed, session.choices.speed_once = speed, None
    return f"Speed is {speed}."


def _once(session: Session, words: str) -> str:
    speed = _speed_named(words)
    _check_offered(session, speed)
    session.choices.speed_once = speed
    return f"The next message asks for {speed}."


def _speed_named(words: str) -> SpeedChoice:
    for speed in SPEED_CHOICES:
        if words == speed or (words == "std" and speed == "standard"):
            return speed
    sentence = f"There is no speed {words!r}." if words else "No speed was named."
    raise CommandError(sentence, hint=f"Say one of {', '.join(SPEED_CHOICES)}.")


def _check_offered(session: Session, speed: SpeedChoice) -> None:
    if speed != "standard" and not session.fast_offered():
        raise CommandError(f"{session.model.name} has no fast mode.", hint="Choose another model with /model.")


def _effort(session: Session, words: str) -> str:
    model, choices = session.model, session.choices
    if not model.efforts:
        raise CommandError(f"{model.name} takes no effort.", hint="Choose another model with /model.")
    levels = "|".join(model.efforts)
    if not words:
        return f"Effort is {choices.next_effort(model)}: /effort {levels} changes it."
    if words in {"up", "down"}:
        choices.step_effort(model, 1 if words == "up" else -1)
    else:
        level = next((level for level in EFFORTS if level == words), None)
        if level not in model.efforts:
            raise CommandError(f"{model.name} has no effort {words!r}.", hint=f"Say one of {levels}.")
        choices.effort, choices.effort_once = level, None
    return f"Effort is {choices.next_effort(model)}."


def _system(session: Session, words: str) -> str:
    if not words:
        return session.conversation.system or "There is no system prompt: /system TEXT sets one."
    session.conversation.system = "" if words == "none" else words
    return "The system prompt is gone." if words == "none" else "The system prompt holds from the next message on."


def _tag(session: Session, words: str) -> str:
    if not words:
        tags = session.conversation.tags
        return f"Tagged {' '.join(tags)}." if tags else "There are no tags: /tag WORDS gives this chat some."
    tags = saved_chats.tag(session, "" if words == "none" else words)
    return f"Tagged {' '.join(tags)}." if tags else "The tags are gone."


COMMANDS = (
    Command("speed", "[standard|fast|auto]", "The speed, from the next message on", _speed),
    Command("once", "standard|fast|auto", "The speed of the next message only", _once),
    Command("effort", "[low|medium|high|xhigh|max]", "How much work goes into a reply", _effort),
    Command("system", "[TEXT|none]", "The system prompt of this chat", _system),
    Command("tag", "[WORDS|none]", "The tags of this chat, to find it by", _tag),
)
# What actions take behind their slash name; the others take nothing.
ACTION_WORDS = {
    "model": "[ID]",
    "theme": "[NAME]",
    "find": "[TEXT]",
    "chats": "[WORDS]",
    "export": "[md|json|html] [FILE]",
    "rename": "[TITLE]",
}


def parse(line: str) -> Invocation | None:
    """What a line asks for; None when it is an ordinary prompt.

    `/sim` belongs to the simulator, and a path or `//` is no command either.

    Raises:
        CommandError: the line begins like a command, or like `!fast` and its kin, and is none.
    """
    check_prefixes(line)
    name, _, words = line[1:].strip().partition(" ")
    if not line.startswith("/") or "\n" in line or not name.isalpha() or name == "sim":
        return None
    words = words.strip()
    for command in COMMANDS:
        if command.name == name:
            return Invocation(words, command)
    return _action(f"/{name}", words)


def _action(name: str, words: str) -> Invocation:
    whole = f"{name} {words}".strip()
    for action in ACTIONS:
        if action.command == whole:
            return Invocation("", action=action)
    for action in ACTIONS:
        if action.command == name and action.id in ACTION_WORDS:
            return Invocation(words, action=action)
    offered = [command for command, _, _ in offered_commands()]
    import difflib

    near = difflib.get_close_matches(whole, offered, n=1) or difflib.get_close_matches(name, offered, n=1)
    raise CommandError(f"There is no command {whole}.", hint=f"Did you mean {near[0]}?" if near else None)


def offered_commands(has: Callable[[str], bool] = lambda _: True) -> Iterator[tuple[str, str, str]]:
    """Every slash command once: its name, what it takes, and a line of help.

    `has` tells by its id whether the front end has an action.
    """
    own = {f"/{command.name}" for command in COMMANDS}
    for command in COMMANDS:
        yield f"/{command.name}", command.usage, command.help
    for action in ACTIONS:
        if action.command and action.command.partition(" ")[0] not in own and has(action.id):
            yield action.command, ACTION_WORDS.get(action.id, ""), action.help


def choose_model(session: Session, id_: str) -> str:
    """Send the next messages to another model; `opus-5-5` and `claude-opus-5-5` are the same."""
    session.choices.model = id_ if id_.startswith("claude-") or id_ in session.catalogue else f"claude-{id_}"
    model = session.model
    if not session.fast_offered():
        session.choices.speed, session.choices.speed_once = "standard", None
        return f"{model.name} from the next message on; it has no fast mode."
    price = "" if model.price else "; its price is not known"
    return f"{model.name} from the next message on{price}."


class Notice(NamedTuple):
    """What the user is told of an action."""

    text: str
    is_warning: bool


class SpeedKey:
    """The key that changes the speed. Where the model has no fast mode, a second press goes to its successor."""

    def __init__(self) -> None:
        self._successor_offered_for = ""

    def press(self, session: Session, key: str) -> Notice | None:
        """Change the speed or the model, or say why not; `key` is its name for the user."""
        model = session.model
        if session.fast_offered():
            session.choices.cycle_speed()
            return None
        following = successor(session)
        if following is None:
            return Notice(f"{model.name} has no fast mode: /model lists those that have.", is_warning=True)
        if self._successor_offered_for != model.id:
            self._successor_offered_for = model.id
            return Notice(f"{model.name} has no fast mode; {key} again switches to {following.name}.", is_warning=True)
        said = choose_model(session, following.id)
        session.choices.speed = "fast"
        return Notice(said, is_warning=False)


def successor(session: Session) -> Model | None:
    """The model that takes over fast mode from the chosen one."""
    fast = session.model.fast
    return session.catalogue.get(fast.successor) if fast and fast.successor else None


def fast_notice(session: Session) -> str:
    """What the user should know of the chosen model's fast mode today; "" for nothing."""
    return wording.fast_notice(session.model, session.today(), successor(session))

"""The /commands both front ends offer. Those that need a screen only name their action."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from fasttui.chat.conversation import EFFORTS, SPEED_CHOICES, Effort, SpeedChoice
from fasttui.chat.errors import CommandError
from fasttui.engine import wording
from fasttui.engine.session import Session

Run = Callable[[Session, str], str]


@dataclass(frozen=True, slots=True)
class Command:
    """One slash command. `run` takes the session and the words behind the name and returns a notice.

    A command without `run` is the front end's: it carries out `action`, an id of the keymap.
    """

    name: str
    help: str
    usage: str = ""
    action: str = ""
    run: Run | None = None


def _speed(session: Session, words: str) -> str:
    if not words:
        return f"Speed is {session.choices.next_speed}. Say /speed {'|'.join(SPEED_CHOICES)}."
    speed = _speed_word(words)
    if speed != "standard" and not session.fast_offered():
        raise CommandError(
            f"{session.model.name} has no fast mode.", hint="Choose another model with /model."
        )
    session.choices.speed, session.choices.speed_once = speed, None
    return f"Speed is {speed}."


def _once(session: Session, words: str) -> str:
    session.choices.speed_once = _speed_word(words)
    return f"The next message asks for {session.choices.speed_once}."


def _speed_word(words: str) -> SpeedChoice:
    for speed in SPEED_CHOICES:
        if words in {speed, speed[:3]} or (words == "std" and speed == "standard"):
            return speed
    raise CommandError(f"There is no speed {words!r}." if words else "Which speed?",
                       hint=f"Say one of {', '.join(SPEED_CHOICES)}.")  # fmt: skip


def _effort(session: Session, words: str) -> str:
    model = session.model
    levels: tuple[Effort, ...] = model.efforts
    if not levels:
        raise CommandError(f"{model.name} takes no effort.", hint="Choose another model with /model.")
    if not words:
        return f"Effort is {session.choices.next_effort(model)}. Say /effort {'|'.join(levels)}."
    chosen = next((level for level in EFFORTS if level == words), None)
    if chosen is None or chosen not in levels:
        raise CommandError(f"{model.name} has no effort {words!r}.", hint=f"Say one of {', '.join(levels)}.")
    session.choices.effort, session.choices.effort_once = chosen, None
    return f"Effort is {chosen}."


def _system(session: Session, words: str) -> str:
    if not words:
        return session.conversation.system or "There is no system prompt. Say /system TEXT."
    session.conversation.system = "" if words == "none" else words
    return "The system prompt is set; it holds from the next message on."


COMMANDS: tuple[Command, ...] = (
    Command("speed", "standard, fast or auto from now on", "[standard|fast|auto]", "speed", _speed),
    Command("once", "a speed for the next message only", "standard|fast|auto", "speed_once", _once),
    Command("effort", "how much work goes into a reply", "[low|medium|high|xhigh|max]", "effort_up", _effort),
    Command("model", "choose a model", "[ID]", "model"),
    Command("retry", "ask for the last reply again", "", "retry"),
    Command("continue", "ask for the rest of a reply that was cut", "", "continue"),
    Command("stop", "stop the running reply", "", "stop"),
    Command("new", "start a new chat", "", "new_chat"),
    Command("thinking", "show or fold the thinking", "", "fold_thinking"),
    Command("system", "the system prompt of this chat", "[TEXT|none]", "", _system),
    Command("copy", "copy the last reply, or its last code block", "[code]", "copy_reply"),
    Command("theme", "choose a theme", "[NAME]", "theme"),
    Command("palette", "everything that can be done, by name", "", "palette"),
    Command("help", "keys and commands", "", "help"),
    Command("quit", "leave", "", "quit"),
)  # fmt: skip


def parse(line: str, commands: tuple[Command, ...] = COMMANDS) -> tuple[Command, str] | None:
    """The command of a line and the words behind it; None when the line is an ordinary prompt.

    `/sim` belongs to the simulator and `//` starts a prompt with a slash, so both are prompts.

    Raises:
        CommandError: the line begins like a command and is none.
    """
    if not line.startswith("/") or line.startswith("//") or "\n" in line:
        return None
    name, _, words = line[1:].partition(" ")
    if not name or name == "sim" or not name.isalpha():
        return None
    for command in commands:
        if command.name == name:
            return command, words.strip()
    near = difflib.get_close_matches(name, [command.name for command in commands], n=1)
    raise CommandError(f"There is no command /{name}.", hint=f"Did you mean /{near[0]}?" if near else None)


def choose_model(session: Session, id_: str) -> str:
    """Send the next messages to another model, and say what that means for fast."""
    wanted = id_ if id_.startswith("claude-") or id_ in session.catalogue else f"claude-{id_}"
    session.choices.model = wanted
    model = session.model
    if not session.fast_offered():
        session.choices.speed, session.choices.speed_once = "standard", None
        return f"{model.name} it is; it has no fast mode."
    return f"{model.name} it is." if model.price else f"{model.name} it is; its price is not known."


def notice_on_model(session: Session) -> str:
    """What the user should know of the chosen model's fast mode today; "" for nothing."""
    model, today = session.model, session.today()
    successor = model.fast.successor if model.fast else None
    return wording.fast_notice(model, today, session.catalogue.get(successor) if successor else None)

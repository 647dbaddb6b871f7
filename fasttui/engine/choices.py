"""What the next message will ask for: model, speed, effort; and the overrides for one message."""

from dataclasses import dataclass

from fasttui.chat.conversation import EFFORTS, SPEED_CHOICES, CacheTtl, Effort, SpeedChoice
from fasttui.chat.errors import CommandError
from fasttui.chat.models import Model

_SPEED_PREFIXES: dict[str, SpeedChoice] = {
    "!fast": "fast", "!std": "standard", "!standard": "standard", "!auto": "auto",
}  # fmt: skip
_EFFORT_PREFIXES: dict[str, Effort] = {f"!{effort}": effort for effort in EFFORTS}
_MISTYPED = 0.78  # how alike a word must be to one that was meant: "!fats" is, "!lol" and "!low" are not


@dataclass(slots=True)
class Choices:
    """Set by keys and commands; a `…_once` holds for the next message and then springs back."""

    model: str
    speed: SpeedChoice = "standard"
    effort: Effort | None = None
    thinking: bool = True
    max_tokens: int = 0
    """Longest reply in tokens; 0 lets the effort decide."""
    cache_ttl: CacheTtl = "5m"
    speed_once: SpeedChoice | None = None
    effort_once: Effort | None = None

    @property
    def next_speed(self) -> SpeedChoice:
        """What the next message asks for."""
        return self.speed_once or self.speed

    def next_effort(self, model: Model) -> Effort | None:
        """The level the next message asks for, as near as `model` takes it; None where it takes none."""
        effort = self.effort_once or self.effort or model.default_effort
        return model.clamp_effort(effort) if effort else None

    def cycle_speed(self) -> None:
        """On to the next speed, from now on."""
        self.speed_once = None
        here = SPEED_CHOICES.index(self.speed)
        self.speed = SPEED_CHOICES[(here + 1) % len(SPEED_CHOICES)]

    def toggle_speed_once(self) -> None:
        """Fast for one message where standard stands, and the other way round; again to take it back."""
        if self.speed_once is not None:
            self.speed_once = None
        else:
            self.speed_once = "standard" if self.speed == "fast" else "fast"

    def step_effort(self, model: Model, step: int) -> None:
        """Up or down among the levels the model takes."""
        self.effort = model.next_effort(self.next_effort(model), step)
        self.effort_once = None

    def sent(self) -> None:
        """A message left: what held for one message is over."""
        self.speed_once = self.effort_once = None

    def take_prefixes(self, prompt: str) -> str:
        """`prompt` without the `!fast`, `!std`, `!max` … it starts with, which hold for this message."""
        words, rest = _split_prefixes(prompt)
        for word in words:
            if word in _SPEED_PREFIXES:
                self.speed_once = _SPEED_PREFIXES[word]
            else:
                self.effort_once = _EFFORT_PREFIXES[word]
        return rest


def check_prefixes(prompt: str) -> None:
    """Raises `CommandError` where `prompt` starts with what was meant to be a prefix and is none."""
    _, rest = _split_prefixes(prompt)
    if not rest.startswith("!"):
        return
    word = rest.split(maxsplit=1)[0]
    if _is_prefix(word):
        raise CommandError(
            f"There is no prompt behind {word}.", hint="Write one there; /speed and /effort change all that follow."
        )
    import difflib

    near = difflib.get_close_matches(word.lower(), [*_SPEED_PREFIXES, *_EFFORT_PREFIXES], n=1, cutoff=_MISTYPED)
    if near:
        raise CommandError(f"There is no {word}.", hint=f"Did you mean {near[0]}? With a space before it, it is text.")


def _split_prefixes(prompt: str) -> tuple[list[str], str]:
    """The prefixes `prompt` starts with, and the rest; a prefix with nothing behind it is none."""
    words, rest = [], prompt
    while rest.startswith("!") and _is_prefix(word := rest.split(maxsplit=1)[0]):
        after = rest[len(word) :].lstrip(" ").removeprefix("\n")
        if not after.strip():
            break
        words.append(word)
        rest = after
    return words, rest


def _is_prefix(word: str) -> bool:
    return word in _SPEED_PREFIXES or word in _EFFORT_PREFIXES

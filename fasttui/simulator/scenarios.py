"""What can go wrong or look odd, by name: for demos, and to see how a client takes it.

Chosen for every request when the simulator starts, or for one by a prompt that begins with `/sim NAME`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from fasttui.simulator.bucket import TokenBucket
from fasttui.simulator.refusal import Refused

if TYPE_CHECKING:
    from fasttui.simulator.streaming import Ending

PREFIX = "/sim"
FAST_LIMIT_S = 12
RATE_LIMIT_S = 2

SCENARIOS: Mapping[str, str] = MappingProxyType({
    "never-provisioned": "fast is refused for good: a rate limit of 0 fast tokens",
    "fast-limit": f"fast is refused for {FAST_LIMIT_S} seconds, standard works",
    "spend-limit": "the month's money is spent: every request is refused",
    "rate-limit": f"the first attempt is refused for {RATE_LIMIT_S} seconds, the next is fine",
    "overloaded": "the first attempt meets an overloaded API, the next is fine",
    "overloaded-always": "every attempt meets an overloaded API",
    "server-error": "every attempt ends in an internal server error",
    "cut": "the connection drops in mid-reply",
    "stall": "the reply stops in the middle, and nothing more comes",
    "slow": "forty seconds of silent thinking, with pings",
    "error-event": "the stream reports an error in mid-reply",
    "malformed-event": "one event of the stream is not JSON",
    "no-stop": "the stream ends cleanly, but too early",
    "html": "a proxy answers with a web page and status 200",
    "refusal": "the model declines in mid-reply",
    "max-tokens": "the reply ends at 300 tokens",
    "speed-mismatch": "asked fast, served standard",
    "no-speed": "the reply does not say which speed served it",
    "long-code": "a long Python module",
    "long-prose": "a long piece of prose",
    "long-list": "a list of some two hundred points",
    "tables": "Markdown tables of many shapes",
    "unicode": "many scripts, wide characters, emoji",
    "hostile": "control characters, markup and links that mean harm",
    "thinking": "long thinking, short answer",
    "empty": "a reply without content",
})  # fmt: skip

ENDINGS: Mapping[str, "Ending"] = MappingProxyType({
    "cut": "cut",
    "stall": "stall",
    "error-event": "error",
    "malformed-event": "malformed",
    "no-stop": "open",
})  # fmt: skip

HTML_PAGE = b"""<!doctype html>
<html><head><title>Sign in to the network</title></head>
<body><h1>Sign in to the network</h1><p>Accept the terms of use to go on.</p></body></html>
"""

NEVER_PROVISIONED_HEADERS = {
    f"anthropic-fast-{kind}-tokens-{what}": "0" for kind in ("input", "output") for what in ("limit", "remaining")
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a prompt asks of the simulator. `name` is None for an ordinary prompt, "" for a bare `/sim`."""

    name: str | None
    prompt: str


def chosen(prompt: str, default: str | None) -> Choice:
    """The scenario `prompt` names, or `default`, and the prompt that is left to answer."""
    command, _, rest = prompt.lstrip().partition(" ")
    if command.strip() != PREFIX:
        return Choice(default, prompt)
    name, _, prompt = rest.strip().partition(" ")
    return Choice(name.lower(), prompt.strip())


class Obstacles:
    """Refuses what a scenario wants refused, and remembers whom it has refused already."""

    def __init__(self, fast_output: TokenBucket) -> None:
        self._fast_output = fast_output
        self._drained = False
        self._refused: set[tuple[str, str]] = set()

    def check(self, name: str | None, *, fast: bool, fingerprint: str, model: str) -> None:
        """Pass, or be refused; `fingerprint` is equal for attempts at the same request.

        Raises:
            Refused: as the scenario has it.
        """
        match name:
            case "never-provisioned" if fast:
                limit = "rate limit of 0 fast mode input tokens per minute"
                sentence = f"This request would exceed your organization's {limit} (model: {model})."
                raise Refused(429, sentence, headers=NEVER_PROVISIONED_HEADERS)
            case "fast-limit" if fast and not self._fast_output.empty:
                self._drain_every_other_time()
            case "spend-limit":
                sentence = "You have reached your API usage limits. Access returns with the next month."
                raise Refused(429, sentence, error_code="enforced_spend_limit_reached")
            case "rate-limit" if self._first(name, fingerprint):
                sentence = "This request would exceed your organization's rate limit of 1,000 requests per minute."
                raise Refused(429, sentence, headers={"retry-after": str(RATE_LIMIT_S)})
            case "overloaded" if self._first(name, fingerprint):
                raise Refused(529, "Overloaded")
            case "overloaded-always":
                raise Refused(529, "Overloaded")
            case "server-error":
                raise Refused(500, "Internal server error")
            case _:
                pass

    def _first(self, name: str, fingerprint: str) -> bool:
        """Every other attempt at the same request, the first included."""
        self._refused ^= {(name, fingerprint)}
        return (name, fingerprint) in self._refused

    def _drain_every_other_time(self) -> None:
        """Empty the bucket, so that it refuses by itself; once it has refilled, let one request pass."""
        self._drained = not self._drained
        if self._drained:
            self._fast_output.drain(FAST_LIMIT_S)

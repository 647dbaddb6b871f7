"""What a reply used: tokens of each kind, the speed that served them, and the limits around them."""

from dataclasses import dataclass, fields, replace
from typing import Literal

Speed = Literal["standard", "fast"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as the API reports them; `None` means it has not said.

    `input_tokens` are those neither read from nor written to the cache. `output_tokens`
    include `thinking_tokens`. Counts are cumulative, never increments.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_5m_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    served_speed: Speed | None = None

    def merged(self, later: "Usage") -> "Usage":
        """Field by field, the later figure where there is one.

        `message_delta` repeats some counts and omits others, the served speed among them.
        """
        said = {f.name: value for f in fields(later) if (value := getattr(later, f.name)) is not None}
        return replace(self, **said)

    @property
    def prompt_tokens(self) -> int | None:
        """All tokens that went in, cached or not; `None` while the API has not said."""
        if self.input_tokens is None:
            return None
        cached = (self.cache_read_tokens, self.cache_write_5m_tokens, self.cache_write_1h_tokens)
        return self.input_tokens + sum(tokens or 0 for tokens in cached)

    @property
    def context_tokens(self) -> int | None:
        """Tokens of the context this reply leaves behind: what went in and what came out."""
        if self.prompt_tokens is None:
            return None
        return self.prompt_tokens + (self.output_tokens or 0)


@dataclass(frozen=True, slots=True)
class FastLimits:
    """The fast bucket as the `anthropic-fast-*` headers of one response describe it.

    `remaining` is the figure before this response's output is counted, rounded by the API
    to thousands. `None` means the header was not there.
    """

    output_limit: int | None = None
    output_remaining: int | None = None
    input_limit: int | None = None
    input_remaining: int | None = None

    @property
    def known(self) -> bool:
        """Whether any header was there at all."""
        return any(getattr(self, f.name) is not None for f in fields(self))

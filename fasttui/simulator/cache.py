"""Prompt caching: which part of a prompt was seen before, by the documented rules.

A prompt is a row of blocks: tools, system, messages. A breakpoint writes the prefix that ends there and
reads the longest stored prefix that ends at most 20 blocks before it. The model is part of every prefix;
the speed from the system prompt on; effort, thinking, tool choice and the presence of
images from the messages on.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fasttui.simulator.request import Json, MessagesRequest, block_tokens, blocks_of

_LOOKBACK_BLOCKS = 20
TTL_S = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True, slots=True)
class InputTokens:
    """A prompt's tokens by what they are billed as; together they are the whole prompt."""

    uncached: int
    read: int = 0
    write_5m: int = 0
    write_1h: int = 0

    @property
    def total(self) -> int:
        """All tokens of the prompt."""
        return self.uncached + self.read + self.write_5m + self.write_1h


@dataclass(frozen=True, slots=True)
class _Prefix:
    """The prompt up to and with one block. `ttl` is set where a breakpoint stands on it."""

    digest: bytes
    tokens: int
    ttl: str | None


@dataclass(slots=True)
class _Entry:
    ttl: str
    expires_at_s: float


class PromptCache:
    """The prefixes one organization has cached; time runs from the start of the request that used one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[bytes, _Entry] = {}

    def use(self, request: MessagesRequest) -> InputTokens:
        """Read what is there, write what is asked for, and say how the prompt is billed."""
        self._forget_expired()
        prefixes = list(_prefixes(request))
        total = prefixes[-1].tokens if prefixes else 0
        least = request.model.cache_min_tokens or 0
        marked = [at for at, prefix in enumerate(prefixes) if prefix.ttl and prefix.tokens >= least]
        if not marked:
            return InputTokens(total)
        read = self._read(prefixes, marked)
        written = {"5m": 0, "1h": 0}
        done = read
        for at in marked:
            prefix = prefixes[at]
            ttl = prefix.ttl or "5m"
            written[ttl] += max(0, prefix.tokens - done)
            done = max(done, prefix.tokens)
            self._entries[prefix.digest] = _Entry(ttl, self._clock() + TTL_S[ttl])
        return InputTokens(total - done, read, written["5m"], written["1h"])

    def _read(self, prefixes: list[_Prefix], marked: list[int]) -> int:
        """Tokens of the longest prefix that is stored; using it starts its time anew."""
        for breakpoint_at in reversed(marked):
            for at in range(breakpoint_at, max(-1, breakpoint_at - _LOOKBACK_BLOCKS - 1), -1):
                entry = self._entries.get(prefixes[at].digest)
                if entry is not None:
                    entry.expires_at_s = self._clock() + TTL_S[entry.ttl]
                    return prefixes[at].tokens
        return 0

    def _forget_expired(self) -> None:
        now = self._clock()
        self._entries = {digest: entry for digest, entry in self._entries.items() if entry.expires_at_s > now}


def input_tokens(request: MessagesRequest) -> int:
    """Tokens of the whole prompt, cached or not."""
    tokens = 0
    for prefix in _prefixes(request):
        tokens = prefix.tokens
    return tokens


def _prefixes(request: MessagesRequest) -> Iterator[_Prefix]:
    blocks = list(_keyed_blocks(request))
    automatic = request.body.get("cache_control")
    digest, tokens = b"", 0.0
    for at, (block, level) in enumerate(blocks):
        control = block.get("cache_control") or (automatic if at == len(blocks) - 1 else None)
        ttl = str(control.get("ttl") or "5m") if isinstance(control, dict) else None
        tokens += block_tokens(block, request.chars_per_token)
        digest = _digest(digest + level.encode(), block)
        yield _Prefix(digest, max(1, round(tokens)), ttl)


def _keyed_blocks(request: MessagesRequest) -> Iterator[tuple[Json, str]]:
    """Each block with what else its prefix depends on."""
    body = request.body
    served = request.speed or "standard"
    messages = request.messages
    images = any(block.get("type") == "image" for m in messages for block in blocks_of(m["content"]))
    choice = json.dumps(body.get("tool_choice"), sort_keys=True)
    tools = f"tools {request.model.id}"
    system = f"system {served}"
    for block in blocks_of(body.get("tools")):
        yield block, tools
    for block in blocks_of(body.get("system")):
        yield block, f"{tools} {system}"
    for message in messages:
        settings = f"{request.effort} {request.thinking_mode} {choice} {images}"
        for block in blocks_of(message["content"]):
            yield block, f"{tools} {system} {message['role']} {settings}"


def _digest(before: bytes, block: Json) -> bytes:
    told = {key: value for key, value in block.items() if key != "cache_control"}
    written = json.dumps(told, sort_keys=True).encode()
    return hashlib.blake2b(written, digest_size=16, key=hashlib.blake2b(before, digest_size=16).digest()).digest()

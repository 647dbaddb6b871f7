"""The Messages API without its sockets: a whole request in, a response out."""

import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import blake2b
from urllib.parse import unquote

from fasttui.chat.models import Catalogue
from fasttui.chat.usage import Speed
from fasttui.simulator import replies
from fasttui.simulator.bucket import Limits, RateLimits, TokenBucket
from fasttui.simulator.cache import InputTokens, PromptCache, input_tokens
from fasttui.simulator.http import Request, Response
from fasttui.simulator.models_api import get_model, list_models
from fasttui.simulator.refusal import Refused
from fasttui.simulator.request import (
    Endpoint,
    MessagesRequest,
    check_credential,
    read_json,
    read_request,
    turns_of,
)
from fasttui.simulator.scenarios import ENDINGS, HTML_PAGE, Obstacles, chosen
from fasttui.simulator.streaming import Cut, Script, Send, Stall, Step, cut_to, in_pieces, stream, to_json, whole

ORGANIZATION_ID = "5f1a77e1-fa57-4000-8000-51b0a7e00001"
TOKENS_PER_S: dict[Speed, float] = {"standard": 45.0, "fast": 108.0}

_RATE_SPREAD = 0.03
_HEAD_S, _FIRST_TOKEN_S, _LATENCY_SPREAD = 1.0, 1.2, 0.1
_SLOW_S = 40.0
_MAX_TOKENS_SCENARIO = 300
_REFUSED_AFTER = 60  # deltas
_ID_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 22


class MessagesApi:
    """One organization's API: its limits, its prompt cache, its scenario."""

    def __init__(
        self,
        *,
        scenario: str | None,
        clock: Callable[[], float],
        today: Callable[[], date],
        seed: int,
        limits: Limits,
    ) -> None:
        self._scenario = scenario
        self._today = today
        self._catalogue = Catalogue()
        self._limits = RateLimits(limits, clock)
        self._cache = PromptCache(clock)
        self._obstacles = Obstacles(self._limits.fast_output)
        self._rng = random.Random(seed)  # noqa: S311 - jitter and ids, nothing secret

    def answer(self, request: Request) -> Response:
        """The response to a request; refusals are responses too."""
        request_id = self._new_id("req")
        try:
            response = self._route(request, request_id)
        except Refused as refusal:
            response = self.refuse(refusal, request_id)
        common = {"request-id": request_id, "anthropic-organization-id": ORGANIZATION_ID}
        return replace(response, headers=common | response.headers)

    def refuse(self, refusal: Refused, request_id: str | None = None) -> Response:
        """An error in the API's shape."""
        request_id = request_id or self._new_id("req")
        headers = {"content-type": "application/json", "request-id": request_id} | refusal.headers
        return Response(refusal.status, headers, to_json(refusal.body(request_id)))

    def _route(self, request: Request, request_id: str) -> Response:
        path, _, query = request.target.partition("?")
        match request.method, path.rstrip("/").split("/")[1:]:
            case "POST", ["v1", "messages"]:
                return self._messages(self._read(request, "messages"), request_id)
            case "POST", ["v1", "messages", "count_tokens"]:
                tokens = input_tokens(self._read(request, "count_tokens"))
                return _json({"input_tokens": tokens})
            case "GET", ["v1", "models"]:
                self._check_head(request)
                return _json(dict(list_models(self._catalogue, query, self._today())))
            case "GET", ["v1", "models", id_]:
                self._check_head(request)
                return _json(dict(get_model(self._catalogue, unquote(id_), self._today())))
            case _:
                raise Refused(404, "Not Found")

    def _check_head(self, request: Request) -> None:
        check_credential(request.headers)
        if not request.headers.get("anthropic-version"):
            raise Refused(400, "anthropic-version: header is required")

    def _read(self, request: Request, endpoint: Endpoint) -> MessagesRequest:
        self._check_head(request)
        written = request.headers.get("anthropic-beta", "").split(",")
        betas = frozenset(beta.strip() for beta in written) - {""}
        return read_request(read_json(request.body), betas, self._catalogue, self._today(), endpoint)

    def _messages(self, request: MessagesRequest, request_id: str) -> Response:
        turns = turns_of(request)
        asked = [turn.text for turn in turns if turn.role == "user"]
        choice = chosen(asked[-1], self._scenario)
        fast = request.speed == "fast"
        self._obstacles.check(choice.name, fast=fast, fingerprint=_fingerprint(request), model=request.model.id)
        if choice.name == "html":
            return Response(200, {"content-type": "text/html; charset=utf-8"}, HTML_PAGE)
        served_fast = fast and choice.name != "speed-mismatch"
        self._check_limits(fast=served_fast)
        tokens = self._take_input(request, fast=served_fast)
        script = self._script(request, request_id, choice.name, choice.prompt, tokens, fast=served_fast)
        headers = self._limits.headers(fast=served_fast, now=datetime.now(UTC))
        bucket = self._limits.fast_output if served_fast else self._limits.output
        return self._streamed(script, headers, bucket) if request.stream else _whole(script, headers, bucket)

    def _check_limits(self, *, fast: bool) -> None:
        limits = self._limits
        shared = [("requests", limits.requests)]
        kinds = (
            [("fast mode input tokens", limits.fast_input), ("fast mode output tokens", limits.fast_output)]
            if fast
            else [("input tokens", limits.input), ("output tokens", limits.output)]
        )
        for what, bucket in shared + kinds:
            if bucket.empty:
                sentence = f"This request would exceed your organization's rate limit of {bucket.limit:,} {what}"
                headers = limits.headers(fast=fast, now=datetime.now(UTC))
                headers |= {"retry-after": str(bucket.retry_after_s)}
                raise Refused(429, f"{sentence} per minute (org: {ORGANIZATION_ID}).", headers=headers)

    def _take_input(self, request: MessagesRequest, *, fast: bool) -> InputTokens:
        """Count the prompt against cache and limits; what is read from the cache counts against no limit."""
        prompt_tokens, most = input_tokens(request), request.model.context_tokens
        if most is not None and prompt_tokens > most:
            raise Refused(400, f"prompt is too long: {prompt_tokens} tokens > {most} maximum")
        served = replace(request, speed="fast" if fast else "standard")
        tokens = self._cache.use(served)
        bucket = self._limits.fast_input if fast else self._limits.input
        bucket.take(tokens.total - tokens.read)
        self._limits.requests.take(1)
        return tokens

    def _script(
        self,
        request: MessagesRequest,
        request_id: str,
        scenario: str | None,
        prompt: str,
        tokens: InputTokens,
        *,
        fast: bool,
    ) -> Script:
        speed: Speed = "fast" if fast else "standard"
        reply = replies.reply_to(turns_of(request), prompt, request.effort, scenario)
        rate = self._around(TOKENS_PER_S[speed], _RATE_SPREAD)
        lag = self._around(1.0, _LATENCY_SPREAD)
        usage = _usage(tokens, None if scenario == "no-speed" else speed)
        script = Script(
            message_id=self._new_id("msg"),
            request_id=request_id,
            model=request.model.id,
            usage=usage,
            thinking=in_pieces(reply.thinking) if request.thinks and reply.thinking else None,
            thinking_shown=request.thinking_shown,
            text=in_pieces(reply.text),
            rate=rate,
            head_s=_HEAD_S * lag,
            first_token_s=_FIRST_TOKEN_S * lag,
            chars_per_token=request.chars_per_token,
        )
        return _bounded(_in_scenario(script, scenario), request, scenario)

    def _streamed(self, script: Script, headers: dict[str, str], bucket: TokenBucket) -> Response:
        kind = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
        rng = random.Random(self._rng.random())  # noqa: S311 - jitter
        return Response(200, headers | kind, _charged(stream(script, rng), bucket), script.head_s)

    def _around(self, value: float, spread: float) -> float:
        return value * self._rng.uniform(1 - spread, 1 + spread)

    def _new_id(self, kind: str) -> str:
        return f"{kind}_01" + "".join(self._rng.choices(_ID_LETTERS, k=_ID_LENGTH))


def _json(body: dict[str, object]) -> Response:
    return Response(200, {"content-type": "application/json"}, to_json(body))


def _usage(tokens: InputTokens, speed: Speed | None) -> dict[str, object]:
    usage: dict[str, object] = {
        "input_tokens": tokens.uncached,
        "cache_creation_input_tokens": tokens.write_5m + tokens.write_1h,
        "cache_read_input_tokens": tokens.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": tokens.write_5m,
            "ephemeral_1h_input_tokens": tokens.write_1h,
        },
        "output_tokens": 1,
        "service_tier": "standard",
        "inference_geo": "not_available",
    }
    return usage if speed is None else usage | {"speed": speed}


def _in_scenario(script: Script, scenario: str | None) -> Script:
    match scenario:
        case "slow" if script.thinking is not None:
            long = replies.long_thinking(_SLOW_S * script.rate, script.chars_per_token)
            return replace(script, thinking=in_pieces(long), thinking_shown=False)
        case "slow":
            return replace(script, first_token_s=_SLOW_S)
        case "refusal":
            text = script.text[:_REFUSED_AFTER]
            return replace(script, text=text, stop_reason="refusal", stop_details=replies.REFUSAL_DETAILS)
        case "empty":
            return replace(script, thinking=None, text=())
        case None:
            return script
        case _:
            return replace(script, ending=ENDINGS.get(scenario, "complete"))


def _bounded(script: Script, request: MessagesRequest, scenario: str | None) -> Script:
    """The script within the request's stop sequences and `max_tokens`."""
    text, stopped_by = _stopped("".join(script.text), request.stop_sequences)
    if stopped_by is not None:
        script = replace(script, text=in_pieces(text), stop_reason="stop_sequence", stop_sequence=stopped_by)
    most = min(request.max_tokens, _MAX_TOKENS_SCENARIO) if scenario == "max-tokens" else request.max_tokens
    thinking, pieces, all_of_it = cut_to(script.thinking or (), script.text, most, script.chars_per_token)
    if all_of_it:
        return script
    kept = None if script.thinking is None or not most else thinking
    return replace(script, thinking=kept, text=pieces, stop_reason="max_tokens", stop_sequence=None)


def _stopped(text: str, sequences: tuple[str, ...]) -> tuple[str, str | None]:
    found = [(at, sequence) for sequence in sequences if (at := text.find(sequence)) >= 0]
    if not found:
        return text, None
    at, sequence = min(found)
    return text[:at], sequence


def _charged(steps: Iterator[Step], bucket: TokenBucket) -> Iterator[Step]:
    """The steps as they are; tokens count from the moment they are generated, and no longer than someone listens."""
    counted = 0.0
    for step in steps:
        if isinstance(step, Send):
            bucket.take(step.output_tokens - counted)
            counted = step.output_tokens
        yield step


def _whole(script: Script, headers: dict[str, str], bucket: TokenBucket) -> Response:
    """The reply to a request that did not ask for a stream; it breaks in its own way."""
    due_s, message = whole(script)
    body = to_json(message)
    headers = headers | {"content-type": "application/json"}
    match script.ending:
        case "cut" | "open":
            return Response(200, headers, iter([Cut(due_s)]), due_s)
        case "stall":
            return Response(200, headers, iter([Stall(due_s)]), due_s)
        case "error":
            raise Refused(529, "Overloaded")
        case "malformed":
            body = body[: len(body) // 2]
        case "complete":
            pass
    bucket.take(script.output_tokens)
    return Response(200, headers, body, due_s)


def _fingerprint(request: MessagesRequest) -> str:
    written = json.dumps([request.model.id, request.speed, request.messages], sort_keys=True)
    return blake2b(written.encode(), digest_size=16).hexdigest()

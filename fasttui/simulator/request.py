"""Requests of the Messages API, read and refused as the real one does.

The sentences are the API's own where public reports quote them.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from fasttui.chat.conversation import EFFORTS, Effort
from fasttui.chat.models import Catalogue, Model
from fasttui.chat.usage import Speed
from fasttui.simulator import signature
from fasttui.simulator.refusal import Refused
from fasttui.simulator.tokens import CHARS_PER_TOKEN, IMAGE_TOKENS, PDF_BYTES_PER_TOKEN, tokens_in

Json = Mapping[str, object]
Endpoint = Literal["messages", "count_tokens"]

_COUNTED = frozenset(
    {"model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control", "speed"}
)
_TAKEN = _COUNTED | {
    "max_tokens", "stream", "metadata", "stop_sequences", "service_tier", "inference_geo", "diagnostics",
    "container",
}  # fmt: skip
# Parameters that exist only under a beta header; with any beta at all they are taken, and ignored.
_BETA_TAKEN = frozenset({"context_management", "mcp_servers", "fallbacks", "thread", "compaction", "billing_policy"})
_FAST_IGNORED = frozenset({"claude-opus-4-6"})  # runs and bills standard, without an error
_BUDGET_TOO = frozenset({"claude-opus-4-6", "claude-sonnet-4-6"})
_BETWEEN_TOOLS = frozenset({"claude-sonnet-5-5"})
_OFF_AT_ANY_EFFORT = frozenset({"claude-sonnet-5"})
_OFF_UP_TO: Effort = "high"
_MIN_BUDGET_TOKENS = 1024
_MAX_BREAKPOINTS = 4
_TTLS = ("5m", "1h")
_IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_MAX_IMAGE_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """A request the API would serve. `speed` is the one that serves it, None where it was not asked for."""

    body: Json
    model: Model
    speed: Speed | None
    effort: Effort | None
    thinking_mode: str
    thinks: bool
    thinking_shown: bool
    max_tokens: int
    stream: bool
    stop_sequences: tuple[str, ...]

    @property
    def messages(self) -> Sequence[Json]:
        """The conversation, as it was sent."""
        return cast("Sequence[Json]", self.body["messages"])

    @property
    def chars_per_token(self) -> float:
        """How the model's tokenizer cuts."""
        return self.model.chars_per_token


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation, its text blocks joined."""

    role: str
    text: str
    attachments: tuple[str, ...]


def turns_of(request: MessagesRequest) -> list[Turn]:
    """The conversation as text; media types stand for what was attached."""
    return [_turn(message) for message in request.messages if message["role"] != "system"]


def _turn(message: Json) -> Turn:
    blocks = blocks_of(message["content"])
    texts = [str(block["text"]) for block in blocks if block.get("type") == "text"]
    attached = [str(block.get("type")) for block in blocks if block.get("type") in {"image", "document"}]
    return Turn(str(message["role"]), "\n\n".join(texts), tuple(attached))


def blocks_of(content: object) -> list[Json]:
    """Content blocks of a message or system prompt; a plain string is one text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def block_tokens(block: Json, chars_per_token: float = CHARS_PER_TOKEN) -> float:
    """Input tokens of one block or tool definition; images and PDFs are rough guesses."""
    match block.get("type"):
        case "text":
            return tokens_in(str(block.get("text", "")), chars_per_token)
        case "thinking":
            return tokens_in(str(block.get("thinking", "")), chars_per_token)
        case "image":
            return IMAGE_TOKENS
        case "document":
            return _document_tokens(block.get("source"), chars_per_token)
        case _:
            return tokens_in(json.dumps(block, ensure_ascii=False), chars_per_token)


def _document_tokens(source: object, chars_per_token: float) -> float:
    if not isinstance(source, dict):
        return 0
    size = len(str(source.get("data", "")))
    return size / (chars_per_token if source.get("type") == "text" else PDF_BYTES_PER_TOKEN)


def read_json(body: bytes) -> Json:
    """The request's JSON object."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        message = f"The request body is not valid JSON: {error}"
        raise Refused(400, message) from error
    if not isinstance(read, dict):
        raise Refused(400, "Input should be a valid dictionary or object to extract fields from")
    return read


def check_credential(headers: Mapping[str, str]) -> None:
    """Any key will do, as long as there is one.

    Raises:
        Refused: 401, no key in `x-api-key` nor in `authorization`.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if headers.get("x-api-key", "").strip() or (scheme.lower() == "bearer" and token.strip()):
        return
    sent = "x-api-key" in headers or "authorization" in headers
    raise Refused(401, "invalid x-api-key" if sent else "x-api-key header is required")


def read_request(
    body: Json, betas: frozenset[str], catalogue: Catalogue, today: date, endpoint: Endpoint = "messages"
) -> MessagesRequest:
    """`body` as a request the API would serve.

    Raises:
        Refused: 400 or 404, in the order in which the API looks.
    """
    model = _model(body, catalogue)
    _check_keys(body, endpoint, betas)
    counting = endpoint == "count_tokens"
    max_tokens = model.max_output_tokens or 0 if counting else _max_tokens(body, model)
    speed = _speed(body, model, betas, today)
    effort = _effort(body, model)
    mode, shown = _thinking(body, model, effort, max_tokens)
    _check_messages(body, model)
    _check_breakpoints(body)
    return MessagesRequest(
        body=body,
        model=model,
        speed=speed,
        effort=effort,
        thinking_mode=mode,
        thinks=mode in {"adaptive", "enabled"},
        thinking_shown=shown,
        max_tokens=max_tokens,
        stream=body.get("stream") is True,
        stop_sequences=_stop_sequences(body),
    )


def _model(body: Json, catalogue: Catalogue) -> Model:
    id_ = body.get("model")
    if id_ is None:
        raise Refused(400, "model: Field required")
    if not isinstance(id_, str):
        raise Refused(400, "model: Input should be a valid string")
    model = catalogue.get(id_)
    if model.price is None and id_ not in catalogue:
        raise Refused(404, f"model: {id_}")
    return model


def _check_keys(body: Json, endpoint: Endpoint, betas: frozenset[str]) -> None:
    taken = _COUNTED if endpoint == "count_tokens" else _TAKEN
    for key in body:
        if key not in taken and not (betas and key in _BETA_TAKEN):
            raise Refused(400, f"{key}: Extra inputs are not permitted")


def _max_tokens(body: Json, model: Model) -> int:
    tokens = body.get("max_tokens")
    if tokens is None:
        raise Refused(400, "max_tokens: Field required")
    if not isinstance(tokens, int) or isinstance(tokens, bool):
        raise Refused(400, "max_tokens: Input should be a valid integer")
    if tokens < 0:
        raise Refused(400, "max_tokens: Input should be greater than or equal to 0")
    most = model.max_output_tokens
    if most is not None and tokens > most:
        sentence = f"{tokens} > {most}, which is the maximum allowed number of output tokens for {model.id}"
        raise Refused(400, f"max_tokens: {sentence}")
    return tokens


def _speed(body: Json, model: Model, betas: frozenset[str], today: date) -> Speed | None:
    """The speed that serves the request."""
    if "speed" not in body:
        return None
    speed = body["speed"]
    if model.fast is not None and model.fast.beta is not None and model.fast.beta not in betas:
        raise Refused(400, "speed: Extra inputs are not permitted")
    if speed is not None and speed not in {"standard", "fast"}:
        raise Refused(400, "speed: Input should be 'standard' or 'fast'")
    if _family(model) in _FAST_IGNORED:
        return "standard"
    if not model.offers_fast(today):
        raise Refused(400, f"'{model.id}' does not support the `speed` parameter.")
    return speed


def _effort(body: Json, model: Model) -> Effort | None:
    config = body.get("output_config")
    effort = config.get("effort") if isinstance(config, dict) else None
    if effort is None:
        return model.default_effort
    if effort not in EFFORTS:
        raise Refused(400, f"output_config.effort: Input should be {_listed(EFFORTS)}")
    if not model.efforts:
        raise Refused(400, "This model does not support the effort parameter.")
    if effort not in model.efforts:
        levels = ", ".join(model.efforts)
        raise Refused(400, f"This model does not support effort level '{effort}'. Supported levels: {levels}.")
    return cast("Effort", effort)


def _listed(words: Sequence[str]) -> str:
    quoted = [f"'{word}'" for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _family(model: Model) -> str:
    """The model's id without the date of a snapshot."""
    family, _, day = model.id.rpartition("-")
    return family if len(day) == len("20260101") and day.isdigit() else model.id


def _thinking(body: Json, model: Model, effort: Effort | None, max_tokens: int) -> tuple[str, bool]:
    """The thinking mode in force, and whether its text is shown."""
    config = body.get("thinking")
    if config is None:
        return ("adaptive" if model.thinking in {"on", "always"} else "disabled"), _shown(None, model)
    if not isinstance(config, dict) or not isinstance(mode := config.get("type"), str):
        raise Refused(400, "thinking.type: Field required")
    if mode not in thinking_modes(model):
        if mode == "enabled":
            use = 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
            raise Refused(400, f'"thinking.type.enabled" is not supported for this model. {use}')
        if mode == "adaptive":
            raise Refused(400, "adaptive thinking is not supported on this model")
        raise Refused(400, f'"thinking.type.{mode}" is not supported for this model.')
    if mode in {"disabled", "between_tools"}:
        _check_off(mode, model, effort)
    if mode == "enabled":
        _check_budget(config, max_tokens)
    return mode, _shown(config.get("display"), model)


def thinking_modes(model: Model) -> tuple[str, ...]:
    """The `thinking.type` values a request for `model` may hold."""
    family = _family(model)
    modes = {
        "adaptive": ("adaptive", "disabled"),
        "on": ("adaptive", "disabled"),
        "always": ("adaptive",),
        "budget": ("enabled", "disabled"),
    }[model.thinking]
    return (
        modes
        + (("enabled",) if family in _BUDGET_TOO else ())
        + (("between_tools",) if family in _BETWEEN_TOOLS else ())
    )


def _check_off(mode: str, model: Model, effort: Effort | None) -> None:
    bounded = model.thinking != "adaptive" and _family(model) not in _OFF_AT_ANY_EFFORT
    if bounded and effort is not None and EFFORTS.index(effort) > EFFORTS.index(_OFF_UP_TO):
        raise Refused(400, f'"thinking.type.{mode}" is not supported for this model at effort "{effort}".')


def _check_budget(config: Json, max_tokens: int) -> None:
    budget = config.get("budget_tokens")
    if not isinstance(budget, int):
        raise Refused(400, "thinking.enabled.budget_tokens: Field required")
    if budget < _MIN_BUDGET_TOKENS:
        least = f"Input should be greater than or equal to {_MIN_BUDGET_TOKENS}"
        raise Refused(400, f"thinking.enabled.budget_tokens: {least}")
    if budget >= max_tokens:
        raise Refused(400, "`max_tokens` must be greater than `thinking.budget_tokens`.")


def _shown(display: object, model: Model) -> bool:
    """The tokenizer changed with the same model that began to omit thinking: 4.7."""
    if display is None:
        return model.chars_per_token > CHARS_PER_TOKEN
    if display not in {"summarized", "omitted"}:
        raise Refused(400, "thinking.display: Input should be 'summarized' or 'omitted'")
    return display == "summarized"


def _stop_sequences(body: Json) -> tuple[str, ...]:
    sequences = body.get("stop_sequences") or []
    if not isinstance(sequences, list) or not all(isinstance(item, str) for item in sequences):
        raise Refused(400, "stop_sequences: Input should be a valid list")
    if any(not sequence.strip() for sequence in sequences):
        raise Refused(400, "stop_sequences: each stop sequence must contain non-whitespace")
    return tuple(sequences)


def _check_messages(body: Json, model: Model) -> None:
    messages = body.get("messages")
    if messages is None:
        raise Refused(400, "messages: Field required")
    if not isinstance(messages, list):
        raise Refused(400, "messages: Input should be a valid list")
    if not messages:
        raise Refused(400, "messages: at least one message is required")
    for index, message in enumerate(messages):
        _check_message(index, message)
    roles = [message["role"] for message in messages if message["role"] != "system"]
    if roles[:1] != ["user"]:
        raise Refused(400, 'messages: first message must use the "user" role')
    if roles[-1] == "assistant" and model.thinking != "budget":
        sentence = "This model does not support assistant message prefill. "
        raise Refused(400, sentence + "The conversation must end with a user message.")


def _check_message(index: int, message: object) -> None:
    where = f"messages.{index}"
    if not isinstance(message, dict):
        raise Refused(400, f"{where}: Input should be a valid dictionary or object to extract fields from")
    if message.get("role") not in {"user", "assistant", "system"}:
        raise Refused(400, f"{where}.role: Input should be 'user', 'assistant' or 'system'")
    content = message.get("content")
    if content is None:
        raise Refused(400, f"{where}.content: Field required")
    if not isinstance(content, (str, list)):
        raise Refused(400, f"{where}.content: Input should be a valid string or list")
    if not content and message["role"] == "user":
        raise Refused(400, f"{where}: user messages must have non-empty content")
    for at, block in enumerate(content if isinstance(content, list) else ()):
        _check_block(f"{where}.content.{at}", message["role"], block)


def _check_block(where: str, role: str, block: object) -> None:
    if not isinstance(block, dict):
        raise Refused(400, f"{where}: Input should be a valid dictionary or object to extract fields from")
    match block.get("type"):
        case "text":
            _check_text(where, block)
        case "thinking":
            _check_thinking(where, block)
        case "image":
            _check_image(where, block.get("source"))
        case "document" if role == "assistant":
            raise Refused(400, f"{where}: document blocks are not permitted in assistant messages")
        case None:
            raise Refused(400, f"{where}.type: Field required")
        case _:
            pass


def _check_text(where: str, block: Json) -> None:
    text = block.get("text")
    if not isinstance(text, str):
        raise Refused(400, f"{where}.text.text: Field required")
    if not text:
        raise Refused(400, "messages: text content blocks must be non-empty")


def _check_thinking(where: str, block: Json) -> None:
    signed, thinking = block.get("signature"), block.get("thinking")
    if not isinstance(thinking, str):
        raise Refused(400, f"{where}.thinking.thinking: Field required")
    if not isinstance(signed, str):
        raise Refused(400, f"{where}.thinking.signature: Field required")
    if not signed or signature.is_forged(signed, thinking):
        raise Refused(400, f"{where}: Invalid `signature` in `thinking` block")


def _check_image(where: str, source: object) -> None:
    if not isinstance(source, dict):
        raise Refused(400, f"{where}.image.source: Field required")
    if source.get("type") != "base64":
        return
    if source.get("media_type") not in _IMAGE_TYPES:
        raise Refused(400, f"{where}.image.source.base64.media_type: Input should be {_listed(_IMAGE_TYPES)}")
    try:
        size = len(base64.b64decode(str(source.get("data", "")), validate=True))
    except (binascii.Error, ValueError) as error:
        raise Refused(400, f"{where}.image.source.base64.data: Invalid base64 data") from error
    if size > _MAX_IMAGE_BYTES:
        most = f"image exceeds 10 MB maximum: {size} bytes > {_MAX_IMAGE_BYTES} bytes"
        raise Refused(400, f"{where}.image.source.base64: {most}")


def _check_breakpoints(body: Json) -> None:
    controls = [block["cache_control"] for block in cacheable_blocks(body) if block.get("cache_control")]
    controls += [body["cache_control"]] if body.get("cache_control") else []
    if len(controls) > _MAX_BREAKPOINTS:
        found = f"A maximum of {_MAX_BREAKPOINTS} blocks with cache_control may be provided."
        raise Refused(400, f"{found} Found {len(controls)}.")
    for control in controls:
        if not isinstance(control, dict) or control.get("type") != "ephemeral":
            raise Refused(400, "cache_control.type: Input should be 'ephemeral'")
        if control.get("ttl") not in {None, *_TTLS}:
            raise Refused(400, f"cache_control.ttl: Input should be {_listed(_TTLS)}")


def cacheable_blocks(body: Json) -> Iterator[Json]:
    """Tools, system prompt and messages, block by block, in the order of the prompt."""
    tools, messages = body.get("tools"), body.get("messages")
    yield from blocks_of(tools)
    yield from blocks_of(body.get("system"))
    for message in messages if isinstance(messages, list) else ():
        yield from blocks_of(message["content"])

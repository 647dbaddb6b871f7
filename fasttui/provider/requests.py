"""What is asked for, as the Messages API's own parameters. Pure; a key that is left out is never sent.

Sources: Anthropic's pages on fast mode, effort, thinking, caching, vision and PDFs (2026-08 to 2026-11).
"""

from base64 import b64encode
from typing import Any, assert_never

from fasttui.chat.conversation import (
    Block,
    DocumentBlock,
    Effort,
    ImageBlock,
    Message,
    RedactedThinkingBlock,
    ReplyRequest,
    TextBlock,
    ThinkingBlock,
    TurnOptions,
)
from fasttui.chat.models import Model
from fasttui.chat.safe_text import safe_line

MIN_THINKING_BUDGET = 1024
_EFFORTS_THAT_MUST_THINK: tuple[Effort, ...] = ("xhigh", "max")

Parameters = dict[str, Any]


def reply_parameters(request: ReplyRequest, model: Model) -> Parameters:
    """The parameters of `messages.create`, `stream` apart.

    Standard speed is asked for by silence: two models refuse even `speed: "standard"` without the
    beta header, and `null` is a value too. Sampling parameters exist for no model any more.
    """
    max_tokens = min(request.options.max_tokens, model.max_output_tokens or request.options.max_tokens)
    return (
        prompt_parameters(request, model)
        | {"max_tokens": max_tokens, "cache_control": _cache_control(request.options)}
        | _thinking(request.options, model, max_tokens)
        | _output_config(request.options, model)
        | ({"speed": "fast"} if request.options.speed == "fast" else {})
    )


def prompt_parameters(request: ReplyRequest, model: Model) -> Parameters:
    """The part that `messages.count_tokens` takes too: the model and what it reads."""
    parameters: Parameters = {"model": model.id, "messages": _messages(request.messages)}
    if request.system:
        parameters["system"] = request.system
    return parameters


def beta_header(options: TurnOptions, model: Model, already: str = "") -> str:
    """The `anthropic-beta` header: those the user's configuration asks for `already`, and fast's own."""
    betas = [beta.strip() for beta in already.split(",") if beta.strip()]
    if options.speed == "fast" and model.fast and model.fast.beta and model.fast.beta not in betas:
        betas.append(model.fast.beta)
    return ",".join(betas)


def _cache_control(options: TurnOptions) -> Parameters:
    """One mark for the whole prompt, which moves on with it; five minutes are the API's own default."""
    return {"type": "ephemeral"} | ({"ttl": options.cache_ttl} if options.cache_ttl != "5m" else {})


def _thinking(options: TurnOptions, model: Model, max_tokens: int) -> Parameters:
    summarized = {"thinking": {"type": "adaptive", "display": "summarized"}}
    match model.thinking:
        case "adaptive":
            return summarized if options.thinking else {}
        case "on":
            if options.thinking:
                return summarized
            effort = options.effort or model.default_effort
            return {} if effort in _EFFORTS_THAT_MUST_THINK else {"thinking": {"type": "disabled"}}
        case "always":
            # Unasked, it thinks out of sight: the API's default for display is `omitted`.
            return summarized if options.thinking else {}
        case "budget":
            budget = max(MIN_THINKING_BUDGET, max_tokens // 2)
            if not options.thinking or budget >= max_tokens:
                return {}
            return {"thinking": {"type": "enabled", "budget_tokens": budget}}
        case _:
            assert_never(model.thinking)


def _output_config(options: TurnOptions, model: Model) -> Parameters:
    effort = model.clamp_effort(options.effort) if options.effort else None
    return {"output_config": {"effort": effort}} if effort else {}


def _messages(messages: tuple[Message, ...]) -> list[Parameters]:
    sent = []
    for message in messages:
        # The API refuses text blocks with nothing in them.
        blocks = [_block(b) for b in message.sendable.blocks if not isinstance(b, TextBlock) or b.text.strip()]
        if blocks:
            sent.append({"role": message.role, "content": blocks})
    return sent


def _block(block: Block) -> Parameters:
    match block:
        case TextBlock(text):
            return {"type": "text", "text": text}
        case ThinkingBlock(thinking, signature):
            return {"type": "thinking", "thinking": thinking, "signature": signature}
        case RedactedThinkingBlock(data):
            return {"type": "redacted_thinking", "data": data}
        case ImageBlock(data, media_type):
            return {"type": "image", "source": _base64(data, media_type)}
        case DocumentBlock(data, "application/pdf", name):
            return {"type": "document", "source": _base64(data, "application/pdf")} | _title(name)
        case DocumentBlock(data, _, name):
            source = {"type": "text", "media_type": "text/plain", "data": data.decode("utf-8", "replace")}
            return {"type": "document", "source": source} | _title(name)
        case _:
            assert_never(block)


def _base64(data: bytes, media_type: str) -> Parameters:
    return {"type": "base64", "media_type": media_type, "data": b64encode(data).decode("ascii")}


def _title(name: str) -> Parameters:
    return {"title": safe_line(name, limit=200)} if name else {}

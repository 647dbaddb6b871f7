"""What the API refuses, with which status and in which words."""

import json
from typing import Any

import pytest

from fasttui.chat.models import FAST_BETA, Catalogue
from fasttui.simulator.refusal import Refused
from fasttui.simulator.request import MessagesRequest, check_credential, read_json, read_request, thinking_modes
from fasttui.simulator.signature import sign
from tests.simulator.conftest import AFTER_REMOVAL, BEFORE_REMOVAL, body

PNG = "iVBORw0KGgo="
ENABLED = {"type": "enabled", "budget_tokens": 2048}


def accepted(*, betas: tuple[str, ...] = (), today: Any = BEFORE_REMOVAL, **options: Any) -> MessagesRequest:
    return read_request(body("Hello", **options), frozenset(betas), Catalogue(), today)


NO_DICT = "Input should be a valid dictionary or object to extract fields from"
TOO_MANY = "128001 > 128000, which is the maximum allowed number of output tokens for claude-opus-4-8"


def message(content: Any, role: str = "user") -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content}]}


def refused(**options: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        accepted(**options)
    return caught.value.status, caught.value.message


@pytest.mark.parametrize("parameter", ["temperature", "top_p", "top_k", "nonsense"])
def test_a_parameter_the_api_does_not_know_is_an_extra_input(parameter: str) -> None:
    assert refused(**{parameter: 1}) == (400, f"{parameter}: Extra inputs are not permitted")


@pytest.mark.parametrize("model", ["claude-opus-4-8", "claude-opus-5"])
@pytest.mark.parametrize("speed", ["fast", "standard"])
def test_speed_without_its_beta_is_an_extra_input_where_the_model_needs_one(model: str, speed: str) -> None:
    assert refused(model=model, speed=speed) == (400, "speed: Extra inputs are not permitted")


@pytest.mark.parametrize("model", ["claude-opus-4-8", "claude-opus-5"])
def test_speed_with_its_beta_is_taken(model: str) -> None:
    assert accepted(model=model, speed="fast", betas=(FAST_BETA,)).speed == "fast"


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-fable-5-2"])
def test_later_models_take_speed_without_a_beta(model: str) -> None:
    assert accepted(model=model, speed="fast").speed == "fast"


@pytest.mark.parametrize("model", ["claude-opus-4-7", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1"])
def test_a_model_without_fast_does_not_support_speed(model: str) -> None:
    sentence = f"'{model}' does not support the `speed` parameter."
    assert refused(model=model, speed="fast", betas=(FAST_BETA,)) == (400, sentence)


def test_opus_4_6_runs_standard_and_says_nothing() -> None:
    assert accepted(model="claude-opus-4-6", speed="fast").speed == "standard"


def test_opus_4_8_loses_fast_on_the_day_it_is_removed() -> None:
    assert accepted(speed="fast", betas=(FAST_BETA,)).speed == "fast"
    status, sentence = refused(speed="fast", betas=(FAST_BETA,), today=AFTER_REMOVAL)
    assert (status, sentence) == (400, "'claude-opus-4-8' does not support the `speed` parameter.")


def test_an_unknown_speed_is_refused() -> None:
    assert refused(speed="warp", model="claude-opus-5-5")[1] == "speed: Input should be 'standard' or 'fast'"


def test_an_unknown_model_is_not_found() -> None:
    assert refused(model="claude-opus-9") == (404, "model: claude-opus-9")


def test_a_dated_snapshot_is_its_family() -> None:
    assert accepted(model="claude-haiku-4-5-20251001").model.context_tokens == 200_000


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": None}, "model: Field required"),
        ({"model": 3}, "model: Input should be a valid string"),
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"max_tokens": "many"}, "max_tokens: Input should be a valid integer"),
        ({"max_tokens": True}, "max_tokens: Input should be a valid integer"),
        ({"max_tokens": -1}, "max_tokens: Input should be greater than or equal to 0"),
        ({"max_tokens": 128_001}, f"max_tokens: {TOO_MANY}"),
        ({"messages": None}, "messages: Field required"),
        ({"messages": "Hello"}, "messages: Input should be a valid list"),
        ({"messages": []}, "messages: at least one message is required"),
        (message(""), "messages.0: user messages must have non-empty content"),
        ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
        (message(5), "messages.0.content: Input should be a valid string or list"),
        (message("x", "robot"), "messages.0.role: Input should be 'user', 'assistant' or 'system'"),
        ({"messages": ["x"]}, f"messages.0: {NO_DICT}"),
        (message("x", "assistant"), 'messages: first message must use the "user" role'),
        (message([{"type": "text", "text": ""}]), "messages: text content blocks must be non-empty"),
        (message([{"text": "x"}]), "messages.0.content.0.type: Field required"),
        (message(["x"]), f"messages.0.content.0: {NO_DICT}"),
        (
            {"output_config": {"effort": "huge"}},
            "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
        ),
        ({"cache_control": {"type": "forever"}}, "cache_control.type: Input should be 'ephemeral'"),
        ({"cache_control": {"type": "ephemeral", "ttl": "2h"}}, "cache_control.ttl: Input should be '5m' or '1h'"),
        ({"stop_sequences": [" "]}, "stop_sequences: each stop sequence must contain non-whitespace"),
        (
            {"thinking": {"type": "adaptive", "display": "loud"}},
            "thinking.display: Input should be 'summarized' or 'omitted'",
        ),
    ],
)
def test_a_malformed_field_is_named(options: dict[str, Any], sentence: str) -> None:
    assert refused(**options) == (400, sentence)


def test_a_prefilled_reply_is_refused_by_models_from_4_6_on_and_taken_by_older_ones() -> None:
    messages = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Well,"}]
    sentence = "This model does not support assistant message prefill. The conversation must end with a user message."
    assert refused(messages=messages) == (400, sentence)
    assert refused(messages=messages, model="claude-opus-4-6") == (400, sentence)
    assert accepted(messages=messages, model="claude-haiku-4-5").messages == messages


@pytest.mark.parametrize(
    ("model", "effort", "sentence"),
    [
        ("claude-haiku-4-5", "high", "the effort parameter."),
        ("claude-opus-4-6", "xhigh", "effort level 'xhigh'. Supported levels: low, medium, high, max."),
        ("claude-opus-4-5", "max", "effort level 'max'. Supported levels: low, medium, high."),
    ],
)
def test_an_effort_the_model_does_not_take_is_refused(model: str, effort: str, sentence: str) -> None:
    refusal = refused(model=model, output_config={"effort": effort})
    assert refusal == (400, f"This model does not support {sentence}")


def test_the_default_effort_is_the_models_own() -> None:
    assert accepted().effort == "high"
    assert accepted(model="claude-opus-5-5").effort == "medium"


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("claude-opus-4-8", ENABLED),
        ("claude-opus-5-5", ENABLED),
        ("claude-opus-5-5", {"type": "disabled"}),
        ("claude-fable-5-2", {"type": "disabled"}),
        ("claude-sonnet-5-5", {"type": "disabled"}),
        ("claude-opus-4-8", {"type": "between_tools"}),
        ("claude-haiku-4-5", {"type": "adaptive"}),
    ],
)
def test_a_thinking_mode_the_model_does_not_take_is_refused(model: str, thinking: Any) -> None:
    status, sentence = refused(model=model, thinking=thinking)
    assert status == 400
    assert "not supported" in sentence


@pytest.mark.parametrize(
    ("model", "thinking", "thinks"),
    [
        ("claude-opus-4-8", None, False),
        ("claude-opus-4-8", {"type": "adaptive"}, True),
        ("claude-opus-4-8", {"type": "disabled"}, False),
        ("claude-opus-5", None, True),
        ("claude-opus-5", {"type": "disabled"}, False),
        ("claude-opus-5-5", None, True),
        ("claude-sonnet-5-5", {"type": "between_tools"}, False),
        ("claude-opus-4-6", ENABLED, True),
        ("claude-haiku-4-5", ENABLED, True),
        ("claude-haiku-4-5", None, False),
    ],
)
def test_whether_a_model_thinks_follows_its_mode(model: str, thinking: Any, thinks: bool) -> None:
    assert accepted(model=model, thinking=thinking).thinks == thinks


@pytest.mark.parametrize("effort", ["xhigh", "max"])
def test_opus_5_cannot_stop_thinking_above_high_but_opus_4_8_can(effort: str) -> None:
    options: dict[str, Any] = {"thinking": {"type": "disabled"}, "output_config": {"effort": effort}}
    assert refused(model="claude-opus-5", **options)[0] == 400
    assert not accepted(model="claude-opus-4-8", **options).thinks


def test_a_thinking_budget_must_be_large_enough_and_leave_room() -> None:
    small = {"type": "enabled", "budget_tokens": 100}
    model = "claude-haiku-4-5"
    assert "greater than or equal to 1024" in refused(model=model, thinking=small)[1]
    assert "must be greater than" in refused(model=model, thinking=ENABLED, max_tokens=2048)[1]


def test_thinking_is_omitted_by_default_where_the_real_api_omits_it() -> None:
    adaptive = {"type": "adaptive"}
    assert not accepted(thinking=adaptive).thinking_shown
    assert accepted(thinking=adaptive | {"display": "summarized"}).thinking_shown
    assert accepted(model="claude-opus-4-6", thinking=adaptive).thinking_shown


def test_every_model_of_the_catalogue_takes_its_own_thinking_modes() -> None:
    for model in Catalogue().models:
        for mode in thinking_modes(model):
            thinking = ENABLED if mode == "enabled" else {"type": mode}
            assert accepted(model=model.id, thinking=thinking).model == model


def replayed(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": [{"type": "thinking", **block}, {"type": "text", "text": "Hi."}]},
        {"role": "user", "content": "Go on."},
    ]


def test_a_thinking_block_must_come_back_byte_for_byte() -> None:
    accepted(messages=replayed({"thinking": "Hm.", "signature": sign("Hm.")}))
    changed = replayed({"thinking": "Hm!", "signature": sign("Hm.")})
    assert refused(messages=changed)[1] == "messages.1.content.0: Invalid `signature` in `thinking` block"
    unsigned = replayed({"thinking": "Hm.", "signature": ""})
    assert refused(messages=unsigned)[1] == "messages.1.content.0: Invalid `signature` in `thinking` block"
    assert "signature: Field required" in refused(messages=replayed({"thinking": "Hm."}))[1]


def test_a_signature_made_elsewhere_is_taken_at_its_word() -> None:
    accepted(messages=replayed({"thinking": "Hm.", "signature": "EoQDCm0IDhgC"}))


def test_images_are_checked_for_type_and_encoding() -> None:
    def with_image(**source: str) -> list[dict[str, Any]]:
        image = {"type": "image", "source": {"type": "base64", **source}}
        return [{"role": "user", "content": [image, {"type": "text", "text": "What is it?"}]}]

    accepted(messages=with_image(media_type="image/png", data=PNG))
    assert "media_type" in refused(messages=with_image(media_type="image/tiff", data=PNG))[1]
    assert "Invalid base64" in refused(messages=with_image(media_type="image/png", data="ö"))[1]


def test_a_document_in_an_assistant_message_is_refused() -> None:
    document = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}
    messages = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": [document]},
        {"role": "user", "content": "Go on."},
    ]
    assert "document blocks are not permitted" in refused(messages=messages)[1]


def test_more_than_four_breakpoints_are_refused() -> None:
    blocks = [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5
    assert "maximum of 4 blocks" in refused(messages=[{"role": "user", "content": blocks}])[1]


@pytest.mark.parametrize("headers", [{"x-api-key": "k"}, {"authorization": "Bearer k"}, {"authorization": "bearer k"}])
def test_any_key_will_do(headers: dict[str, str]) -> None:
    check_credential(headers)


@pytest.mark.parametrize(
    "headers", [{}, {"x-api-key": ""}, {"x-api-key": " "}, {"authorization": "Bearer "}, {"authorization": "k"}]
)
def test_no_key_will_not_do(headers: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        check_credential(headers)
    assert caught.value.status == 401


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b'{"a":1'])
def test_a_body_that_is_no_json_object_is_refused(written: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_json(written)
    assert caught.value.status == 400


def test_an_error_has_the_shape_of_the_api() -> None:
    body_ = Refused(429, "Too fast.", error_code="ramp_limit_exceeded").body("req_1")
    assert json.loads(json.dumps(body_)) == {
        "type": "error",
        "error": {"type": "rate_limit_error", "message": "Too fast.", "details": {"error_code": "ramp_limit_exceeded"}},
        "request_id": "req_1",
    }

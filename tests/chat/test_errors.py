"""Every error is a whole sentence for the user, with a next step."""

import inspect
from typing import Any

import pytest
from hypothesis import given

from fasttui.chat import errors
from fasttui.chat.errors import (
    AccessDenied,
    ConnectionFailed,
    ConnectionLost,
    CredentialRejected,
    FasttuiError,
    ModelNotFound,
    ProviderError,
    RequestRejected,
    ServerFault,
    StreamBroken,
    StreamStalled,
)
from tests.strategies import hostile_text

SAMPLE: dict[str, Any] = {
    "sentence": "It went wrong.",
    "model": "claude-opus-4-8",
    "host": "api.anthropic.com",
    "reason": "reset by peer",
    "detail": "messages: at least one message is required",
    "what": "no message_stop",
    "status": 500,
    "silence_s": 90.0,
}


TREE = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, FasttuiError)]


def sample(kind: type[FasttuiError]) -> FasttuiError:
    needed = {
        name: SAMPLE.get(name, "something")
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.default is parameter.empty
    }
    return kind(**needed)


@pytest.mark.parametrize("kind", TREE)
def test_every_error_is_a_sentence_with_a_next_step(kind: type[FasttuiError]) -> None:
    error = sample(kind)
    assert str(error).endswith(".")
    assert str(error)[0].isupper() or str(error).startswith("claude-")
    if kind is not FasttuiError:
        assert error.hint.endswith(".")


@pytest.mark.parametrize("kind", TREE)
def test_the_tree_in_the_docstring_names_every_error(kind: type[FasttuiError]) -> None:
    assert errors.__doc__ is not None
    assert kind.__name__ in errors.__doc__


@pytest.mark.parametrize("kind", [kind for kind in TREE if issubclass(kind, ProviderError)])
def test_a_pause_the_server_names_is_told(kind: type[ProviderError]) -> None:
    if "retry_after_s" in inspect.signature(kind).parameters and issubclass(kind, errors.RateLimited):
        assert "12 s" in str(kind(retry_after_s=12.2))


@given(said=hostile_text)
def test_what_others_said_makes_one_safe_sentence(said: str) -> None:
    for error in (
        ServerFault(503, detail=said),
        ConnectionFailed("api.example", said),
        ConnectionLost(said),
        StreamBroken(said),
        RequestRejected(said),
        AccessDenied(said),
        CredentialRejected(detail=said),
        ModelNotFound(said),
        StreamStalled(90.0),
    ):
        sentence = str(error)
        assert sentence[-1] in ".!?…"
        assert not sentence.endswith("..")
        assert "\n" not in sentence
        assert "\x1b" not in sentence


def test_an_api_sentence_is_not_closed_twice() -> None:
    assert str(RequestRejected("Prompt is too long.")) == "The API refused the request: Prompt is too long."
    assert str(RequestRejected("")) == "The API refused the request."
    assert str(AccessDenied("Are you allowed?")) == "Not permitted: Are you allowed?"

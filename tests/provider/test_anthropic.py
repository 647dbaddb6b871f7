"""The real SDK against a server of our own: faults, stalls, closing, connections, credentials."""

import asyncio
import gzip
import json
from contextlib import aclosing
from pathlib import Path

import pytest

from fasttui.chat.errors import (
    ConnectionFailed,
    ConnectionLost,
    CredentialRejected,
    NoCredential,
    Overloaded,
    ProviderError,
    RequestRejected,
    StreamBroken,
    StreamStalled,
)
from fasttui.chat.events import ReplyStarted, ResponseOpened, StreamEvent, TextDelta, TurnCompleted
from fasttui.chat.models import Catalogue
from fasttui.chat.usage import FastLimits
from fasttui.provider.anthropic import AnthropicProvider
from fasttui.provider.protocol import Provider
from tests.provider.conftest import events_of, hear, provider_at, request_for, text_of
from tests.provider.loopback import (
    Answer,
    Connection,
    answers,
    block,
    ended,
    event,
    head,
    loopback,
    refuses,
    reply,
    started,
    streams,
    text,
)

BEGUN = started(input_tokens=1) + block() + text("Hi")


async def until_failure(provider: Provider) -> tuple[list[StreamEvent], ProviderError]:
    events: list[StreamEvent] = []
    with pytest.raises(ProviderError) as raised:
        await hear(provider, events)
    return events, raised.value


def cut_after(*pieces: bytes) -> Answer:
    async def answer(connection: Connection) -> None:
        await connection.send(head())
        await connection.send_chunks(*pieces)
        connection.writer.close()

    return answer


async def test_a_reply_begins_with_the_head_of_the_response() -> None:
    limits = {"anthropic-fast-output-tokens-limit": "400000", "anthropic-fast-output-tokens-remaining": "1000"}
    answer = streams(started(speed="fast"), block(), text("Hi"), ended(), headers=limits)
    async with loopback(answer) as server, provider_at(server.url) as provider:
        events = await events_of(provider)
    assert events[:2] == [
        ResponseOpened("req_test", FastLimits(output_limit=400_000, output_remaining=1000)),
        ReplyStarted("msg_1", "claude-opus-4-8", "fast"),
    ]
    assert events[-1] == TurnCompleted("end_turn")


async def test_a_connection_reset_in_mid_reply_keeps_what_came_and_says_so() -> None:
    async def answer(connection: Connection) -> None:
        await connection.send(head())
        await connection.send_chunks(BEGUN)
        await read.wait()  # RST throws away what is still on its way
        connection.reset()

    read = asyncio.Event()
    async with loopback(answer) as server, provider_at(server.url) as provider:
        events: list[StreamEvent] = []
        with pytest.raises(ConnectionLost) as raised:
            await hear(provider, events, on_text=read.set)
    assert text_of(events) == "Hi"
    assert raised.value.request_id == "req_test"


async def test_a_connection_closed_inside_a_chunk_is_lost() -> None:
    async with loopback(cut_after(BEGUN)) as server, provider_at(server.url) as provider:
        events, error = await until_failure(provider)
    assert isinstance(error, ConnectionLost)
    assert text_of(events) == "Hi"


async def test_a_clean_end_without_message_stop_is_broken_and_can_be_continued() -> None:
    async with loopback(streams(BEGUN)) as server, provider_at(server.url) as provider:
        events, error = await until_failure(provider)
    assert isinstance(error, StreamBroken)
    assert "without message_stop" in str(error)
    assert "/continue" in error.hint
    assert text_of(events) == "Hi"


async def test_silence_in_mid_reply_is_a_stall() -> None:
    async def answer(connection: Connection) -> None:
        await connection.send(head())
        await connection.send_chunks(BEGUN)
        await connection.closed_by_peer()

    async with loopback(answer) as server, provider_at(server.url, read_timeout_s=0.05) as provider:
        events, error = await until_failure(provider)
    assert isinstance(error, StreamStalled)
    assert text_of(events) == "Hi"


async def test_pings_are_bytes_and_no_stall() -> None:
    async def answer(connection: Connection) -> None:
        await connection.send(head())
        await connection.send_chunks(BEGUN)
        gone = asyncio.create_task(connection.closed_by_peer())
        for _ in range(6):
            given_up, _ = await asyncio.wait([gone], timeout=0.1)
            assert not given_up
            await connection.send_chunks(event("ping"))
        gone.cancel()
        await connection.send_chunks(ended())
        await connection.end_chunks()

    async with loopback(answer) as server, provider_at(server.url, read_timeout_s=0.4) as provider:
        assert (await events_of(provider))[-1] == TurnCompleted("end_turn")


async def test_a_head_that_does_not_come_is_no_connection() -> None:
    async with (
        loopback(Connection.closed_by_peer) as server,
        provider_at(server.url, read_timeout_s=0.05) as provider,
    ):
        events, error = await until_failure(provider)
    assert events == []
    assert isinstance(error, ConnectionFailed)
    assert "did not answer in time" in str(error)


async def test_a_password_in_the_address_is_never_shown() -> None:
    async with loopback() as server:
        url = server.url.replace("http://", "http://me:secret@")
    async with provider_at(url) as provider:
        _, error = await until_failure(provider)
    assert "secret" not in str(error)


async def test_a_port_where_nobody_listens_is_no_connection() -> None:
    async with loopback() as server:
        url = server.url
    async with provider_at(url) as provider:
        _, error = await until_failure(provider)
    assert isinstance(error, ConnectionFailed)
    assert url.removeprefix("http://") in str(error)


NOT_STREAMS = {
    "html": (answers(b"<html>Sign in</html>", content_type="text/html; charset=utf-8"), "a web page"),
    "json": (answers(b'{"type":"message","content":[]}', content_type="application/json"), "plain JSON"),
    "broken json": (answers(b"{", content_type="application/json"), "plain JSON"),
    "nothing": (answers(b""), "before its first event"),
    "openai": (streams(b'data: {"choices":[]}\n\n'), "without event: lines"),
}


@pytest.mark.parametrize(("answer", "sentence"), NOT_STREAMS.values(), ids=NOT_STREAMS.keys())
async def test_a_status_200_that_is_no_reply_is_named(answer: Answer, sentence: str) -> None:
    async with loopback(answer) as server, provider_at(server.url) as provider:
        _, error = await until_failure(provider)
    assert isinstance(error, StreamBroken)
    assert sentence in str(error)


async def test_an_error_body_with_status_200_is_that_error() -> None:
    body = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    async with loopback(refuses(200, body)) as server, provider_at(server.url) as provider:
        _, error = await until_failure(provider)
    assert isinstance(error, Overloaded)


async def test_a_compressed_stream_is_read_and_a_damaged_one_named() -> None:
    packed = gzip.compress(reply("Hello"))
    encoded = {"content-encoding": "gzip"}
    answer, damaged = streams(packed, headers=encoded), streams(b"not gzip", headers=encoded)
    async with loopback(answer, damaged) as server, provider_at(server.url) as provider:
        assert text_of(await events_of(provider)) == "Hello"
        _, error = await until_failure(provider)
    assert isinstance(error, StreamBroken)


async def test_leaving_the_stream_closes_the_connection_at_once() -> None:
    closed = asyncio.Event()

    async def answer(connection: Connection) -> None:
        await connection.send(head())
        await connection.send_chunks(BEGUN)
        await connection.closed_by_peer()
        closed.set()

    async with loopback(answer) as server, provider_at(server.url) as provider:
        async with aclosing(provider.stream(request_for())) as stream:
            async for received in stream:
                if isinstance(received, TextDelta):
                    break
        await asyncio.wait_for(closed.wait(), 5)


@pytest.mark.parametrize("frame_s", [None, 0.02])
@pytest.mark.parametrize("sends_head", [False, True])
async def test_cancelling_the_task_closes_the_connection_at_once(*, sends_head: bool, frame_s: float | None) -> None:
    waiting, closed = asyncio.Event(), asyncio.Event()

    async def answer(connection: Connection) -> None:
        if sends_head:
            await connection.send(head())
            await connection.send_chunks(BEGUN)
        waiting.set()
        await connection.closed_by_peer()
        closed.set()

    async with loopback(answer) as server, provider_at(server.url, frame_s=frame_s) as provider:
        task = asyncio.create_task(events_of(provider))
        await asyncio.wait_for(waiting.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(closed.wait(), 5)


async def test_the_next_message_goes_over_the_same_connection() -> None:
    async with loopback(streams(reply("ok"))) as server, provider_at(server.url) as provider:
        for _ in range(3):
            await events_of(provider)
        assert (len(server.received), server.connections) == (3, 1)


async def test_a_server_that_lingers_after_the_end_does_not_hold_the_reply_back() -> None:
    async def answer(connection: Connection) -> None:
        await connection.send(head())
        await connection.send_chunks(reply("ok"))
        await connection.closed_by_peer()

    async with loopback(answer) as server, provider_at(server.url) as provider:
        assert (await events_of(provider))[-1] == TurnCompleted("end_turn")


async def test_a_kept_connection_that_died_is_replaced_once_and_silently() -> None:
    async def hang_up(connection: Connection) -> None:
        connection.writer.close()

    async with loopback(streams(reply("one")), hang_up, streams(reply("two"))) as server:
        async with provider_at(server.url) as provider:
            assert text_of(await events_of(provider)) == "one"
            assert text_of(await events_of(provider)) == "two"
        assert (len(server.received), server.connections) == (3, 2)


async def test_a_new_connection_that_is_hung_up_on_is_not_tried_again() -> None:
    async def hang_up(connection: Connection) -> None:
        connection.writer.close()

    async with loopback(hang_up) as server, provider_at(server.url) as provider:
        _, error = await until_failure(provider)
        assert isinstance(error, ConnectionFailed)
        assert len(server.received) == 1


async def test_paced_reading_gives_the_same_reply() -> None:
    pieces = [text(f"{number} ") for number in range(300)]
    async with (
        loopback(streams(started(), block(), *pieces, ended())) as server,
        provider_at(server.url, frame_s=0.01) as provider,
    ):
        assert text_of(await events_of(provider)) == "".join(f"{number} " for number in range(300))


async def test_without_a_credential_nothing_is_sent() -> None:
    async with loopback(streams(reply("ok"))) as server, provider_at(server.url, api_key=None) as provider:
        _, error = await until_failure(provider)
        assert isinstance(error, NoCredential)
        assert await provider.count_tokens(request_for()) is None
        assert await provider.list_models() == {}
        assert server.received == []


@pytest.mark.parametrize("name", ["Authorization: Bearer x", "x-api-key: x"])
async def test_a_custom_header_that_signs_is_credential_enough(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", name)
    async with loopback(streams(reply("ok"))) as server, provider_at(server.url, api_key=None) as provider:
        assert text_of(await events_of(provider)) == "ok"


@pytest.mark.parametrize("key", ["sk-test\n", "  sk-test ", "\tsk-test\r\n"])
async def test_a_key_is_sent_without_the_blanks_around_it(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    async with loopback(streams(reply("ok"))) as server:
        for given in (key, None):
            async with provider_at(server.url, api_key=given) as provider:
                await events_of(provider)
        assert [received.headers["authorization"] for received in server.received] == ["Bearer sk-test"] * 2


@pytest.mark.parametrize("key", ["sk-\ntest", "sk-“test”", "sk-\x1b[0m"])
async def test_a_key_that_cannot_stand_in_a_header_is_refused_here(key: str) -> None:
    async with loopback(streams(reply("ok"))) as server, provider_at(server.url, api_key=key) as provider:
        _, error = await until_failure(provider)
        assert server.received == []
    assert isinstance(error, CredentialRejected)


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_base_url_is_none(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", value)
    assert AnthropicProvider(Catalogue(), api_key="sk-test").host == "api.anthropic.com"
    assert AnthropicProvider(Catalogue(), api_key="sk-test", base_url=value).host == "api.anthropic.com"


@pytest.mark.parametrize("url", ["localhost:1", "http://[::1", "http://127.0.0.1:99999", "ftp://x", "http://\x1b[2J/"])
async def test_a_base_url_that_is_none_is_no_connection(url: str) -> None:
    async with provider_at(url) as provider:
        _, error = await until_failure(provider)
    assert isinstance(error, ConnectionFailed)
    assert "\x1b" not in str(error)


async def test_a_missing_profile_is_a_credential_that_does_not_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("ANTHROPIC_PROFILE", "work")
    async with loopback(streams(reply("ok"))) as server, provider_at(server.url, api_key=None) as provider:
        _, error = await until_failure(provider)
    assert isinstance(error, CredentialRejected)
    assert provider.credential == "profile work"


async def test_text_that_no_encoding_can_carry_is_refused_here() -> None:
    async with loopback(streams(reply("ok"))) as server, provider_at(server.url) as provider:
        with pytest.raises(RequestRejected):
            await events_of(provider, request_for(prompt="half \ud83d"))
        assert server.received == []


def models_page(*entries: object, **page: object) -> Answer:
    return answers(json.dumps({"data": entries, **page}).encode(), content_type="application/json")


async def test_the_list_of_models_is_read_page_by_page() -> None:
    first = {"type": "model", "id": "claude-opus-4-8", "display_name": "Claude Opus 4.8", "max_input_tokens": 1_000_000}
    second = {"type": "model", "id": "claude-new-1", "display_name": "New\x1b[0m", "max_tokens": 64_000}
    pages = models_page(first, has_more=True, last_id="claude-opus-4-8"), models_page(second, has_more=False)
    async with loopback(*pages) as server, provider_at(server.url) as provider:
        assert await provider.list_models() == {
            "claude-opus-4-8": {"name": "Claude Opus 4.8", "context_tokens": 1_000_000},
            "claude-new-1": {"name": "New␛[0m", "max_output_tokens": 64_000},
        }
        assert "after_id=claude-opus-4-8" in server.received[1].path


QUIET = {
    "refused": refuses(404, {"type": "error", "error": {"type": "not_found_error", "message": "x"}}),
    "page": answers(b"<html>", content_type="text/html"),
    "other": answers(b"[1, 2]", content_type="application/json"),
    "cut": cut_after(b"{"),
}


@pytest.mark.parametrize("answer", QUIET.values(), ids=QUIET.keys())
async def test_what_only_informs_fails_without_a_word(answer: Answer) -> None:
    async with loopback(answer) as server, provider_at(server.url) as provider:
        assert await provider.list_models() == {}
        assert await provider.count_tokens(request_for()) is None

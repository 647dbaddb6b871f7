from contextlib import aclosing
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat import errors, events
from fasttui.chat.conversation import Turn
from fasttui.chat.events import TERMINAL
from fasttui.chat.models import Catalogue
from fasttui.chat.usage import FastLimits
from fasttui.engine import commands
from fasttui.engine.choices import Choices
from fasttui.engine.session import Session
from fasttui.provider.replay import ReplayProvider
from tests.engine.scripted import all_of, reply, session_with

FULL = FastLimits(output_limit=60_000, output_remaining=60_000)


async def test_a_prompt_becomes_a_turn_with_its_reply() -> None:
    session, provider, _ = session_with(reply("Hello ", "there."))

    await all_of(session.submit("Hi"))

    turn = session.conversation.head
    assert turn is not None
    assert (turn.prompt.text, turn.reply.text, turn.status) == ("Hi", "Hello there.", "completed")
    assert session.conversation.title == "Hi"
    assert provider.requests[0].messages == (turn.prompt,)


async def test_the_next_request_repeats_the_conversation() -> None:
    session, provider, _ = session_with(reply("One."), reply("Two."))
    await all_of(session.submit("first"))
    await all_of(session.submit("second"))
    assert [message.text for message in provider.requests[1].messages] == ["first", "One.", "second"]


async def test_a_refused_fast_request_goes_out_at_standard_at_once() -> None:
    session, provider, clock = session_with([errors.FastLimitReached(retry_after_s=9)], reply("ok"), speed="fast")

    seen = await all_of(session.submit("Hi"))

    assert [request.options.speed for request in provider.requests] == ["fast", "standard"]
    assert clock.slept == []
    fell_back = next(event for event in seen if isinstance(event, events.SpeedFellBack))
    assert "Fast limit reached for 9 s" in str(fell_back.error)
    turn = session.turn
    assert turn is not None
    assert (turn.asked_speed, turn.served_speed, turn.mismatched) == ("fast", "standard", True)


async def test_fast_is_not_asked_for_while_it_cools_and_comes_back_by_itself() -> None:
    session, provider, clock = session_with(
        [errors.FastLimitReached(retry_after_s=9)], reply("a"), reply("b"), reply("c", speed="fast"), speed="fast"
    )
    await all_of(session.submit("1"))
    assert session.status().fuel.state == "cooling"
    await all_of(session.submit("2"))
    clock.s += 9
    await all_of(session.submit("3"))
    assert [request.options.speed for request in provider.requests] == ["fast", "standard", "standard", "fast"]
    assert session.status().fuel.state != "cooling"


async def test_a_key_without_fast_mode_pays_the_dead_round_trip_once_and_is_told_how_to_get_it() -> None:
    refusal = errors.FastNotProvisioned("claude-opus-4-8")
    session, provider, clock = session_with([refusal], reply("a"), reply("b"), reply("c", speed="fast"), speed="fast")
    await all_of(session.submit("1"))
    assert session.turn is not None
    assert "claude.com/fast-mode" in (session.turn.fallback_reason or "")
    clock.s += 3_600
    await all_of(session.submit("2"))
    assert [request.options.speed for request in provider.requests] == ["fast", "standard", "standard"]
    assert not session.turn.mismatched
    assert "refused for good" in session.turn.options.speed_reason


async def test_fast_that_was_refused_for_good_can_be_asked_for_again_by_name() -> None:
    refusal = errors.FastNotProvisioned("claude-opus-4-8")
    session, provider, _ = session_with([refusal], reply("a"), reply("b", speed="fast"), speed="fast")
    await all_of(session.submit("1"))
    invocation = commands.parse("/speed fast")
    assert invocation is not None
    assert invocation.command is not None
    invocation.command.run(session, invocation.words)
    await all_of(session.submit("2"))
    assert provider.requests[-1].options.speed == "fast"


@pytest.mark.parametrize("error", [errors.Overloaded(), errors.ServerFault(503), errors.ConnectionFailed("h", "reset")])
async def test_a_fault_before_the_head_is_retried_visibly_at_the_same_speed(error: errors.ProviderError) -> None:
    session, provider, clock = session_with([error], [error], reply("ok", speed="fast"), speed="fast")

    seen = await all_of(session.submit("Hi"))

    assert [request.options.speed for request in provider.requests] == ["fast"] * 3
    assert [event.attempt for event in seen if isinstance(event, events.RetryScheduled)] == [2, 3]
    assert len(clock.slept) == 2
    assert session.turn is not None
    assert session.turn.timing.waited_s == pytest.approx(sum(clock.slept))
    assert session.turn.timing.first_token_s == pytest.approx(1.2)


async def test_three_attempts_are_all() -> None:
    session, provider, _ = session_with(*[[errors.Overloaded()]] * 4)
    seen = await all_of(session.submit("Hi"))
    assert len(provider.requests) == 3
    assert isinstance(seen[-1], events.TurnFailed)


async def test_retry_after_is_honoured_up_to_a_minute() -> None:
    session, _, clock = session_with([errors.RateLimited(retry_after_s=30)], reply("ok"))
    await all_of(session.submit("Hi"))
    assert clock.slept == [30]
    session, provider, clock = session_with([errors.RateLimited(retry_after_s=3_600)])
    await all_of(session.submit("Hi"))
    assert clock.slept == []
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "error",
    [errors.SpendLimitReached(), errors.CredentialRejected(), errors.RequestRejected("no"), errors.NoCredential()],
)
async def test_what_a_retry_cannot_help_is_not_retried(error: errors.ProviderError) -> None:
    session, provider, _ = session_with([error], speed="fast")
    seen = await all_of(session.submit("Hi"))
    assert len(provider.requests) == 1
    assert isinstance(seen[-1], events.TurnFailed)
    assert session.turn is not None
    assert session.turn.error == str(error)


async def test_nothing_is_sent_again_after_the_first_byte() -> None:
    broken = [*reply("Half a")[:-2], errors.ConnectionLost()]
    session, provider, _ = session_with(broken)

    seen = await all_of(session.submit("Hi"))

    assert len(provider.requests) == 1
    assert isinstance(seen[-1], events.TurnInterrupted)
    assert session.turn is not None
    assert session.turn.reply.text == "Half a"


async def test_leaving_the_loop_is_stopping_and_keeps_what_arrived() -> None:
    session, _, _ = session_with(reply("One ", "two ", "three."))
    async with aclosing(session.submit("Count")) as stream:
        async for event in stream:
            if isinstance(event, events.TextDelta) and event.text == "two ":
                break
    assert session.turn is not None
    assert (session.turn.status, session.turn.reply.text) == ("interrupted", "One two ")
    assert not session.streaming
    assert session.ledger.total > 0


async def test_a_retry_is_a_sibling_and_nothing_is_overwritten() -> None:
    session, _, _ = session_with(reply("A"), reply("B"))
    await all_of(session.submit("Hi"))
    first = session.conversation.head
    assert first is not None
    await all_of(session.retry(first))
    second = session.conversation.head
    assert second is not None
    assert session.conversation.siblings(first) == (first, second)
    assert first.reply.text == "A"


async def test_going_on_quotes_the_tail_in_a_user_message() -> None:
    broken = [*reply("The answer is for")[:-2], errors.ConnectionLost()]
    session, provider, _ = session_with(broken, reply("ty-two."))
    await all_of(session.submit("Hi"))
    assert session.turn is not None
    await all_of(session.proceed(session.turn))
    *_, last = provider.requests[1].messages
    assert last.role == "user"
    assert "> The answer is for" in last.text


async def test_a_prefix_holds_for_one_message() -> None:
    session, provider, _ = session_with(reply("a", speed="fast"), reply("b"))
    await all_of(session.submit("!fast !max Why?"))
    await all_of(session.submit("And now?"))
    assert [(r.options.speed, r.options.effort) for r in provider.requests] == [("fast", "max"), ("standard", "high")]
    assert provider.requests[0].messages[0].text == "Why?"
    assert provider.requests[0].options.max_tokens == 64_000


async def test_money_is_exact_and_fast_is_told_apart() -> None:
    session, _, _ = session_with(
        reply("x", output_tokens=1_000, input_tokens=2_000),
        reply("y", speed="fast", output_tokens=1_000, input_tokens=2_000),
    )
    await all_of(session.submit("1"))
    assert session.ledger.total == Decimal("0.035")
    session.choices.speed = "fast"
    await all_of(session.submit("2"))
    assert session.ledger.fast == Decimal("0.07")
    assert session.ledger.total == Decimal("0.105")


async def test_an_unreported_speed_of_a_fast_request_is_an_unknown_price() -> None:
    session, _, _ = session_with(reply("x", speed=None), speed="fast")
    await all_of(session.submit("1"))
    assert session.ledger.total == 0
    assert session.ledger.unknown_turns == 1


async def test_the_gauge_falls_with_the_running_reply_and_refills() -> None:
    session, _, clock = session_with(reply("x" * 250, speed="fast", output_tokens=1_200, limits=FULL), speed="fast")
    assert session.status().fuel.state == "unknown"
    async with aclosing(session.submit("Hi")) as stream:
        async for event in stream:
            if isinstance(event, events.TextDelta):
                running = session.status().fuel.remaining
    assert running == pytest.approx(59_900, abs=150)
    assert session.status().fuel.remaining == pytest.approx(58_800, abs=5)
    clock.s += 1.2
    assert session.status().fuel.remaining == pytest.approx(60_000, abs=5)


async def test_after_the_last_day_of_fast_standard_is_asked_for() -> None:
    session, provider, clock = session_with(reply("x"), speed="fast")
    clock.s += 8 * 86_400
    await all_of(session.submit("Hi"))
    assert provider.requests[0].options.speed == "standard"
    assert session.turn is not None
    assert "no fast mode" in session.turn.options.speed_reason


async def test_auto_explains_its_choice_and_stores_it() -> None:
    session, provider, _ = session_with(reply("x", speed="fast"), speed="auto")
    await all_of(session.submit("Explain everything."))
    options = provider.requests[0].options
    assert (options.speed, options.speed_choice) == ("fast", "auto")
    assert "tokens are expected" in options.speed_reason


@given(deltas=st.lists(st.text("abc é界🙂\n", max_size=8)), fails=st.booleans())
async def test_a_turn_ends_exactly_once_however_it_was_cut(deltas: list[str], *, fails: bool) -> None:
    provider = ReplayProvider(deltas, then=errors.ConnectionLost() if fails else None)
    session = Session(provider, Catalogue(), Choices("claude-opus-4-8"))
    seen = await all_of(session.submit("Hi"))
    assert [event for event in seen if isinstance(event, TERMINAL)] == seen[-1:]
    assert isinstance(session.turn, Turn)
    assert session.turn.reply.text == "".join(deltas)


async def test_every_request_asks_for_the_cache_as_it_was_chosen() -> None:
    session, provider, _ = session_with(reply("a"))
    session.choices.cache_ttl = "1h"
    await all_of(session.submit("Hi"))
    assert provider.requests[0].options.cache_ttl == "1h"


async def test_the_money_grows_with_the_running_reply_and_ends_at_what_was_booked() -> None:
    session, _, _ = session_with(reply(*["word " * 40] * 6, speed="fast", output_tokens=500, input_tokens=20_000))
    seen = [session.status().ledger.fast async for _ in session.submit("go")]
    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    assert session.ledger.fast == session.status().ledger.total == Decimal("0.225")

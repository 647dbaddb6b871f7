from decimal import Decimal

import pytest

from fasttui.chat import errors
from fasttui.engine import wording
from fasttui.engine.ledger import cost_of
from fasttui.engine.session import Session
from tests.engine.scripted import all_of, reply, session_with


def figures(session: Session) -> str:
    turn = session.turn
    assert turn is not None
    words = wording.reply_figures(turn, session.reading_of(turn), session.cost(turn))
    return "".join(text for text, _ in words)


async def test_an_ended_reply_shows_what_the_api_counted() -> None:
    session, _, _ = session_with(reply("x" * 500, pause_s=2.0, output_tokens=216))
    await all_of(session.submit("Hi"))
    assert figures(session) == "108 tok/s · first 1.2 s · 216 tok · $0.006"


async def test_a_cut_reply_shows_what_arrived_as_an_estimate_now_and_later() -> None:
    session, _, _ = session_with([*reply("x" * 500, pause_s=2.0)[:-2], errors.ConnectionLost()])
    await all_of(session.submit("Hi"))
    assert figures(session) == "~100 tok/s · first 1.2 s · ~200 tok · ≈ $0.006"
    conversation = session.conversation
    session.start_over()
    session.start_over(conversation)
    assert figures(session) == "~100 tok/s · first 1.2 s · ~200 tok · ≈ $0.006"


async def test_a_message_that_never_reached_the_model_costs_nothing_and_says_nothing() -> None:
    session, _, _ = session_with([errors.CredentialRejected()])
    await all_of(session.submit("Hi"))
    assert figures(session) == ""


async def test_the_heading_never_claims_a_speed_that_was_only_asked_for() -> None:
    session, _, _ = session_with(reply("x", speed=None), speed="fast")
    await all_of(session.submit("Hi"))
    assert session.turn is not None
    heading = "".join(text for text, _ in wording.reply_heading(session.turn))
    assert "not reported" in heading
    assert cost_of(session.turn, session.catalogue) is None


async def test_a_mismatch_without_a_refusal_is_explained_too() -> None:
    session, _, _ = session_with(reply("x", speed="standard"), speed="fast")
    await all_of(session.submit("Hi"))
    assert session.turn is not None
    explanation = "".join(text for text, _ in wording.reply_explanation(session.turn))
    assert explanation.startswith("! asked fast, served standard: The API served another speed")


@pytest.mark.parametrize(
    ("usd", "shown"), [("0", "$0.00"), ("0.0004", "<$0.001"), ("0.0123", "$0.012"), ("0.31", "$0.31"), ("12", "$12.00")]
)
def test_dollars_have_as_many_decimals_as_they_need(usd: str, shown: str) -> None:
    assert wording.dollars(Decimal(usd)) == shown


@pytest.mark.parametrize(
    ("tokens", "shown"),
    [(7, "7"), (842, "842"), (1_000, "1.0k"), (9_949, "9.9k"), (9_950, "10k"), (312_400, "312k"), (1_000_000, "1M"),
     (1_250_000, "1.2M")],
)  # fmt: skip
def test_tokens_are_short(tokens: int, shown: str) -> None:
    assert wording.tokens(tokens) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(0.84, "0.84 s"), (4.21, "4.2 s"), (73, "1 min 13 s")])
def test_seconds_read_naturally(seconds: float, shown: str) -> None:
    assert wording.seconds(seconds) == shown

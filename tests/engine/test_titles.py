"""A title asked of the model: cheap, booked, and no part of the chat."""

import pytest

from fasttui.chat.errors import CommandError, Overloaded
from fasttui.engine.titles import suggested_title
from tests.engine.scripted import all_of, reply, session_with


async def test_a_title_is_asked_for_cheaply_and_beside_the_chat() -> None:
    session, provider, _ = session_with(reply("Sure."), reply('"Eggless ', 'cakes"\n', "more"), speed="fast")
    await all_of(session.submit("A cake without eggs?"))
    before = session.ledger.total
    assert await suggested_title(session) == "Eggless cakes"
    assert session.ledger.total > before
    assert len(session.conversation.turns) == 1
    asked = provider.requests[-1].options
    assert (asked.speed, asked.effort, asked.thinking, asked.max_tokens) == ("standard", "low", False, 500)
    assert "A cake without eggs?" in provider.requests[-1].messages[0].text


@pytest.mark.parametrize("said", ["**Eggless** cakes", "# Eggless cakes.", "`Eggless` cakes", "“Eggless cakes”"])
async def test_the_marks_of_markdown_and_quotation_are_no_part_of_it(said: str) -> None:
    session, _, _ = session_with(reply("Sure."), reply(said))
    await all_of(session.submit("A cake without eggs?"))
    assert await suggested_title(session) == "Eggless cakes"


async def test_a_long_chat_is_not_sent_whole_to_be_named() -> None:
    session, provider, _ = session_with(reply("x" * 9000), reply("y"), reply("z" * 9000), reply("Title"))
    for prompt in ("a" * 9000, "middle", "b" * 9000):
        await all_of(session.submit(prompt))
    await suggested_title(session)
    (message,) = provider.requests[-1].messages
    assert len(message.text) < 7_000
    assert "middle" not in message.text


async def test_without_words_there_is_no_title() -> None:
    session, _, _ = session_with(reply("Sure."), reply("  \n"))
    with pytest.raises(CommandError):
        await suggested_title(session)
    await all_of(session.submit("Hi"))
    with pytest.raises(CommandError):
        await suggested_title(session)


async def test_what_went_wrong_is_said() -> None:
    session, _, _ = session_with(reply("Sure."), [Overloaded()])
    await all_of(session.submit("Hi"))
    with pytest.raises(Overloaded):
        await suggested_title(session)

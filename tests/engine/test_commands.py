import pytest

from fasttui.chat.errors import CommandError
from fasttui.config.keymap import ACTIONS, Action
from fasttui.engine import commands
from fasttui.engine.commands import parse
from fasttui.engine.session import Session
from tests.engine.scripted import session_with


@pytest.mark.parametrize(
    "line", ["hello", "//comment", "/etc/passwd is a file", "/sim cut", "a /speed", "/speed\nfast", "/"]
)
def test_an_ordinary_prompt_is_no_command(line: str) -> None:
    assert parse(line) is None


@pytest.mark.parametrize("action", [action for action in ACTIONS if action.command], ids=lambda action: action.id)
def test_every_action_with_a_slash_name_can_be_called_by_it(action: Action) -> None:
    invocation = parse(action.command)
    assert invocation is not None
    assert invocation.action is action or invocation.command is not None


def test_a_misspelt_command_is_never_sent_to_the_model_and_gets_a_suggestion() -> None:
    with pytest.raises(CommandError) as caught:
        parse("/sped fast")
    assert "/speed" in caught.value.hint


@pytest.mark.parametrize(("typed", "meant"), [("!hihg", "!high"), ("!Fast", "!fast"), ("!fast !mx", "!max")])
def test_a_misspelt_prefix_is_never_sent_to_the_model_and_gets_a_suggestion(typed: str, meant: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse(f"{typed} hello")
    assert f"There is no {typed.rsplit(maxsplit=1)[-1]}." in str(caught.value)
    assert f"Did you mean {meant}?" in caught.value.hint


def test_a_prefix_with_nothing_behind_it_is_never_sent_to_the_model() -> None:
    with pytest.raises(CommandError, match="no prompt behind !max"):
        parse("!fast !max ")


@pytest.mark.parametrize(
    "line", ["!nope hello", "! hello", "!", "!lol", " !hihg", "Hi !hihg", "!fast hello", "![a](b)"]
)
def test_what_is_near_to_no_prefix_is_an_ordinary_prompt(line: str) -> None:
    assert parse(line) is None


def test_speed_and_effort_are_set_and_told() -> None:
    session, _, _ = session_with()
    run(session, "/speed fast")
    run(session, "/effort max")
    assert (session.choices.speed, session.choices.effort) == ("fast", "max")
    assert "fast" in run(session, "/speed")
    run(session, "/effort down")
    assert session.choices.effort == "xhigh"


@pytest.mark.parametrize("line", ["/speed off", "/effort huge", "/once"])
def test_wrong_words_change_nothing_and_name_the_right_ones(line: str) -> None:
    session, _, _ = session_with()
    before = (session.choices.speed, session.choices.effort, session.choices.speed_once)
    with pytest.raises(CommandError, match=r"speed|effort"):
        run(session, line)
    assert (session.choices.speed, session.choices.effort, session.choices.speed_once) == before


def test_a_model_without_fast_takes_the_speed_along() -> None:
    session, _, _ = session_with(speed="fast")
    notice = commands.choose_model(session, "haiku-5-5")
    assert "no fast mode" in notice
    assert session.choices.speed == "standard"
    with pytest.raises(CommandError):
        run(session, "/speed fast")


def test_the_end_of_fast_is_told_ahead_with_the_successor() -> None:
    session, _, clock = session_with()
    assert "ends in 8 days" in commands.fast_notice(session)
    assert "/model claude-opus-5-5" in commands.fast_notice(session)
    clock.s += 8 * 86_400
    assert "no longer offers fast mode" in commands.fast_notice(session)
    assert not session.fast_offered()


def run(session: Session, line: str) -> str:
    invocation = parse(line)
    assert invocation is not None
    assert invocation.command is not None
    return invocation.command.run(session, invocation.words)


def test_a_prefix_may_stand_on_a_line_of_its_own() -> None:
    session, _, _ = session_with()
    assert session.choices.take_prefixes("!fast\n!max\n  def f():\n    pass") == "  def f():\n    pass"
    assert (session.choices.speed_once, session.choices.effort_once) == ("fast", "max")

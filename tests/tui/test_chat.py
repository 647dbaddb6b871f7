"""The chat screen by its keys."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Literal

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import OptionList

from fasttui.chat import errors, events
from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.events import StreamEvent
from fasttui.config.settings import Settings
from fasttui.engine.session import Session
from fasttui.tui.screens.help import HelpScreen
from fasttui.tui.screens.models import ModelScreen
from tests.engine.scripted import ScriptedProvider, Step, reply
from tests.tui.chat_app import chat_app, composer, ended, screen_text, status_row, transcript, until
from tests.tui.terminal import EmulatedDriver, differences, painted, terminal_of


async def typed(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*text, "enter")


class Held(ScriptedProvider):
    """Waits at every delta until it is let go on."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed on as they come
        self.go_on = asyncio.Semaphore(0)

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        async for event in super().stream(request):
            if isinstance(event, events.TextDelta):
                await self.go_on.acquire()
            yield event


def held(session: Session) -> Held:
    provider = session.provider
    assert isinstance(provider, ScriptedProvider)
    session.provider = Held(provider._clock, *provider._scripts)
    return session.provider


async def test_a_prompt_streams_and_the_figures_become_exact() -> None:
    app, session = chat_app(reply(*["word "] * 20, speed="fast", output_tokens=40), speed="fast")
    async with app.run_test(size=(120, 30)) as pilot:
        await typed(pilot, "Hello")
        await until(pilot, ended(session))
        text, bar = screen_text(app), status_row(app)
    assert "you" in text
    assert "word word word" in text
    assert "20 tok/s · first 1.2 s · 40 tok" in text
    assert "~" not in bar
    assert "⚡ FAST" in bar


@pytest.mark.parametrize(
    ("bell", "focused", "rings"),
    [("never", False, 0), ("unfocused", True, 0), ("unfocused", False, 1), ("always", True, 1)],
)
async def test_the_end_of_a_reply_rings_when_the_user_wants_it(
    monkeypatch: pytest.MonkeyPatch, bell: Literal["never", "unfocused", "always"], focused: bool, rings: int
) -> None:
    app, session = chat_app(reply("ok"), settings=Settings(bell=bell))
    provider = held(session)
    rung: list[None] = []
    monkeypatch.setattr(app, "bell", lambda: rung.append(None))
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "Hi")
        await until(pilot, lambda: session.streaming)
        app.app_focus = focused
        provider.go_on.release()
        await until(pilot, ended(session))
    assert len(rung) == rings


async def test_thinking_is_unfolded_and_code_wrapped_from_the_start_when_set_so() -> None:
    code = f"```python\nx = {'y' * 120}\nend\n```\n"
    thinking: list[Step] = [events.BlockStarted("thinking"), events.ThinkingDelta("Let me see.", "Let me see.")]
    script = [*reply()[:4], *thinking, *reply(code)[4:]]
    app, session = chat_app(script, settings=Settings(fold_thinking=False, wrap_code=True))
    async with app.run_test(size=(80, 40)) as pilot:
        await typed(pilot, "Hi")
        await until(pilot, ended(session))
        text = screen_text(app)
    assert "Let me see." in text
    assert text.count("y") >= 120


async def test_keys_typed_fast_arrive_in_order() -> None:
    app, session = chat_app(reply("ok"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f2", *"Hi there", "enter")
        await until(pilot, ended(session))
    assert session.turn is not None
    assert session.turn.prompt.text == "Hi there"
    assert session.turn.asked_speed == "fast"


@pytest.mark.parametrize("key", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_newline_keys_and_a_backslash_make_a_new_line(key: str) -> None:
    app, session = chat_app(reply("ok"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("a", key, "b", "\\", "enter", "c")
        assert composer(app).text == "a\nb\nc"
        assert session.turn is None


async def test_a_paste_never_submits_and_is_made_safe() -> None:
    from textual import events as textual_events

    app, session = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        composer(app).post_message(textual_events.Paste("one\r\ntwo\x1b]0;x\x07\n"))
        await pilot.pause()
        assert composer(app).text == "one\ntwo␛]0;x␇\n"
        assert session.turn is None


async def test_one_key_changes_the_speed_and_one_the_effort() -> None:
    app, session = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        seen = []
        for key in ("ctrl+f", "f2", "f2", "ctrl+t", "f3", "shift+f3"):
            await pilot.press(key)
            seen.append((session.choices.speed, session.choices.next_effort(session.model)))
        assert [speed for speed, _ in seen] == ["fast", "auto", "standard", "standard", "standard", "standard"]
        assert [effort for _, effort in seen[3:]] == ["xhigh", "max", "xhigh"]
        assert "standard · xhigh" in screen_text(app)


async def test_a_speed_for_one_message_springs_back() -> None:
    app, session = chat_app(reply("a", speed="fast"), reply("b"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("shift+f2")
        assert "once" in screen_text(app)
        await typed(pilot, "1")
        await until(pilot, ended(session))
        await typed(pilot, "2")
        await until(pilot, lambda: len(session.conversation.turns) == 2 and not session.streaming)
    assert [turn.asked_speed for turn in session.conversation.turns] == ["fast", "standard"]


async def test_served_is_shown_in_the_frame_in_which_it_is_known_with_the_reason() -> None:
    app, session = chat_app([errors.FastLimitReached(retry_after_s=9)], reply("x", "y"), speed="fast")
    provider = held(session)
    async with app.run_test(size=(120, 30)) as pilot:
        await typed(pilot, "Hi")
        await until(pilot, lambda: session.turn is not None and session.turn.served_speed is not None)
        text = screen_text(app)
        assert "asked ⚡ fast" in text
        assert "asked fast, served standard: Fast limit reached for 9 s." in text
        assert "STANDARD !" in status_row(app)
        assert "fast again in" in status_row(app)
        provider.go_on.release()
        provider.go_on.release()
        await until(pilot, ended(session))


async def test_escape_stops_keeps_what_arrived_and_never_clears_a_draft() -> None:
    app, session = chat_app(reply("Half ", "a reply"))
    provider = held(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "Go")
        provider.go_on.release()
        await until(pilot, lambda: session.turn is not None and session.turn.reply.text == "Half ")
        await pilot.press(*"draft", "escape")
        await until(pilot, ended(session))
        text = screen_text(app)
        assert composer(app).text == "draft"
    assert session.turn is not None
    assert session.turn.status == "interrupted"
    assert "■ stopped" in text
    assert "Half" in text


async def test_escape_at_rest_neither_quits_nor_clears() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"draft", "escape", "escape")
        assert composer(app).text == "draft"
        assert app.is_running


async def test_enter_during_a_reply_queues_and_the_queue_goes_out_after_it() -> None:
    app, session = chat_app(reply("one"), reply("two"))
    provider = held(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "first")
        await typed(pilot, "second")
        assert "1 queued" in screen_text(app)
        provider.go_on.release()
        provider.go_on.release()
        await until(pilot, lambda: len(session.conversation.turns) == 2 and not session.streaming)
    assert [turn.prompt.text for turn in session.conversation.turns] == ["first", "second"]


async def test_an_error_stands_where_the_reply_would_be_with_the_next_step() -> None:
    app, session = chat_app([errors.CredentialRejected()])
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "Hi")
        await until(pilot, ended(session))
        text = screen_text(app)
    assert "✗ Anthropic does not accept this credential." in text
    assert "Check ANTHROPIC_API_KEY" in text


async def test_a_failed_prompt_can_be_asked_again() -> None:
    app, session = chat_app([errors.CredentialRejected()], reply("Now it works."))
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "Hi")
        await until(pilot, ended(session))
        await typed(pilot, "/retry")
        await until(pilot, lambda: len(session.conversation.turns) == 2 and not session.streaming)
        text = screen_text(app)
    assert "Now it works." in text
    assert "✗" not in text
    assert "2/2" in text


async def test_a_command_changes_the_session_and_is_never_sent() -> None:
    app, session = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "/effort max")
        await typed(pilot, "/sped fast")
        text = screen_text(app)
    assert session.choices.effort == "max"
    assert session.turn is None
    assert "Did you mean /speed?" in text


async def test_prompts_sent_in_one_breath_are_answered_one_by_one() -> None:
    app, session = chat_app(reply("echo one"), reply("echo two"))
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        for prompt in ("one", "two"):
            composer(app).fill(prompt)
            composer(app).action_send()
        await until(pilot, lambda: "echo two" in screen_text(app))
        await until(pilot, ended(session))
        assert [turn.prompt.text for turn in session.conversation.path()] == ["one", "two"]
        assert "echo one" in screen_text(app)


async def test_a_stop_in_the_same_breath_as_the_prompt_keeps_it() -> None:
    app, session = chat_app(reply("never seen"))
    held(session)
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        app.chat._start(session.submit("one"))
        app.chat.action_stop()
        await until(pilot, lambda: not app.chat.answering)
        assert [turn.prompt.text for turn in session.conversation.path()] == ["one"]
        assert "■ stopped" in screen_text(app)


async def test_what_is_sent_while_a_stop_takes_effect_comes_back_to_the_composer() -> None:
    app, session = chat_app(reply("a", "b"))
    held(session)
    async with app.run_test(size=(100, 40)) as pilot:
        await typed(pilot, "one")
        await until(pilot, lambda: session.streaming)
        app.chat.action_stop()
        app.chat._queued.add("two")
        await until(pilot, lambda: not app.chat.answering)
        assert composer(app).text == "two"


async def test_scrolling_up_lets_go_of_the_tail_and_end_takes_it_up_again() -> None:
    app, session = chat_app(reply(*[f"line {n}\n\n" for n in range(80)]))
    provider = held(session)
    async with app.run_test(size=(100, 24)) as pilot:
        await typed(pilot, "Go")
        for _ in range(40):
            provider.go_on.release()
        await until(pilot, lambda: session.turn is not None and "line 39" in session.turn.reply.text)
        await until(pilot, lambda: "line 39" in screen_text(app))
        await pilot.press("pageup")
        await until(pilot, lambda: not transcript(app).following)
        for _ in range(40):
            provider.go_on.release()
        await until(pilot, ended(session))
        await until(pilot, lambda: "new lines (Ctrl+End)" in screen_text(app))
        assert "STANDARD" in screen_text(app)  # nothing lies on the status bar
        assert "line 79" not in screen_text(app)
        await pilot.press("end")
        await until(pilot, lambda: "line 79" in screen_text(app))
        assert transcript(app).following
        await until(pilot, lambda: "Ctrl+End" not in screen_text(app))


async def test_help_and_the_model_list_open_and_close() -> None:
    app, session = chat_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "Ctrl+F" in screen_text(app)
        await pilot.press("escape", "f7")
        await until(pilot, lambda: isinstance(app.screen, ModelScreen))
        options = app.screen.query_one(OptionList)
        options.highlighted = options.get_option_index("claude-opus-5-5")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.chat)
        assert "Opus 5.5" in screen_text(app).splitlines()[0]
    assert session.choices.model == "claude-opus-5-5"


async def test_without_fast_the_speed_key_offers_the_successor_and_takes_it_the_second_time() -> None:
    app, session = chat_app()
    clock = session._clock
    clock.s += 9 * 86_400  # type: ignore[attr-defined]  # the test's own clock
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("ctrl+f")
        assert session.choices.speed == "standard"
        assert "again switches to Opus 5.5" in screen_text(app)
        await pilot.press("ctrl+f")
        assert (session.choices.model, session.choices.speed) == ("claude-opus-5-5", "fast")


async def test_earlier_prompts_come_back_with_the_arrows_and_the_draft_after_them() -> None:
    app, session = chat_app(reply("a"), reply("b"))
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "one")
        await until(pilot, ended(session))
        await typed(pilot, "two")
        await until(pilot, lambda: len(session.conversation.turns) == 2 and not session.streaming)
        await pilot.press(*"new")
        seen = []
        for key in ("up", "up", "down", "down"):
            await pilot.press(key)
            await pilot.pause()
            seen.append(composer(app).text)
    assert seen == ["two", "one", "two", "new"]


async def test_at_rest_no_timer_runs() -> None:
    app, session = chat_app(reply("done"))
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "Hi")
        await until(pilot, ended(session))
        assert app.chat._ticks is None
        assert composer(app).cursor_blink is False


async def test_leaving_during_a_reply_ends_cleanly_and_keeps_it() -> None:
    app, session = chat_app(reply("Half ", "a reply"))
    provider = held(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "Go")
        provider.go_on.release()
        await until(pilot, lambda: session.turn is not None and session.turn.reply.text == "Half ")
        app.exit()
    assert session.turn is not None
    assert (session.turn.status, session.turn.reply.text) == ("interrupted", "Half ")


async def test_what_comes_while_the_widgets_go_is_not_shown_any_more() -> None:
    app, session = chat_app(reply("ok", "more"))
    provider = held(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "Hi")
        await until(pilot, lambda: session.streaming)
        app._exit = True  # as `exit` does first
        await transcript(app).remove()
        provider.go_on.release()
        provider.go_on.release()
        await until(pilot, ended(session))


async def test_a_narrow_and_a_wide_screen_both_fit() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(60, 20)) as pilot:
        for size in ((60, 20), (80, 24), (140, 40), (30, 8)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            rows = screen_text(app).splitlines()
            assert len(rows) == size[1]
            assert any("Ask Claude" in row for row in rows)


async def test_a_letter_repaints_its_line_alone_and_the_screen_stays_true() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(60, 30)) as pilot:
        composer(app).fill(
            "\n".join(f"line {n} of a long draft that wraps at the edge of the screen" for n in range(12))
        )
        for key in (*"typed words wrap here", "backspace", "enter", "up", "x", "home", "y", "ctrl+j", "z", "delete"):
            await pilot.press(key if key != "enter" else "ctrl+j")
            await pilot.pause()
            app.chat._forecast_now()  # else the price may change in between
            shown = screen_text(app)
            composer(app).refresh()
            await pilot.pause()
            assert shown == screen_text(app), key


async def test_the_last_code_block_is_copied_as_its_source() -> None:
    app, session = chat_app(reply("One:\n\n```python\na = 1\n\nif a:\n    pass\n```\n\nand text.\n"))
    async with app.run_test(size=(100, 30)) as pilot:
        await typed(pilot, "Go")
        await until(pilot, ended(session))
        await pilot.press("f8")
        await pilot.pause()
        assert app.clipboard == "a = 1\n\nif a:\n    pass"
        await pilot.press("ctrl+y")
        await pilot.pause()
        assert app.clipboard.startswith("One:\n\n```python")


@pytest.mark.parametrize(("key", "placeholder"), [("f9", "Find in this chat"), ("ctrl+r", "Type a part of it")])
async def test_what_is_typed_to_find_with_is_seen_with_the_status_below(key: str, placeholder: str) -> None:
    app, _ = chat_app()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert placeholder in screen_text(app)
        await pilot.press(*"sought")
        await pilot.pause()
        assert "sought" in screen_text(app)
        assert "tok/s" in status_row(app)


async def test_help_keeps_its_two_columns_on_a_narrow_screen() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("f1")
        await pilot.pause()
        rows = [row.partition("│")[2] for row in screen_text(app).splitlines()]
        first = next(i for i, row in enumerate(rows) if "Earlier prompt, from" in row)
        assert rows[first].index("Earlier") == rows[first + 1].index("the first line")


class Loading(ScriptedProvider):
    """Is not ready for as long as the test lasts."""

    async def wait_ready(self) -> None:
        await asyncio.Event().wait()


async def test_a_prompt_sent_before_the_sdk_is_loaded_is_seen_waiting() -> None:
    app, session = chat_app([])
    session.provider = Loading(session._clock)  # type: ignore[arg-type]  # the clock of the script
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "early")
        await pilot.pause()
        assert "waiting" in status_row(app)
        assert "  early" in screen_text(app).splitlines()
        await pilot.press("escape")
        await until(pilot, lambda: "stopped  ask again with /retry" in screen_text(app))


async def test_the_screen_is_drawn_again_after_the_shell_had_the_terminal() -> None:
    app, _ = chat_app()
    app.driver_class = EmulatedDriver
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await painted(pilot)
        terminal_of(app).terminal.screen.reset()
        app.app_resume_signal.publish(app)
        await painted(pilot)
        assert differences(app) == []


async def test_a_warning_too_long_for_the_border_is_cut_and_not_left_out() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(60, 20)):
        composer(app).show_next(Content("fast"), Content("low on fuel: " + "the reply may not fit " * 5), fast=True)
        assert "low on fuel: the reply" in (composer(app).border_title or "")

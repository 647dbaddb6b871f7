"""Writing the next message: what keys and pastes do to the draft."""

import pytest
from textual import events
from textual.geometry import Region
from textual.strip import Strip

from fasttui.tui.widgets.transcript_view import TranscriptView
from tests.engine.scripted import reply
from tests.tui.chat_app import chat_app, composer, ended, screen_text, transcript, until
from tests.tui.terminal import EmulatedDriver, differences, painted, text_of


async def test_a_letter_without_a_meaning_in_the_transcript_begins_a_prompt() -> None:
    app, session = chat_app(reply("Yes."))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("H", "i", "enter")
        await until(pilot, ended(session))
        await pilot.press("shift+tab", *"hjk")
        assert composer(app).text == "hjk"
        assert composer(app).has_focus


async def test_a_letter_with_a_meaning_in_the_transcript_keeps_it() -> None:
    app, session = chat_app(reply("Yes."))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("H", "i", "enter")
        await until(pilot, ended(session))
        await pilot.press("shift+tab", "k", "j", "c", "space")
        assert composer(app).text == ""
        assert transcript(app).has_focus


async def test_what_is_pasted_into_the_transcript_goes_into_the_prompt() -> None:
    app, session = chat_app(reply("Yes."))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("H", "i", "enter")
        await until(pilot, ended(session))
        await pilot.press("shift+tab")
        app.post_message(events.Paste("one\ntwo"))
        await until(pilot, lambda: composer(app).text == "one\ntwo")
        assert composer(app).has_focus


async def test_ctrl_c_puts_a_draft_aside_and_up_and_undo_bring_it_back() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("a", "ctrl+j", "b", "ctrl+c")
        assert composer(app).text == ""
        assert "Draft put aside: Up brings it back. Ctrl+C once more quits." in screen_text(app)
        await pilot.press("up")
        assert composer(app).text == "a\nb"
        await pilot.press("down")
        assert composer(app).text == ""


async def test_a_draft_put_aside_comes_back_by_undo() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"hello", "ctrl+c", "ctrl+underscore")
        assert composer(app).text == "hello"


async def test_ctrl_c_twice_quits_from_a_draft_too() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"hello", "ctrl+c")
        assert app.is_running
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app._running)
    assert app.return_code == 0


async def test_ctrl_c_during_a_reply_only_stops_it() -> None:
    from tests.tui.test_chat import held

    app, session = chat_app(reply("a", "b"))
    held(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("H", "i", "enter")
        await until(pilot, lambda: session.streaming)
        await pilot.press(*"next", "ctrl+c")
        await until(pilot, ended(session))
        assert composer(app).text == "next"


async def test_ctrl_c_while_something_else_is_open_leaves_the_draft() -> None:
    app, _ = chat_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"hello", "f1", "ctrl+c")
        assert composer(app).text == "hello"


async def test_what_is_echoed_at_once_is_what_a_whole_repaint_would_show() -> None:
    app, _ = chat_app()
    app.driver_class = EmulatedDriver
    async with app.run_test(headless=False, size=(60, 24)) as pilot:
        composer(app).fill(
            "\n".join(f"line {n} of a long draft that wraps at the edge of the screen" for n in range(40))
        )
        await painted(pilot)
        keys = (*"ab (", "up", "x", "ctrl+j", "y", *["up"] * 9, "z", "home", "é", "backspace", "漢", "delete", "end")
        for theme in ("dusk", "mono", "paper"):
            app.action_theme(theme)
            await painted(pilot)
            for key in keys:
                app.simulate_key(key)
                await painted(pilot)
                assert not differences(app), (theme, key)


async def test_a_letter_is_painted_without_the_compositor(monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = chat_app()
    app.driver_class = EmulatedDriver
    async with app.run_test(headless=False, size=(60, 24)) as pilot:
        composer(app).fill("a draft\nof two lines")
        await painted(pilot)
        app.chat._forecast_now()  # else the price may change in between
        await painted(pilot)
        rendered: list[Region] = []

        def render_lines(crop: Region) -> list[Strip]:
            rendered.append(crop)
            return TranscriptView.render_lines(transcript(app), crop)

        monkeypatch.setattr(transcript(app), "render_lines", render_lines)
        app.simulate_key("x")
        await until(pilot, lambda: "of two linesx" in "".join(text_of(app)))
        assert rendered == []

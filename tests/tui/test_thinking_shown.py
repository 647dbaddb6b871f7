"""The label of thinking, of which many models say nothing at all."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from fasttui.chat import events
from fasttui.chat.conversation import ReplyRequest
from fasttui.chat.events import StreamEvent
from tests.engine.scripted import ScriptedProvider, Step, reply, session_with
from tests.tui.chat_app import app_around, ended, screen_text, until
from tests.tui.terminal import painted
from tests.tui.transcript_app import TranscriptApp, prompt, rows_of_view, wrong_cells
from tests.tui.transcript_app import reply as entry

OPENING, ANSWER = reply("The answer.")[:4], reply("The answer.")[4:]
SILENT: list[Step] = [events.BlockStarted("thinking"), 4.0, events.ThinkingSigned("signed")]


class Thinking(ScriptedProvider):
    """Waits inside a silent block of thinking until it is let go on."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed on as they come
        self.go_on = asyncio.Event()

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        async for event in super().stream(request):
            yield event
            if isinstance(event, events.BlockStarted) and event.kind == "thinking":
                await self.go_on.wait()


async def test_silent_thinking_is_counted_from_its_start_and_told_afterwards() -> None:
    session, scripted, clock = session_with([*OPENING, *SILENT, *ANSWER])
    session.provider = provider = Thinking(clock, *scripted._scripts)
    app = app_around(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("H", "i", "enter")
        await until(pilot, lambda: "thinking for 0 s …" in screen_text(app))
        clock.s += 3.0
        await until(pilot, lambda: "thinking for 3 s …" in screen_text(app))
        provider.go_on.set()
        await until(pilot, ended(session))
        shown = screen_text(app)
        app.chat._show_conversation()
        await pilot.pause()
        assert "thought for 7.1 s" in shown
        assert screen_text(app) == shown


async def test_a_reply_that_did_not_think_has_no_label() -> None:
    session, _, _ = session_with(reply("The answer."))
    app = app_around(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("H", "i", "enter")
        await until(pilot, ended(session))
        assert "thought" not in screen_text(app)


async def test_what_is_stopped_while_it_thinks_in_silence_keeps_no_label() -> None:
    session, scripted, clock = session_with([*OPENING, *SILENT, *ANSWER])
    session.provider = Thinking(clock, *scripted._scripts)
    app = app_around(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("H", "i", "enter")
        await until(pilot, lambda: "thinking for 0 s …" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, ended(session))
        assert "thinking for" not in screen_text(app)
        assert "■ stopped" in screen_text(app)


async def test_a_label_comes_and_goes_before_there_is_any_thinking_to_see() -> None:
    app = TranscriptApp()
    async with app.run_test(headless=False, size=(60, 16)) as pilot:
        view = app.transcript
        view.show([prompt("1", "Hi"), entry("2", streaming=True)])
        steps: list[tuple[Callable[[], None], list[str]]] = [
            (lambda: view.set_thinking_label("2", "thinking"), ["  thinking", ""]),
            (lambda: view.set_thinking_label("2", ""), [""]),
            (lambda: view.set_thinking_label("2", "thought"), ["  thought", ""]),
            (lambda: view.add_text("2", "Yes."), ["  thought", "  Yes.", ""]),
            (lambda: view.fold_thinking(False), ["  thought", "  Yes.", ""]),
            (lambda: view.add_thinking("2", "Hm."), ["  thought", "  ▏ Hm.", "", "  Yes.", ""]),
        ]
        for step, rows in steps:
            step()
            await painted(pilot)
            assert rows_of_view(app)[4 : 4 + len(rows)] == rows
            assert wrong_cells(app) == []

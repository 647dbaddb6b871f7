"""The inline chat, driven by keys and seen on an emulated terminal."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from fasttui.chat import events
from fasttui.chat.conversation import DocumentBlock, ImageBlock, ReplyRequest
from fasttui.chat.errors import ConnectionLost, Overloaded
from fasttui.chat.events import StreamEvent
from fasttui.chat.safe_text import safe_text
from fasttui.config.settings import Settings
from fasttui.engine.session import Session
from fasttui.store.store import Store
from tests.engine.scripted import ScriptedProvider, Step, reply, session_with
from tests.inline.chatting import chatting

ENTER, ESC, CTRL_C, CTRL_D, CTRL_F, CTRL_J, CTRL_R, TAB = "\r", "\x1b", "\x03", "\x04", "\x06", "\n", "\x12", "\t"
LEFT, RIGHT = "\x1b[D", "\x1b[C"
F1, F2, F7 = "\x1bOP", "\x1bOQ", "\x1b[18~"
PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"


class GatedProvider(ScriptedProvider):
    """Sends the text of a reply only up to where `open` says."""

    holds_at_thinking = holds_at_once = False

    def gate(self) -> None:
        self.opened = asyncio.Event()

    async def stream(self, request: ReplyRequest) -> AsyncGenerator[StreamEvent, None]:
        texts = 0
        if self.holds_at_once:
            await self.opened.wait()
        async for event in super().stream(request):
            if isinstance(event, events.TextDelta):
                texts += 1
                if texts > 1:
                    await self.opened.wait()
            yield event
            if self.holds_at_thinking and isinstance(event, events.BlockStarted) and event.kind == "thinking":
                await self.opened.wait()


def gated(*scripts: Sequence[Step]) -> tuple[Session, GatedProvider]:
    session, _, clock = session_with()
    provider = GatedProvider(clock, *scripts)
    provider.gate()
    session.provider = provider
    return session, provider


async def test_a_reply_is_printed_with_its_heading_and_figures_once() -> None:
    async with chatting(reply("Hello **there**.\n\n", "Second paragraph.", output_tokens=42)) as chat:
        chat.press("Hi" + ENTER)
        text = await chat.sees("Second paragraph.", "42 tok")
    assert text.count("claude  standard · high") == 1
    assert text.count("Hello there.") == 1
    assert text.index("you\nHi\n") < text.index("claude  standard") < text.index("Hello") < text.index("42 tok")


async def test_the_empty_prompt_shows_its_placeholder_until_something_is_typed() -> None:
    async with chatting() as chat:
        await chat.sees("› Ask Claude")
        chat.press("x")
        await chat.until(lambda: "Ask Claude" not in chat.terminal.text)


async def test_a_code_block_can_be_copied_from_the_scrollback_as_it_was_written() -> None:
    code = "def f(x):\n    if x:\n        return '" + "long " * 20 + "'\n\n    return 0"
    async with chatting(reply(f"Here:\n\n```python\n{code}\n```\n\nDone."), columns=60) as chat:
        chat.press("Hi" + ENTER)
        text = await chat.sees("Done.", "tok")
    joined = text.replace("\n", "")
    assert code.replace("\n", "") in joined
    assert "│ def" not in text
    assert "def f(x):\n    if x:\n" in text


async def test_a_mismatch_is_printed_below_the_heading_with_its_reason() -> None:
    async with chatting(reply("Hi.", speed="standard"), speed="fast") as chat:
        chat.press("Hi" + ENTER)
        text = await chat.sees("asked ⚡ fast", "! asked fast, served standard")
    assert text.index("! asked fast") < text.index("Hi.\n")


async def test_an_error_is_printed_with_its_next_step_and_the_draft_stays_usable() -> None:
    async with chatting([ConnectionLost("gone")]) as chat:
        chat.press("Hi" + ENTER)
        text = await chat.sees("✗")
        assert ConnectionLost.hint in text
        chat.press("again")
        await chat.sees("› again")


async def test_a_retry_counts_down_above_the_prompt_and_leaves_no_trace() -> None:
    async with chatting([Overloaded(retry_after_s=None)], reply("Fine.")) as chat:
        chat.press("Hi" + ENTER)
        text = await chat.sees("Fine.", "tok ·")
    assert "Attempt" not in text


async def test_what_is_typed_during_a_reply_is_queued_by_enter_and_sent_after_it() -> None:
    session, provider = gated(reply("One", " two."), reply("Second reply."))
    async with chatting(session=session) as chat:
        chat.press("first" + ENTER)
        await chat.sees("One")
        chat.press("second" + ENTER)
        await chat.sees("1 queued")
        chat.press("third, a draft")
        provider.opened.set()
        await chat.sees("One two.", "Second reply.", "› third, a draft")


async def test_prompts_that_are_sent_in_one_breath_are_answered_one_after_the_other() -> None:
    async with chatting(reply("Reply one."), reply("Reply two.")) as chat:
        chat.press("first" + ENTER + "second" + ENTER)
        text = await chat.sees("Reply one.", "Reply two.")
    assert text.index("first\n") < text.index("Reply one.") < text.index("second\n") < text.index("Reply two.")


async def test_a_prompt_is_seen_before_anything_is_heard_of_the_reply_and_outlives_a_stop() -> None:
    session, provider = gated(reply("Never."))
    provider.holds_at_once = True
    async with chatting(session=session) as chat:
        chat.press("first" + ENTER)
        await chat.sees("you\nfirst\n")
        chat.press("queued" + ENTER + ESC)
        text = await chat.sees("■ stopped")
        await chat.until(lambda: chat.draft == "queued")
    assert text.count("you\nfirst\n") == 1


async def test_a_prompt_that_is_stopped_as_it_is_sent_is_kept() -> None:
    session, provider = gated(reply("Never."))
    provider.holds_at_once = True
    async with chatting(session=session) as chat:
        chat.press("first" + ENTER + CTRL_C)
        await chat.sees("you\nfirst\n", "■ stopped")
        assert chat.session.conversation.turns[0].prompt.text == "first"


@pytest.mark.parametrize("key", [ESC, CTRL_C])
async def test_stopping_keeps_what_arrived_and_brings_queued_prompts_back(key: str) -> None:
    session, _ = gated(reply("Arrived", " never."))
    async with chatting(session=session) as chat:
        chat.press("first" + ENTER)
        await chat.sees("Arrived")
        chat.press("queued" + ENTER + "draft")
        await chat.sees("1 queued", "› draft")
        chat.press(key)
        text = await chat.sees("■ stopped")
        await chat.until(lambda: chat.draft == "queued\n\ndraft")
    assert "Arrived" in text
    assert "never" not in text


async def test_ctrl_c_twice_quits_and_once_does_not() -> None:
    async with chatting() as chat:
        chat.press(CTRL_C)
        await chat.sees("Ctrl+C once more quits.")
        assert chat.exit_code is None
        chat.press(CTRL_C)
        await chat.until(lambda: chat.exit_code == 0)


async def test_ctrl_d_quits_only_on_an_empty_prompt() -> None:
    async with chatting() as chat:
        chat.press("ab\x01" + CTRL_D)
        await chat.until(lambda: chat.draft == "b")
        chat.press(CTRL_D + CTRL_D)
        await chat.until(lambda: chat.exit_code == 0)


@pytest.mark.parametrize("newline", [CTRL_J, "\x1b\r", "\\\r", "\x1b[13;2u", "\x1b[27;2;13~"])
async def test_every_newline_key_starts_a_line_and_sends_nothing(newline: str) -> None:
    async with chatting() as chat:
        chat.press("one" + newline + "two")
        await chat.until(lambda: chat.draft == "one\ntwo")


async def test_a_paste_never_submits_and_its_control_characters_are_made_visible() -> None:
    async with chatting() as chat:
        chat.press(f"{PASTE}one\rtwo\x1b]0;x\x07\r\n{PASTE_END}")
        await chat.until(lambda: chat.draft == "one\ntwo␛]0;x␇\n")


async def test_the_speed_key_changes_what_the_next_message_asks_for() -> None:
    async with chatting() as chat:
        chat.press(CTRL_F)
        await chat.sees("⚡ fast · high")
        chat.press(F2)
        await chat.until(lambda: chat.session.choices.speed == "auto")


async def test_shift_f3_lowers_the_effort_though_it_looks_like_a_report() -> None:
    async with chatting() as chat:
        assert chat.session.choices.next_effort(chat.session.model) == "high"
        chat.press("\x1b[1;2R")
        await chat.sees("standard · medium")


async def test_a_slash_command_is_completed_with_its_description_and_carried_out() -> None:
    async with chatting() as chat:
        chat.press("/eff")
        await chat.sees("/effort", "How much work goes into a reply")
        chat.press("ort low" + ENTER)
        await chat.sees("Effort is low.")
        assert chat.session.choices.effort == "low"


async def test_an_unknown_command_keeps_the_draft_and_names_the_nearest() -> None:
    async with chatting() as chat:
        chat.press("/efort low" + ENTER)
        await chat.sees("There is no command /efort low.")
        assert chat.draft == "/efort low"


async def test_a_notice_of_several_lines_is_printed_line_by_line() -> None:
    async with chatting() as chat:
        chat.session.conversation.system = "Be terse.\n\n\tAlways."
        chat.press("/system" + ENTER)
        await chat.sees("\nBe terse.\n\n    Always.\n")
        chat.press("draft")
        text = await chat.sees("› draft")
    assert text.count("›") == 1


async def test_on_a_narrow_screen_no_line_of_ours_breaks_in_a_word() -> None:
    async with chatting(reply("Hi.", output_tokens=1234), columns=36) as chat:
        await chat.sees("next ≈ $0.028\n")
        assert "⚡ ≈" not in chat.terminal.text
        chat.press("one" + ENTER)
        await chat.sees("s · first 1.2 s · 1,234\ntok")
        chat.press("/efort" + ENTER)
        await chat.sees("There is no command /efort. Did you\nmean /effort?")


async def test_the_model_key_offers_a_menu_and_the_draft_comes_back() -> None:
    async with chatting() as chat:
        chat.press("my draft" + F7)
        await chat.sees("claude-opus-5-5")
        chat.press("opus-5-5" + ENTER)
        await chat.sees("from the next message on", "› my draft")
        assert chat.session.choices.model == "claude-opus-5-5"


async def test_a_command_about_the_screen_says_that_the_terminal_has_its_own() -> None:
    async with chatting() as chat:
        chat.press("/page up" + ENTER)
        await chat.sees("What is above the prompt is the terminal's own.", "/find")


async def test_a_file_after_an_at_sign_goes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("the text")
    (tmp_path / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    async with chatting(reply("Read.")) as chat:
        chat.press("@no")
        await chat.sees("notes.txt")
        chat.press("tes.txt and @dot.png, not @nobody" + ENTER)
        await chat.sees("+ notes.txt", "+ dot.png", "Read.")
        turn = chat.session.conversation.turns[0]
    assert turn.prompt.blocks[:2] == (
        DocumentBlock(b"the text", "text/plain", "notes.txt"),
        ImageBlock(b"\x89PNG\r\n\x1a\n", "image/png", "dot.png"),
    )


async def test_a_file_that_cannot_be_sent_is_an_error_and_the_draft_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.bin").write_bytes(b"\xff\x00\x01")
    async with chatting() as chat:
        chat.press("see @a.bin" + ENTER)
        await chat.sees("a.bin is neither text")
        assert chat.draft == "see @a.bin"


async def test_prompts_of_the_store_can_be_recalled_and_searched() -> None:
    session, _, _ = session_with()
    session.store = Store.open(None)
    for prompt in ("about caches", "about queues"):
        session.store.add_history(prompt)
    session.store.flush()
    async with chatting(session=session) as chat:
        await chat.until(lambda: True)
        chat.press("\x1b[A")
        await chat.until(lambda: chat.draft == "about queues")
        chat.press("\x1b[B" + CTRL_R + "cach" + ENTER)
        await chat.until(lambda: chat.draft == "about caches")


async def test_a_search_shows_what_it_finds_while_it_is_typed() -> None:
    session, _, _ = session_with()
    session.store = Store.open(None)
    for prompt in ("about caches", "about queues"):
        session.store.add_history(prompt)
    session.store.flush()
    async with chatting(session=session) as chat:
        chat.press(CTRL_R + "cach")
        await chat.sees("› about caches", "Earlier prompts: cach")
        assert "Ask Claude" not in chat.terminal.text


async def test_a_search_finds_what_another_window_has_sent_meanwhile() -> None:
    session, _, _ = session_with()
    session.store = Store.open(None)
    async with chatting(session=session) as chat:
        session.store.add_history("sent elsewhere")
        chat.press("draft" + CTRL_R + "else")
        await chat.sees("› sent elsewhere")
        chat.press(ENTER)
        await chat.until(lambda: chat.draft == "sent elsewhere")
        chat.press("\x1b[B")
        await chat.until(lambda: chat.draft == "draft")


async def test_ctrl_c_puts_a_draft_aside_where_the_history_has_it() -> None:
    async with chatting() as chat:
        chat.press("a thought")
        await chat.until(lambda: chat.draft == "a thought")
        chat.press(CTRL_C)
        await chat.sees("Draft put aside: Up brings it back. Ctrl+C once more quits.", "› Ask Claude")
        chat.press("\x1b[A")
        await chat.until(lambda: chat.draft == "a thought")
        assert chat.exit_code is None


async def test_a_draft_outlives_the_program() -> None:
    session, _, _ = session_with()
    session.store = Store.open(None)
    async with chatting(session=session) as chat:
        chat.press("not sent")
        await chat.until(lambda: chat.draft == "not sent")
    async with chatting(session=session) as chat:
        await chat.sees("› not sent")


async def test_vi_keys_move_when_they_are_chosen() -> None:
    async with chatting(settings=Settings(editing_mode="vi")) as chat:
        chat.press("abc")
        await chat.until(lambda: chat.draft == "abc")
        chat.press(ESC)
        await chat.sees("‹ abc")
        chat.press("0x")
        await chat.until(lambda: chat.draft == "bc")
        chat.press("i")
        await chat.sees("› bc")


async def test_in_vi_mode_the_hint_names_the_key_that_stops_in_every_mode() -> None:
    session, _ = gated(reply("One", " two."))
    async with chatting(session=session, settings=Settings(editing_mode="vi")) as chat:
        chat.press("first" + ENTER)
        await chat.sees("Ctrl+C stops · Enter queues")
        chat.press(CTRL_C)
        await chat.sees("■ stopped")


async def test_a_reply_that_is_asked_for_again_is_set_off_as_another_version() -> None:
    async with chatting(reply("Reply one."), reply("Reply two.")) as chat:
        chat.press("first" + ENTER)
        await chat.sees("Reply one.")
        chat.press("/retry" + ENTER)
        text = await chat.sees("Reply two.")
    assert text.index("Reply one.") < text.index("── version 2 of 2 ──") < text.index("Reply two.")


async def test_a_folder_goes_on_to_its_files_and_a_file_to_the_next_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my docs").mkdir()
    (tmp_path / "my docs" / "the plan.txt").write_text("the text")
    async with chatting() as chat:
        chat.press("see @my")
        await chat.sees("my docs/")
        chat.press(TAB + ENTER)
        await chat.sees("my docs/the plan.txt")
        chat.press(TAB + ENTER)
        await chat.until(lambda: chat.draft == 'see @"my docs/the plan.txt" ')


async def test_a_command_that_takes_words_offers_them_once_it_is_chosen() -> None:
    async with chatting() as chat:
        chat.press("/spe")
        await chat.sees("/speed", "The speed, from")
        chat.press(TAB + ENTER)
        await chat.sees("› /speed\n standard\n fast\n")
        chat.press("auto" + ENTER)
        await chat.sees("Speed is auto.")


async def test_thinking_is_one_line_unless_it_is_unfolded() -> None:
    def thinking() -> list[Step]:
        script = list(reply("The answer."))
        at = next(n for n, step in enumerate(script) if isinstance(step, events.BlockStarted))
        script[at:at] = [events.BlockStarted("thinking"), events.ThinkingDelta("Let me see.", "Let me see."),
                         events.ThinkingSigned("s")]  # fmt: skip
        return script

    async with chatting(thinking(), thinking()) as chat:
        chat.press("one" + ENTER)
        text = await chat.sees("thought for", "The answer.")
        assert "Let me see." not in text
        chat.press("\x1bOS")
        await chat.sees("Let me see.")
        chat.press("two" + ENTER)
        await chat.until(lambda: chat.terminal.text.count("Let me see.") == 2)


async def test_silent_thinking_is_counted_while_it_lasts_and_told_afterwards() -> None:
    opening, answer = reply("The", " answer.")[:4], reply("The", " answer.")[4:]
    silent: list[Step] = [events.BlockStarted("thinking"), 4.0, events.ThinkingSigned("signed")]
    session, provider = gated([*opening, *silent, *answer])
    provider.holds_at_thinking = True
    async with chatting(session=session) as chat:
        chat.press("Hi" + ENTER)
        await chat.sees("thinking for 0 s …")
        provider._clock.s += 3.0
        await chat.sees("thinking for 3 s …")
        provider.opened.set()
        text = await chat.sees("The answer.", "tok ·")
    assert text.count("thought for 7.1 s") == 1
    assert "thinking for" not in text


@pytest.mark.parametrize("columns", [40, 60, 80, 140])
async def test_help_prints_keys_and_commands_that_break_in_no_word(columns: int) -> None:
    async with chatting(columns=columns, rows=190) as chat:
        chat.press("?")
        text = await chat.sees("Keys and commands", "Ctrl+F F2", "/effort", "[low|medium|high|xhigh|max]", "@path")
        assert chat.draft == ""
    help_text = text[text.index("Keys and commands") :]
    assert [line for line in help_text.splitlines() if len(line) >= columns] == []


async def test_the_arrows_move_in_the_draft_and_not_between_versions() -> None:
    async with chatting() as chat:
        chat.press("ac" + LEFT + "b" + LEFT + RIGHT + RIGHT + "d")
        await chat.until(lambda: chat.draft == "abcd")


async def test_nothing_raw_reaches_the_terminal() -> None:
    hostile = "a\x1b]0;x\x07b\x9b31mc\x00d\u202ee"
    async with chatting(reply(safe_text(hostile))) as chat:
        chat.press(f"{PASTE}{hostile}{PASTE_END}" + ENTER)
        await chat.sees("tok ·")
        written = "".join(chat.terminal.written)
    assert "\x1b]0" not in written
    assert "\x07" not in written
    assert "\x00" not in written
    assert not [character for character in written if "\x80" <= character < "\xa0"]


async def test_at_rest_nothing_is_due_to_be_written() -> None:
    async with chatting(reply("Hi.")) as chat:
        chat.press("Hi" + ENTER)
        await chat.sees("tok ·", "next ≈")
        await chat.until(lambda: chat.at_rest)
        chat.terminal.written.clear()
        chat.press("x")
        await chat.until(lambda: chat.draft == "x" and chat.at_rest)
        assert "Hi." not in "".join(chat.terminal.written)


async def test_what_is_printed_between_erasing_the_prompt_and_painting_it_is_not_painted_over() -> None:
    lines = [f"Line {number} is whole." for number in range(6)]
    async with chatting(reply("- point\n" * 30)) as chat:
        chat.press("fill the screen" + ENTER)
        await chat.sees("tok ·", "next ≈")
        chat.press("a" + CTRL_J + "draft" + CTRL_J + "of lines")
        await chat.sees("of lines")
        chat.print_after_redraw(*lines)
        text = await chat.sees("› a\n  draft\n  of lines")
    assert [line for line in text.splitlines() if line in lines] == lines

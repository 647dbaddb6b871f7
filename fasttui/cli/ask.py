"""`fasttui ask`: one question, one answer, for pipes. Loads neither Textual nor prompt_toolkit."""

import argparse
import asyncio
import os
import re
import stat
import sys
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path

from fasttui.chat import events
from fasttui.chat.conversation import DocumentBlock, Turn
from fasttui.chat.errors import AttachmentError, FasttuiError, NoCredential, ProviderError, UsageError
from fasttui.cli import compose, output
from fasttui.cli.exit_codes import DONE, REPLY_FAILED, exit_code
from fasttui.cli.reply_text import ReplyText
from fasttui.cli.stopping import Stopping
from fasttui.engine import wording
from fasttui.engine.attachments import LARGEST_REQUEST, Attachment, attachment_of, check_together, read_attachment
from fasttui.engine.session import Session
from fasttui.provider.background import BackgroundProvider

_SLASH_COMMAND = re.compile(r"(?<!\S)/[a-z]")
_STDIN_NAME = "standard input"


def run(args: argparse.Namespace) -> int:
    """Ask, and print what comes; returns the exit code."""
    setup = compose.set_up(args)
    if setup.demo and not args.demo:
        # A script must not take made-up answers for real ones.
        raise NoCredential
    for problem in setup.problems:
        output.error(problem)
    source = compose.provider(setup)
    source.start()  # the SDK takes a second to import; meanwhile the input is read
    question = read_question(args.prompt, args.files)
    store = None if args.no_save and not (args.resume or args.continue_last) else compose.open_store(setup)
    try:
        conversation = compose.resumed(setup, store) if store is not None else None
        saved_in = None if args.no_save else store
        session = compose.session(setup, source, store=saved_in, conversation=conversation)
        session.choices.max_tokens = args.max_tokens or session.choices.max_tokens
        code = Asking(session, as_json=args.json, demo=setup.demo).run(question, source)
        if saved_in is not None and saved_in.trouble is not None:
            output.error(saved_in.trouble)
        return code
    finally:
        if store is not None:
            compose.close_store(store)


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent: the prompt, with what was piped in as a part of it, and the attachments."""

    prompt: str
    attachments: Sequence[Attachment] = ()


def read_question(prompt: str | None, files: Sequence[str]) -> Question:
    """Put together the arguments, the files and what is piped in.

    Raises:
        UsageError: there is nothing to ask.
        AttachmentError: a file, or what is piped in, cannot be sent.
    """
    attachments = [read_attachment(Path(file)) for file in files]
    piped = _piped(from_terminal=prompt == "-")
    words = [] if prompt in (None, "-") else [prompt or ""]
    if piped is not None:
        part = attachment_of(piped, _STDIN_NAME)
        if not isinstance(part, DocumentBlock) or part.media_type != "text/plain":
            attachments.append(part)
        else:
            words.append(_as_part(part.data.decode().rstrip("\n")) if words else part.data.decode())
    question = "\n\n".join(words).strip()
    if not question:
        raise UsageError("There is no question.", hint='Say it as in: fasttui ask "What is a monad?"')
    check_together(attachments)
    return Question(question, attachments)


def _as_part(text: str) -> str:
    from fasttui.export.markdown_text import fenced

    return fenced(text)


def _piped(*, from_terminal: bool) -> bytes | None:
    """What comes by stdin; None when nothing is piped in. A terminal is only read when asked for.

    Raises:
        UsageError: stdin is a pipe or file without anything in it.
        AttachmentError: it does not end within what a request can hold.
    """
    if sys.stdin is None:
        return None
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if stat.S_ISCHR(mode) and not (from_terminal and sys.stdin.isatty()):
        return None  # a terminal, or /dev/null
    piped = sys.stdin.buffer.read(LARGEST_REQUEST + 1)
    if len(piped) > LARGEST_REQUEST:
        raise AttachmentError("Standard input is larger than a request may be, 32 MB.", hint="Pipe in a part of it.")
    if not piped.strip():
        raise UsageError("Standard input is empty.", hint="Pipe something in, or end the command with </dev/null.")
    return piped


class Asking:
    """One reply on its way to stdout, what is to say about it to stderr."""

    def __init__(self, session: Session, *, as_json: bool, demo: bool) -> None:
        self._session, self._as_json, self._demo = session, as_json, demo
        self._text = ReplyText()
        self._failure: ProviderError | None = None

    def run(self, question: Question, source: BackgroundProvider) -> int:
        """Ask, and print; returns the exit code."""
        stopping = Stopping()

        async def reply() -> None:
            try:
                await stopping.run(self._stream(question))
            finally:
                await source.aclose()

        asyncio.run(reply())
        turn = self._session.turn
        if turn is not None:
            self._show_end(turn)
        if stopping.exit_code is not None:
            return stopping.exit_code
        if turn is None or turn.status != "completed":
            return exit_code(self._failure) if self._failure else REPLY_FAILED
        return DONE

    async def _stream(self, question: Question) -> None:
        async with aclosing(self._session.submit(question.prompt, question.attachments)) as stream:
            async for event in stream:
                if not self._as_json and (text := self._text.take(event)):
                    output.write(text)
                self._note(event)

    def _note(self, event: events.StreamEvent) -> None:
        match event:
            case events.SpeedFellBack() if self._session.turn is not None:
                output.notice(f"fasttui: {self._session.turn.fallback_reason} Asking for standard.")
            case events.RetryScheduled(attempt, delay_s, error):
                output.notice(f"fasttui: {error} Attempt {attempt} in {delay_s:.1f} s.")
            case events.TurnFailed(error) | events.TurnInterrupted(ProviderError() as error):
                self._failure = error

    def _show_end(self, turn: Turn) -> None:
        if self._as_json:
            output.write_json(self._as_object(turn))
        elif ending := self._text.end():
            output.write(ending)
        if turn.status == "completed" and turn.stop_reason == "max_tokens":
            output.notice("fasttui: The reply was cut at its longest length; --max-tokens allows for more.")
        if turn.error is not None:
            output.error(FasttuiError(turn.error, hint=self._next_step(turn.error_hint or "")))
        if not self._as_json and turn.timing.first_block_s is not None:
            status, cost = self._session.status(), self._session.cost(turn)
            if turn.mismatched and turn.fallback_reason is None:
                output.notice(f"fasttui: asked {turn.asked_speed}, served {turn.served_speed}")
            output.notice(wording.telemetry_line(turn, status.reading, cost, status.fuel))

    def _next_step(self, hint: str) -> str:
        """The hint of an error; one that speaks of commands of the chat needs the chat."""
        if not _SLASH_COMMAND.search(hint):
            return hint
        if self._session.store is None:
            return "Ask again."
        demo = "--demo " if self._demo else ""
        return f"{hint} The chat opens with: fasttui {demo}-r {self._session.conversation.id[:8]}"

    def _as_object(self, turn: Turn) -> dict[str, object]:
        cost, seconds, tokens = self._session.cost(turn), turn.timing.wall_s, turn.usage.output_tokens
        usage = asdict(turn.usage)
        del usage["served_speed"]
        return {
            "text": turn.reply.text,
            "thinking": turn.reply.thinking,
            "model": turn.served_model or turn.options.model,
            "requested_speed": turn.asked_speed,
            "served_speed": turn.served_speed,
            "effort": turn.options.effort,
            "status": turn.status,
            "stop_reason": turn.stop_reason,
            "usage": usage,
            "otps": turn.output_tokens_per_s if turn.status == "completed" else None,
            "otps_wall": tokens / seconds if tokens and seconds and turn.status == "completed" else None,
            "first_token_s": turn.timing.first_token_s,
            "cost_usd": None if cost is None else format(cost.usd, "f"),
            "cost_exact": cost is not None and cost.exact,
            "request_id": turn.request_id,
            "fallback": turn.fallback_reason,
            "error": turn.error,
            "chat_id": None if self._session.store is None else self._session.conversation.id,
        }

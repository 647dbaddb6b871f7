"""The conversation as labelled lines, for screen readers, dumb terminals and files.

No colour, nothing is ever drawn over, and nothing moves: a reply is told a sentence at a time, menus
are numbered lists, and each turn ends with one spoken line on speed and money.
"""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from fasttui.chat import events
from fasttui.chat.conversation import Turn
from fasttui.chat.errors import CommandError, FasttuiError, FastUnavailable, NoCredential, ProviderError
from fasttui.chat.events import StreamEvent
from fasttui.cli import compose, output
from fasttui.cli.exit_codes import DONE, INTERRUPTED, REPLY_FAILED, exit_code
from fasttui.cli.prompt_lines import PromptLines
from fasttui.cli.reply_text import ReplyText
from fasttui.cli.stopping import Stopping
from fasttui.engine import commands, wording
from fasttui.engine.session import Session
from fasttui.markdown.plain import PlainReader

_HISTORY = 500
_LISTED_CHATS = 20


def run(args: argparse.Namespace) -> int:
    """Talk until the input ends; returns the exit code."""
    setup = compose.set_up(args)
    lines = PromptLines()
    if setup.demo and not args.demo and not lines.interactive:
        # A file of answers must not hold made-up ones.
        raise NoCredential
    for problem in setup.problems:
        output.error(problem)
    source = compose.provider(setup)
    source.start()
    store = compose.open_store(setup)
    try:
        session = compose.session(setup, source, store=store, conversation=compose.resumed(setup, store))
        with asyncio.Runner() as runner:
            try:
                return PlainChat(session, lines, runner, demo=setup.demo).run()
            finally:
                runner.run(source.aclose())
    finally:
        compose.close_store(store)


class PlainChat:
    """Reads prompts and commands, and tells what comes of them."""

    def __init__(self, session: Session, lines: PromptLines, runner: asyncio.Runner, *, demo: bool) -> None:
        self._session, self._lines, self._runner, self._demo = session, lines, runner, demo
        self._code: int | None = None
        self._quit_armed = False
        self._actions: dict[str, Callable[[str], None]] = {
            "new_chat": self._new_chat,
            "retry": self._retry,
            "continue": self._continue,
            "edit_prompt": self._edit_prompt,
            "fold_thinking": self._tell_thinking,
            "model": self._choose_model,
            "chats": self._open_chat,
            "rename": self._rename,
            "help": self._help,
            "quit": self._quit,
        }

    def run(self) -> int:
        """The conversation, until the input ends or the user leaves."""
        self._greet()
        failed = DONE
        while self._code is None:
            try:
                prompt = self._lines.read("you: ")
            except KeyboardInterrupt:
                self._interrupted()
                continue
            self._quit_armed = False
            if prompt is None:
                break
            if prompt.strip():
                failed = self._take(prompt) or failed
        if self._code is not None:
            return self._code
        return DONE if self._lines.interactive else failed

    def _greet(self) -> None:
        session = self._session
        if self._demo:
            output.line("demo: the embedded simulator answers, not Claude.")
        if not self._lines.interactive:
            return
        if session.store is not None:
            self._lines.remember(reversed(session.store.history(_HISTORY)))
            if session.store.trouble is not None:
                self._tell_error(session.store.trouble)
        choices = session.choices
        effort = choices.next_effort(session.model)
        words = [session.model.name, f"speed {choices.next_speed}", *([f"effort {effort}"] if effort else [])]
        output.line(f"fasttui: {', '.join(words)}. Type /help for the commands; Ctrl+D leaves.")
        if told := commands.fast_notice(session):
            output.line(f"note: {told}")
        if turns := session.conversation.path():
            output.line(f"note: this goes on with {session.conversation.title!r}, {len(turns)} turns so far.")

    def _interrupted(self) -> None:
        output.line()
        if self._quit_armed or not self._lines.interactive:
            self._code = INTERRUPTED
        else:
            self._quit_armed = True
            output.line("Ctrl+C once more quits.")

    def _take(self, prompt: str) -> int:
        """Carry out one line; returns the exit code of what failed, else 0."""
        try:
            invocation = commands.parse(prompt)
            if invocation is None:
                if self._session.store is not None:
                    self._session.store.add_history(prompt)
                return self._ask(self._session.submit(prompt))
            if invocation.command is not None:
                output.line(invocation.command.run(self._session, invocation.words))
            elif invocation.action is not None:
                self._perform(invocation.action.id, invocation.action.command, invocation.words)
        except FasttuiError as error:
            self._tell_error(error)
            return exit_code(error)
        return DONE

    # ── a reply ───────────────────────────────────────────────────────────────────────────────

    def _ask(self, stream: AsyncGenerator[StreamEvent, None]) -> int:
        stopping, telling = Stopping(), Telling(interactive=self._lines.interactive)
        self._runner.run(stopping.run(telling.follow(stream)))
        if stopping.exit_code is not None and self._lines.interactive:
            output.line()  # the terminal has shown ^C
        turn = self._session.turn
        if turn is not None:
            self._tell_end(turn, telling)
        if stopping.exit_code is not None and not (self._lines.interactive and stopping.exit_code == INTERRUPTED):
            self._code = stopping.exit_code
        if turn is None or turn.status == "completed" or stopping.exit_code is not None:
            return DONE
        code = exit_code(telling.failure) if telling.failure else REPLY_FAILED
        if turn.status == "failed" and not self._lines.interactive:
            self._code = code  # the questions that follow would fare no better
        return code

    def _tell_end(self, turn: Turn, telling: "Telling") -> None:
        telling.end()
        if turn.error is not None:
            self._tell_error(FasttuiError(turn.error, hint=turn.error_hint))
        elif turn.status == "interrupted":
            output.line("note: stopped; what arrived is kept.")
        if turn.timing.first_block_s is not None:
            status = self._session.status()
            cost = self._session.cost(turn)
            output.write(f"{wording.spoken_turn(turn, status.reading, cost, status.fuel)}\n")

    def _tell_error(self, error: FasttuiError) -> None:
        output.write(f"error: {error} {error.hint}".rstrip() + "\n")

    # ── commands; their names are the keymap's ids ────────────────────────────────────────────────

    def _perform(self, action_id: str, command: str, words: str) -> None:
        action = self._actions.get(action_id)
        if action is None:
            raise CommandError(f"{command} needs a screen.", hint="Type /help for what can be done here.")
        action(words)

    def _new_chat(self, _: str) -> None:
        self._session.start_over()
        output.line("This is a new chat.")

    def _retry(self, _: str) -> None:
        self._ask(self._session.retry(self._last_turn()))

    def _continue(self, _: str) -> None:
        turn = self._last_turn()
        if not turn.was_cut:
            raise CommandError("The last reply was not cut off.", hint="Ask for it again with /retry.")
        self._ask(self._session.proceed(turn))

    def _edit_prompt(self, _: str) -> None:
        turn = self._last_turn()
        output.line(f"It was: {turn.prompt.text}")
        if prompt := self._lines.read("you, instead: "):
            self._ask(self._session.edit(turn, prompt))

    def _tell_thinking(self, _: str) -> None:
        thinking = self._last_turn().reply.thinking
        output.line(f"thinking: {thinking}" if thinking else "There is no thinking to read.")

    def _last_turn(self) -> Turn:
        turn = self._session.conversation.head
        if turn is None:
            raise CommandError("Nothing was said yet.", hint="Type a message first.")
        return turn

    def _choose_model(self, words: str) -> None:
        models = self._session.catalogue.models
        if words:
            output.line(commands.choose_model(self._session, words))
        elif (at := self._choose([f"{model.name}, {model.id}" for model in models])) is not None:
            output.line(commands.choose_model(self._session, models[at].id))

    def _open_chat(self, words: str) -> None:
        store = self._session.store
        if store is None:
            raise CommandError("This chat is not saved.", hint="Start without --no-save.")
        chats = store.recent(_LISTED_CHATS, matching=words)
        if (at := self._choose([f"{chat.title or 'Untitled'}, {chat.turns} turns" for chat in chats])) is None:
            return
        self._session.start_over(store.load(chats[at].id))
        output.line(f"This is {self._session.conversation.title!r}.")
        if (head := self._session.conversation.head) is not None:
            output.line(f"you: {head.prompt.text}")
            Telling(interactive=False).whole(head.reply.text)

    def _rename(self, words: str) -> None:
        if not words:
            raise CommandError("No title was given.", hint="Say /rename and the title.")
        self._session.conversation.title = words
        if self._session.store is not None and self._session.conversation.turns:
            self._session.store.rename(self._session.conversation.id, words)
        output.line(f"This chat is called {words!r}.")

    def _help(self, _: str) -> None:
        here = {f"/{command.name}" for command in commands.COMMANDS}
        offered = commands.offered_commands()
        for name, usage, about in offered:
            if name in here or name in self._command_names():
                output.line(f"{f'{name} {usage}'.strip()}: {about}.")
        output.line("A backslash at the end of a line goes on with the next. Ctrl+C stops a reply, and twice quits.")

    def _command_names(self) -> set[str]:
        from fasttui.config.keymap import ACTIONS

        return {action.command for action in ACTIONS if action.id in self._actions}

    def _quit(self, _: str) -> None:
        self._code = DONE

    def _choose(self, options: Sequence[str]) -> int | None:
        """Which of a numbered list the user names; None for none."""
        for number, option in enumerate(options, 1):
            output.line(f"{number}. {option}")
        answer = (self._lines.read("number, or Enter for none: ") or "").strip() if options else ""
        if not options:
            output.line("There is nothing to choose from.")
        elif answer.isdecimal() and 1 <= int(answer) <= len(options):
            return int(answer) - 1
        elif answer:
            raise CommandError(f"There is no number {answer}.", hint=f"Say one from 1 to {len(options)}.")
        return None


class Telling:
    """A reply as lines, each a sentence, a row of code or a row of a table; the first one says who speaks."""

    def __init__(self, *, interactive: bool) -> None:
        self.failure: ProviderError | None = None
        self._interactive = interactive
        self._text, self._reader = ReplyText(), PlainReader()
        self._label = "claude: "
        self._thought = False

    async def follow(self, stream: AsyncGenerator[StreamEvent, None]) -> None:
        """Tell what the stream brings as it comes."""
        async with aclosing(stream):
            async for event in stream:
                self._say(self._reader.append(self._text.take(event)))
                self._note(event)

    def whole(self, text: str) -> None:
        """Tell a reply that is there already."""
        self._say(self._reader.append(text))
        self.end()

    def end(self) -> None:
        """Tell what is left of a reply that has ended, however it did."""
        self._say(self._reader.finish())

    def _say(self, utterances: Sequence[str]) -> None:
        if utterances:
            output.write("".join(f"{line}\n" for line in (f"{self._label}{utterances[0]}", *utterances[1:])))
            self._label = ""

    def _note(self, event: StreamEvent) -> None:
        match event:
            case events.ThinkingDelta() if self._interactive and not self._thought:
                self._thought = True
                output.write("note: claude is thinking.\n")
            case events.SpeedFellBack(error):
                how = f" {error.hint}" if isinstance(error, FastUnavailable) else ""
                output.write(f"note: {error}{how} Asking for standard.\n")
            case events.RetryScheduled(attempt, delay_s, error):
                output.write(f"note: {error} Attempt {attempt} in {delay_s:.0f} seconds.\n")
            case events.TurnFailed(error) | events.TurnInterrupted(ProviderError() as error):
                self.failure = error

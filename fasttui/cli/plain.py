"""The conversation as labelled lines, for screen readers, dumb terminals and files.

No colour, nothing is ever drawn over, and nothing moves: a reply is told a sentence at a time, menus
are numbered lists, and each turn ends with one spoken line on speed and money.
"""

import argparse
import asyncio
import os
import signal

from fasttui.chat.errors import CommandError, FasttuiError, NoCredential
from fasttui.cli import compose, output
from fasttui.cli.exit_codes import DONE, INTERRUPTED
from fasttui.cli.plain_switching import PlainSwitching
from fasttui.cli.prompt_lines import PromptLines
from fasttui.cli.telling import tell_note
from fasttui.engine import commands, editor
from fasttui.engine.completion import Completions
from fasttui.engine.session import Session

_HISTORY = 500
_SCROLLING = (
    "Nothing scrolls here.",
    "Your terminal goes back over the lines; /find WORDS reads out where this chat has them.",
)
_NO_BLOCKS = ("No block can be marked here.", "/copy copies the last reply, /copy code its last code block.")
# Why an action has no meaning here, and what to do instead.
_NEEDS_A_SCREEN = {
    **dict.fromkeys(("read", "page_up", "page_down", "to_top", "to_end"), _SCROLLING),
    **dict.fromkeys(("previous_message", "next_message"), _SCROLLING),
    **dict.fromkeys(("previous_code", "next_code", "copy_block", "fold_block", "open_block"), _NO_BLOCKS),
    "stop": ("No reply is on its way.", "While one is, Ctrl+C stops it."),
    "theme": ("There are no colours here.", "fasttui config theme NAME chooses those of the full screen."),
    "redraw": ("Nothing is drawn here.", "/branch, /find and /chats read out again what was said."),
    "palette": ("There is no menu here.", "Type /help for all commands."),
}


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
                hides_secrets = setup.settings.redact
                return PlainChat(session, lines, runner, demo=setup.demo, hides_secrets=hides_secrets).run()
            finally:
                runner.run(source.aclose())
    finally:
        compose.close_store(store)


class PlainChat(PlainSwitching):
    """Reads prompts and commands, and tells what comes of them."""

    def __init__(
        self, session: Session, lines: PromptLines, runner: asyncio.Runner, *, demo: bool, hides_secrets: bool = True
    ) -> None:
        super().__init__(session, lines, runner, hides_secrets=hides_secrets)
        self._demo = demo
        self._quit_armed = False

    # ── from start to end ───────────────────────────────────────────────────────────────────────────

    def run(self) -> int:
        """The conversation, until the input ends or the user leaves."""
        self._greet()
        while self._leaving is None:
            try:
                prompt = self._lines.read("you: ")
                if prompt is None:
                    break
                self._quit_armed = False
                if prompt.strip():
                    self._lines.remember([prompt])
                    self._take(prompt)
            except KeyboardInterrupt:
                self._interrupted()
        if self._leaving is not None:
            return self._leaving
        return DONE if self._lines.interactive else self._failed

    def _greet(self) -> None:
        session = self._session
        if self._demo:
            output.line("demo: the embedded simulator answers, not Claude.")
        if self._lines.interactive:
            self._lines.complete_with(Completions(session, tuple, self._has).offers)
            if session.store is not None:
                self._lines.remember(reversed(session.store.history(_HISTORY)))
            choices = session.choices
            effort = choices.next_effort(session.model)
            words = [session.model.name, f"speed {choices.next_speed}", *([f"effort {effort}"] if effort else [])]
            output.line(f"fasttui: {', '.join(words)}. Type /help for the commands; Ctrl+D leaves.")
            if told := commands.fast_notice(session):
                tell_note(told)
            if session.conversation.head is not None:
                tell_note(f'this goes on with "{session.conversation.title}".')
                self._tell_where(session.conversation.head)
        self._tell_saving()

    def _interrupted(self) -> None:
        output.line()
        if self._quit_armed or not self._lines.interactive:
            self._leaving = INTERRUPTED
        else:
            self._quit_armed = True
            output.line("Ctrl+C once more quits.")

    # ── one line ────────────────────────────────────────────────────────────────────────────────────

    def _take(self, prompt: str) -> None:
        """Carry out one line."""
        try:
            invocation = commands.parse(prompt)
            if invocation is None:
                self._send(prompt)
            elif invocation.command is not None:
                output.line(invocation.command.run(self._session, invocation.words))
            elif invocation.action is not None:
                self._perform(invocation.action.id, invocation.words)
        except FasttuiError as error:
            self._fail(error)

    def _has(self, action_id: str) -> bool:
        return hasattr(self, f"action_{action_id}")

    def _perform(self, action_id: str, words: str) -> None:
        if not self._has(action_id):
            sentence, next_step = _NEEDS_A_SCREEN[action_id]
            raise CommandError(sentence, hint=next_step)
        method = getattr(self, f"action_{action_id}")
        method(words) if words else method()

    # ── what is left of the commands ────────────────────────────────────────────────────────────────

    def action_model(self, id_: str = "") -> None:
        """Choose a model: by id, or from the list."""
        models = self._session.catalogue.models
        if not id_:
            if (at := self._lines.choose([f"{model.name}, {model.id}" for model in models])) is None:
                return
            id_ = models[at].id
        output.line(commands.choose_model(self._session, id_))

    def action_editor(self) -> None:
        """Write the prompt in the user's own editor; saving it sends it, an empty file sends nothing."""
        if not self._lines.interactive:
            raise CommandError("An editor needs a terminal.", hint="Write the prompt on a line of its own.")
        prompt = editor.edited("")
        if prompt.strip():
            output.line(f"you: {prompt}")
            self._send(prompt)
        else:
            output.line("The file was empty; nothing was sent.")

    def action_help(self) -> None:
        """Read out the commands that work here."""
        for name, usage, about in commands.offered_commands(self._has):
            output.line(f"{f'{name} {usage}'.strip()}: {about}.")
        output.line("@FILE in a message sends the file along.")
        output.line("A backslash at the end of a line goes on with the next. Ctrl+C stops a reply, and twice quits.")

    def action_suspend(self) -> None:
        """Back to the shell; `fg` returns."""
        if not self._lines.interactive:
            raise CommandError("There is no shell to go back to.", hint="Start fasttui in a terminal.")
        output.flush()
        os.kill(0, signal.SIGTSTP)

    def action_quit(self) -> None:
        """Leave."""
        self._leaving = DONE

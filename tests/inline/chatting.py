"""An inline chat on a pipe for a keyboard and an emulator for a screen."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input

from fasttui.chat.conversation import SpeedChoice
from fasttui.config.keymap import DEFAULT_KEYMAP
from fasttui.config.settings import Settings
from fasttui.config.themes import load_theme
from fasttui.engine.session import Session
from fasttui.inline.repl import InlineChat
from tests.engine.scripted import Step, session_with
from tests.inline.terminal import Terminal

DEADLINE_S = 10.0


class Chatting:
    """A running chat: keys in, the terminal to look at."""

    def __init__(self, session: Session, terminal: Terminal, keyboard: PipeInput, chat: InlineChat) -> None:
        self.session, self.terminal, self._keyboard, self._chat = session, terminal, keyboard, chat
        self.exit_code: int | None = None

    def press(self, keys: str) -> None:
        """Type; the keys arrive as a terminal sends them."""
        self._keyboard.send_text(keys)

    async def sees(self, *texts: str) -> str:
        """Wait until the terminal shows all these; returns all its text."""
        await self.until(lambda: all(text in self.terminal.text for text in texts), f"{texts} on the terminal")
        return self.terminal.text

    async def until(
        self, holds: Callable[[], object], what: str = "the condition", *, within_s: float = DEADLINE_S
    ) -> None:
        """Let the chat run until something holds."""
        try:
            async with asyncio.timeout(within_s):
                while not holds():  # noqa: ASYNC110 - any condition, not one that is announced
                    await asyncio.sleep(0.001)
        except TimeoutError as error:
            raise AssertionError(f"waited in vain for {what}; the terminal shows:\n{self.terminal.text}") from error

    @property
    def draft(self) -> str:
        """What is in the prompt."""
        return self._chat._prompt.draft.text

    @property
    def has_painted(self) -> bool:
        """Whether all of the running reply is on the screen, in its colours."""
        screen = self._chat._screen
        return screen._frame_due is None and screen._reply is not None and not screen._reply.changed

    def tick(self) -> None:
        """Show what a moment's passing changes."""
        self._chat._screen._status._tick()

    def print_after_redraw(self, *lines: str) -> None:
        """Draw again, and print before the prompt stands anew."""
        self._chat._screen.redraw()
        for line in lines:
            self._chat._screen.print_words([(line, "")])

    @property
    def at_rest(self) -> bool:
        """Whether no timer will write anything."""
        return self._chat._screen.is_at_rest


@asynccontextmanager
async def chatting(
    *scripts: Sequence[Step],
    speed: SpeedChoice = "standard",
    columns: int = 80,
    rows: int = 24,
    settings: Settings | None = None,
    session: Session | None = None,
    theme: str = "mono",
    demo: bool = False,
) -> AsyncGenerator[Chatting, None]:
    """A chat whose replies are the scripts, from its first frame until the block ends."""
    if session is None:
        session, _, _ = session_with(*scripts, speed=speed)
    terminal = Terminal(columns, rows)
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=terminal.output):
        chat = InlineChat(
            session, DEFAULT_KEYMAP, load_theme(theme), settings=settings or Settings(),
            demo=demo, keyboard=keyboard, output=terminal.output,
        )  # fmt: skip
        running = Chatting(session, terminal, keyboard, chat)

        async def run() -> None:
            running.exit_code = await chat.run()

        task = asyncio.create_task(run())
        try:
            await running.sees("›")
            yield running
        finally:
            if not task.done():
                chat.action_quit()
            async with asyncio.timeout(DEADLINE_S):
                await task

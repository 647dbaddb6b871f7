"""What the chats screen costs: `python -m tests.benchmarks.bench_chats`, by hand.

With 10,000 chats and one chat of 10,000 messages, as `bench_store` makes them, in a temporary folder;
with --small a fiftieth of that, to see that it runs.
"""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from textual.screen import Screen

from fasttui.markdown.document import Document
from fasttui.store.store import Store
from fasttui.tui.app import FasttuiApp
from fasttui.tui.screens.chats import ChatsScreen, ChosenChat
from tests.benchmarks.bench_store import fill, long_chat, report
from tests.engine.scripted import session_with
from tests.tui.chat_app import app_around

ROUNDS = 5


async def main() -> None:
    # As the program does once its first frame stands.
    Document.of("# Ready\n\n```python\npass\n```\n", 80, cell_len=len)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chats.db"
        fill(path)
        store = Store.open(path)
        long = long_chat()
        store.add(long)
        session, _, _ = session_with()
        session.store = store
        app = app_around(session)
        async with app.run_test(size=(140, 40)) as pilot:
            await pilot.pause()
            for number in range(ROUNDS):
                await open_list(app, number, store)
                await pilot.pause()
                app.pop_screen()
                await pilot.pause()
            for number in range(ROUNDS):
                await open_long_chat(app, number, long.id)
                app.chat.action_new_chat()
                await pilot.pause()
        store.close()


async def open_list(app: FasttuiApp, number: int, store: Store) -> None:
    began_s, began_cpu_s = perf_counter(), process_time()
    screen = ChatsScreen(app.session, store, app.palette)
    app.push_screen(screen)
    while not (screen.is_running and screen.size.width):  # noqa: ASYNC110 - no event says so
        await asyncio.sleep(0)
    await painted(screen)
    cpu_ms = (process_time() - began_cpu_s) * 1000
    report(f"open the chats screen ({number}), ms", (perf_counter() - began_s) * 1000, f"{cpu_ms:.0f} ms of a core")


async def open_long_chat(app: FasttuiApp, number: int, id_: str) -> None:
    began_s = perf_counter()
    app.chat._chosen(ChosenChat(id_))
    while app.session.conversation.id != id_:  # noqa: ASYNC110 - no event says so
        await asyncio.sleep(0)
    await painted(app.chat)
    end_ms = (perf_counter() - began_s) * 1000
    await app.chat._ready.wait()
    whole_ms = (perf_counter() - began_s) * 1000
    report(f"show the end of a long chat ({number}), ms", end_ms, f"all of it after {whole_ms:.0f} ms")


async def painted(screen: Screen[Any]) -> None:
    done = asyncio.Event()
    screen.call_after_refresh(done.set)
    await done.wait()


if __name__ == "__main__":
    asyncio.run(main())

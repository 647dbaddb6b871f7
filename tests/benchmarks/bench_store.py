"""What saving and finding cost: `python -m tests.benchmarks.bench_store`, by hand.

Builds 100,000 messages in 10,000 chats from the words of real replies, in a temporary folder;
with --small a fiftieth of that, to see that it runs.
"""

import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter, process_time, sleep

from fasttui.chat import events
from fasttui.chat.conversation import Conversation, Message, TextBlock, ThinkingBlock, Turn, TurnOptions, prompt_of
from fasttui.store import conversations
from fasttui.store.store import Store
from tests.paths import SHARED_DATA
from tests.store.turns import NOON, new_turn, reply_events

SMALL = "--small" in sys.argv
CHATS, TURNS_EACH = (200 if SMALL else 10_000), 5
LONG_TURNS = 100 if SMALL else 5_000
QUERIES = (
    "needle7000x", "the", "function", "a", "go", "fun", "the function of", "unction", "edle70", "ing", "キャッシュ",
    "🦄", "->", "nothingwhatsoever", "async def class",
)  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chats.db"
        began = perf_counter()
        fill(path)
        report("filled, MB", path.stat().st_size / 1e6, f"{perf_counter() - began:.0f} s")
        report("open, ms", best(lambda: Store.open(path).close()) * 1000)
        store = Store.open(path)
        report(f"recent(100) of {CHATS:,} chats, ms", best(lambda: store.recent(100)) * 1000)
        report("recent(100), filtered to none, ms", best(lambda: store.recent(100, matching="no such")) * 1000)
        for query in QUERIES:
            hits = len(store.search(query))
            report(f"search {query!r}, ms", best(partial(store.search, query)) * 1000, f"{hits} hits")
        long = long_chat()
        store.add(long)
        report(f"load a chat of {2 * LONG_TURNS:,} messages, ms", best(lambda: store.load(long.id)) * 1000)
        report("load its last 50 turns, ms", best(lambda: store.load_tail(long.id, 50)) * 1000)
        begin_and_end(store)
        streaming(store, seconds=1 if SMALL else 8)
        store.close()


def report(what: str, figure: float, more: str = "") -> None:
    sys.stdout.write(f"{what:48} {figure:10.2f}  {more}\n")


def best(act: Callable[[], object], runs: int = 5) -> float:
    """Seconds of the fastest run."""
    times = []
    for _ in range(runs):
        began = perf_counter()
        act()
        times.append(perf_counter() - began)
    return min(times)


def texts() -> Iterator[str]:
    """Endless messages of 8 to 240 words that follow one another in real replies."""
    source = (SHARED_DATA / "text" / "claude_outputs.jsonl").read_text("utf-8").splitlines()
    words = " ".join(str(json.loads(line).get("md") or json.loads(line).get("s")) for line in source).split()
    dice = random.Random(1)
    number = 0
    while True:
        length = dice.choice((8, 15, 30, 60, 120, 240))
        start = dice.randrange(len(words) - length)
        rare = f" needle{number}x" if number % 1000 == 0 else ""
        yield " ".join(words[start : start + length]) + rare
        number += 1


def fill(path: Path) -> None:
    store, said = Store.open(path), texts()
    with store._database.transaction():
        for number in range(CHATS):
            conversation = Conversation(title=f"Chat {number}", created_at=NOON)
            for _ in range(TURNS_EACH):
                conversation.add(turn_with(conversation, next(said), next(said)))
            conversations.save_conversation(store._database, conversation, store._now())
            for turn in conversation.turns:
                conversations.insert_turn(store._database, conversation.id, turn)
    store.close()


def turn_with(conversation: Conversation, prompt: str, reply: str) -> Turn:
    turn = Turn(prompt_of(prompt), TurnOptions("claude-opus-4-8"), parent_id=conversation.head_id)
    blocks = (ThinkingBlock(prompt[:200], "c2ln" * 50), TextBlock(reply))
    return Turn.restored(
        turn.prompt, turn.options, Message("assistant", blocks), id=turn.id, parent_id=turn.parent_id,
        created_at=NOON, status="completed", usage=turn.usage, timing=turn.timing,
    )  # fmt: skip


def long_chat() -> Conversation:
    conversation, said = Conversation(title="Long"), texts()
    for _ in range(LONG_TURNS):
        conversation.add(turn_with(conversation, next(said), next(said)))
    return conversation


def begin_and_end(store: Store) -> None:
    said = texts()
    began_s, ended_s = [], []
    for _ in range(50):
        conversation = Conversation()
        turn = new_turn(conversation, next(said))
        started = perf_counter()
        store.begin_turn(conversation, turn)
        began_s.append(perf_counter() - started)
        for event in (events.TextDelta(" ".join(next(said) for _ in range(10))), events.TurnCompleted("end_turn")):
            turn.apply(event, 1.0)
        started = perf_counter()
        store.end_turn(turn)
        ended_s.append(perf_counter() - started)
    report("begin_turn, ms (median, longest)", sorted(began_s)[25] * 1000, f"{max(began_s) * 1000:.1f}")
    report("end_turn of 5 kB, ms (median, longest)", sorted(ended_s)[25] * 1000, f"{max(ended_s) * 1000:.1f}")


def streaming(store: Store, rate: int = 300, seconds: int = 8) -> None:
    """CPU that the journal adds to a stream, all threads counted; the bare loop is taken off."""
    conversation = Conversation()
    turn = new_turn(conversation, "Hello")
    store.begin_turn(conversation, turn)
    for event in reply_events(""):
        store.journal(turn, event, 0.0)

    def stream(*, saved: bool) -> float:
        began = process_time()
        for number in range(rate * seconds):
            if saved:
                store.journal(turn, events.TextDelta("word "), number / rate)
            sleep(1 / rate)
        return process_time() - began

    bare = stream(saved=False)
    added = stream(saved=True) - bare
    report(f"journal at {rate}/s, % of a core", added / seconds * 100)


if __name__ == "__main__":
    main()

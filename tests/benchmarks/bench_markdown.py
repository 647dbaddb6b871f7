"""What a delta costs the Markdown document, by kind of text and length of reply. Run by hand:

    python tests/benchmarks/bench_markdown.py [--small] [--batch N]

Prints microseconds of CPU per delta (4 characters, each appended by itself, or N at a time as a
paced screen does) and the exponent with which total CPU grows from the smallest size to the largest.
"""

import argparse
import itertools
import math
import time
from collections.abc import Callable, Iterator

from fasttui.markdown import highlight
from fasttui.markdown.document import Document

DELTA = 4
SENTENCE = (
    "The parser reads each line once, and **only the last one** again; `state` is kept across lines, "
    "so that the cost of a token does not depend on what came before it. "
)
CODE = """\
def settle(entries: list[Entry], start: int) -> int:
    \"\"\"Keep what is equal, replace what is not.\"\"\"
    for number, entry in enumerate(entries, start):  # in order
        if have[number] != entry:
            return number + 1
    return len(entries) * 2 + start
"""


def prose() -> Iterator[str]:
    for number in itertools.count():
        yield SENTENCE * (2 + number % 3) + "\n\n"


def paragraph() -> Iterator[str]:
    return itertools.repeat(SENTENCE)


def fence() -> Iterator[str]:
    yield "```python\n"
    yield from itertools.repeat(CODE)


def flat_list() -> Iterator[str]:
    return (f"- item {number} with some **bold** words in it\n" for number in itertools.count())


def nested_list() -> Iterator[str]:
    return (f"{'  ' * (number % 4)}- item {number} with `code` in it\n" for number in itertools.count())


def table() -> Iterator[str]:
    yield "| name | value | note |\n|---|--:|---|\n"
    yield from (f"| row {number} | {number * 7} | some words here |\n" for number in itertools.count())


def quotes() -> Iterator[str]:
    return (f"{'> ' * (1 + number // 3 % 3)}quoted line {number} with words\n" for number in itertools.count())


KINDS: dict[str, Callable[[], Iterator[str]]] = {
    "prose": prose,
    "paragraph": paragraph,
    "fence": fence,
    "list": flat_list,
    "nested list": nested_list,
    "table": table,
    "quotes": quotes,
}


def text_of(kind: str, deltas: int) -> str:
    parts, length = [], 0
    for part in KINDS[kind]():
        parts.append(part)
        length += len(part)
        if length >= deltas * DELTA:
            break
    return "".join(parts)[: deltas * DELTA]


def seconds(text: str, step: int) -> float:
    """CPU seconds to stream the text, its end included."""
    started = time.process_time()
    document = Document(100, cell_len=len)
    for at in range(0, len(text), step):
        document.append(text[at : at + step])
    document.finish()
    return time.process_time() - started


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--small", action="store_true", help="up to 4,000 deltas")
    arguments.add_argument("--batch", type=int, default=1, help="deltas for each append")
    options = arguments.parse_args()
    sizes = [1000, 2000, 4000] if options.small else [1000, 4000, 16000, 32000]
    highlight.load("python")
    seconds(text_of("prose", 500), DELTA)
    print(f"{'µs per delta':14}" + "".join(f"{size:>10,}" for size in sizes) + "  exponent")
    for kind in KINDS:
        costs = [seconds(text_of(kind, size), DELTA * options.batch) for size in sizes]
        exponent = math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])
        each = "".join(f"{cost / size * 1e6:10.1f}" for cost, size in zip(costs, sizes, strict=True))
        print(f"{kind:14}{each}{exponent:10.2f}", flush=True)


if __name__ == "__main__":
    main()

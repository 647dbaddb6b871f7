"""The library of texts: which is chosen, how effort changes it, and whether its code is sound."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from fasttui.chat.conversation import EFFORTS, Effort
from fasttui.simulator import replies
from fasttui.simulator.replies import Reply, reply_to
from fasttui.simulator.request import Turn

LIBRARY = sorted(Path(replies.__file__).parent.glob("*.md"))


def ask(
    prompt: str, effort: Effort | None = "high", *, before: tuple[Turn, ...] = (), attached: tuple[str, ...] = ()
) -> Reply:
    return reply_to([*before, Turn("user", prompt, attached)], prompt, effort, None)


def text_of(prompt: str, effort: Effort | None = "high") -> str:
    text = ask(prompt, effort).text
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("prompt", "contains"),
    [
        ("Write an LRU cache with TTL expiry, thread safety and unit tests.", "class TTLCache"),
        ("Review this module for me", "| # | line | severity |"),
        ("please do a CODE REVIEW", "JobQueue"),
        ("What is fast mode?", "usage.speed"),
        ("Which keys are there?", "Ctrl+J"),
        ("How does prompt caching work?", "prefix"),
        ("How do I undo a commit in git?", "reflog"),
        ("I have a slow SQL query", "row_number()"),
        ("Explain a regular expression", "re.VERBOSE"),
        ("Tell me a story", "Skarv"),
        ("Explain Bayes' theorem", r"\frac"),
        ("Show me asyncio cancellation", "TaskGroup"),
        ("Write a haiku", "Cursor in the dark"),
        ("Some bash one-liners", "numfmt"),
        ("Translate into many languages", "日本語"),
        ("How does streaming work?", "message_stop"),
        ("Hi!", "Hello"),
        ("Thank you", "welcome"),
    ],
)
def test_a_prompt_gets_the_text_it_asks_for(prompt: str, contains: str) -> None:
    assert contains in text_of(prompt)


def test_any_other_prompt_is_answered_honestly() -> None:
    text = text_of("What will the weather be in `Oslo` tomorrow?")
    assert "simulator" in text
    assert "not Claude" in text
    assert "'Oslo'" in text
    assert "ANTHROPIC_API_KEY" in text


def test_a_very_long_prompt_is_quoted_in_part() -> None:
    assert len(text_of("zzz " * 10_000)) < 5_000


def test_attachments_are_acknowledged() -> None:
    assert "1 attachment " in str(ask("zzz", attached=("image",)).text)
    assert "2 attachments " in str(ask("zzz", attached=("image", "document")).text)
    assert "{" not in text_of("zzz")


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_more_effort_never_says_less(path: Path) -> None:
    entry = replies._entry(path.stem)
    lengths = [len(entry.at(effort)) for effort in EFFORTS]
    assert lengths == sorted(lengths)
    assert lengths[0] > 0 or path.stem == "deliberation"
    assert entry.thinking


@pytest.mark.parametrize("effort", EFFORTS)
def test_thinking_grows_with_effort_and_is_skipped_at_low(effort: str) -> None:
    levels = [len(ask("Write an LRU cache", level).thinking) for level in EFFORTS]
    assert levels[0] == 0
    assert levels == sorted(set(levels))


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_python_in_the_texts_can_be_parsed(path: Path) -> None:
    for source in re.findall(r"```python\n(.*?)```", replies._entry(path.stem).at("max"), re.DOTALL):
        if not re.match(r"\s*(\d+  |>>>|\s+def |finally)", source):
            ast.parse(source)


def test_the_lru_cache_passes_the_tests_it_comes_with() -> None:
    sources = re.findall(r"```python\n(.*?)```", text_of("Write an LRU cache"), re.DOTALL)
    scope: dict[str, Any] = {}
    exec(sources[0], scope)
    exec(sources[1].replace("from ttl_cache import TTLCache\n", ""), scope)
    clock_type = scope["Clock"]
    tests = [value for name, value in scope.items() if name.startswith("test_")]
    assert len(tests) == 5
    for test in tests:
        wants_clock = test.__code__.co_argcount
        test(clock_type()) if wants_clock else test()


def test_the_version_pattern_of_the_regex_text_reads_what_it_says() -> None:
    source = re.findall(r"```python\n(.*?)```", text_of("Explain a regex"), re.DOTALL)[0]
    scope: dict[str, re.Pattern[str]] = {}
    exec(source, scope)
    found = scope["VERSION"].match("v2.12.0-rc.1")
    assert found is not None
    assert found.groupdict() == {"major": "2", "minor": "12", "patch": "0", "pre": "rc.1", "build": None}
    assert scope["VERSION"].match("010.1.2") is None


@pytest.mark.parametrize("extra", ["", "ships", "ships "])
@pytest.mark.parametrize(
    "then",
    ["Continue.", "Please go on", "Your reply was cut off. Go on from there, without repeating anything."],
)
def test_a_reply_that_was_cut_is_continued_where_it_stopped(then: str, extra: str) -> None:
    whole = text_of("Tell me a story")
    part = whole[: whole.index("ships had radios")] + extra
    before = (Turn("user", "Tell me a story", ()), Turn("assistant", part, ()))
    assert part + str(ask(then, before=before).text) == whole


def test_the_partial_reply_may_be_quoted_in_the_prompt_alone() -> None:
    whole = text_of("Tell me a story")
    part = whole[: whole.index(" had radios")]
    before = (Turn("user", "Tell me a story", ()),)
    prompt = f"Your reply was interrupted. It ended with:\n\n> {part.splitlines()[-1]}\n\nContinue from there."
    assert part + str(ask(prompt, before=before).text) == whole


def test_a_scenario_that_was_cut_is_continued_and_so_is_its_continuation() -> None:
    asked = Turn("user", "/sim cut", ())
    whole = str(reply_to([asked], "", "high", "cut").text)
    first, second = whole[:900], whole[900:1800]
    once = (asked, Turn("assistant", first, ()))
    assert first + str(ask("Continue.", before=once).text) == whole
    twice = (*once, Turn("user", "Continue.", ()), Turn("assistant", second, ()))
    assert first + second + str(ask("Continue.", before=twice).text) == whole


def test_a_complete_reply_is_not_continued() -> None:
    whole = text_of("Tell me a story")
    before = (Turn("user", "Tell me a story", ()), Turn("assistant", whole, ()))
    assert "complete" in str(ask("continue", before=before).text)


def test_continue_after_a_reply_that_is_not_ours_is_an_ordinary_prompt() -> None:
    before = (Turn("user", "Tell me a story", ()), Turn("assistant", "Once upon a time", ()))
    assert "simulator" in str(ask("continue", before=before).text)

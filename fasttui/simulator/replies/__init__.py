"""What the simulator says: a library of texts, chosen by the words of the prompt.

Each text is a Markdown file here. Its first line names the keywords; comments divide the rest:
`<!-- thinking -->` opens the thinking, `<!-- LEVEL -->` what is said from that effort upwards.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import cast

from fasttui.chat.conversation import EFFORTS, Effort
from fasttui.simulator.replies import oddities
from fasttui.simulator.request import Turn
from fasttui.simulator.scenarios import ENDINGS, PREFIX, SCENARIOS, chosen
from fasttui.simulator.tokens import tokens_in

REFUSAL_DETAILS: Mapping[str, object] = {
    "type": "refusal",
    "category": "cyber",
    "explanation": "The reply was stopped by a safety classifier. (The simulator does this on request only.)",
}

_FOLDER = Path(__file__).parent
_FALLBACK, _STREAMING, _CONTINUED, _DELIBERATION = "about", "streaming", "continued", "deliberation"
_MARK = re.compile(r"^<!-- (thinking|low|medium|high|xhigh|max) -->\n", re.MULTILINE)
_CONTINUE = re.compile(
    r"^\s*(please )?(continue|carry on|go on|keep going)\b|\b(cut off|interrupted|left off)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_TAIL_CHARS = 48
_QUOTED_CHARS = 120
# Paragraphs of an entry's own thoughts, and of the general ones that follow them.
_THOUGHTS: dict[Effort, tuple[int, int]] = {
    "low": (0, 0), "medium": (1, 0), "high": (9, 0), "xhigh": (9, 3), "max": (9, 9),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """What is thought and said; a text may come cut into its deltas."""

    thinking: str
    text: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file of the library; a section is the effort it begins at, and its text."""

    keywords: tuple[str, ...]
    thinking: tuple[str, ...]
    sections: tuple[tuple[Effort, str], ...]

    def at(self, effort: Effort) -> str:
        """The text at one effort."""
        here = EFFORTS.index(effort)
        told = [text for level, text in self.sections if EFFORTS.index(level) <= here]
        return "\n\n".join(told)


def reply_to(turns: Sequence[Turn], prompt: str, effort: Effort | None, scenario: str | None) -> Reply:
    """The reply to the last of `turns`, whose text without a `/sim NAME` is `prompt`."""
    effort = effort or "high"
    if scenario == "" or (scenario is not None and scenario not in SCENARIOS):
        return Reply("", _scenario_list(scenario))
    if (text := oddities.text_of(scenario)) is not None:
        return Reply(_thinking(_entry(_DELIBERATION), effort), text)
    if scenario == "thinking":
        return Reply(long_thinking(3_000, 2.5), _entry("thanks").at("high"))
    if scenario is not None and not prompt:
        return _about_scenario(scenario, effort)
    if (rest := _continuation(turns, prompt, effort)) is not None:
        return Reply(_entry(_CONTINUED).thinking[0], rest)
    return _library_reply(prompt, turns[-1], effort)


def long_thinking(tokens: float, chars_per_token: float) -> str:
    """Thinking of about that many tokens."""
    paragraphs: list[str] = []
    for paragraph in cycle(_entry(_DELIBERATION).thinking):
        if tokens <= 0:
            break
        paragraphs.append(paragraph)
        tokens -= tokens_in(paragraph, chars_per_token)
    return "\n\n".join(paragraphs)


def _library_reply(prompt: str, turn: Turn, effort: Effort) -> Reply:
    name = _best(prompt)
    entry = _entry(name)
    text = entry.at(effort)
    if name == _FALLBACK:
        text = text.replace("{prompt}", _quoted(prompt)).replace("{attachments}", _attachments(turn))
    return Reply(_thinking(entry, effort), text)


def _thinking(entry: _Entry, effort: Effort) -> str:
    """The entry's own thoughts, then general ones as far as the effort goes."""
    own, general = _THOUGHTS[effort]
    return "\n\n".join((*entry.thinking[:own], *_entry(_DELIBERATION).thinking[:general]))


def _best(prompt: str) -> str:
    """The entry that shares the most with the prompt; two words together count more than two apart."""
    words = f" {' '.join(_WORD.findall(prompt.lower()))} "
    scores = {name: _score(_entry(name).keywords, words) for name in _names()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else _FALLBACK


def _score(keywords: tuple[str, ...], words: str) -> int:
    return sum((keyword.count(" ") + 1) ** 2 for keyword in keywords if f" {keyword} " in words)


def _continuation(turns: Sequence[Turn], prompt: str, effort: Effort) -> str | None:
    """The rest of the reply that was cut, when the prompt asks for it and the reply is ours."""
    before = turns[:-1]
    asked = [turn for turn in before if turn.role == "user" and not _CONTINUE.search(turn.text)]
    if not asked or not _CONTINUE.search(prompt):
        return None
    choice = chosen(asked[-1].text, None)
    whole = reply_to(asked, choice.prompt, effort, choice.name).text
    said = [turn.text for turn in before if turn.role == "assistant"][-1:]
    for candidate in (*said, prompt):
        rest = _after(candidate, "".join(whole))
        if rest is not None:
            return rest or _entry(_CONTINUED).at("low")
    return None


def _after(partial: str, whole: str) -> str | None:
    """What follows the end of `partial` in `whole`; the partial may be quoted with other words around it."""
    said = partial.rstrip()
    blanks = partial[len(said) :]
    tails = [said[-_TAIL_CHARS:]]
    tails += [line.strip(' >"“”')[-_TAIL_CHARS:] for line in reversed(partial.splitlines())]
    for tail in tails:
        if len(tail) >= _TAIL_CHARS // 2 and tail in whole:
            return whole[whole.rindex(tail) + len(tail) :].removeprefix(blanks)
    return None


def _scenario_list(name: str) -> str:
    rows = "\n".join(f"| `{PREFIX} {key}` | {about} |" for key, about in SCENARIOS.items())
    unknown = f"There is no scenario `{_quoted(name)}`. " if name else ""
    table = f"| prompt | what happens |\n|---|---|\n{rows}"
    rest = "Words after the name are answered as usual, as far as the scenario lets them."
    return f"{unknown}These are the scenarios of the simulator:\n\n{table}\n\n{rest}\n"


def _about_scenario(scenario: str, effort: Effort) -> Reply:
    """The scenario explained, and where a stream has to break, a text that is long enough to break."""
    about = f"**/sim {scenario}**: {SCENARIOS[scenario]}.\n\n"
    remark = _REMARKS.get(scenario, "")
    long_enough = scenario in ENDINGS or scenario in {"max-tokens", "refusal", "speed-mismatch", "no-speed", "slow"}
    entry = _entry(_STREAMING)
    text = about + remark + (f"\n\n{entry.at('high')}" if long_enough else "")
    return Reply(_thinking(entry, effort), text)


_REMARKS = {
    "never-provisioned": "You asked at standard speed, which always works. Ask at fast to be refused.",
    "fast-limit": "This reply came through: at standard speed, or because the twelve seconds were over.",
    "rate-limit": "The first attempt was refused with status 429 and `retry-after: 2`. This is the second.",
    "overloaded": "The first attempt was refused with status 529. This is the second.",
    "speed-mismatch": "Whatever was asked, this is served at standard speed, and `usage.speed` says so.",
    "no-speed": "The usage of this reply holds no `speed`, so nobody can say which speed served it.",
    "slow": "The long silence before this text was the scenario; pings kept the connection alive.",
}


def _quoted(prompt: str) -> str:
    line = " ".join(prompt.split()).replace("`", "'")
    return line if len(line) <= _QUOTED_CHARS else f"{line[: _QUOTED_CHARS - 1]}…"


def _attachments(turn: Turn) -> str:
    if not turn.attachments:
        return ""
    count = len(turn.attachments)
    return f"\n\n{count} attachment{'s' if count > 1 else ''} arrived whole and counted as input tokens."


def _names() -> Iterator[str]:
    return (path.stem for path in _files())


@cache
def _files() -> tuple[Path, ...]:
    return tuple(sorted(_FOLDER.glob("*.md")))


@cache
def _entry(name: str) -> _Entry:
    head, _, body = (_FOLDER / f"{name}.md").read_text(encoding="utf-8").partition("\n")
    keywords = tuple(word.strip() for word in head.removeprefix("keywords:").split(",") if word.strip())
    parts = _MARK.split(body)[1:]
    thinking: list[str] = []
    sections: list[tuple[Effort, str]] = []
    for label, text in zip(parts[::2], parts[1::2], strict=True):
        if label == "thinking":
            thinking += text.strip().split("\n\n")
        else:
            sections.append((cast("Effort", label), text.strip("\n")))
    return _Entry(keywords, tuple(thinking), tuple(sections))

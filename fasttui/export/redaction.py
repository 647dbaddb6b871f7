"""Secrets found by their shape and hidden, so that a shared conversation gives none away.

The shapes are those the issuers document. Precision comes first: a kind whose keys look like
ordinary words is left out, and places that hold a placeholder are left alone.
"""

import re
from dataclasses import dataclass, replace
from functools import partial

from fasttui.chat.conversation import (
    Block,
    Conversation,
    DocumentBlock,
    ImageBlock,
    Message,
    RedactedThinkingBlock,
    TextBlock,
    ThinkingBlock,
    Turn,
)


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without its secrets, and how many there were."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class RedactedConversation:
    """A copy of a conversation without its secrets, and how many there were."""

    conversation: Conversation
    count: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of secret. What is hidden is the group `secret` of the pattern, or the whole match."""

    name: str
    pattern: re.Pattern[str]


def _kind(name: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> _Kind:
    return _Kind(name, re.compile(pattern, flags))


def _key(name: str, pattern: str) -> _Kind:
    """A key that stands by itself: not in the middle of a longer word."""
    return _kind(name, rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])")


# A password in this form is an example, not a secret: <password>, ${DB_PASS}, {pw}, ***, xxxx …
_PLACEHOLDER = (
    r"(?i:[<\[{%*][^@]*|\$[({A-Z][^@]*|x+|\.+|your[^@]*|(?:my[-_]?)?(?:pass|passwd|password|pwd|pw|secret)|changeme)"
)

# The order matters: what is more exact goes first, and hides the text from what comes later.
_KINDS = (
    _kind(
        "private key",
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:(?!-----BEGIN)[\s\S]){1,20000}?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
        r"|(?:\\n|\s)+(?:[A-Za-z0-9+/=]{16,}+(?:\\n|\s)*+)++)",  # or cut off before its end
    ),
    _key("JSON web token", r"eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{10,}"),
    _key("Anthropic key", r"sk-ant-[A-Za-z0-9_-]{16,}"),
    _key(
        "OpenAI key",
        r"sk-(?:proj|svcacct|admin|service)-(?=[A-Za-z_-]{0,100}[0-9])[A-Za-z0-9_-]{20,}"
        r"|sk-or-v1-[0-9a-f]{32,}|sk-(?=[A-Za-z]{0,100}[0-9])[A-Za-z0-9]{32,}",
    ),
    _key("GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}"),
    _key("GitLab token", r"gl(?:pat|dt|rt|ptt|cbt|oas|soat)-[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_-]+)*"),
    _key("npm token", r"npm_[A-Za-z0-9]{36}"),
    _key("PyPI token", r"pypi-AgE[A-Za-z0-9_-]{40,}"),
    _key("AWS access key", r"(?:AKIA|ASIA)[A-Z2-7]{16}"),
    _kind(
        "AWS secret key",
        r"(?i:aws_?secret_?(?:access_?)?key)['\"]?\s{0,3}[:=]\s{0,3}['\"]?"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
    ),
    _key("Google key", r"AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{30,}"),
    _key("Slack token", r"xox[abeoprs]-(?=[A-Za-z-]{0,100}[0-9])[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    _kind("Slack webhook", r"(?<=hooks\.slack\.com/services/)T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}"),
    _key("Stripe key", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9]{32,}"),
    _key("Hugging Face token", r"hf_[A-Za-z0-9]{34,}"),
    _key("SendGrid key", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _key("DigitalOcean token", r"do[opr]_v1_[0-9a-f]{64}"),
    _key("Groq key", r"gsk_[A-Za-z0-9]{40,}"),
    _key("xAI key", r"xai-[A-Za-z0-9]{60,}"),
    _key("Telegram bot token", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
    _kind(
        "bearer token",
        r"\b[Bb]earer\s{1,3}(?P<secret>(?=[A-Za-z._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/-]{20,}=*)",
    ),
    _kind(
        "credentials",
        r"(?i:authorization['\"]?\s{0,3}[:=]\s{0,3}['\"]?basic)\s{1,3}(?P<secret>[A-Za-z0-9+/]{8,}=*)",
    ),
    _kind(
        "password",
        r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,100}:"
        rf"(?!{_PLACEHOLDER}@)(?P<secret>[^\s/@\"'<>]{{1,200}})@(?=[A-Za-z0-9\[])",
    ),
)


def redact(text: str) -> Redacted:
    """`text` with every secret of a known shape replaced by `[redacted: its kind]`."""
    count = 0
    for kind in _KINDS:
        text, hidden = kind.pattern.subn(partial(_hide, kind.name), text)
        count += hidden
    return Redacted(text, count)


def _hide(name: str, match: re.Match[str]) -> str:
    if "secret" not in match.re.groupindex:
        return f"[redacted: {name}]"
    whole, (start, end) = match.group(), match.span("secret")
    return f"{whole[: start - match.start()]}[redacted: {name}]{whole[end - match.start() :]}"


def redact_conversation(conversation: Conversation) -> RedactedConversation:
    """A copy without secrets, in every branch; images and PDFs are not looked into."""
    redactor = _Redactor()
    copy = Conversation(
        conversation.id,
        redactor.text(conversation.title),
        conversation.created_at,
        redactor.text(conversation.system),
        tuple(redactor.text(tag) for tag in conversation.tags),
    )
    for turn in conversation.turns:
        copy.add(redactor.turn(turn))
    copy.head_id = conversation.head_id
    return RedactedConversation(copy, redactor.count)


class _Redactor:
    """Redacts one thing after another and counts."""

    def __init__(self) -> None:
        self.count = 0

    def text(self, text: str) -> str:
        redacted = redact(text)
        self.count += redacted.count
        return redacted.text

    def text_or_none(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def turn(self, turn: Turn) -> Turn:
        return Turn.restored(
            self.message(turn.prompt),
            replace(turn.options, speed_reason=self.text(turn.options.speed_reason)),
            self.message(turn.reply),
            id=turn.id,
            parent_id=turn.parent_id,
            created_at=turn.created_at,
            status=turn.status,
            usage=turn.usage,
            timing=turn.timing,
            request_id=turn.request_id,
            message_id=turn.message_id,
            served_model=turn.served_model,
            stop_reason=turn.stop_reason,
            fallback_reason=self.text_or_none(turn.fallback_reason),
            error=self.text_or_none(turn.error),
            error_hint=self.text_or_none(turn.error_hint),
        )

    def message(self, message: Message) -> Message:
        return replace(message, blocks=tuple(self.block(block) for block in message.blocks))

    def block(self, block: Block) -> Block:
        match block:
            case TextBlock(text):
                return TextBlock(self.text(text))
            case ThinkingBlock(thinking, signature):
                shown = self.text(thinking)
                # The signature vouches for every byte: altered thinking must never be sent.
                return ThinkingBlock(shown, signature if shown == thinking else "")
            case DocumentBlock(data, "text/plain", name):
                return DocumentBlock(self.text_file(data), "text/plain", self.text(name))
            case DocumentBlock(name=name) | ImageBlock(name=name):
                return replace(block, name=self.text(name))
            case RedactedThinkingBlock():
                return block

    def text_file(self, data: bytes) -> bytes:
        before = self.count
        # Latin-1 takes every byte there and back, and secrets are ASCII in any encoding that extends it.
        redacted = self.text(data.decode("latin-1")).encode("latin-1")
        return data if self.count == before else redacted

"""Secrets are hidden by their shape, wherever they stand; what only looks like one is left alone.

No secret here is real: each is put together from its documented shape.
"""

import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.chat.conversation import (
    Conversation,
    DocumentBlock,
    Message,
    TextBlock,
    ThinkingBlock,
    Turn,
    TurnOptions,
    prompt_of,
)
from fasttui.export.redaction import redact, redact_conversation
from tests.sameness import assert_same_conversation
from tests.strategies import conversations, safe_texts

_random = random.Random(4)


def made_of(alphabet: str, length: int) -> str:
    return "".join(_random.choice(alphabet) for _ in range(length))


WORD = string.ascii_letters + string.digits
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
PEM_BODY = "\n".join(made_of(WORD + "+/", 64) for _ in range(5))

SECRETS = {
    "Anthropic key": "sk-ant-" + "api03-" + made_of(WORD + "-_", 93) + "AA",
    "Anthropic OAuth": "sk-ant-" + "oat01-" + made_of(WORD, 80),
    "OpenAI key, old": "sk-" + "7" + made_of(WORD, 47),
    "OpenAI key, project": "sk-" + "proj-4" + made_of(WORD + "-_", 120) + "x",
    "OpenRouter key": "sk-" + "or-v1-" + made_of("0123456789abcdef", 64),
    "GitHub token": "ghp_" + made_of(WORD, 36),
    "GitHub app token": "ghs_" + made_of(WORD, 36),
    "GitHub fine-grained token": "github_pat_" + made_of(WORD, 22) + "_" + made_of(WORD, 59),
    "GitLab token": "glpat-" + made_of(WORD, 20),
    "npm token": "npm_" + made_of(WORD, 36),
    "PyPI token": "pypi-" + "AgEIcHlwaS5vcmc" + made_of(WORD, 60),
    "AWS access key": "AKIA" + made_of(BASE32, 16),
    "AWS session key": "ASIA" + made_of(BASE32, 16),
    "Google key": "AIza" + made_of(WORD + "_-", 34) + "x",
    "Slack bot token": "xoxb-" + "12345678901-123456789012-" + made_of(WORD, 24),
    "Slack webhook": "T" + made_of(BASE32, 8) + "/B" + made_of(BASE32, 8) + "/" + made_of(WORD, 24),
    "Stripe key": "sk_" + "live_" + made_of(WORD, 24),
    "Stripe restricted key": "rk_" + "test_" + made_of(WORD, 24),
    "JSON web token": "eyJ" + made_of(WORD, 33) + ".eyJ" + made_of(WORD, 80) + "." + made_of(WORD + "-_", 43),
    "Hugging Face token": "hf_" + made_of(string.ascii_letters, 34),
    "SendGrid key": "SG." + made_of(WORD, 22) + "." + made_of(WORD, 43),
    "Telegram bot token": "123456789:AA" + made_of(WORD, 33),
}
KEYS = sorted(secret for kind, secret in SECRETS.items() if kind != "Slack webhook")

HARMLESS = [
    "sk-learn, sk-ant, sk-anthropic-is-not-a-key and ghp_short",
    "pip install sk-something-or-other-with-a-long-name-and-no-digits",
    "Use `sk-ant-...` or `sk-ant-xxxx`; export ANTHROPIC_API_KEY=sk-ant-YOURKEY",
    "Authorization: Bearer <token>",
    "Authorization: Bearer YOUR_API_KEY_GOES_IN_THIS_PLACE",
    "The bearer of this letter; Bearer authentication-is-described-in-a-document",
    "postgres://user:password@localhost/db and postgres://user:${DB_PASSWORD}@host/db",
    "https://user:<password>@example.com and redis://:***@cache:6379",
    "https://example.com:8080/a@b and ssh://git@github.com/a/b and http://[::1]:80/@x",
    "mailto:someone@example.com at 12:30@home",
    "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----",
    "A key file starts with -----BEGIN PRIVATE KEY----- and goes on in base64.",
    "d41d8cd98f00b204e9800998ecf8427e and 6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "AKIAisnotakey and AKIA1 and MYAKIAABCDEFGHIJKLMNOPQ",
    "eyJhbGciOiJIUzI1NiJ9 alone is only a header",
    "sha512-" + made_of(WORD + "+/", 86) + "==",
    "npm_config_registry_is_a_setting_with_a_long_name",
    "xoxo-hugs-and-kisses-from-everyone",
]


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(
    "around", ["{}", "key={}", 'KEY="{}"', "`{}`", "see {}.", "({})", "https://hooks.slack.com/services/{}"]
)
def test_a_secret_is_hidden_and_counted_wherever_it_stands(secret: str, around: str) -> None:
    if secret == SECRETS["Slack webhook"] and "slack" not in around:
        around = "https://hooks.slack.com/services/{}"
    redacted = redact(around.format(secret))
    assert secret not in redacted.text
    assert redacted.count == 1
    before, after = around.split("{}")
    assert redacted.text.startswith(f"{before}[redacted: ")
    assert redacted.text.endswith(f"]{after}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abcDEF0123456789abcDEF==", "Authorization: Bearer [redacted: bearer token]"),
        ("authorization: basic dXNlcjpwYXNzd29yZA==", "authorization: basic [redacted: credentials]"),
        ("postgres://app:hunter2@db:5432/x", "postgres://app:[redacted: password]@db:5432/x"),
        ("redis://:s3cr3t!@10.0.0.1", "redis://:[redacted: password]@10.0.0.1"),
        ("aws_secret_access_key = " + "aB3/" * 10, "aws_secret_access_key = [redacted: AWS secret key]"),
        ('"AWS_SECRET_ACCESS_KEY": "' + "aB3+" * 10 + '"', '"AWS_SECRET_ACCESS_KEY": "[redacted: AWS secret key]"'),
    ],
)
def test_only_the_secret_part_is_hidden(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])
def test_a_private_key_goes_whole_also_when_it_was_cut_off(kind: str) -> None:
    block = f"-----BEGIN {kind}-----\n{PEM_BODY}\n-----END {kind}-----"
    assert redact(f"before\n{block}\nafter").text == "before\n[redacted: private key]\nafter"
    assert redact(f"before\n{block[:200]}").text == "before\n[redacted: private key]"
    assert redact('{"key": "' + block.replace("\n", "\\n") + '"}').text == '{"key": "[redacted: private key]"}'


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert redact(text).text == text
    assert redact(text).count == 0


@given(parts=st.lists(safe_texts | st.sampled_from(KEYS).map(lambda key: f" {key} "), max_size=6))
def test_no_key_survives_in_any_text_and_redacting_again_finds_none(parts: list[str]) -> None:
    redacted = redact(" ".join(parts))
    assert not [key for key in KEYS if key in redacted.text]
    assert redacted.count >= sum(part.strip() in KEYS for part in parts)
    assert redact(redacted.text).count == 0


@pytest.mark.parametrize(
    "text",
    [
        "sk-proj-" * 25_000,
        "eyJabcdefghij-" * 14_000,
        "-----BEGIN PRIVATE KEY-----\n" * 7_000,
        "a" * 200_000,
        "http://a:" * 22_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_is_searched_in_reasonable_time(text: str) -> None:
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 4


@given(conversation=conversations())
def test_a_conversation_without_secrets_is_copied_unchanged(conversation: Conversation) -> None:
    redacted = redact_conversation(conversation)
    assert redacted.count == 0
    assert_same_conversation(redacted.conversation, conversation)


def test_every_part_of_a_conversation_is_searched() -> None:
    key = SECRETS["Anthropic key"]
    file = DocumentBlock(f"caf\u00e9 {key}".encode(), "text/plain", f"{key}.txt")
    turn = Turn.restored(
        prompt_of(f"my key is {key}", file),
        TurnOptions("claude-opus-4-8"),
        Message("assistant", (ThinkingBlock(f"It is {key}", "sig"), ThinkingBlock("Fine.", "sig"), TextBlock(key))),
        id="turn",
        parent_id=None,
        created_at=Conversation().created_at,
        status="failed",
        usage=Turn(prompt_of(""), TurnOptions("m")).usage,
        timing=Turn(prompt_of(""), TurnOptions("m")).timing,
        error=f"Key {key} is wrong.",
    )
    conversation = Conversation(title=f"About {key}", system=key, tags=(key,))
    conversation.add(turn)
    redacted = redact_conversation(conversation)
    hidden = "[redacted: Anthropic key]"
    copy = redacted.conversation.turns[0]
    assert redacted.count == 9
    assert (redacted.conversation.title, redacted.conversation.system, redacted.conversation.tags) == (
        f"About {hidden}",
        hidden,
        (hidden,),
    )
    assert copy.prompt.blocks[0] == DocumentBlock(f"caf\u00e9 {hidden}".encode(), "text/plain", f"{hidden}.txt")
    assert copy.error == f"Key {hidden} is wrong."
    assert copy.reply.blocks == (ThinkingBlock(f"It is {hidden}", ""), ThinkingBlock("Fine.", "sig"), TextBlock(hidden))
    assert conversation.turns[0].reply.text == key

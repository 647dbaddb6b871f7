"""Every format goes through one door: secrets are hidden and counted unless the user says otherwise."""

import json
import subprocess
import sys

import pytest

from fasttui.chat.conversation import Conversation, TextBlock, prompt_of
from fasttui.export.json_format import from_json
from fasttui.export.writers import FORMATS, Format, export
from tests.export.samples import cost_of, reply_of, sample
from tests.sameness import assert_same_conversation

KEY = "sk-ant-" + "api03-" + "aB3" * 20


def with_secrets() -> Conversation:
    conversation = Conversation(title="Keys")
    conversation.add(reply_of(prompt_of(f"my key is {KEY}"), TextBlock(f"Never share {KEY}."), id="t1"))
    return conversation


@pytest.mark.parametrize("form", FORMATS)
def test_secrets_are_hidden_and_counted_by_default(form: Format) -> None:
    exported = export(with_secrets(), form, cost_of=cost_of)
    assert exported.redacted == 2
    assert KEY not in exported.text
    assert "redacted: Anthropic key" in exported.text


@pytest.mark.parametrize("form", FORMATS)
def test_secrets_stay_when_the_user_wants_them(form: Format) -> None:
    exported = export(with_secrets(), form, cost_of=cost_of, redact=False)
    assert exported.redacted == 0
    assert exported.text.count(KEY) == 2


def test_the_count_stands_in_the_file() -> None:
    assert json.loads(export(with_secrets(), "json", cost_of=cost_of).text)["redacted"] == 2
    assert "\nredacted: 2\n" in export(with_secrets(), "md", cost_of=cost_of).text
    assert "2 secrets hidden." in export(with_secrets(), "html", cost_of=cost_of).text


def test_json_without_redaction_is_lossless() -> None:
    text = export(sample(), "json", cost_of=cost_of, redact=False).text
    assert_same_conversation(from_json(text), sample())


def test_importing_the_door_loads_neither_markdown_nor_highlighting() -> None:
    probe = "import sys, fasttui.export.writers, fasttui.export.importers; print(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    assert not {"markdown_it", "pygments", "sqlite3", "anthropic"} & set(ran.stdout.split())

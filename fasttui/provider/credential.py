"""Which credential signs the requests, and a name for it that gives nothing away.

The SDK's own order: the key handed over, `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`, a named
profile, workload identity, the active profile on disk.
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from fasttui.chat.safe_text import safe_line

NO_CREDENTIAL_NAME = "none set"


def clean_key(key: str | None) -> str | None:
    """`key` as it goes into a header: keys pasted or read from files come with spaces and newlines."""
    return (key or "").strip() or None


def is_sendable(key: str) -> bool:
    """Whether `key` can stand in a header at all."""
    return key.isascii() and key.isprintable()


def credential_name(api_key: str | None, environ: Mapping[str, str] = os.environ) -> str:
    """A name by which two credentials can be told apart, never a part of the secret."""
    if key := clean_key(api_key) or clean_key(environ.get("ANTHROPIC_API_KEY")):
        return f"key {_fingerprint(key)}"
    if token := clean_key(environ.get("ANTHROPIC_AUTH_TOKEN")):
        return f"token {_fingerprint(token)}"
    if profile := environ.get("ANTHROPIC_PROFILE", "").strip():
        return f"profile {safe_line(profile, limit=60)}"
    if environ.get("ANTHROPIC_FEDERATION_RULE_ID", "").strip():
        return "workload identity"
    return NO_CREDENTIAL_NAME


def has_credential(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the SDK will find something to sign with; a profile on disk counts. Does not import it."""
    if credential_name(None, environ) != NO_CREDENTIAL_NAME:
        return True
    folder = environ.get("ANTHROPIC_CONFIG_DIR") or "~/.config/anthropic"
    return any(Path(folder).expanduser().glob("configs/*.json"))


def _fingerprint(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:8]

"""Everything that can go wrong, as one tree. `str(error)` is a sentence for the user, `hint` the next step.

FasttuiError
├── ProviderError                  the request or its reply failed
│   ├── RateLimited                429, ordinary: wait
│   │   ├── FastLimitReached       the fast bucket is empty: standard works
│   │   └── RampLimited            usage grew too fast
│   ├── FastUnavailable            this key or model has no fast mode
│   │   ├── FastNotProvisioned     429 "rate limit of 0", or credits wanted
│   │   └── SpeedUnsupported       400 "does not support the `speed` parameter"
│   ├── SpendLimitReached          the month's money is spent: standard fails too
│   ├── Overloaded                 529, or the same as an event of the stream
│   ├── ServerFault                500 and its kin
│   ├── ConnectionFailed           no connection, or lost before the reply began
│   ├── ConnectionLost             lost in mid-reply
│   ├── StreamStalled              not one byte for too long
│   ├── StreamBroken               not the protocol: bad event, HTML, no end
│   ├── RequestRejected            400 and its kin: the request itself is at fault
│   │   └── RequestTooLarge        413
│   ├── NoCredential               nothing to sign the request with
│   ├── CredentialRejected         401
│   ├── AccessDenied               403
│   ├── PaymentRequired            402
│   └── ModelNotFound              404
├── ConfigError                    a setting, key or theme file is wrong
├── StoreError                     the database cannot be read or written
│   ├── StoreLocked                another program holds it; it will be tried again
│   ├── StoreDamaged               the file is not a sound database
│   └── ConversationNotFound       there is no chat of that id
├── CommandError                   a /command with the wrong words
├── UsageError                     a command line that cannot be carried out
├── AttachmentError                a file that cannot be sent
├── OutputFailed                   what is printed cannot be written
└── TransferError                  an export or import failed
"""

from fasttui.chat.safe_text import safe_line


def _because(sentence: str, reason: str) -> str:
    """`sentence`, then the reason in another's words, closed by one full stop however those end."""
    reason = safe_line(reason).rstrip(". ")
    if not reason:
        return f"{sentence}."
    return f"{sentence}: {reason}" if reason.endswith(("!", "?", "…")) else f"{sentence}: {reason}."


class FasttuiError(Exception):
    """Base of every error a user can meet; anything else that escapes is a bug."""

    hint = ""

    def __init__(self, sentence: str, *, hint: str | None = None) -> None:
        super().__init__(sentence)
        if hint is not None:
            self.hint = hint


class ProviderError(FasttuiError):
    """The request or its reply failed; `request_id` is what support asks for."""

    hint = "Retry with /retry."

    def __init__(self, sentence: str, *, hint: str | None = None, request_id: str | None = None) -> None:
        super().__init__(sentence, hint=hint)
        self.request_id = request_id


class RateLimited(ProviderError):
    """The API asked for a pause; `retry_after_s` is None when it did not say how long."""

    hint = "Wait, then /retry."
    what = "Rate limited"

    def __init__(self, *, retry_after_s: float | None = None, request_id: str | None = None) -> None:
        pause = "" if retry_after_s is None else f" for {retry_after_s:.0f} s"
        super().__init__(f"{self.what}{pause}.", request_id=request_id)
        self.retry_after_s = retry_after_s


class FastLimitReached(RateLimited):
    """The fast bucket is empty; the same request works at standard speed at once."""

    hint = "Wait, or type /speed standard."
    what = "Fast limit reached"


class RampLimited(RateLimited):
    """The organization's usage grew faster than the API allows."""

    what = "Usage grew too fast and is limited"


class FastUnavailable(ProviderError):
    """Fast cannot be had here, however long one waits; standard can."""


class FastNotProvisioned(FastUnavailable):
    """The organization has a fast limit of zero, or no credits for fast."""

    hint = "Ask Anthropic for fast mode access at claude.com/fast-mode, or go on with /speed standard."

    def __init__(self, model: str, *, request_id: str | None = None) -> None:
        super().__init__(f"This key has no fast mode for {safe_line(model)}.", request_id=request_id)


class SpeedUnsupported(FastUnavailable):
    """The model takes no `speed` parameter, or no longer does."""

    hint = "Choose a model with fast mode by /model, or go on at standard speed."

    def __init__(self, model: str, *, request_id: str | None = None) -> None:
        super().__init__(f"{safe_line(model)} does not offer fast mode.", request_id=request_id)


class SpendLimitReached(ProviderError):
    """The spend limit of the organization or workspace is reached, at every speed."""

    hint = "Raise the spend limit in the Anthropic Console, then /retry."

    def __init__(self, *, request_id: str | None = None) -> None:
        super().__init__("The spend limit of this organization is reached.", request_id=request_id)


class Overloaded(ProviderError):
    """The API is overloaded (529). `retry_after_s` as in `RateLimited`."""

    def __init__(self, *, retry_after_s: float | None = None, request_id: str | None = None) -> None:
        super().__init__("Anthropic's servers are overloaded.", request_id=request_id)
        self.retry_after_s = retry_after_s


class ServerFault(ProviderError):
    """The server failed with `status` 5xx; not the user's doing."""

    def __init__(
        self,
        status: int,
        *,
        detail: str = "",
        retry_after_s: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(_because(f"The server failed with status {status}", detail), request_id=request_id)
        self.status = status
        self.retry_after_s = retry_after_s


class ConnectionFailed(ProviderError):
    """No reply began: refused, unknown host, TLS, reset or timed out. `reason` is the network's word."""

    hint = "Check the network and ANTHROPIC_BASE_URL, then /retry."

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(_because(f"No connection to {safe_line(host)}", reason or "connection refused"))


class ConnectionLost(ProviderError):
    """The connection broke after the reply had begun; what arrived is kept."""

    hint = "Go on with /continue, or ask again with /retry."

    def __init__(self, reason: str = "", *, request_id: str | None = None) -> None:
        super().__init__(_because("The connection was lost in mid-reply", reason), request_id=request_id)


class StreamStalled(ProviderError):
    """No byte, not even a ping, for `silence_s` seconds; what arrived is kept."""

    hint = "Go on with /continue, or ask again with /retry."

    def __init__(self, silence_s: float, *, request_id: str | None = None) -> None:
        super().__init__(f"Nothing came for {silence_s:.0f} s; the reply was given up.", request_id=request_id)


class StreamBroken(ProviderError):
    """The server did not keep to the protocol; `what` says how."""

    hint = "Check that ANTHROPIC_BASE_URL speaks the Messages API, then /retry."

    def __init__(self, what: str, *, hint: str | None = None, request_id: str | None = None) -> None:
        super().__init__(_because("The reply is broken", what), hint=hint, request_id=request_id)


class RequestRejected(ProviderError):
    """The API refused the request itself; `detail` is the API's own sentence."""

    hint = "Change the message or the options and send it again."

    def __init__(self, detail: str, *, status: int = 400, request_id: str | None = None) -> None:
        super().__init__(_because("The API refused the request", detail), request_id=request_id)
        self.status = status
        self.detail = detail


class RequestTooLarge(RequestRejected):
    """413: the request is over 32 MB."""

    hint = "Send fewer or smaller attachments, or start a new chat with /new."


class NoCredential(ProviderError):
    """There is no key, token or profile to sign the request with."""

    hint = "Set ANTHROPIC_API_KEY, or start with --demo."

    def __init__(self) -> None:
        super().__init__("There is no Anthropic credential.")


class CredentialRejected(ProviderError):
    """401: the key, token or profile is not accepted."""

    hint = "Check ANTHROPIC_API_KEY, or start with --demo."

    def __init__(self, *, detail: str = "", request_id: str | None = None) -> None:
        said = f" ({safe_line(detail, limit=120)})" if detail else ""
        super().__init__(f"Anthropic does not accept this credential{said}.", request_id=request_id)


class AccessDenied(ProviderError):
    """403: the credential may not do this."""

    hint = "Use another model or key, or ask the administrator of the organization."

    def __init__(self, detail: str, *, request_id: str | None = None) -> None:
        super().__init__(_because("Not permitted", detail), request_id=request_id)


class PaymentRequired(ProviderError):
    """402: the account has no credit."""

    hint = "Add credit in the Anthropic Console, then /retry."

    def __init__(self, *, request_id: str | None = None) -> None:
        super().__init__("The account has no credit left.", request_id=request_id)


class ModelNotFound(ProviderError):
    """404: there is no such model, or not for this key."""

    hint = "Choose another model with /model."

    def __init__(self, model: str, *, request_id: str | None = None) -> None:
        super().__init__(f"There is no model {safe_line(model)} for this key.", request_id=request_id)


class ConfigError(FasttuiError):
    """A setting, key binding or theme is wrong; the sentence names the file and line."""

    hint = "Correct the file; until then the default is used."


class StoreError(FasttuiError):
    """The database cannot be opened, read or written; nothing already saved was touched."""

    hint = "The chat goes on in memory; export it with /export before you leave."


class StoreLocked(StoreError):
    """Another program has held the database for too long; what was to be written waits in memory."""

    hint = "It will be tried again; nothing is lost while this window is open."

    def __init__(self) -> None:
        super().__init__("Another program holds the saved chats.")


class StoreDamaged(StoreError):
    """The file is not a sound database."""


class ConversationNotFound(StoreError):
    """No chat has that id, or more than one begins with it."""

    hint = "List the chats with Ctrl+O or `fasttui chats`."

    def __init__(self, conversation_id: str) -> None:
        super().__init__(f"There is no one chat {safe_line(conversation_id, limit=40)}.")


class CommandError(FasttuiError):
    """A slash command was given words it does not take."""

    hint = "Type /help for the commands."


class UsageError(FasttuiError):
    """A command line that cannot be carried out."""

    hint = "`fasttui --help` shows the commands, and each has a --help of its own."


class AttachmentError(FasttuiError):
    """A file cannot be sent with a message; the sentence names it and says why."""

    hint = "Attach text, a PDF, or an image of type PNG, JPEG, GIF or WebP."


class OutputFailed(FasttuiError):
    """Standard output takes no more, as a full disk; `reason` is the system's word."""

    hint = "Make room, or send the output elsewhere."

    def __init__(self, reason: str) -> None:
        super().__init__(_because("The output cannot be written", reason))


class TransferError(FasttuiError):
    """An export or import failed; the sentence names the file, and the place where known."""

    hint = "Choose another file and try again."

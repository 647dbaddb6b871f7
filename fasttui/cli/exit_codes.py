"""What the program returns to the shell, one code for each way to end."""

from fasttui.chat.errors import (
    AttachmentError,
    CommandError,
    ConfigError,
    ConversationNotFound,
    FasttuiError,
    NoCredential,
    UsageError,
)

DONE, REPLY_FAILED, WRONG_USAGE, NO_CREDENTIAL, INTERRUPTED = 0, 1, 2, 3, 130
_USERS_WORDS = (AttachmentError, CommandError, ConfigError, ConversationNotFound, UsageError)


def exit_code(error: FasttuiError) -> int:
    """The code that stands for that error."""
    if isinstance(error, NoCredential):
        return NO_CREDENTIAL
    return WRONG_USAGE if isinstance(error, _USERS_WORDS) else REPLY_FAILED

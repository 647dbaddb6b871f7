"""Keeps libraries from writing to the terminal: on a full screen every such line stays as litter."""

import logging


def keep_terminal_clean() -> None:
    """Give the root logger a handler that writes nothing, and send warnings to it.

    Call before the SDK is imported: with `ANTHROPIC_LOG` set it would otherwise log to stderr.
    A log file, where the user wants one, is one more handler on the root logger.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())
    logging.captureWarnings(capture=True)

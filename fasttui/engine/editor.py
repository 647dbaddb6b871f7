"""The user's own editor on a draft."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from fasttui.chat.errors import CommandError
from fasttui.chat.safe_text import safe_text

_DEFAULT = "vi"


def edited(draft: str) -> str:
    """`draft` as it leaves $VISUAL, $EDITOR or vi; blocks until the editor ends.

    Raises:
        CommandError: the editor cannot be started, or fails.
    """
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or _DEFAULT)
    with tempfile.TemporaryDirectory(prefix="fasttui-") as folder:
        path = Path(folder) / "prompt.md"
        path.write_text(draft, encoding="utf-8")
        try:
            done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the user's own editor
        except OSError as error:
            raise CommandError(
                f"{command[0]} cannot be started: {error.strerror}.", hint="Set $VISUAL or $EDITOR to your editor."
            ) from error
        if done.returncode:
            raise CommandError(f"{command[0]} ended with status {done.returncode}.", hint="The draft stays as it was.")
        return safe_text(path.read_text(encoding="utf-8", errors="replace")).rstrip("\n")

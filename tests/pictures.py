"""Golden pictures of the screen: drawn anew with `FASTTUI_DRAW=1`, and looked at before they are committed."""

import os
import re
from pathlib import Path


def check(path: Path, drawn: str) -> None:
    """The picture is the one in the file."""
    drawn = re.sub(r"terminal-\d+", "terminal", drawn)
    if os.environ.get("FASTTUI_DRAW"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn)
    assert drawn == path.read_text(), f"{path.name} is out of date: draw it anew and look at it"

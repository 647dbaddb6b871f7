"""The terminal as prompt-toolkit's output: never asked for anything, and written to in whole frames."""

import os
import sys

from prompt_toolkit.output.vt100 import Vt100_Output


def terminal_output() -> Vt100_Output:
    """Standard output.

    Nothing is asked of the terminal: on a slow line the answers would come late, among the keys.
    """
    output = Vt100_Output.from_pty(sys.stdout, term=os.environ.get("TERM"))
    output.enable_cpr = False
    return output

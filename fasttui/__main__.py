"""The way in: `fasttui`, or `python -m fasttui`."""

import gc
import sys

# Start-up makes no garbage worth looking for; the front end turns it on again after the first frame.
gc.disable()


def main() -> int:
    """Run the program; returns the exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from fasttui import __version__

        try:
            print(f"fasttui {__version__}", flush=True)
        except OSError:
            pass  # the long way says what is wrong
        else:
            return 0
    try:
        from fasttui.cli.main import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while the program was still being loaded
        return 130


if __name__ == "__main__":
    sys.exit(main())

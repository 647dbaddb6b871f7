"""`fasttui simulate`: the Messages API on 127.0.0.1 for any client."""

import argparse
import asyncio

from fasttui.chat.errors import ConfigError
from fasttui.cli import output
from fasttui.simulator import SCENARIOS, serve


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted, or list the scenarios."""
    if args.scenario == "list":
        for name, about in SCENARIOS.items():
            output.line(f"{name:<20} {about}")
        return 0
    try:
        asyncio.run(serve(args.port, args.scenario))
    except OSError as error:
        raise ConfigError(
            f"Port {args.port} cannot be used: {error.strerror}.", hint="Choose another with --port."
        ) from error
    return 0

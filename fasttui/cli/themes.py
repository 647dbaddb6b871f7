"""`fasttui themes`: the themes there are."""

import argparse

from fasttui.cli import output
from fasttui.config.paths import find_paths
from fasttui.config.themes import load_theme, theme_names


def run(args: argparse.Namespace) -> int:
    """List every theme, the user's own among them."""
    del args
    folder = find_paths().themes
    for name in theme_names(folder):
        theme = load_theme(name, folder)
        output.line(f"{name:<12} {'dark ' if theme.dark else 'light'}  {theme.about}")
    output.line(f"\nYour own go into {folder} as NAME.toml.")
    return 0

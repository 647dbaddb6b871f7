"""Where tests find what they read, and how long they may take."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
needs_shared_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="../shared/data is absent")
SLOW_TESTS = bool(os.environ.get("FASTTUI_SLOW_TESTS"))
"""Sizes in full, though what they prove holds at any size."""

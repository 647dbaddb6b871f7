"""The Messages API on 127.0.0.1, for demos and tests.

It takes and refuses what the real API takes and refuses, streams at the real speeds, and
keeps the real rules for limits and caching. Only what it says is made up: a small library of texts.
"""

from fasttui.simulator.bucket import DEMO_LIMITS, REAL_LIMITS, Limits
from fasttui.simulator.scenarios import SCENARIOS
from fasttui.simulator.server import EmbeddedSimulator, Simulator, serve

__all__ = ["DEMO_LIMITS", "REAL_LIMITS", "SCENARIOS", "EmbeddedSimulator", "Limits", "Simulator", "serve"]

from decimal import Decimal
from typing import Any

import pytest

from fasttui.engine.policy import Facts, choose

FACTS = Facts(
    fast_offered=True,
    fast_refusal=None,
    cooldown_s=0.0,
    expected_tokens=1_000,
    fuel_tokens=10_000,
    fast_usd=Decimal("0.10"),
    standard_usd=Decimal("0.05"),
    reread_tokens=0,
)


@pytest.mark.parametrize(
    ("change", "speed", "word"),
    [
        ({}, "fast", "1,000 tokens"),
        ({"fast_offered": False}, "standard", "no fast mode"),
        ({"fast_refusal": "This key has no fast mode."}, "standard", "no fast mode"),
        ({"cooldown_s": 8.0}, "standard", "refilling for 8 s"),
        ({"fuel_tokens": 400}, "standard", "400 fast tokens are left"),
        ({"fuel_tokens": None}, "fast", "expected"),
        ({"expected_tokens": 100}, "standard", "short reply"),
        ({"reread_tokens": 90_000, "fast_usd": Decimal("1.20")}, "standard", "$1.15 more"),
        ({"fast_usd": Decimal("1.20")}, "fast", "expected"),
    ],
)
def test_the_first_rule_that_applies_decides_and_says_why(change: dict[str, Any], speed: str, word: str) -> None:
    choice = choose(FACTS._replace(**change))
    assert choice.speed == speed
    assert word in choice.reason

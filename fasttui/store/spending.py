"""What replies cost and how fast they came, over all chats; deleted chats count, forked copies do not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from fasttui.chat.conversation import Effort, TurnTiming
from fasttui.chat.usage import Speed, Usage
from fasttui.store.database import Database
from fasttui.store.rows import moment


@dataclass(frozen=True, slots=True)
class ServedReply:
    """One reply as statistics see it; None is unknown."""

    created_at: datetime
    model: str
    asked_speed: Speed
    served_speed: Speed | None
    effort: Effort | None
    usage: Usage
    timing: TurnTiming
    cost: Decimal | None

    @property
    def output_tokens_per_s(self) -> float | None:
        """Exact OTPS: output tokens over generation time."""
        seconds, tokens = self.timing.generation_s, self.usage.output_tokens
        return tokens / seconds if seconds and tokens else None


def spent(database: Database, since: datetime) -> Mapping[Speed, Decimal]:
    """Dollars since then, by the speed that served them; a speed the API did not name counts as standard."""
    rows = database.rows(
        "SELECT coalesce(served_speed, 'standard'), decimal_sum(cost_usd) FROM turn"
        " WHERE created_at >= ? AND cost_usd IS NOT NULL AND copied_from IS NULL GROUP BY 1",
        moment(since),
    )
    return {speed: Decimal(cost) for speed, cost in rows}


def served(database: Database, since: datetime) -> list[ServedReply]:
    """Every reply that ended since then with tokens to count, oldest first."""
    rows = database.rows(
        "SELECT created_at, served_model, options, usage, timing, cost_usd FROM turn"
        " WHERE created_at >= ? AND status IN ('completed', 'interrupted') AND copied_from IS NULL"
        " ORDER BY created_at",
        moment(since),
    )
    return [_served(*row) for row in rows]


def _served(
    created_at: str, served_model: str | None, options: str, usage: str, timing: str, cost: str | None
) -> ServedReply:
    asked = json.loads(options)
    counts = Usage(**json.loads(usage))
    return ServedReply(
        datetime.fromisoformat(created_at),
        served_model or asked["model"],
        asked["speed"],
        counts.served_speed,
        asked["effort"],
        counts,
        TurnTiming(**json.loads(timing)),
        None if cost is None else Decimal(cost),
    )

"""Time that passes only when a test says so."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Monotonic seconds, a wall clock that keeps step with them, and a sleep that just moves both."""

    def __init__(self, start: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) -> None:
        self.s = 1_000.0
        self._start = start
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.s

    def now(self) -> datetime:
        """The wall clock."""
        return self._start + timedelta(seconds=self.s - 1_000.0)

    async def sleep(self, seconds: float) -> None:
        """Pass the time at once."""
        self.slept.append(seconds)
        self.s += seconds

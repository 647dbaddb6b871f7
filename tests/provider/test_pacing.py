"""Frame-paced reads, on a clock of the test's own."""

from collections.abc import AsyncGenerator, Iterable

from fasttui.provider.pacing import paced

FRAME_S = 0.032


class Network:
    """A clock that only sleeping and waiting move, and a source whose chunks come at given times."""

    def __init__(self, arrivals_s: Iterable[float]) -> None:
        self.now_s = 0.0
        self.closed = False
        self.slept_s: list[float] = []
        self._arrivals_s = list(arrivals_s)

    def clock(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            for number, arrival_s in enumerate(self._arrivals_s):
                self.now_s = max(self.now_s, arrival_s)
                yield b"%d" % number
        finally:
            self.closed = True

    def paced(self) -> AsyncGenerator[bytes, None]:
        return paced(self.chunks(), FRAME_S, clock=self.clock, sleep=self.sleep)

    async def delivered_s(self) -> list[float]:
        return [self.now_s async for _ in self.paced()]


async def test_what_comes_after_a_pause_is_handed_on_at_once() -> None:
    arrivals_s = [0.5, 1.0, 1.5]
    network = Network(arrivals_s)
    assert await network.delivered_s() == arrivals_s
    assert network.slept_s == []


async def test_a_steady_stream_is_handed_on_once_a_frame_and_never_more_than_a_frame_late() -> None:
    arrivals_s = [0.1 + number / 300 for number in range(300)]
    delivered_s = await Network(arrivals_s).delivered_s()
    lateness_s = [there - here for here, there in zip(arrivals_s, delivered_s, strict=True)]
    assert max(lateness_s) <= FRAME_S + 1e-9
    assert len(set(delivered_s)) <= 2.3 / FRAME_S  # a straggler of the same frame may come by itself


async def test_what_is_there_already_is_never_slept_for() -> None:
    network = Network([0.1] * 10_000)
    await network.delivered_s()
    assert network.slept_s == []


async def test_leaving_early_closes_the_source() -> None:
    network = Network([0.0, 0.0, 0.0])
    gathered = network.paced()
    await anext(gathered)
    await gathered.aclose()
    assert network.closed

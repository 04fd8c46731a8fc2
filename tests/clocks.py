"""A clock for tests."""

import asyncio


class ManualClock:
    """Stands still until `advance`; sleeping passes at once and moves it."""

    def __init__(self, now: float = 1_792_000_000.0) -> None:
        self.time = now
        self.ticks = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, seconds: float) -> None:
        self.time += seconds
        self.ticks += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

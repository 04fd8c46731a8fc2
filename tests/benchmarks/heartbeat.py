"""Our program with a heart that notes when its event loop stood still while a list was read.

`python -m tests.benchmarks.heartbeat FILE` is the app; FILE gets the longest gap in milliseconds
between two beats, from the first byte of each list until it is drawn.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.terminal import Terminal

BEAT = 0.002
AFTERWARDS = 0.5
"""Seconds that are still watched when the list is complete: it is drawn then."""


@contextmanager
def beating() -> Generator[tuple[tuple[str, ...], Callable[[Terminal], float]]]:
    """A command that starts the app, and what waits for the gap of the list that is read."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "gap"

        def longest(terminal: Terminal) -> float:
            terminal.wait_until(lambda: told.exists() and bool(told.read_text()))
            gap = float(told.read_text())
            told.unlink()
            return gap

        yield (sys.executable, "-m", "tests.benchmarks.heartbeat", str(told)), longest


async def _beat(longest: list[float]) -> None:
    last = time.perf_counter()
    while True:
        await asyncio.sleep(BEAT)
        now = time.perf_counter()
        longest.append(now - last - BEAT)
        last = now


def main() -> int:
    """Run the program with the heart in it."""
    told = Path(sys.argv.pop())
    from qiscus_tui.__main__ import main as program
    from qiscus_tui.service.account.connection import Connection

    read_list = Connection.read_list

    async def watched(self: Connection, *given: Any, **named: Any) -> object:
        gaps: list[float] = []
        heart = asyncio.create_task(_beat(gaps))

        def stop() -> None:
            heart.cancel()
            told.write_text(str(max(gaps) * 1000))

        try:
            return await read_list(self, *given, **named)
        finally:
            asyncio.get_running_loop().call_later(AFTERWARDS, stop)

    Connection.read_list = watched  # pyright: ignore[reportAttributeAccessIssue]
    return program()


if __name__ == "__main__":
    sys.exit(main())

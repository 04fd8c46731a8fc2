"""A terminal at the far end of a slow line, as over SSH: what is sent takes its time."""

import os
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.e2e.replies import Manners
from tests.e2e.terminal import Terminal

RATE = 10_000
"""Bytes per second from the program to the terminal."""
ONE_WAY = 0.15
"""Seconds that anything takes from one end to the other."""
_PIECE = 250


class SlowTerminal(Terminal):
    """Gets `RATE` bytes a second, `ONE_WAY` later; keys and answers take as long back.

    What the program writes always finds room, as in the buffers of sshd and TCP.
    """

    def __init__(self, command: Sequence[str | Path], **more: Any) -> None:
        self._on_way: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0
        super().__init__(command, manners=Manners(delay=ONE_WAY), **more)

    def send(self, keys: str | bytes) -> None:
        """Send keys as one write; they arrive later."""
        self.typed_at = time.monotonic()
        with self._changed:
            data = keys.encode() if isinstance(keys, str) else keys
            self._due.append((self.typed_at + ONE_WAY, data))
        os.write(self._wake_in, b"l")

    def _take(self, data: bytes) -> None:
        with self._changed:
            for place in range(0, len(data), _PIECE):
                piece = data[place : place + _PIECE]
                self._free_at = max(self._free_at, time.monotonic()) + len(piece) / RATE
                self._on_way.append((self._free_at + ONE_WAY, piece))

    def _next_due(self) -> float | None:
        with self._changed:
            times = [when for when, _ in (*self._due, *list(self._on_way)[:1])]
        return max(min(times) - time.monotonic(), 0) if times else None

    def _send_what_is_due(self) -> None:
        with self._changed:
            while self._on_way and self._on_way[0][0] <= time.monotonic():
                super()._take(self._on_way.popleft()[1])
        super()._send_what_is_due()

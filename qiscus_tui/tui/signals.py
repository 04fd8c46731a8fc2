"""Signals that end the program, held back while tokens of ours are at stake."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from qiscus_tui.service.shield import shield

ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def exit_code(number: int) -> int:
    """What a program that a signal ended leaves behind."""
    return 128 + number


def on_ending(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit code when a signal asks the program to end.

    To be called inside the running event loop, which drops the handlers when it closes.
    """
    loop = asyncio.get_running_loop()
    for number in ENDING:
        loop.add_signal_handler(number, _held_back, leave, exit_code(number))


def _held_back(leave: Callable[[int], None], code: int) -> None:
    shield.handle(lambda: leave(code))

"""Signals that end the program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from qiscus_tui.errors import signal_exit_code
from qiscus_tui.service.ending_signals import ENDING_SIGNALS


def on_ending(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit code when a signal asks the program to end.

    To be called inside the running event loop, which drops the handlers when it closes. `leave`
    waits by itself while tokens of ours are at stake (`service.shield`).
    """
    loop = asyncio.get_running_loop()
    for number in ENDING_SIGNALS:
        loop.add_signal_handler(number, leave, signal_exit_code(number))

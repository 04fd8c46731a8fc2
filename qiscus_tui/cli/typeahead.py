"""Discards what was typed before a question: it was meant for something else."""

import contextlib
import select
import termios
import time
from collections.abc import Callable
from typing import TextIO

ARM_DELAY = 0.5
"""Seconds after a question was shown in which nothing answers it."""

_LOCAL_MODES = 3
"""Where termios has the modes for echo and for reading by lines."""


def show_question(source: TextIO, show: Callable[[], object]) -> bool:
    """Show a question, and discard what was typed before and is typed within half a second.

    Return whether there was anything. A signal handler may end it by raising.
    """
    try:
        terminal = source.fileno()
        modes = termios.tcgetattr(terminal)
    except (OSError, termios.error):  # in memory, or no terminal any more
        show()
        return False
    quiet = modes.copy()
    quiet[_LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON)  # half a line counts as well
    was_typed = False
    with contextlib.suppress(termios.error):  # it hung up: reading the answer reports that
        try:
            termios.tcsetattr(terminal, termios.TCSANOW, quiet)
            show()
            until = time.monotonic() + ARM_DELAY
            while (left := until - time.monotonic()) > 0:
                if select.select([terminal], [], [], left)[0]:
                    was_typed = True
                    termios.tcflush(terminal, termios.TCIFLUSH)
            termios.tcflush(terminal, termios.TCIFLUSH)
        finally:
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
    return was_typed

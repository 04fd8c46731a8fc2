"""A terminal that may go away while it is written to, as when an SSH connection ends.

Textual's writing thread would die of the error, and the program would then wait for it for ever
instead of ending its plans.
"""

from __future__ import annotations

import os
from typing import TextIO


class HangupSafeOutput:
    """A terminal to write to; what can't be written because it is gone is dropped."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._is_gone = False

    def write(self, text: str) -> int:
        """Write, as long as there is a terminal."""
        if not self._is_gone:
            try:
                return self._terminal.write(text)
            except OSError:
                self._leave()
        return len(text)

    def flush(self) -> None:
        """Send what was written, as long as there is a terminal."""
        if not self._is_gone:
            try:
                self._terminal.flush()
            except OSError:
                self._leave()

    def fileno(self) -> int:
        """The terminal's own."""
        return self._terminal.fileno()

    def isatty(self) -> bool:
        """The terminal's own."""
        return self._terminal.isatty()

    def _leave(self) -> None:
        self._is_gone = True
        # What is still buffered goes nowhere: Python would end with 120 over it, whatever we say.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._terminal.fileno())
        os.close(nowhere)

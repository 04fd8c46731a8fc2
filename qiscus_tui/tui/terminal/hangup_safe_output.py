"""Output to a terminal that may go away, as when an SSH connection ends.

The error would end Textual's writing thread, and the program would then wait for it for ever
instead of ending its plans.
"""

from __future__ import annotations

import os
from typing import TextIO


class HangupSafeOutput:
    """Writes to a terminal, and drops what comes after it is gone."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._is_gone = False

    def write(self, text: str) -> int:
        """Write, while there is a terminal."""
        if not self._is_gone:
            try:
                return self._terminal.write(text)
            except OSError:
                self._disconnect()
        return len(text)

    def flush(self) -> None:
        """Send what was written, while there is a terminal."""
        if not self._is_gone:
            try:
                self._terminal.flush()
            except OSError:
                self._disconnect()

    def fileno(self) -> int:
        """Return the terminal's."""
        return self._terminal.fileno()

    def isatty(self) -> bool:
        """Return the terminal's."""
        return self._terminal.isatty()

    def _disconnect(self) -> None:
        self._is_gone = True
        # Drop what is still buffered: Python would end with 120 because of it.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._terminal.fileno())
        os.close(null)

"""Bytes from a server as lines that are safe on a terminal."""

import codecs
from collections.abc import Callable

from qiscus_tui.model.text import safe

LONGEST_LINE = 1 << 16
"""Characters of a line that is shown, and of a secret read from stdin, at most."""


class SafeLines:
    """Passes each line to `show` in its safe form, however the bytes are split."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._line = ""
        self._is_cut = False
        """Whether the beginning of the line is shown already, and the rest is dropped."""

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._take(self._decoder.decode(piece))

    def end(self) -> None:
        """Show a last line without a line end."""
        self._take(self._decoder.decode(b"", final=True))
        if self._line:
            self._finish(self._line)

    def _take(self, text: str) -> None:
        *ended, begun = text.split("\n")
        for line in ended:
            self._finish(self._line + line)
            self._line, self._is_cut = "", False
        self._line += begun
        if len(self._line) > LONGEST_LINE:
            self._finish(self._line)
            self._line, self._is_cut = "", True

    def _finish(self, line: str) -> None:
        if not self._is_cut:
            self._show(safe(line.removesuffix("\r").expandtabs(4), LONGEST_LINE))

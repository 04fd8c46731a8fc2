"""Where results go: stdout, which may be closed, or never have been open."""

import codecs
import contextlib
import io
import os
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, TextIO

from qiscus_tui.model.text import safe

if TYPE_CHECKING:
    from qiscus_tui.model.ascii_json import JsonArray


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


class NeverOpened(io.StringIO):
    """In the place of a stdout that was closed when this process started. It keeps nothing."""

    was_written = False

    def write(self, text: str, /) -> int:
        self.was_written = True
        return len(text)


class Results:
    """Writes results. A reader that goes away stops no command, it loses the rest."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.document: JsonArray | None = None
        """The one JSON array that all results are elements of; None if each is its own document."""
        self._dropped = False

    @property
    def are_lost(self) -> bool:
        """Whether there are results that nothing can read any more."""
        return self._dropped or isinstance(self.out, NeverOpened)

    def write(self, text: str) -> None:
        """Write text."""
        try:
            self.out.write(text)
        except BrokenPipeError:
            self.drop()

    def write_bytes(self, piece: bytes) -> None:
        """Write a piece of a result that may be no text."""
        if isinstance(self.out, io.StringIO):  # in memory, for text only
            self.write(piece.decode("utf-8", "backslashreplace"))
            return
        try:
            self.out.flush()
            self.out.buffer.write(piece)
            self.out.buffer.flush()
        except BrokenPipeError:
            self.drop()

    def flush(self) -> None:
        """Write what is buffered, for a reader that follows."""
        try:
            self.out.flush()
        except BrokenPipeError:
            self.drop()

    def drop(self) -> None:
        """Discard all that follows: stdout is closed."""
        self._dropped = True
        with contextlib.suppress(OSError, ValueError):  # not a real file: nothing to redirect
            # Python flushes stdout once more at exit, and would report an error then.
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.out.fileno())
            os.close(null)

    @contextlib.contextmanager
    def json_array(self) -> Generator["JsonArray"]:
        """Give the array that the elements of a result go to: its own, or that of all results.

        One of its own may be long: a reader that goes away ends it by BrokenPipeError.
        """
        if self.document is not None:
            yield self.document
            return
        from qiscus_tui.model.ascii_json import JsonArray

        array = JsonArray(self.out.write)
        yield array
        array.end()

    @contextlib.contextmanager
    def one_document(self) -> Generator[None]:
        """Make one JSON array of all results in the block, also where a signal ends it."""
        from qiscus_tui.model.ascii_json import JsonArray

        self.document = array = JsonArray(self.write)
        try:
            yield
        except BaseException:
            if not array.is_empty:
                array.end()
            raise
        finally:
            self.document = None
        array.end()

"""The results of a command on stdout: text, bytes, and one JSON array of all of them."""

import contextlib
import os
from collections.abc import Generator
from contextlib import nullcontext
from typing import TextIO

from qiscus_tui.errors import StorageError
from qiscus_tui.model.ascii_json import JsonArray


def discard(stream: TextIO) -> None:
    """Discard what a stream holds and will be given.

    Python flushes it at exit, and ends with 120 where that fails.
    """
    with contextlib.suppress(OSError, ValueError):  # not a real file: nothing to redirect
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


class Results:
    """Writes results. A reader that goes away stops no command, it loses the rest."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.document: JsonArray | None = None
        """The one JSON array that all results are elements of; None if each is its own document."""
        self.are_lost = False
        """Whether there are results that nothing can read any more."""
        self.has_any = False
        """Whether any was written."""

    def write(self, text: str) -> None:
        """Write text."""
        self.has_any = True
        with self._written():
            self.out.write(text)

    def write_bytes(self, piece: bytes) -> None:
        """Write a piece of a result that may be no text."""
        with self._written():
            self.out.flush()
            self.out.buffer.write(piece)
            self.out.buffer.flush()

    def flush(self) -> None:
        """Write what is buffered, for a reader that follows."""
        with self._written():
            self.out.flush()

    @contextlib.contextmanager
    def _written(self) -> Generator[None]:
        try:
            yield
        except BrokenPipeError:
            self.drop()
        except OSError as error:
            self.drop()
            what = f"The result could not be written: {error.strerror or type(error).__name__}"
            raise StorageError(what, "Check free space, and where the output goes.") from error

    def drop(self) -> None:
        """Discard all that follows: stdout is closed."""
        self.are_lost = True
        discard(self.out)

    def json_array(self) -> contextlib.AbstractContextManager[JsonArray]:
        """Give the array that the elements of a result go to: its own, or that of all results."""
        return JsonArray(self.write) if self.document is None else nullcontext(self.document)

    @contextlib.contextmanager
    def one_document(self) -> Generator[None]:
        """Make one JSON array of all results in the block, also where a signal ends it."""
        try:
            with JsonArray(self.write) as self.document:
                yield
        finally:
            self.document = None

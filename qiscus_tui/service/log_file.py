"""A log file of this run: calls, the server's answers, durations.

Only this program's own loggers write to it, and they get names, statuses and durations alone.
"""

import contextlib
import logging
import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import TextIO

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.store.files import opened_named

_LOGGER = logging.getLogger("qiscus_tui")


@contextlib.contextmanager
def logging_to(path: Path, what: str) -> Generator[None]:
    """Add lines to the file (made with mode 0600) until the block ends.

    Raises UsageError and StorageError where it can't be opened or is open to others.
    """
    with opened_named(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as descriptor:
        handler = _QuietHandler(os.fdopen(descriptor, "a", encoding="utf-8", closefd=False))
        form = logging.Formatter("%(asctime)s.%(msecs)03dZ [%(process)d] %(message)s", "%FT%T")
        form.converter = time.gmtime
        handler.setFormatter(form)
        _LOGGER.addHandler(handler)
        _LOGGER.setLevel(logging.INFO)
        _LOGGER.info("%s begins", what)
        try:
            yield
        except QiscusTuiError as error:  # its message may contain text of the server
            _LOGGER.info("%s", type(error).__name__)
            raise
        finally:
            _LOGGER.info("%s ends", what)
            _LOGGER.removeHandler(handler)
            _LOGGER.setLevel(logging.NOTSET)
            with contextlib.suppress(OSError):  # the disk may be full
                handler.stream.close()


class _QuietHandler(logging.StreamHandler[TextIO]):
    """A handler that ignores a log that can no longer be written."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        """Drop the line."""

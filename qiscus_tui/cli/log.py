"""The log that `--log` and `QISCUS_TUI_LOG` ask for: names of calls, statuses, durations.

It holds no header, token, body or message of the server.
"""

import argparse
import contextlib
from collections.abc import Generator, Mapping
from pathlib import Path

from qiscus_tui.cli.console import Console

VARIABLE = "QISCUS_TUI_LOG"


@contextlib.contextmanager
def logged(
    options: argparse.Namespace, console: Console, environ: Mapping[str, str]
) -> Generator[None]:
    """Keep the log, if one is wanted, until the block ends. Raises StorageError.

    The demo writes nothing and looks at no variable.
    """
    wanted: Path | None = options.log
    if options.demo:
        if wanted is not None:
            console.say("The demo writes nothing, so there is no log.")
        yield
        return
    if wanted is None and environ.get(VARIABLE):
        wanted = Path(environ[VARIABLE])
    if wanted is None:
        yield
        return
    from qiscus_tui.service.log_file import logging_to

    with logging_to(wanted, f"qiscus-tui {options.verb or ''}".strip()):
        yield

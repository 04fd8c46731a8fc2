"""The exit codes of the program, and the signals that end it."""

import enum
import signal
from typing import Self


class ExitCode(enum.IntEnum):
    """The exit codes, each with its meaning in --help and README."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    DONE = 0, "done"
    FAILED = (
        1,
        "the server refused, something failed, or `check`, `scan` or `status --min-ttl` found "
        "something; of these three it means nothing else",
    )
    USAGE = 2, "wrong usage, configuration or server address, or not confirmed"
    INCOMPLETE = (
        3,
        "some sessions failed, are unknown or were not sent, or the list is incomplete; also where "
        "no rule could judge any session. A plan ends with 1, 4 or 5 only where nothing was sent",
    )
    LOGIN = 4, "a login is needed or was refused; of the three: the server refused"
    UNREACHABLE = (
        5,
        "the server is unreachable or timed out; of the three: it answered 5xx, 429 or nonsense",
    )
    STORAGE = 6, "local files, keyring or locks failed"
    CANNOT_RUN = 126, "`exec`: the command cannot be run"
    NOT_FOUND = (
        127,
        "`exec`: there is no such command; otherwise `exec` ends with the exit code of the command",
    )
    INTERRUPTED = 130, "interrupted by ctrl-c; by any other signal N: 128 + N"


ENDING_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
"""The signals that end the program in good order; any other has its default effect."""


def signal_exit_code(number: int) -> int:
    """Return the exit code of a program that this signal ended."""
    return 128 + number

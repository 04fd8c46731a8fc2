"""A fast path for `token`, which scripts run every minute: prints the token from its file.

It needs only `os`, `sys`, `time` and `json`, and no module of ours: the parser alone would cost
more than all the rest. In all but the plainest case it returns None, and the parser takes over,
with the messages for what is wrong.
"""

import json
import os
import sys
import time

USUAL_TTL = 3600
"""The default of `--min-ttl`, in seconds."""

LONGEST_TTL = 29 * 86_400
"""Seconds from which on `--min-ttl` is an error."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_IN_THE_WAY = (
    "QISCUS_LONG_LIVED_TOKEN",
    "QISCUS_SECRET_KEY",
    "QISCUS_APP_ID",
    "QISCUS_TUI_ACCOUNT",
    "QISCUS_TUI_LOG",
)
"""Variables that select another account, or need more work."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_MOST_BYTES = 1 << 20
"""A larger file is left to the program proper."""

_LATEST = 253_402_300_800
"""The end of the year 9999, epoch seconds: a larger number is not a time of ours."""

_VERSION = 1
"""Format of the files that this module reads."""


def print_cached_token(arguments: list[str]) -> int | None:
    """Print the token and return 0; return None if more is needed."""
    min_ttl = _asked_for(arguments)
    if min_ttl is None or any(os.environ.get(name) for name in _IN_THE_WAY):
        return None
    folders = _folders()
    if folders is None or os.isatty(1):
        return None
    token = _cached(*folders, min_ttl)
    if token is None:
        return None
    try:
        os.write(1, f"{token}\n".encode())
    except BrokenPipeError:
        return 0
    except OSError:
        return None
    return 0


def _asked_for(arguments: list[str]) -> int | None:
    """Return `--min-ttl` in seconds, None unless this is a plain `token`."""
    match arguments:
        case ["token"]:
            return USUAL_TTL
        case ["token", "--min-ttl", text]:
            pass
        case ["token", option] if option.startswith("--min-ttl="):
            text = option.partition("=")[2]
        case _:
            return None
    number, unit = text[:-1], _UNITS.get(text[-1:])
    if unit is None or not (number.isascii() and number.isdecimal() and len(number) <= 9):
        return None
    seconds = int(number) * unit
    return seconds if seconds < LONGEST_TTL else None


def _folders() -> tuple[str, str] | None:
    """Return the data and the state folder, None if that needs platformdirs."""
    data = os.environ.get("QISCUS_TUI_DATA_DIR")
    if data:
        return (data, f"{data}/state") if data.startswith("/") else None
    home = os.environ.get("HOME", "")
    if sys.platform != "linux" or not home.startswith("/"):
        return None
    data = os.environ.get("XDG_DATA_HOME", "").strip() or f"{home}/.local/share"
    state = os.environ.get("XDG_STATE_HOME", "").strip() or f"{home}/.local/state"
    if not (data.startswith("/") and state.startswith("/")):
        return None
    return f"{data}/qiscus-tui", f"{state}/qiscus-tui"


def _cached(data: str, state: str, min_ttl: int) -> str | None:
    """Return the token of the account that was used last, if its secrets are in the file."""
    try:
        chosen: dict[str, object] = json.loads(_read(state, "chosen.json"))
        if (chosen["version"], chosen["storage"]) != (_VERSION, "file"):
            return None
        content = json.loads(_read(data, "secrets.json"))
        if content["version"] != _VERSION:
            return None
        held: dict[str, dict[str, object]] = content["accounts"][chosen["key"]]
        token, expires_at = held["short_lived"]["token"], held["short_lived"]["expires_at"]
        clock_ahead = held["short_lived"].get("clock_ahead", 0.0)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None  # the program proper reports what is wrong
    if token == held.get("long_lived"):
        return None  # which scripts must not get
    if not (isinstance(token, str) and token.isascii() and token.isprintable()):
        return None
    if not (isinstance(expires_at, int | float) and 0 < expires_at < _LATEST):
        return None
    if not (isinstance(clock_ahead, int | float) and -_LATEST < clock_ahead < _LATEST):
        return None
    # If the server's clock is behind ours, it lasts longer: the program proper checks that.
    if expires_at - time.time() - max(clock_ahead, 0.0) <= min_ttl:
        return None
    return token


def _read(folder: str, name: str) -> bytes:
    """Return a private file of this user. Raises OSError, ValueError if it is anything else."""
    above = os.open(folder, _OPEN | os.O_DIRECTORY)
    try:
        found = os.fstat(above)
        if found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise ValueError
        descriptor = os.open(name, _OPEN, dir_fd=above)
    finally:
        os.close(above)
    try:
        found = os.fstat(descriptor)
        regular = found.st_mode & 0o170000 == 0o100000
        ours = found.st_uid == os.geteuid() and not found.st_mode & 0o077 and found.st_nlink <= 1
        if not (regular and ours) or found.st_size > _MOST_BYTES:
            raise ValueError
        data = os.read(descriptor, _MOST_BYTES)
    finally:
        os.close(descriptor)
    return data

"""A fast path for `token`, which scripts run every minute: the token from its file.

It needs only `os`, `sys`, `time` and `json` (and `tomllib` where the credentials are in the
environment, and config.toml may name their server), and no module of ours: the parser alone would
cost more than all the rest. In all but the plainest case it returns None, and the parser takes
over, with the messages for what is wrong.
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
_IN_THE_WAY = ("QISCUS_SECRET_KEY", "QISCUS_TUI_ACCOUNT", "QISCUS_TUI_LOG")
"""Variables that select another account, or need more work."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_MOST_BYTES = 1 << 20
"""A larger file is left to the program proper."""

_WRONG = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading raises where a file is not as it should be."""

_FOREIGN_WRITE = 0o022
"""Mode bits that let others change a file or folder."""

_FOREIGN_ANY = 0o077

_LATEST = 253_402_300_800
"""The end of the year 9999, epoch seconds: a larger number is not a time of ours."""

_DEFAULT_SERVER = "https://omnichannel.qiscus.com"
_MARK_LENGTH = 12
"""Hex digits of a fingerprint."""

_VERSION = 1
"""Format of the files that this module reads."""


def cached_token(arguments: list[str]) -> str | None:
    """Return the token that these arguments ask for; None if more is needed."""
    min_ttl = _asked_for(arguments)
    if min_ttl is None or any(os.environ.get(name) for name in _IN_THE_WAY):
        return None
    folders = _folders()
    if folders is None or os.isatty(1):
        return None
    app_id, long_lived = _given("QISCUS_APP_ID"), _given("QISCUS_LONG_LIVED_TOKEN")
    try:
        if app_id and long_lived:
            short = _of_the_environment(folders, app_id, long_lived)
        elif app_id or long_lived:
            return None
        else:
            short, long_lived = _of_the_file(folders)
        token = _usable(short, min_ttl)
    except _WRONG:
        return None  # the program proper reports what is wrong
    return None if token == long_lived else token  # the long-lived one scripts must not get


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


def _given(variable: str) -> str:
    return os.environ.get(variable, "").strip()


def _folders() -> tuple[str, str, str] | None:
    """Return the folders of configuration, data and state; None if that needs platformdirs."""
    config, data = os.environ.get("QISCUS_TUI_CONFIG_DIR"), os.environ.get("QISCUS_TUI_DATA_DIR")
    home = os.environ.get("HOME", "")
    is_usual = sys.platform == "linux" and home.startswith("/")
    if not (data or is_usual):
        return None
    if not config:
        config = f"{_given('XDG_CONFIG_HOME') or f'{home}/.config'}/qiscus-tui" if is_usual else ""
    if data:
        state = f"{data}/state"
    else:
        data = f"{_given('XDG_DATA_HOME') or f'{home}/.local/share'}/qiscus-tui"
        state = f"{_given('XDG_STATE_HOME') or f'{home}/.local/state'}/qiscus-tui"
    return (config, data, state) if data.startswith("/") and state.startswith("/") else None


def _of_the_file(folders: tuple[str, str, str]) -> tuple[dict[str, object], object]:
    """Return the short-lived and the long-lived token of the account that was used last.

    If they are in the file.
    """
    _, data, state = folders
    chosen: dict[str, object] = json.loads(_private(state, "chosen.json"))
    if (chosen["version"], chosen["storage"]) != (_VERSION, "file"):
        raise ValueError
    held = _entry(_private(data, "secrets.json"), chosen["key"])
    return held["short_lived"], held.get("long_lived")


def _of_the_environment(
    folders: tuple[str, str, str], app_id: str, long_lived: str
) -> dict[str, object]:
    """Return the short-lived token for the credentials of the environment."""
    config, _, state = folders
    if not config.startswith("/"):
        raise ValueError
    if not f"{app_id}{long_lived}".isascii() or not f"{app_id}{long_lived}".isprintable():
        raise ValueError
    mark = _sha256(long_lived.encode())[:_MARK_LENGTH]
    # Entries are under the server's plain address: another spelling of it is not found.
    server = _given("QISCUS_TUI_SERVER") or _configured_server(config) or _DEFAULT_SERVER
    return _entry(_private(state, "short.json"), f"{server} {app_id}  {mark}")["short_lived"]


def _sha256(data: bytes) -> str:
    """Return the digest; like `random`, without hashlib, whose OpenSSL takes 3 ms to load."""
    for module in ("_sha2", "_sha256"):  # Python 3.12, 3.11
        try:
            return __import__(module).sha256(data).hexdigest()
        except ImportError:
            continue
    from hashlib import sha256

    return sha256(data).hexdigest()


def _configured_server(folder: str) -> object:
    """Return `url` under `[server]` of config.toml; nothing else there changes a cached token."""
    if not os.path.lexists(f"{folder}/config.toml"):
        return None
    text = _read(folder, "config.toml", {os.geteuid(), 0}, _FOREIGN_WRITE)
    # Most files have no such setting. A key may be written with escapes, by \\u and \\U.
    if (b"server" not in text or b"url" not in text) and b"\\" not in text:
        return None
    import tomllib

    return tomllib.loads(text.decode()).get("server", {}).get("url")


def _entry(text: bytes, key: object) -> dict[str, dict[str, object]]:
    content = json.loads(text)
    if content["version"] != _VERSION:
        raise ValueError
    found: dict[str, dict[str, object]] = content["accounts"][key]
    return found


def _usable(short: dict[str, object], min_ttl: int) -> str | None:
    """Return the short-lived token, if it is one and lasts long enough."""
    token, expires_at = short["token"], short["expires_at"]
    clock_ahead = short.get("clock_ahead", 0.0)
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


def _private(folder: str, name: str) -> bytes:
    """Return a file that this user alone can read."""
    return _read(folder, name, {os.geteuid()}, _FOREIGN_ANY)


def _read(folder: str, name: str, owners: set[int], forbidden: int) -> bytes:
    """Return a file of these owners without these mode bits. Raises OSError, ValueError."""
    above = os.open(folder, _OPEN | os.O_DIRECTORY)
    try:
        found = os.fstat(above)
        if found.st_uid not in owners or found.st_mode & _FOREIGN_WRITE:
            raise ValueError
        descriptor = os.open(name, _OPEN, dir_fd=above)
    finally:
        os.close(above)
    try:
        found = os.fstat(descriptor)
        regular = found.st_mode & 0o170000 == 0o100000
        ours = found.st_uid in owners and not found.st_mode & forbidden and found.st_nlink <= 1
        if not (regular and ours) or found.st_size > _MOST_BYTES:
            raise ValueError
        data = os.read(descriptor, _MOST_BYTES)
    finally:
        os.close(descriptor)
    return data

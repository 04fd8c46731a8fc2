"""Options that several verbs have, and the types of their values.

Types raise UsageError or ArgumentTypeError, so that a mistake is found before anything is done.
"""

import argparse
import pathlib
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from qiscus_tui.errors import UsageError
from qiscus_tui.model.clock import DAY, HOUR, parse_duration
from qiscus_tui.model.ids import ID_LENGTH, PREFIX_LENGTH, begins_an_id
from qiscus_tui.model.text import did_you_mean, safe

LONGEST_TTL = 29 * DAY
WIDEST = 64
MOST = 999_999_999


class Adds(Protocol):
    """A parser, or a group of its options."""

    def add_argument(self, *names: str, action: str, help: str) -> argparse.Action: ...


def flag(parser: Adds, name: str, help: str) -> None:
    """Add an option without a value."""
    parser.add_argument(name, action="store_true", help=help)


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return the type of a whole number in this range."""

    def parsed(text: str) -> int:
        digits = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
        number = int(text) if digits else -1
        if not least <= number <= most:
            raise ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return number

    return parsed


def file_path(text: str) -> pathlib.Path:
    """Return the path. A dash is none: no option means stdin or stdout by it."""
    if text in {"", "-"}:
        raise ArgumentTypeError("must name a file" + (" (./- for one called -)" if text else ""))
    return pathlib.Path(text)


def time_limit(text: str) -> int:
    """Return `--timeout` in seconds."""
    seconds = parse_duration(text)
    if not 1 <= seconds <= HOUR:
        raise UsageError("--timeout must be from 1s to 1h", "For example: --timeout 30s")
    return seconds


def min_ttl(text: str) -> int:
    """Return `--min-ttl` in seconds, less than 29 days."""
    seconds = parse_duration(text)
    if seconds >= LONGEST_TTL:
        raise UsageError(
            "--min-ttl must be less than 29d", "A new token is valid for 30 days; ask for less."
        )
    return seconds


def session_id(text: str) -> str:
    """Return the id, or the beginning of one. No error quotes what may be a token."""
    wanted = text.strip().lower()
    if len(wanted) >= PREFIX_LENGTH and begins_an_id(wanted):
        return wanted
    if len(wanted) > ID_LENGTH:
        raise UsageError(
            f"Not a session id: it has {len(text):,} characters",
            f"An id is {ID_LENGTH} hex digits. For that of a token: qiscus-tui id. "
            "To revoke by token: qiscus-tui revoke --token-stdin",
        )
    raise UsageError(
        f"'{safe(text)}' is not a session id",
        f"An id is {ID_LENGTH} hex digits; the first {PREFIX_LENGTH} or more are enough.",
    )


def add_token_options(parser: ArgumentParser) -> None:
    """Add the options that say which token is good enough."""
    words = "the least time before the token expires, less than 29d (1h)"
    parser.add_argument("--min-ttl", metavar="TIME", type=min_ttl, default="1h", help=words)
    flag(
        parser,
        "--check",
        "check first that the server accepts the token, and refresh it if not",
    )


Entry = TypeVar("Entry")


def named_entry(kind: str, name: str, entries: Mapping[str, Entry], needs: str) -> Entry:
    """Return the entry `[kind.NAME]`. Raises UsageError; `needs` are the settings of such a one."""
    if name in entries:
        return entries[name]
    known = ", ".join(safe(one, 40) for one in entries)
    none = f"config.toml has none: name one there as [{kind}.NAME], with {needs}."
    hint = did_you_mean(name, entries, f"config.toml has {known}." if known else none)
    raise UsageError(f"No {kind} is called '{safe(name, 40)}'", hint)

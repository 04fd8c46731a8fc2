"""Options that several verbs have, and the types of their values.

Types raise UsageError or ArgumentTypeError, so that a mistake is found before anything is done.
"""

import argparse
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import TYPE_CHECKING

from qiscus_tui.errors import UsageError
from qiscus_tui.model.durations import DAY, parse_duration
from qiscus_tui.model.ids import ID_LENGTH, PREFIX_LENGTH
from qiscus_tui.model.text import safe
from qiscus_tui.service.revocation.width import WIDTH

if TYPE_CHECKING:
    from pathlib import Path

    from qiscus_tui.query import Query


LONGEST_TTL = 29 * DAY

duration = parse_duration


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return the type of a whole number in this range."""

    def parsed(text: str) -> int:
        digits = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
        number = int(text) if digits else -1
        if not least <= number <= most:
            raise ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return number

    return parsed


def file_path(text: str) -> "Path":
    """Return the path. A dash is none: no option means stdin or stdout by it."""
    if text in {"", "-"}:
        raise ArgumentTypeError("must name a file" + (" (./- for one called -)" if text else ""))
    import pathlib

    return pathlib.Path(text)


def min_ttl(text: str) -> int:
    """Return `--min-ttl` in seconds, less than 29 days."""
    seconds = parse_duration(text)
    if seconds >= LONGEST_TTL:
        raise UsageError(
            "--min-ttl must be less than 29d", "A new token is valid for 30 days; ask for less."
        )
    return seconds


def reason(text: str) -> str:
    """Return the reason for the audit log."""
    from qiscus_tui.service.account.audit_trail import typed_reason

    return typed_reason(text, "--reason")


def session_id(text: str) -> str:
    """Return the id, or the beginning of one. No error quotes what may be a token."""
    wanted = text.strip().lower()
    if PREFIX_LENGTH <= len(wanted) <= ID_LENGTH and not wanted.strip("0123456789abcdef"):
        return wanted
    if len(wanted) > ID_LENGTH:
        raise UsageError(
            f"Not a session id: it has {len(text):,} characters",
            f"An id is {ID_LENGTH} hex digits. To revoke by token: --token-stdin",
        )
    raise UsageError(
        f"'{safe(text)}' is not a session id",
        f"An id is {ID_LENGTH} hex digits; the first {PREFIX_LENGTH} or more are enough.",
    )


def filter_query(text: str) -> "Query":
    """Return the query of a `--filter`."""
    from qiscus_tui.query import parse

    parsed = parse(text)
    if not parsed.words:
        raise UsageError("The filter is empty", "Give words to look for, or omit --filter.")
    if parsed.asks_for_marks:
        raise UsageError("There are no marks on the command line", "Omit is:marked.")
    return parsed


def add_filter(parser: ArgumentParser, help: str) -> None:
    """Add `--filter`; its value is the queries of all that are given."""
    parser.add_argument(
        "--filter",
        metavar="F",
        type=filter_query,
        action="append",
        default=[],
        help=f"{help}; several narrow the list further",
    )


def add_token_options(parser: ArgumentParser) -> None:
    """Add the options that say which token is good enough."""
    parser.add_argument(
        "--min-ttl",
        metavar="TIME",
        type=min_ttl,
        default="1h",
        help="the least time before the token expires, less than 29d (1h)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="check first that the server accepts the token, and refresh it if not",
    )


WIDEST = 64
MOST = 999_999_999


def add_plan_options(parser: argparse.ArgumentParser) -> None:
    """Add what may enter the plan, how it is confirmed, and how it is shown."""
    add = parser.add_argument
    add("--include-current", action="store_true", help="include this program's own session")
    add("--include-protected", action="store_true", help="include protected integrations")
    add(
        "--allow-unreadable",
        action="store_true",
        help="continue if entries of the list can't be read",
    )
    add(
        "--allow-clock-offset",
        action="store_true",
        help="judge age even if the server's clock differs from ours by days",
    )
    add(
        "--allow-empty",
        action="store_true",
        help="let rules end the last session of a client and network",
    )
    add("--dry-run", action="store_true", help="show the plan and send nothing")
    add(
        "--out",
        metavar="FILE",
        type=file_path,
        help="with --dry-run: write the plan to a new file, for revoke --plan FILE",
    )
    add("--yes", action="store_true", help="skip the confirmation, for up to 50 sessions")
    add(
        "--max",
        metavar="N",
        type=whole_number(1, MOST),
        help="with --yes: for up to this many sessions",
    )
    add(
        "--concurrency",
        metavar="N",
        type=whole_number(1, WIDEST),
        default=WIDTH,
        help=f"parallel requests, 1 to {WIDEST} ({WIDTH})",
    )
    add_reason(parser)
    add("--json", action="store_true", help="plan and outcomes as JSON")


def check_plan_options(options: argparse.Namespace) -> None:
    """Raise UsageError for options that don't go together."""
    if options.out is not None and not options.dry_run:
        raise UsageError(
            "--out needs --dry-run: nothing was sent",
            "Write the plan with --dry-run --out FILE, then apply it: "
            "qiscus-tui revoke --plan FILE",
        )


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Add `--reason`, which the audit log keeps."""
    parser.add_argument("--reason", metavar="TEXT", type=reason, help="why, for the audit log")

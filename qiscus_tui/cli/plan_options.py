"""The options of the verbs that revoke."""

import shlex
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from qiscus_tui.cli.options import MOST, WIDEST, file_path, flag, whole_number
from qiscus_tui.errors import ConfigError, UsageError
from qiscus_tui.model.text import safe
from qiscus_tui.query import Query, parse
from qiscus_tui.service.account.audit_trail import check_reason, typed_reason
from qiscus_tui.service.account.selection import LAST_USED
from qiscus_tui.service.revocation.plan import WIDTH

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


def filter_query(text: str) -> Query:
    """Return the query of a `--filter`. Raises UsageError."""
    parsed = parse(text)
    if not parsed.words:
        raise UsageError("The filter is empty", "Give words to look for, or omit --filter.")
    if parsed.asks_for_marks:
        raise UsageError("There are no marks on the command line", "Omit is:marked.")
    return parsed


def entry_filter(kind: str, name: str, text: str) -> list[Query]:
    """Return the filter of the entry `[kind.NAME]`, where it has one. Raises ConfigError."""
    try:
        return [filter_query(text)] if text else []
    except UsageError as error:
        raise ConfigError(f"[{kind}.{safe(name, 40)}]: {error.message}", error.hint) from error


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


def add_reason(parser: ArgumentParser) -> None:
    """Add `--reason`, which the audit log keeps."""
    words = "why, for the audit log"
    parser.add_argument("--reason", metavar="TEXT", type=_reason, help=words)


def _reason(text: str) -> str:
    return typed_reason(text, "--reason")


def add_plan_options(parser: ArgumentParser) -> None:
    """Add what may enter the plan, how it is confirmed, and how it is shown."""
    add = parser.add_argument
    flag(parser, "--include-current", "include this program's own session")
    flag(parser, "--include-protected", "include protected integrations")
    flag(parser, "--allow-unreadable", "continue if entries of the list can't be read")
    words = "judge age even if the server's clock differs from ours by days"
    flag(parser, "--allow-clock-offset", words)
    flag(parser, "--allow-empty", "let rules end the last session of a client and network")
    flag(parser, "--dry-run", "show the plan and send nothing")
    words = "with --dry-run: write the plan to a new file, for revoke --plan FILE"
    add("--out", metavar="FILE", type=file_path, help=words)
    flag(parser, "--yes", "skip the confirmation, for up to 50 sessions")
    words = "with --yes: for up to this many sessions"
    add("--max", metavar="N", type=whole_number(1, MOST), help=words)
    words = f"parallel requests, 1 to {WIDEST} ({WIDTH})"
    kind = whole_number(1, WIDEST)
    add("--concurrency", metavar="N", type=kind, default=WIDTH, help=words)
    add_reason(parser)
    flag(parser, "--json", "plan and outcomes as JSON")


def check_plan_options(options: Namespace) -> None:
    """Raise UsageError for options that don't go together."""
    if options.out is not None and not options.dry_run:
        raise UsageError(
            "--out needs --dry-run: nothing was sent",
            "Write the plan with --dry-run --out FILE, then apply it: "
            "qiscus-tui revoke --plan FILE",
        )


def must_be_allowed(options: Namespace, connection: "Connection") -> None:
    """Raise UsageError where the options don't name the account, or it may not be changed."""
    if options.yes and not options.dry_run and connection.chosen_by == LAST_USED:
        name = shlex.quote(safe(connection.name, 200))
        raise UsageError(
            "--yes needs --account where more than one account is logged in",
            f"Nothing was sent. The account that was used last: --account {name}",
        )
    if not options.dry_run:
        connection.must_be_writable()
        check_reason(connection, options.reason or "")

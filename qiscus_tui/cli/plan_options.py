"""Options of every verb that has a plan: what may enter it, how it is confirmed and shown."""

import argparse

from qiscus_tui.cli.option_types import file_path, reason, whole_number
from qiscus_tui.errors import UsageError
from qiscus_tui.service.revocation.width import WIDTH

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

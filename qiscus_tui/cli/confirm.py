"""Asking before something that cannot be undone."""

from qiscus_tui.cli.console import Console
from qiscus_tui.cli.table import count
from qiscus_tui.errors import NotConfirmed, UsageError
from qiscus_tui.service.revocation.plan import LARGE, RevocationPlan


def must_fit(plan: RevocationPlan, *, yes: bool, most: int | None) -> None:
    """Raises UsageError for a plan that is larger than what was allowed beforehand."""
    total = len(plan.targets)
    limit = most if most is not None else (LARGE if yes else None)
    if limit is not None and total > limit:
        raise UsageError(
            f"The plan has {count(total, 'session')}, and {limit:,} were allowed",
            f"Look at it with --dry-run. To revoke them all, add --yes --max {total}",
        )


def confirm_plan(console: Console, plan: RevocationPlan) -> None:
    """Ask for a yes, or for the number where the plan is large. Raises NotConfirmed."""
    total = len(plan.targets)
    if not console.can_ask:
        largest = f" --max {total}" if plan.is_large else ""
        raise NotConfirmed(
            f"Revoking {count(total, 'session')} needs a yes, and nobody can be asked here",
            f"Nothing was sent. Look with --dry-run; to go on without a question: --yes{largest}",
        )
    if plan.is_large:
        answer = console.ask(f"Type {total} to revoke {count(total, 'session')}: ")
        confirmed = answer.replace(",", "") == str(total)
    else:
        answer = console.ask(f"Revoke {count(total, 'session')}? [y/N] ")
        confirmed = answer.lower() in {"y", "yes"}
    if not confirmed:
        raise NotConfirmed("Not confirmed", "Nothing was sent.")

"""Outcomes of sessions, grouped by outcome and reason."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from qiscus_tui.model.text import counted, safe, with_reason

if TYPE_CHECKING:
    from qiscus_tui.service.revocation.outcomes import SessionOutcome

MOST_IDS = 10
"""Ids shown for each group; JSON has all."""

MOST_GROUPS = 10
"""Groups shown; a server may give a different reason for each session."""

_IDS_A_LINE = 5


def outcome_lines(outcomes: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield lines for `(id, outcome, reason)`, grouped by outcome and reason."""
    groups: dict[tuple[str, str], list[str]] = {}
    for session_id, outcome, reason in outcomes:
        groups.setdefault((outcome, reason), []).append(session_id)
    for (outcome, reason), ids in list(groups.items())[:MOST_GROUPS]:
        yield f"{len(ids):,} {with_reason(safe(outcome), safe(reason))}"
        yield from (f"  {line}" for line in id_lines(ids))
    rest = list(groups.values())[MOST_GROUPS:]
    if rest:
        yield f"… and {counted(sum(map(len, rest)), 'session')} with other reasons: see --json"


def id_lines(ids: Sequence[str]) -> Iterator[str]:
    """Yield lines with the first ids, and the number of the others."""
    named = [safe(one) for one in ids[:MOST_IDS]]
    for start in range(0, len(named), _IDS_A_LINE):
        yield "  ".join(named[start : start + _IDS_A_LINE])
    if len(ids) > MOST_IDS:
        yield f"… and {len(ids) - MOST_IDS:,} more"


def outcome_json(one: "SessionOutcome") -> dict[str, object]:
    """Return what became of one session."""
    return {"id": one.id, "outcome": one.outcome.value, "reason": one.reason}

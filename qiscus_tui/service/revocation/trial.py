"""The trial: where no revoke was verified yet, one session shows whether the call works. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerFault
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.facts import Facts
from qiscus_tui.service.session_list import SessionList

TRIAL_FAILED_HINT = (
    "The revoke call does not work on this server as configured. "
    "qiscus-tui doctor looks for the right path."
)


@dataclass(frozen=True)
class Objection:
    """Why the rest must not follow the trial."""

    reason: str
    hint: str = TRIAL_FAILED_HINT
    fault: QiscusTuiError | None = None
    """What kept the trial from reaching the server, where that is the reason."""


def goes_first(sessions: Sequence[Session]) -> Session:
    """Not our own, and the one that lives longest: an expiry must not look like a revoke."""
    return max(sessions, key=lambda session: (not session.current, session.expires_at or 0.0))


def objection(
    facts: Facts, trial: Session, rest: Sequence[Session], listed: SessionList, now: float
) -> Objection | None:
    """What the list that was read after the trial says against sending the rest."""
    if listed.get(trial.id) is not None:
        answer = facts.sent[trial.id]
        reason = "the first revoke did not end its session"
        if isinstance(answer, ServerFault | OutOfReach):
            return Objection(f"{reason} ({answer.message})", answer.hint, answer)
        return Objection(f"{reason} ({answer.message})" if answer else reason)
    if not facts.is_whole(listed):
        return Objection(
            "whether the first revoke worked could not be told: the list is not whole",
            "Try again; nothing more was sent.",
        )
    if facts.lost_own(listed, now):
        return Objection("the first revoke ended this program's own session too")
    missing = sum(facts.vanished(session, listed, now) for session in rest)
    if missing:
        others = "other session" if missing == 1 else "other sessions"
        return Objection(f"{missing:,} {others} of the plan went with the first one")
    return None

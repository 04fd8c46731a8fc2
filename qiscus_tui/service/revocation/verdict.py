"""What the list says of a session that was sent. Pure."""

from collections.abc import Set as AbstractSet

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import Outcome, SessionOutcome
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.session_list import SessionList


def outcome_of_sent(
    plan: RevocationPlan,
    session: Session,
    answer: QiscusTuiError | None,
    listed: SessionList | None,
    trouble: QiscusTuiError | None,
) -> SessionOutcome:
    """The outcome of a session that was sent.

    `answer` is what the server refused it with, `listed` the list read afterwards (None: it
    could not be read, because of `trouble`).
    """
    if listed is None:
        why = trouble.message if trouble else "it was not read"
        return SessionOutcome(session.id, Outcome.UNKNOWN, f"the list is not known: {why}")
    if listed.get(session.id) is not None:
        said = answer.message if answer else "still listed"
        return SessionOutcome(session.id, Outcome.FAILED, said)
    if may_hide(plan, listed):
        return SessionOutcome(session.id, Outcome.UNKNOWN, "the list could not be read whole")
    return SessionOutcome(session.id, Outcome.REVOKED)


def may_hide(plan: RevocationPlan, listed: SessionList) -> bool:
    """Whether a session that is not in this list may be live all the same."""
    return not listed.complete or listed.unreadable > plan.listed.unreadable


def vanished(plan: RevocationPlan, session: Session, listed: SessionList, now: float) -> bool:
    """Whether it is gone without having expired. `now` is this machine's time."""
    if listed.get(session.id) is not None or may_hide(plan, listed):
        return False
    return session.expires_at is None or session.expires_at > now + listed.offset


def lost_own(plan: RevocationPlan, sent: AbstractSet[str], listed: SessionList, now: float) -> bool:
    """Whether our own session went although nothing was sent for it."""
    own = plan.listed.current_session
    return own is not None and own.id not in sent and vanished(plan, own, listed, now)

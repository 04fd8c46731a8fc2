"""Checks what is still to be sent against a newer list: only what it leaves is sent."""

from collections.abc import Iterable

from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.revocation.evidence import Evidence
from qiscus_tui.service.sessions.session_list import SessionList

IDS_HINT = (
    "The server's ids may be row numbers, which change when a session ends: "
    "then sessions can't be revoked by id. qiscus-tui doctor looks for the right call."
)


def why_nothing_may_be_sent(evidence: Evidence, listed: SessionList) -> tuple[str, str] | None:
    """Return the reason and a hint where the newer list contradicts the whole plan."""
    if listed.current is Current.UNKNOWN and not evidence.plan.allowed.current:
        return (
            "can't tell any longer which session is this program's own",
            "Look at the list and make the plan again.",
        )
    if evidence.ids_changed(listed):
        return "ids in the list stand for other sessions than before", IDS_HINT
    return None


def still_to_send(
    evidence: Evidence, sessions: Iterable[Session], listed: SessionList
) -> list[Session]:
    """Return those that may still be sent; the evidence has the reason for each of the others."""
    return [one for one in sessions if _may_be_sent(evidence, one, listed)]


def _may_be_sent(evidence: Evidence, session: Session, listed: SessionList) -> bool:
    if evidence.is_gone(session, listed):
        evidence.gone.add(session.id)
        return False
    position = listed.positions.get(session.id)
    if position is None:
        # A token ends its own session and no other; an id may be another's by now.
        reason = None if session.revoke_with == session.token else "no longer listed"
    else:
        reason = _why_not(evidence, session.id, position, listed)
    if reason is not None:
        evidence.withheld[session.id] = reason
    return reason is None


def _why_not(evidence: Evidence, session_id: str, position: int, listed: SessionList) -> str | None:
    allowed, known = evidence.plan.allowed, listed.labels[position]
    if listed.sessions[position].current and not allowed.current:
        return "became this program's own session"
    if known is not None and known.protect and not allowed.protected:
        return f"protected: {known.label}"
    if session_id in listed.shared_ids:
        return "more than one session has this id by now"
    return None

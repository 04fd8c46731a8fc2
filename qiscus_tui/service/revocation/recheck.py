"""Checks what is still to be sent against a newer list: only what it leaves is sent."""

from collections.abc import Mapping
from dataclasses import replace

from qiscus_tui.model.session import Current, Session
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.evidence import Evidence
from qiscus_tui.service.revocation.plan import RevocationPlan, not_chosen_now
from qiscus_tui.service.revocation.trial import ids_changed
from qiscus_tui.service.sessions.session_list import SessionList, search_text

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
    if ids_changed(evidence.plan, listed):
        return "ids in the list stand for other sessions than before", IDS_HINT
    return None


def not_chosen_since(
    evidence: Evidence, listed: SessionList, server_now: float
) -> Mapping[int, str]:
    """Return by position in the newer list why what made the plan does not choose a session now.

    Only what was selected then and is still listed counts: fewer sessions in a group never make a
    rule keep fewer of them, so whatever began since can't take the place of one that is kept.
    """
    plan = evidence.plan
    if not plan.chooses_again:
        return {}
    selected = dict.fromkeys(plan.listed.sessions[one].id for one in plan.selection.positions)
    members = [
        position
        for one in selected
        if one not in evidence.sent and (position := listed.positions.get(one)) is not None
    ]
    named, moment = _named_as_before(plan, listed), Moment(server_now, plan.moment.expiring)
    since = plan.moment.server_now
    return not_chosen_now(plan.filters, plan.retention, named, members, moment, since)


def _named_as_before(plan: RevocationPlan, listed: SessionList) -> SessionList:
    """Return the newer list with the client names of the plan's.

    Names that are found quickly and those found with care differ, and with them the groups and
    what a filter matches.
    """
    before = plan.listed
    clients, search = list(listed.clients), list(listed.search)
    for position, session in enumerate(listed.sessions):
        earlier = before.positions.get(session.id)
        if (
            earlier is not None
            and before.clients[earlier] != clients[position]
            and before.sessions[earlier].user_agent == session.user_agent
        ):
            known, name = listed.labels[position], before.clients[earlier]
            clients[position] = name
            search[position] = search_text(session, name, known.label if known else "")
    return replace(listed, clients=clients, search=search)


def may_be_sent(
    evidence: Evidence, session: Session, listed: SessionList, not_chosen: Mapping[int, str]
) -> bool:
    """Return whether it may still be sent; otherwise the evidence has the reason.

    `not_chosen` is what `not_chosen_since` returned.
    """
    if evidence.is_gone(session, listed):
        evidence.gone.add(session.id)
        return False
    position = listed.positions.get(session.id)
    if position is not None:
        reason = _why_not(evidence, session.id, position, listed) or not_chosen.get(position)
    elif evidence.plan.chooses_again:
        reason = "no longer listed: can't tell whether it would still be chosen"
    else:
        # A token ends its own session and no other; an id may be another's by now.
        reason = None if session.revoke_with == session.token else "no longer listed"
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

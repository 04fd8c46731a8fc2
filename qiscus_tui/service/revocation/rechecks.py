"""What a newer list says of what is still to be sent: compared again each time it is read. Pure."""

from collections.abc import Iterable

from qiscus_tui.model.session import Current, Session
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.outcomes import Evidence, Outcome, SessionOutcome
from qiscus_tui.service.revocation.plan import RevocationPlan, Selection, make_plan, not_chosen_now
from qiscus_tui.service.revocation.sending import Stop
from qiscus_tui.service.sessions.session_list import SessionList

IDS_CHANGED = Stop(
    "ids in the list stand for other sessions than before",
    "The server's ids may be row numbers, which change when a session ends: "
    "then sessions can't be revoked by id. See [api.revoke_token] in config.toml.",
)

OWN_UNKNOWN = Stop(
    "can't tell any longer which session is this program's own",
    "Look at the list and make the plan again.",
)


def why_stop(plan: RevocationPlan, listed: SessionList) -> Stop | None:
    """Return why nothing may be sent, where the newer list contradicts the whole plan."""
    if listed.current is Current.UNKNOWN and not plan.allowed.current:
        return OWN_UNKNOWN
    return IDS_CHANGED if ids_changed(plan, listed) else None


def held_back(
    evidence: Evidence, waiting: Iterable[Session], listed: SessionList, server_now: float
) -> dict[str, SessionOutcome]:
    """Return the outcome of each session that must not be sent after all.

    What made the plan chooses again. Only what was selected then and is still listed counts: fewer
    sessions in a group never make a rule keep fewer of them, so whatever began since can't take the
    place of one that is kept.
    """
    plan = evidence.plan
    selected = dict.fromkeys(plan.listed.sessions[one].id for one in plan.selection.positions)
    members = [
        position
        for one in selected
        if one not in evidence.sent and (position := listed.positions.get(one)) is not None
    ]
    moment, since = Moment(server_now, plan.moment.expiring), plan.moment.server_now
    not_chosen = not_chosen_now(
        plan.selection.filters, plan.retention, listed, members, moment, since
    )
    again = make_plan(listed, Selection(members), plan.allowed, None, moment, not_chosen)
    reasons = {left.session.id: left.reason for left in again.left_out}
    found: dict[str, SessionOutcome] = {}
    for session in waiting:
        one = session.id
        if evidence.is_gone(session, listed):
            found[one] = SessionOutcome(one, Outcome.ALREADY_GONE)
            continue
        reason = reasons.get(one)
        if one not in listed.positions:
            reason = _why_unlisted_stays(plan, session)
        if reason is not None:
            found[one] = SessionOutcome(one, Outcome.NOT_SENT, reason)
    return found


def _why_unlisted_stays(plan: RevocationPlan, session: Session) -> str | None:
    """Return why a session that is not listed, but may be live, is not sent; None where it is."""
    if plan.chooses_again:
        return "no longer listed: can't tell whether it would still be chosen"
    # A token ends its own session and no other; an id may be another's by now.
    return None if session.revoke_with == session.token else "no longer listed"


def ids_changed(plan: RevocationPlan, listed: SessionList) -> bool:
    """Return whether an id stands for another session now, or is revoked by something else.

    That happens where a server's ids are the numbers of its rows.
    """
    earlier, by_id = plan.listed, plan.revokes_by_id
    sessions = earlier.sessions if by_id else plan.targets
    for one in sessions:
        found = listed.get(one.id)
        if found is not None and (
            found.revoke_with != one.revoke_with or not found.is_same_as(one)
        ):
            return True
    return by_id and _has_another_id(earlier, listed)


def _has_another_id(earlier: SessionList, listed: SessionList) -> bool:
    """Return whether a session without a token seems to be listed under another id."""
    missing = {
        one.created_at
        for one in earlier.sessions
        if one.token is None and one.created_at is not None and one.id not in listed.positions
    }
    return any(
        one.token is None and one.created_at in missing and one.id not in earlier.positions
        for one in listed.sessions
    )

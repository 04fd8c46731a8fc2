"""Checks what is still to be sent against a newer list: only what it leaves is sent."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace

from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.turns import RUN
from qiscus_tui.query import Moment, compile
from qiscus_tui.service.revocation.evidence import Evidence
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.retention import kept_steps
from qiscus_tui.service.revocation.selection import Chooser
from qiscus_tui.service.sessions.groups import group_steps
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
    if evidence.ids_changed(listed):
        return "ids in the list stand for other sessions than before", IDS_HINT
    return None


def still_to_send_steps(
    evidence: Evidence, sessions: Iterable[Session], listed: SessionList, server_now: float
) -> Generator[None, None, list[Session]]:
    """Return those that may still be sent; the evidence has the reason for each of the others.

    What chose the sessions of the plan (filter, rules) chooses again. Yields now and then.
    """
    not_chosen: Mapping[int, str] = {}
    if evidence.plan.chooses_again:
        not_chosen = yield from _not_chosen_now_steps(evidence, listed, server_now)
    waiting: list[Session] = []
    for number, session in enumerate(sessions):
        if _may_be_sent(evidence, session, listed, not_chosen):
            waiting.append(session)
        if number % RUN == 0:
            yield
    return waiting


def _not_chosen_now_steps(
    evidence: Evidence, listed: SessionList, server_now: float
) -> Generator[None, None, Mapping[int, str]]:
    """Return by position in the newer list why what made the plan does not choose a session now.

    Only what was selected then and is still listed counts: fewer sessions in a group never make a
    rule keep fewer of them, so whatever began since can't take the place of one that is kept.
    """
    plan = evidence.plan
    selected = dict.fromkeys(plan.listed.sessions[one].id for one in plan.selection.positions)
    yield
    members = [
        position
        for one in selected
        if one not in evidence.sent and (position := listed.positions.get(one)) is not None
    ]
    named = yield from _named_as_before_steps(plan, listed)
    moment = Moment(server_now, plan.moment.expiring)
    return (yield from not_chosen_steps(plan, named, members, moment, plan.moment.server_now))


def not_chosen_steps(
    chooser: Chooser, listed: SessionList, members: Sequence[int], moment: Moment, since: float
) -> Generator[None, None, dict[int, str]]:
    """Return by position why the filters and rules do not choose some of these sessions now.

    `since`: when they chose them, by the server's clock. Nothing else is ever chosen.
    """
    not_chosen: dict[int, str] = {}
    for one in chooser.filters:
        matches = compile(one.query.of_the_list, listed, moment)
        for number, position in enumerate(members):
            session = listed.sessions[position]
            if one.chose(session.id) and not matches(position):
                is_used = (session.last_used_at or 0.0) >= since
                used = ": used since the plan was made" if is_used else ""
                not_chosen[position] = f"no longer matches the filter{used}"
            if number % RUN == 0:
                yield
    retention = chooser.retention
    if retention is not None:
        left = [position for position in members if position not in not_chosen]
        groups = yield from group_steps(listed, retention.keys, moment, left)
        kept = yield from kept_steps(listed.sessions, groups, retention.rules, moment.server_now)
        not_chosen |= {one: f"kept now: {why.words}" for one, why in kept.items()}
    return not_chosen


def _named_as_before_steps(
    plan: RevocationPlan, listed: SessionList
) -> Generator[None, None, SessionList]:
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
        if position % RUN == 0:
            yield
    return replace(listed, clients=clients, search=search)


def _may_be_sent(
    evidence: Evidence, session: Session, listed: SessionList, not_chosen: Mapping[int, str]
) -> bool:
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

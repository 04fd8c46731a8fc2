"""What is known in a run: what may still be sent by a newer list, and the report. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerFault
from qiscus_tui.model.session import Current, Session
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.outcomes import (
    ENDED_OTHERS_HINT,
    LOOK_AGAIN_HINT,
    UNKNOWN_HINT,
    Outcome,
    Report,
    SessionOutcome,
    outcome_of,
)
from qiscus_tui.service.revocation.plan import NOT_LISTED, RevocationPlan, not_chosen_now
from qiscus_tui.service.revocation.sending import Halt
from qiscus_tui.service.revocation.verification import Fate, Verification
from qiscus_tui.service.sessions.session_list import SessionList, search_text

IDS_HINT = (
    "The server's ids may be row numbers, which change when a session ends: "
    "then sessions can't be revoked by id. qiscus-tui doctor looks for the right call."
)


class Evidence:
    """What is known of the sessions of one plan while it runs."""

    def __init__(self, plan: RevocationPlan, sent: dict[str, QiscusTuiError | None]) -> None:
        self.plan = plan
        self.sent = sent
        """Every id that was sent, and the last thing that went wrong with it."""
        self.before = plan.listed
        """The newest list from before anything was sent."""
        self.verification: Verification | None = None
        """What the newest readings prove."""
        self.after: SessionList | None = None
        """The list as it was read after the last request."""
        self.gone: set[str] = set()
        """Targets that were no longer listed before they were sent."""
        self.withheld: dict[str, str] = {}
        """Targets that must not be sent after all, and why."""

    @property
    def newest(self) -> SessionList | None:
        """Return the newest list since the plan's, unless requests have changed it since."""
        if self.after is not None or self.sent or self.before is self.plan.listed:
            return self.after
        return self.before

    @property
    def may_be_missing(self) -> frozenset[str]:
        """Return what was sent, and what was seen to be gone before it was sent."""
        return frozenset(self.sent) | self.gone

    @property
    def awaited(self) -> frozenset[str]:
        """Return what was sent and should be gone: the server did not refuse it."""
        return frozenset(
            one
            for one, error in self.sent.items()
            if error is None or isinstance(error, OutOfReach)
        )

    def is_gone(self, session: Session, listed: SessionList) -> bool:
        """Return whether the newest readings prove that it ended, though nothing was sent for it.

        `listed` is the last of them.
        """
        if self.verification is None or listed.absence_doubt is not None:
            return False
        return self.verification.fate(session)[0] is Fate.GONE

    @property
    def others_ended(self) -> frozenset[str]:
        """Return what the newest readings prove to be gone that is not in the plan."""
        found = self.verification.others_ended if self.verification else frozenset[str]()
        return found - {target.session.id for target in self.plan.targets}

    def outcomes(
        self, halted: str | None, trouble: QiscusTuiError | None
    ) -> tuple[SessionOutcome, ...]:
        """Return one for each target, each id or token that is not listed, and each named session
        that was left out.

        `halted` is why sending stopped, `trouble` why the list could not be read afterwards.
        """
        plan, doubt = self.plan, self.plan.listed.absence_doubt
        targets = (self._of(target.session, halted, trouble) for target in plan.targets)
        if doubt is None:
            gone = (SessionOutcome(one, Outcome.ALREADY_GONE) for one in plan.gone)
            missing = (SessionOutcome(one, Outcome.NOT_SENT, NOT_LISTED) for one in plan.unlisted)
        else:
            why = f"not listed, but {doubt}"
            gone = (SessionOutcome(one, Outcome.UNKNOWN, why) for one in plan.gone)
            missing = (SessionOutcome(one, Outcome.UNKNOWN, why) for one in plan.unlisted)
        left_out = (
            SessionOutcome(left.session.id, Outcome.NOT_SENT, left.reason)
            for left in plan.left_out
            if left.named
        )
        return (*targets, *gone, *missing, *left_out)

    def _of(
        self, session: Session, halted: str | None, trouble: QiscusTuiError | None
    ) -> SessionOutcome:
        one, after = session.id, self.after
        if one in self.gone:
            if after is not None and one in after.positions:
                return SessionOutcome(one, Outcome.NOT_SENT, "listed again")
            return SessionOutcome(one, Outcome.ALREADY_GONE)
        if one in self.withheld:
            return SessionOutcome(one, Outcome.NOT_SENT, self.withheld[one])
        if one not in self.sent:
            return SessionOutcome(one, Outcome.NOT_SENT, halted)
        if after is None or self.verification is None:
            why = trouble.message if trouble else "it was not read"
            return SessionOutcome(one, Outcome.UNKNOWN, f"the list is unknown: {why}")
        return outcome_of(one, *self.verification.fate(session), self.sent[one])

    def report(
        self, halt: Halt, trouble: QiscusTuiError | None, trial_failed: str | None
    ) -> Report:
        """Return how the run ended. `trouble` is why the list could not be read afterwards.

        `trial_failed`: what to do where the call was never verified, and does not work.
        """
        outcomes = self.outcomes(halt.reason, trouble)
        fault = halt.fault or trouble or self._last_fault(outcomes)
        found = self.verification if self.after is not None else None
        report = Report(
            self.plan,
            outcomes,
            halt.reason,
            trouble.hint if trouble else halt.hint or (fault.hint if fault else None),
            self.newest,
            fault=fault,
            anything_sent=bool(self.sent),
            others_ended=len(self.others_ended) if found else 0,
            lost_own=found is not None and found.own_ended and not self.plan.ends_current,
        )
        return replace(report, hint=report.hint or _hint(report, trial_failed))

    def _last_fault(self, outcomes: tuple[SessionOutcome, ...]) -> QiscusTuiError | None:
        """Return why nothing that was sent ended, where tries ran out; else None."""
        if any(one.outcome is Outcome.REVOKED for one in outcomes):
            return None
        faults = [one for one in self.sent.values() if isinstance(one, ServerFault | OutOfReach)]
        return faults[-1] if faults else None


def _hint(report: Report, trial_failed: str | None) -> str | None:
    if report.counts[Outcome.UNKNOWN]:
        return UNKNOWN_HINT
    if trial_failed and report.works_badly:
        return trial_failed
    if report.others_ended:
        return ENDED_OTHERS_HINT
    return LOOK_AGAIN_HINT if report.counts[Outcome.FAILED] else None


# What a newer list says of what is still to be sent


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


def ids_changed(plan: RevocationPlan, listed: SessionList) -> bool:
    """Return whether an id stands for another session now, or is revoked by something else.

    That happens where a server's ids are the numbers of its rows.
    """
    earlier, by_id = plan.listed, plan.revokes_by_id
    sessions = earlier.sessions if by_id else [target.session for target in plan.targets]
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

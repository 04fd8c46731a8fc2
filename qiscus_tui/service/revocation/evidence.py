"""What is known in a run, and the outcomes that follow from it. Pure."""

from collections.abc import Iterable, Set
from functools import cached_property

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerError, ServerFault
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import STILL_LISTED, Outcome, SessionOutcome
from qiscus_tui.service.revocation.plan import NOT_LISTED, RevocationPlan
from qiscus_tui.service.revocation.verification import Fate, Verification
from qiscus_tui.service.sessions.session_list import SessionList


class Evidence:
    """What is known of the sessions of one plan."""

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

    # What a later list says

    def is_gone(self, session: Session, listed: SessionList) -> bool:
        """Return whether the newest readings prove that it ended, though nothing was sent for it.

        `listed` is the last of them.
        """
        if self.verification is None or listed.absence_doubt is not None:
            return False
        return self.verification.fate(session)[0] is Fate.GONE

    def outside(self, ids: Set[str]) -> Set[str]:
        """Return those that are not in the plan."""
        return ids - {target.session.id for target in self.plan.targets}

    def ids_changed(self, listed: SessionList) -> bool:
        """Return whether an id stands for another session now, or is revoked by something else."""
        if self.revokes_by_id:
            earlier = self.plan.listed
            return _ids_changed(earlier.sessions, listed) or _has_another_id(earlier, listed)
        return _ids_changed((target.session for target in self.plan.targets), listed)

    @cached_property
    def revokes_by_id(self) -> bool:
        """Whether ids are sent, not tokens: they may be row numbers, which change."""
        return any(one.session.revoke_with != one.session.token for one in self.plan.targets)

    @cached_property
    def end_rows(self) -> frozenset[str]:
        """Ids of the sessions with the lowest and the highest number, where numbers revoke them.

        If these are row numbers, revoking an end row changes no other number, and so does not show
        whether the others may be sent.
        """
        if not self.revokes_by_id:
            return frozenset()
        numbers = {
            one.id: number
            for one in self.plan.listed.sessions
            if (number := _number(one.revoke_with)) is not None
        }
        ends = {min(numbers.values()), max(numbers.values())} if numbers else set[int]()
        return frozenset(one for one, number in numbers.items() if number in ends)

    def proves_call_works(self, revoked: set[str], listed: SessionList, now: float) -> bool:
        """Return whether what was revoked proves that the revoke call works.

        On some servers any revoke ends our own session, and an expired one ends by itself. Ids
        that changed with it will be other sessions' again at the next revoke.
        """
        server_now = now + listed.offset
        return not self.ids_changed(listed) and any(
            target.session.id in revoked
            and not target.session.current
            and target.session.id not in self.end_rows
            and (target.session.expires_at is None or target.session.expires_at > server_now)
            for target in self.plan.targets
        )

    # What follows

    def outcomes(
        self, halted: str | None, trouble: QiscusTuiError | None
    ) -> tuple[SessionOutcome, ...]:
        """Return one for each target, each id or token that is not listed, and each named session
        that was left out.

        `halted` is why sending stopped, `trouble` why the list could not be read afterwards.
        """
        targets = (self._of(target.session, halted, trouble) for target in self.plan.targets)
        gone = map(self._of_gone, self.plan.gone)
        unlisted = map(self._of_unlisted, self.plan.unlisted)
        left_out = (
            SessionOutcome(left.session.id, Outcome.NOT_SENT, left.reason)
            for left in self.plan.left_out
            if left.named
        )
        return (*targets, *gone, *unlisted, *left_out)

    def last_fault(self, outcomes: tuple[SessionOutcome, ...]) -> ServerFault | OutOfReach | None:
        """Return why nothing that was sent ended, where tries ran out; else None."""
        if any(o.outcome is Outcome.REVOKED for o in outcomes):
            return None
        faults = [e for e in self.sent.values() if isinstance(e, ServerFault | OutOfReach)]
        return faults[-1] if faults else None

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
        answer = self.sent[one]
        match self.verification.fate(session):
            case Fate.LISTED, _:
                return SessionOutcome(
                    one, Outcome.FAILED, answer.message if answer else STILL_LISTED
                )
            case Fate.UNKNOWN, why:
                return SessionOutcome(one, Outcome.UNKNOWN, why)
            case _:
                return SessionOutcome(one, Outcome.REVOKED, _refusal(answer))

    def _of_gone(self, session_id: str) -> SessionOutcome:
        doubt = self.plan.listed.absence_doubt
        if doubt is None:
            return SessionOutcome(session_id, Outcome.ALREADY_GONE)
        return SessionOutcome(session_id, Outcome.UNKNOWN, f"not listed, but {doubt}")

    def _of_unlisted(self, session_id: str) -> SessionOutcome:
        doubt = self.plan.listed.absence_doubt
        if doubt is None:
            return SessionOutcome(session_id, Outcome.NOT_SENT, NOT_LISTED)
        return SessionOutcome(session_id, Outcome.UNKNOWN, f"not listed, but {doubt}")


def _refusal(answer: QiscusTuiError | None) -> str | None:
    """Return what the server said, where it refused a call that ended its session all the same."""
    if not isinstance(answer, ServerError) or isinstance(answer, ServerFault):
        return None
    return f"gone, although the server refused the call: {answer.message}"


def _number(server_id: str | int | None) -> int | None:
    if isinstance(server_id, str):
        return int(server_id) if server_id.isdecimal() and len(server_id) < 20 else None
    return server_id


def _ids_changed(sessions: Iterable[Session], listed: SessionList) -> bool:
    """Return whether an id stands for another session now, or is revoked by something else.

    That happens where a server's ids are the numbers of its rows.
    """
    return any(
        (found := listed.get(one.id)) is not None
        and (found.revoke_with != one.revoke_with or not found.is_same_as(one))
        for one in sessions
    )


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

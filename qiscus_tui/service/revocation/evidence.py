"""What is known in a run, and the outcomes that follow from it. Pure."""

from collections.abc import Iterable, Set
from functools import cached_property

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerFault
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import Outcome, SessionOutcome
from qiscus_tui.service.revocation.plan import NOT_LISTED, RevocationPlan
from qiscus_tui.service.sessions.session_list import SessionList


class Evidence:
    """What is known of the sessions of one plan. `now` is always this machine's time."""

    def __init__(self, plan: RevocationPlan, sent: dict[str, QiscusTuiError | None]) -> None:
        self.plan = plan
        self.sent = sent
        """Every id that was sent, and the last thing that went wrong with it."""
        self.before = plan.listed
        """The newest list from before anything was sent."""
        self.after: SessionList | None = None
        """The list as it was read after the last request."""
        self.gone: set[str] = set()
        """Targets that were no longer listed before they were sent."""
        self.withheld: dict[str, str] = {}
        """Targets that must not be sent after all, and why."""
        self._judged: tuple[SessionList, bool] | None = None
        """The last list given to `is_whole`, and the result."""

    def begin_with(self, listed: SessionList) -> None:
        """Use a newer list than the plan's, from before anything was sent."""
        self.before = listed
        self._judged = None

    @property
    def all_ids(self) -> Set[str]:
        """Return every id that was listed before anything was sent, or is to be sent."""
        return self.before.positions.keys() | {target.session.id for target in self.plan.targets}

    @property
    def newest(self) -> SessionList | None:
        """Return the newest list since the plan's, unless requests have changed it since."""
        if self.after is not None or self.sent or self.before is self.plan.listed:
            return self.after
        return self.before

    # What a later list says

    def is_whole(self, listed: SessionList) -> bool:
        """Return whether what this list lacks is gone, and not merely unread."""
        if self._judged is None or self._judged[0] is not listed:
            self._judged = listed, listed.complete and self._compares(listed)
        return self._judged[1]

    def _compares(self, listed: SessionList) -> bool:
        earlier = self.plan.listed
        if not (listed.compares_with(earlier) and listed.compares_with(self.before)):
            return False
        if earlier.lists_every_token:
            return True
        tokenless = (one for one in earlier.sessions if one.token is None)
        return not (_ids_changed(tokenless, listed) or _has_another_id(earlier, listed))

    def is_gone(self, session: Session, listed: SessionList) -> bool:
        """Return whether it certainly ended although nothing was sent for it."""
        return listed.doubt_about(session.id) is None and self.is_whole(listed)

    def vanished(self, session: Session, listed: SessionList, now: float) -> bool:
        """Return whether it is gone without having expired."""
        if not listed.lacks(session.id) or not self.is_whole(listed):
            return False
        return session.expires_at is None or session.expires_at > now + listed.offset

    def ids_changed(self, listed: SessionList) -> bool:
        """Return whether an id now stands for another session, or is revoked by something else.

        That happens where a server's ids are the numbers of its rows.
        """
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

    def lost_own(self, listed: SessionList, now: float) -> bool:
        """Return whether our own session ended although nothing was sent for it."""
        own, own_now = self.before.current_session, listed.current_session
        if own is None or own.id in self.sent:
            return False
        if own_now is not None and own_now.token is not None:
            return False  # we hold a newer token meanwhile, and it is valid
        return self.vanished(own, listed, now)

    def others_vanished(self, since: SessionList, listed: SessionList, now: float) -> int:
        """Return how many sessions outside the plan, except our own, are gone since a list."""
        planned = {target.session.id for target in self.plan.targets}
        missing = since.positions.keys() - listed.positions.keys() - planned
        sessions = map(since.get, missing)
        return sum(
            session is not None and not session.current and self.vanished(session, listed, now)
            for session in sessions
        )

    def proves_call_works(self, revoked: set[str], listed: SessionList, now: float) -> bool:
        """Return whether what was revoked proves that the revoke call works.

        On some servers any revoke ends our own session, and an expired one ends by itself. Ids
        that changed with it will be other sessions' again at the next revoke.
        """
        return not self.ids_changed(listed) and any(
            target.session.id in revoked
            and not target.session.current
            and target.session.id not in self.end_rows
            and self.vanished(target.session, listed, now)
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
        targets = (self._of(target.session.id, halted, trouble) for target in self.plan.targets)
        gone = map(self._of_gone, self.plan.gone)
        unlisted = (SessionOutcome(one, Outcome.NOT_SENT, NOT_LISTED) for one in self.plan.unlisted)
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
        self, session_id: str, halted: str | None, trouble: QiscusTuiError | None
    ) -> SessionOutcome:
        after, listed_after = self.after, self.after is not None and self.after.get(session_id)
        if session_id in self.gone:
            if listed_after:
                return SessionOutcome(session_id, Outcome.NOT_SENT, "listed again")
            return SessionOutcome(session_id, Outcome.ALREADY_GONE)
        if session_id in self.withheld:
            return SessionOutcome(session_id, Outcome.NOT_SENT, self.withheld[session_id])
        if session_id not in self.sent:
            return SessionOutcome(session_id, Outcome.NOT_SENT, halted)
        if after is None:
            why = trouble.message if trouble else "it was not read"
            return SessionOutcome(session_id, Outcome.UNKNOWN, f"the list is unknown: {why}")
        if listed_after:
            answer = self.sent[session_id]
            said = answer.message if answer else "still listed"
            return SessionOutcome(session_id, Outcome.FAILED, said)
        if not after.complete:
            doubt = f"the list is not whole: {after.incomplete_because}"
            return SessionOutcome(session_id, Outcome.UNKNOWN, doubt)
        if not self.is_whole(after):
            return SessionOutcome(session_id, Outcome.UNKNOWN, "the list could not be read whole")
        if not after.lacks(session_id):
            return SessionOutcome(session_id, Outcome.UNKNOWN, "the list moved while it was read")
        return SessionOutcome(session_id, Outcome.REVOKED)

    def _of_gone(self, session_id: str) -> SessionOutcome:
        doubt = self.plan.listed.doubt_about(session_id)
        if doubt is None:
            return SessionOutcome(session_id, Outcome.ALREADY_GONE)
        return SessionOutcome(session_id, Outcome.UNKNOWN, f"not listed, but {doubt}")


def _ids_changed(sessions: Iterable[Session], listed: SessionList) -> bool:
    return any(
        (found := listed.get(session.id)) is not None
        and (found.revoke_with != session.revoke_with or not found.is_same_as(session))
        for session in sessions
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


def _number(server_id: str | int | None) -> int | None:
    if isinstance(server_id, str):
        return int(server_id) if server_id.isdecimal() and len(server_id) < 20 else None
    return server_id

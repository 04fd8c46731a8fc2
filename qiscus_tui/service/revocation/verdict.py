"""What a list that was read afterwards says. Pure."""

from collections.abc import Container
from dataclasses import dataclass

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import Outcome, SessionOutcome
from qiscus_tui.service.session_list import SessionList


@dataclass(frozen=True)
class Before:
    """What was listed before anything was sent."""

    listed: SessionList
    """The newest list."""
    unreadable: int
    """The fewest unreadable entries of the lists so far."""

    def then(self, listed: SessionList) -> "Before":
        """With a newer list."""
        return Before(listed, min(self.unreadable, listed.unreadable))

    def may_hide(self, after: SessionList) -> bool:
        """Whether a session that is not in this list may be live all the same."""
        return not after.complete or after.unreadable > self.unreadable

    def vanished(self, session: Session, after: SessionList, now: float) -> bool:
        """Whether it is gone without having expired. `now` is this machine's time."""
        if after.get(session.id) is not None or self.may_hide(after):
            return False
        return session.expires_at is None or session.expires_at > now + after.offset

    def lost_own(self, sent: Container[str], after: SessionList, now: float) -> bool:
        """Whether our own session went although nothing was sent for it."""
        own, own_now = self.listed.current_session, after.current_session
        if own is None or own.id in sent:
            return False
        if own_now is not None and own_now.token is not None:
            return False  # we hold a newer token meanwhile, and it lives
        return self.vanished(own, after, now)

    def vanished_besides(self, planned: Container[str], after: SessionList, now: float) -> int:
        """How many sessions outside the plan are gone, our own not counted."""
        missing = self.listed.positions.keys() - after.positions.keys()
        sessions = (self.listed.get(one) for one in missing if one not in planned)
        return sum(
            session is not None and not session.current and self.vanished(session, after, now)
            for session in sessions
        )

    def outcome_of_sent(
        self,
        session_id: str,
        answer: QiscusTuiError | None,
        after: SessionList | None,
        trouble: QiscusTuiError | None,
    ) -> SessionOutcome:
        """The outcome of a session that was sent.

        `answer` is what the server refused it with, `after` the list read afterwards (None: it
        could not be read, because of `trouble`).
        """
        if after is None:
            why = trouble.message if trouble else "it was not read"
            return SessionOutcome(session_id, Outcome.UNKNOWN, f"the list is not known: {why}")
        if after.get(session_id) is not None:
            said = answer.message if answer else "still listed"
            return SessionOutcome(session_id, Outcome.FAILED, said)
        if self.may_hide(after):
            return SessionOutcome(session_id, Outcome.UNKNOWN, "the list could not be read whole")
        return SessionOutcome(session_id, Outcome.REVOKED)

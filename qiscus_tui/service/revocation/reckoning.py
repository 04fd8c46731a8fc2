"""From what was sent and what is listed to the outcomes. Pure."""

from dataclasses import dataclass, field

from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerFault
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import Outcome, SessionOutcome
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.verdict import Before
from qiscus_tui.service.session_list import SessionList


@dataclass
class Facts:
    """What a run came to know."""

    plan: RevocationPlan
    before: Before
    sent: dict[str, QiscusTuiError | None]
    """Every id that was sent, and the last thing that went wrong with it."""
    after: SessionList | None = None
    """The list as it was read after the last request."""
    gone: set[str] = field(default_factory=set[str])
    """Targets that were not listed any more before anything was sent."""
    kept: dict[str, str] = field(default_factory=dict[str, str])
    """Targets that must not be sent after all, and why."""

    @property
    def newest(self) -> SessionList | None:
        """The newest list since the plan's; not one that what was sent has changed since."""
        if self.after is not None or self.sent or self.before.listed is self.plan.listed:
            return self.after
        return self.before.listed


def outcomes_of(
    facts: Facts, halted: str | None, trouble: QiscusTuiError | None
) -> tuple[SessionOutcome, ...]:
    """One outcome for each target, each gone id, and each named session that was left out.

    `halted` is why sending stopped, `trouble` why the list could not be read afterwards.
    """
    targets = (_outcome(facts, target.session, halted, trouble) for target in facts.plan.targets)
    gone = (_outcome_of_gone(facts.plan, session_id) for session_id in facts.plan.gone)
    left_out = (
        SessionOutcome(left.session.id, Outcome.NOT_SENT, left.reason)
        for left in facts.plan.left_out
        if left.named
    )
    return (*targets, *gone, *left_out)


def _outcome(
    facts: Facts, session: Session, halted: str | None, trouble: QiscusTuiError | None
) -> SessionOutcome:
    if session.id in facts.gone:
        if facts.after is not None and facts.after.get(session.id) is not None:
            return SessionOutcome(session.id, Outcome.NOT_SENT, "is listed again")
        return SessionOutcome(session.id, Outcome.ALREADY_GONE)
    if session.id in facts.kept:
        return SessionOutcome(session.id, Outcome.NOT_SENT, facts.kept[session.id])
    if session.id not in facts.sent:
        return SessionOutcome(session.id, Outcome.NOT_SENT, halted)
    return facts.before.outcome_of_sent(session.id, facts.sent[session.id], facts.after, trouble)


def _outcome_of_gone(plan: RevocationPlan, session_id: str) -> SessionOutcome:
    if plan.listed.complete:
        return SessionOutcome(session_id, Outcome.ALREADY_GONE)
    reason = "not listed, but the list could not be read to its end"
    return SessionOutcome(session_id, Outcome.NOT_SENT, reason)


def last_fault(
    facts: Facts, outcomes: tuple[SessionOutcome, ...]
) -> ServerFault | OutOfReach | None:
    """What kept everything that was sent from ending, where tries ran out; else None."""
    if any(o.outcome is Outcome.REVOKED for o in outcomes):
        return None
    faults = [e for e in facts.sent.values() if isinstance(e, ServerFault | OutOfReach)]
    return faults[-1] if faults else None


def shows_that_it_works(facts: Facts, revoked: set[str], now: float) -> bool:
    """Whether what was revoked proves the revoke call.

    Our own session may go by any revoke on some servers, and an expired one goes by itself.
    """
    return facts.after is not None and any(
        target.session.id in revoked
        and not target.session.current
        and facts.before.vanished(target.session, facts.after, now)
        for target in facts.plan.targets
    )

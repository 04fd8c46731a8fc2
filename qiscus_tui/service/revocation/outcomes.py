"""What became of each session of a plan. The server's list decides."""

import enum
from collections import Counter
from dataclasses import dataclass

from qiscus_tui.errors import QiscusTuiError, ServerError, ServerFault, StorageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.verification import Fate
from qiscus_tui.service.sessions.session_list import SessionList

LOOK_AGAIN_HINT = (
    "See what is still listed: qiscus-tui sessions. If it can't be ended: qiscus-tui doctor"
)

UNKNOWN_HINT = "Read the list again to see what is left."

ENDED_OTHERS_HINT = (
    "The revoke call may end more than it is asked to. See: qiscus-tui sessions, "
    "and qiscus-tui doctor --live"
)


class Outcome(enum.Enum):
    """What became of one session."""

    REVOKED = "revoked"
    """Sent, and no longer listed."""
    ALREADY_GONE = "already_gone"
    """No longer listed before anything was sent."""
    FAILED = "failed"
    """Still listed."""
    UNKNOWN = "unknown"
    """The list does not show whether it is gone."""
    NOT_SENT = "not_sent"

    @property
    def words(self) -> str:
        """Return it as the user reads it."""
        return self.value.replace("_", " ")


STILL_LISTED = "still listed"
"""Why a session counts as failed where the server did not say more."""

GONE = frozenset({Outcome.REVOKED, Outcome.ALREADY_GONE})
"""The outcomes of sessions that ended."""


@dataclass(frozen=True)
class SessionOutcome:
    """The outcome of one session, with the reason where it was not revoked."""

    id: str
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Report:
    """How a plan ended."""

    plan: RevocationPlan
    outcomes: tuple[SessionOutcome, ...]
    halted: str | None
    """Why sending stopped early, None where it did not."""
    hint: str | None
    """What to do about that."""
    listed: SessionList | None
    """The newest list: read afterwards, or before where nothing was sent. None where none was
    read since the plan's."""
    anything_sent: bool = False
    others_ended: int = 0
    """Sessions outside the plan that ended meanwhile, our own too."""
    lost_own: bool = False
    """Whether this program's own session ended although nothing was sent for it."""
    fault: QiscusTuiError | None = None
    """The error that stopped the sending, the reading of the list, or every revoke until the tries
    ran out. None where there was none (such as a trial that ended nothing, or the user's stop)."""
    audit_error: StorageError | None = None
    """Why the run could not be recorded (audit log, verified calls); None where it was."""

    @property
    def counts(self) -> Counter[Outcome]:
        """Return how many sessions had each outcome."""
        return Counter(outcome.outcome for outcome in self.outcomes)

    @property
    def own_is_gone(self) -> bool:
        """Return whether this program's own session ended with this run."""
        own = self.plan.listed.current_session
        return self.lost_own or (
            own is not None
            and any(o.id == own.id and o.outcome is Outcome.REVOKED for o in self.outcomes)
        )

    @property
    def is_whole(self) -> bool:
        """Return whether everything that was selected is gone."""
        return all(outcome.outcome in GONE for outcome in self.outcomes)

    @property
    def works_badly(self) -> bool:
        """Return whether the call ended our own session, or nothing that it should have ended."""
        sent_and_listed = self.anything_sent and self.counts[Outcome.FAILED]
        return self.lost_own or bool(sent_and_listed and not self.counts[Outcome.REVOKED])

    @property
    def warning(self) -> str | None:
        """Return what happened beside the plan, or in spite of the server's answers."""
        words: list[str] = []
        if self.lost_own:
            words.append("This program's own session is gone too; the next use makes a new one.")
        if others := self.others_ended - self.lost_own:
            are = "session outside the plan is" if others == 1 else "sessions outside the plan are"
            words.append(f"{others:,} {are} gone as well: ended elsewhere, or by the revoke call.")
        refused = [one for one in self.outcomes if one.outcome is Outcome.REVOKED and one.reason]
        if refused:
            calls = "1 call" if len(refused) == 1 else f"{len(refused):,} calls"
            words.append(f"{calls} refused, such as {refused[0].id}: {refused[0].reason}.")
        return " ".join(words) or None

    @property
    def exit_code(self) -> ExitCode:
        """DONE if all are gone, nothing else is, and that is recorded; else INCOMPLETE, or that of
        the fault for which nothing was sent."""
        if self.is_whole and not self.others_ended:
            return self.audit_error.exit_code if self.audit_error else ExitCode.DONE
        if self.fault is None or self.anything_sent:
            return ExitCode.INCOMPLETE
        return self.fault.exit_code

    @property
    def words(self) -> str:
        """`2 revoked · 1 failed`."""
        return outcome_words(self.counts) or "nothing to revoke"


def outcome_words(counts: Counter[Outcome]) -> str:
    """Return `2 revoked · 1 failed`; empty without any."""
    return " · ".join(f"{counts[kind]:,} {kind.words}" for kind in Outcome if counts[kind])


def not_sent_by(report: Report) -> frozenset[str]:
    """Return the ids that were not sent because sending stopped early."""
    return frozenset(
        one.id
        for one in report.outcomes
        if one.outcome is Outcome.NOT_SENT and report.halted and one.reason == report.halted
    )


def outcome_of(
    session_id: str, fate: Fate, why: str, answer: QiscusTuiError | None = None
) -> SessionOutcome:
    """Return the outcome of a session that was sent. `answer`: what the server said against it."""
    match fate:
        case Fate.LISTED:
            reason = answer.message if answer else STILL_LISTED
            return SessionOutcome(session_id, Outcome.FAILED, reason)
        case Fate.UNKNOWN:
            return SessionOutcome(session_id, Outcome.UNKNOWN, why)
        case Fate.GONE:
            if not isinstance(answer, ServerError) or isinstance(answer, ServerFault):
                return SessionOutcome(session_id, Outcome.REVOKED)
            reason = f"gone, although the server refused the call: {answer.message}"
            return SessionOutcome(session_id, Outcome.REVOKED, reason)

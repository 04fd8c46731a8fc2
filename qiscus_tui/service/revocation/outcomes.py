"""What became of each session of a plan. The server's list decides."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiscus_tui.errors import (
    NotQiscus,
    OutOfReach,
    QiscusTuiError,
    ServerFault,
    StorageError,
    Unreadable,
)
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.session import Session
from qiscus_tui.service.account.audit_trail import AuditTrail
from qiscus_tui.service.history import OutcomeGroup, by_outcome
from qiscus_tui.service.metrics import Sample
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.verification import MAY_BE_CUT, Fate, Verification
from qiscus_tui.service.sessions.groups import fingerprint_of, whole_groups
from qiscus_tui.service.sessions.session_list import SessionList

if TYPE_CHECKING:  # loads httpx, for which the first frame of the list does not wait
    from qiscus_tui.service.revocation.sending import Stop

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
    def not_gone(self) -> list[OutcomeGroup]:
        """Return the sessions that are not gone, by outcome and reason."""
        return not_gone(self.outcomes)

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
    def is_as_planned(self) -> bool:
        """Return whether everything that was selected is gone, and nothing else."""
        return self.is_whole and not self.others_ended

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
        if self.is_as_planned:
            return self.audit_error.exit_code if self.audit_error else ExitCode.DONE
        if self.fault is None or self.anything_sent:
            return ExitCode.INCOMPLETE
        return self.fault.exit_code

    @property
    def words(self) -> str:
        """`2 revoked · 1 failed`."""
        return outcome_words(self.counts) or "nothing to revoke"


def not_gone(outcomes: Sequence[SessionOutcome]) -> list[OutcomeGroup]:
    """Return the sessions that are not gone by outcome and reason, as `by_outcome`."""
    left = (one for one in outcomes if one.outcome not in GONE)
    return by_outcome((one.id, one.outcome.value, one.reason or "") for one in left)


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
            if answer is None or isinstance(answer, ServerFault) or should_be_gone(answer):
                return SessionOutcome(session_id, Outcome.REVOKED)
            reason = f"gone, although the server refused the call: {answer.message}"
            return SessionOutcome(session_id, Outcome.REVOKED, reason)


def known_outcomes(plan: RevocationPlan) -> tuple[SessionOutcome, ...]:
    """Return the outcomes that are known before anything is sent.

    Of each id or token that is not listed, and each named session that is left out.
    """
    gone, missing = (Outcome.ALREADY_GONE, None), (Outcome.NOT_SENT, plan.unlisted_reason)
    if plan.listed.absence_doubt is not None:
        gone = missing = (Outcome.UNKNOWN, plan.unlisted_reason)
    return (
        *(SessionOutcome(one, *gone) for one in plan.selection.gone),
        *(SessionOutcome(one, *missing) for one in plan.selection.unlisted),
        *(
            SessionOutcome(left.session.id, Outcome.NOT_SENT, left.reason)
            for left in plan.left_out
            if plan.selection.named
        ),
    )


def record_end(
    trail: AuditTrail,
    listed: SessionList,
    outcomes: Sequence[SessionOutcome],
    others_ended: int = 0,
) -> None:
    """Record what became of sessions of this list. Raises StorageError."""
    counts = Counter(one.outcome.value for one in outcomes)
    gone = [
        listed.positions[one.id]
        for one in outcomes
        if one.outcome in GONE and one.id in listed.positions
    ]
    told = [(one.id, one.outcome.value, one.reason or "") for one in outcomes]
    # What was not listed may be another session of the same client and network.
    whole = whole_groups(listed, USUAL_KEYS, gone) if gone and listed.is_whole else ()
    pairs = [fingerprint_of(pair) for pair in whole]
    trail.finish(counts, told, others_ended, pairs)


def prune_samples(report: Report, labels: Mapping[str, str]) -> list[Sample]:
    """Return what became of what was selected: ended now, left as it is, or failed."""
    plan, counts = report.plan, report.counts
    ended = counts[Outcome.REVOKED] + counts[Outcome.ALREADY_GONE]
    numbers = {
        "revoked": counts[Outcome.REVOKED],
        "kept": len(plan.kept) + len(plan.left_out),
        "failed": counts.total() - ended,
    }
    return [Sample(f"qiscus_prune_{name}", one, labels) for name, one in numbers.items()]


def should_be_gone(error: QiscusTuiError | None) -> bool:
    """Return whether what was sent should be gone: the server did not refuse it.

    Its answer may be lost, or be none of this API, such as a web page with status 200.
    """
    if isinstance(error, NotQiscus | Unreadable):
        return error.status < 400
    return error is None or isinstance(error, OutOfReach)


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
        self.held_back: dict[str, SessionOutcome] = {}
        """Targets that must not be sent after all: they are gone already, or not to be sent."""

    @property
    def newest(self) -> SessionList | None:
        """Return the newest list since the plan's, unless requests have changed it since."""
        if self.after is not None or self.sent or self.before is self.plan.listed:
            return self.after
        return self.before

    @property
    def may_be_missing(self) -> frozenset[str]:
        """Return what was sent, and what was seen to be gone before it was sent."""
        gone = (one.id for one in self.held_back.values() if one.outcome is Outcome.ALREADY_GONE)
        return frozenset((*self.sent, *gone))

    @property
    def awaited(self) -> frozenset[str]:
        """Return what was sent and should be gone."""
        return frozenset(one for one, error in self.sent.items() if should_be_gone(error))

    def is_gone(self, session: Session, listed: SessionList) -> bool:
        """Return whether the newest readings prove that it ended, though nothing was sent for it.

        `listed` is the last of them.
        """
        if self.verification is None or listed.doubt_but_for_length is not None:
            return False
        return self.verification.fate(session)[0] is Fate.GONE

    @property
    def others_ended(self) -> frozenset[str]:
        """Return what the newest readings prove to be gone that is not in the plan."""
        found = self.verification.others_ended if self.verification else frozenset[str]()
        return found - {target.id for target in self.plan.targets}

    def outcomes(
        self, halted: str | None, trouble: QiscusTuiError | None
    ) -> tuple[SessionOutcome, ...]:
        """Return one for each target, and what was known before.

        `halted` is why sending stopped, `trouble` why the list could not be read afterwards.
        """
        targets = (self._of(target, halted, trouble) for target in self.plan.targets)
        return (*targets, *map(self._held_against_after, known_outcomes(self.plan)))

    def _of(
        self, session: Session, halted: str | None, trouble: QiscusTuiError | None
    ) -> SessionOutcome:
        one, after = session.id, self.after
        if (held := self.held_back.get(one)) is not None:
            return self._held_against_after(held)
        if one not in self.sent:
            return SessionOutcome(one, Outcome.NOT_SENT, halted)
        if after is None or self.verification is None:
            why = trouble.message if trouble else "it was not read"
            return SessionOutcome(one, Outcome.UNKNOWN, f"the list is unknown: {why}")
        return outcome_of(one, *self.verification.fate(session), self.sent[one])

    def _held_against_after(self, found: SessionOutcome) -> SessionOutcome:
        """Return an outcome from before the sending, unless the list afterwards speaks against it.

        A session is not gone that is listed again, or that a cut list may lack.
        """
        after, verification = self.after, self.verification
        if found.outcome is not Outcome.ALREADY_GONE or after is None or verification is None:
            return found
        if found.id in after.positions:
            return SessionOutcome(found.id, Outcome.NOT_SENT, "listed again")
        is_cut = verification.doubt == MAY_BE_CUT
        return SessionOutcome(found.id, Outcome.UNKNOWN, MAY_BE_CUT) if is_cut else found

    def report(
        self, stop: Stop | None, trouble: QiscusTuiError | None, trial_failed: str | None
    ) -> Report:
        """Return how the run ended. `trouble` is why the list could not be read afterwards.

        `trial_failed`: what to do where the call was never verified, and does not work.
        """
        halted = stop.reason if stop else None
        outcomes = self.outcomes(halted, trouble)
        fault = (stop.fault if stop else None) or trouble or self._last_fault(outcomes)
        found = self.verification if self.after is not None else None
        if trouble is not None:
            hint = trouble.hint
        else:
            hint = (stop.hint if stop else None) or (fault.hint if fault else None)
        report = Report(
            self.plan,
            outcomes,
            halted,
            hint,
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
    if trial_failed and report.works_badly and not report.counts[Outcome.REVOKED]:
        return trial_failed
    if report.others_ended:
        return ENDED_OTHERS_HINT
    return LOOK_AGAIN_HINT if report.counts[Outcome.FAILED] else None

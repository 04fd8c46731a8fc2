"""The report of a run, and what the run proves of the revoke call. Pure."""

from dataclasses import replace

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.service.revocation.evidence import Evidence
from qiscus_tui.service.revocation.halt import Halt
from qiscus_tui.service.revocation.outcomes import LOOK_AGAIN_HINT, Outcome, Report
from qiscus_tui.service.revocation.trial import TRIAL_FAILED_HINT
from qiscus_tui.service.sessions.session_list import SessionList

UNKNOWN_HINT = "Read the list again to see what is left."

ENDED_OTHERS_HINT = (
    "The revoke call may end more than it is asked to. See: qiscus-tui sessions, "
    "and qiscus-tui doctor --live"
)


def report_of(
    evidence: Evidence, halt: Halt, trouble: QiscusTuiError | None, *, first_use: bool
) -> Report:
    """Return how a run ended. `trouble` is why the list could not be read afterwards."""
    outcomes = evidence.outcomes(halt.reason, trouble)
    fault = halt.fault or trouble or evidence.last_fault(outcomes)
    found = evidence.verification if evidence.after is not None else None
    report = Report(
        evidence.plan,
        outcomes,
        halt.reason,
        trouble.hint if trouble else halt.hint or (fault.hint if fault else None),
        evidence.newest,
        fault=fault,
        anything_sent=bool(evidence.sent),
        others_ended=len(evidence.outside(found.others_ended)) if found else 0,
        lost_own=found is not None and found.own_ended and not evidence.plan.ends_current,
    )
    return replace(report, hint=report.hint or _hint(report, first_use=first_use))


def _hint(report: Report, *, first_use: bool) -> str | None:
    if report.counts[Outcome.UNKNOWN]:
        return UNKNOWN_HINT
    if first_use and works_badly(report):
        return TRIAL_FAILED_HINT
    if report.others_ended:
        return ENDED_OTHERS_HINT
    return LOOK_AGAIN_HINT if report.counts[Outcome.FAILED] else None


def works_badly(report: Report) -> bool:
    """Return whether the call ended our own session, or nothing that it should have ended."""
    sent_and_listed = report.anything_sent and report.counts[Outcome.FAILED]
    return report.lost_own or bool(sent_and_listed and not report.counts[Outcome.REVOKED])


def disproves_call(
    evidence: Evidence, report: Report, after: SessionList, since: SessionList
) -> bool:
    """Return whether the run shows that the call must be tried again before a bulk.

    `since` is the list after the trial: what ended with that was judged then.
    """
    found = evidence.verification
    others = evidence.outside(found.others_ended) if found else frozenset[str]()
    return (
        works_badly(report)
        or any(one in since.positions for one in others)
        or bool(evidence.sent and evidence.ids_changed(after))
    )

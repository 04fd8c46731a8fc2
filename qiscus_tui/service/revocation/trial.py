"""The trial: one session shows whether a revoke call that was never verified works. Pure."""

from collections.abc import Sequence, Set

from qiscus_tui.errors import OutOfReach, ServerFault
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import ENDED_OTHERS_HINT, Evidence, Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.rechecks import IDS_CHANGED, ids_changed
from qiscus_tui.service.revocation.sending import Stop
from qiscus_tui.service.revocation.verification import Fate, Verification
from qiscus_tui.service.sessions.session_list import SessionList

MOST_STUCK = 3
"""Sessions that are tried where the call fails with 429 or 5xx."""

TRIAL_FAILED_HINT = (
    "The revoke call does not work on this server as configured. See: qiscus-tui doctor. "
    "Its path and its field are set under [api.revoke_token] in config.toml."
)


NOT_ENDED = "the first revoke did not end its session"


ENDED_OTHERS = Stop(
    "each of the first two revokes ended sessions outside the plan too", ENDED_OTHERS_HINT
)


def choose_trial(plan: RevocationPlan, sessions: Sequence[Session]) -> Session:
    """Return the session that proves most: not our own, nor one with the lowest or highest number.

    Of these the one that expires last: an expiry must not look like a revoke.
    """
    ends = end_rows(plan)
    return max(
        sessions,
        key=lambda session: (
            not session.current,
            session.id not in ends,
            session.expires_at or 0.0,
        ),
    )


class FirstUse:
    """What the first sessions that are sent prove about the revoke call."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._stuck = 0
        self._suspected = False
        """Whether sessions outside the plan ended with one: that may have been a logout."""
        self.is_decided = False
        """Whether the rest may follow."""
        self.why_another: str | None = None
        """Why another session is to be tried; None before the first."""
        self.since = evidence.before
        """The list from before what was sent last."""

    def judge(self, trial: Session, rest: Sequence[Session], found: Verification) -> Stop | None:
        """Return why nothing more may be sent. Without a reason, and undecided: try another."""
        evidence, listed = self._evidence, found.last
        if listed is None:
            raise AssertionError("a trial is judged by a list")
        since, outside = self.since.positions, evidence.others_ended
        ended_others = not found.own_ended and any(one in since for one in outside)
        self.since = listed
        # The server failed on this very call, which says nothing about the others.
        is_stuck = listed.get(trial.id) is not None and isinstance(
            evidence.sent[trial.id], ServerFault
        )
        self._stuck += is_stuck
        # An id that seems stuck may belong to another row by now, and its own row be gone.
        is_in_doubt = evidence.plan.revokes_by_id and ended_others
        if not is_stuck or is_in_doubt or self._stuck == MOST_STUCK:
            objection = _not_ended(evidence, trial, found, self._stuck)
            if objection is not None:
                return objection
        objection = _ended_more(rest, found)
        if objection is None and ended_others and self._suspected:
            objection = ENDED_OTHERS
        self._suspected = self._suspected or ended_others
        self.is_decided = not is_stuck and not ended_others
        if ended_others:
            self.why_another = "sessions outside the plan ended with the first one"
        elif is_stuck:
            self.why_another = "the server could not revoke the one before it"
        return objection


def _not_ended(evidence: Evidence, trial: Session, found: Verification, stuck: int) -> Stop | None:
    """Return why nothing may follow where the list does not show that the trial is gone.

    `stuck`: how many the server could not revoke, with this one.

    A reading that lacks this one alone claims nothing, but lets the first few follow: no outcome is
    told by it, and the rest waits for a second reading, which must lack it too.
    """
    if found.is_clean and trial.id in found.missing:
        return None
    fate, why = found.fate(trial)
    if fate is Fate.LISTED:
        answer = evidence.sent[trial.id]
        several = f"the first {stuck} revokes did not end their sessions"
        reason = several if stuck > 1 else NOT_ENDED
        if answer:
            reason += f" ({answer.message})"
        if isinstance(answer, ServerFault | OutOfReach):
            return Stop(reason, answer.hint, answer)
        return Stop(reason, TRIAL_FAILED_HINT)
    if fate is Fate.UNKNOWN:
        # Where ids are row numbers, each new try would end one more session.
        has_changed = found.last is not None and ids_changed(evidence.plan, found.last)
        hint = IDS_CHANGED.hint if has_changed else "Try again; nothing more was sent."
        return Stop(f"can't tell whether the first revoke worked: {why}", hint)
    return None


def _ended_more(rest: Sequence[Session], found: Verification) -> Stop | None:
    """Return why nothing may follow where our own session or another of the plan ended too."""
    if found.own_ended:
        return Stop("the first revoke ended this program's own session too", ENDED_OTHERS_HINT)
    ended = found.others_ended
    missing = sum(session.id in ended for session in rest)
    if missing:
        others = "other session" if missing == 1 else "other sessions"
        words = f"{missing:,} {others} of the plan ended with the first one"
        return Stop(words, ENDED_OTHERS_HINT)
    return None


# What the run proves of the call


def proves_call_works(
    plan: RevocationPlan, revoked: Set[str], listed: SessionList, server_now: float
) -> bool:
    """Return whether what was revoked proves that the revoke call works.

    On some servers any revoke ends our own session, and an expired one ends by itself. Ids that
    changed with it will be other sessions' again at the next revoke.
    """
    ends = end_rows(plan)
    return not ids_changed(plan, listed) and any(
        target.id in revoked
        and not target.current
        and target.id not in ends
        and (target.expires_at is None or target.expires_at > server_now)
        for target in plan.targets
    )


def disproves_call(
    evidence: Evidence, report: Report, after: SessionList, since: SessionList
) -> bool:
    """Return whether the run shows that the call must be tried again before a bulk.

    `since` is the list after the trial: what ended with that was judged then.
    """
    return (
        report.works_badly
        or any(one in since.positions for one in evidence.others_ended)
        or (bool(evidence.sent) and ids_changed(evidence.plan, after))
    )


def end_rows(plan: RevocationPlan) -> frozenset[str]:
    """Return the ids of the sessions with the lowest and the highest number, where those revoke.

    If these are row numbers, revoking an end row changes no other number, and so does not show
    whether the others may be sent.
    """
    if not plan.revokes_by_id:
        return frozenset()
    numbers = {
        one.id: number
        for one in plan.listed.sessions
        if (number := _number(one.revoke_with)) is not None
    }
    ends = {min(numbers.values()), max(numbers.values())} if numbers else set[int]()
    return frozenset(one for one, number in numbers.items() if number in ends)


def _number(server_id: str | int | None) -> int | None:
    if isinstance(server_id, str):
        return int(server_id) if server_id.isdecimal() and len(server_id) < 20 else None
    return server_id

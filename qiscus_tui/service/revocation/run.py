"""Applies a plan: trial, bulk, verification. It reports only what the server's list shows."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from qiscus_tui.api.retry import RetryPolicy
from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.turns import in_turns
from qiscus_tui.service.revocation.events import (
    Event,
    Finished,
    Rereading,
    TrialStarted,
    Verifying,
)
from qiscus_tui.service.revocation.evidence import Evidence
from qiscus_tui.service.revocation.halt import Halt
from qiscus_tui.service.revocation.outcomes import LOOK_AGAIN_HINT, Outcome, Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.ports import AuditTrail, Server, VerifiedCalls
from qiscus_tui.service.revocation.recheck import still_to_send_steps, why_nothing_may_be_sent
from qiscus_tui.service.revocation.sending import Sending
from qiscus_tui.service.revocation.trial import TRIAL_FAILED_HINT, FirstUse, choose_trial
from qiscus_tui.service.revocation.width import WIDTH
from qiscus_tui.service.sessions.session_list import SessionList

STALE_AFTER = 5.0
"""Seconds after which the plan's list is read again before anything is sent."""

IN_FLIGHT_GRACE = 2.0
"""Seconds that answers in flight get when the terminal is gone."""

UNKNOWN_HINT = "Read the list again to see what is left."


class Revocation:
    """One run of one plan."""

    def __init__(
        self,
        plan: RevocationPlan,
        server: Server,
        audit_trail: AuditTrail,
        verified: VerifiedCalls,
        clock: Clock,
        *,
        width: int = WIDTH,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self._plan = plan
        self._server = server
        self._audit_trail = audit_trail
        self._verified = verified
        self._clock = clock
        self._events = asyncio.Queue[Event | None]()
        emit = self._events.put_nowait
        self._halt = Halt(emit)
        retry_policy = retry_policy or RetryPolicy(clock)
        self._sending = Sending(server, clock, retry_policy, width, self._halt, emit)
        self._waiting = [target.session for target in plan.targets]
        self._evidence = Evidence(plan, self._sending.sent)
        self._audit_error: StorageError | None = None
        self._first_use = False
        self._cut_short = False
        self._since: SessionList | None = None
        """The list that was read after the last trial."""

    @property
    def not_sent(self) -> int:
        """Return how many sessions are still to be sent."""
        sent = self._evidence.sent
        return sum(session.id not in sent for session in self._waiting)

    @property
    def reached(self) -> tuple[int, int]:
        """Return how many were sent, and how many of them had their last answer."""
        return len(self._evidence.sent), self._sending.answered

    def stop(self, reason: str = "cancelled") -> None:
        """Send nothing more. What is in flight is awaited and verified."""
        self._halt.because(reason)

    async def apply(self) -> AsyncGenerator[Event]:
        """Run the plan; the last event is Finished.

        Raises StorageError, before anything was sent, where the audit log cannot be written.
        Closing the generator early sends nothing more (the list is not read either) and waits 2 s
        for answers in flight; the audit log then says how far the run came, for the next start.
        """
        if self._plan.targets:
            ids = [target.session.id for target in self._plan.targets]
            await asyncio.to_thread(self._audit_trail.begin, ids)
        work = asyncio.create_task(self._work())
        try:
            while (event := await self._events.get()) is not None:
                yield event
            if (report := await work) is not None:
                yield Finished(report)
        finally:
            await self._cut(work)

    async def _cut(self, work: "asyncio.Task[Report | None]") -> None:
        if work.done():
            return
        self._cut_short = True
        self.stop("interrupted")
        answers = asyncio.ensure_future(self._sending.idle())
        grace = asyncio.ensure_future(self._clock.sleep(IN_FLIGHT_GRACE))
        try:
            await asyncio.wait({answers, grace}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answers, grace, work):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, QiscusTuiError):
                await work
            with contextlib.suppress(StorageError):  # the user is gone
                await asyncio.to_thread(self._note_the_cut)

    def _note_the_cut(self) -> None:
        if self._plan.targets:
            self._audit_trail.cut_short(*self.reached)

    async def _work(self) -> Report | None:
        """Return the report; None where the run was cut short."""
        try:
            if self._waiting:
                await self._freshen()
                self._first_use = not await self._is_verified()
                if self._first_use:
                    self._sending.may_repeat = not self._evidence.revokes_by_id
                    await self._try_first()
                await self._send_rest()
            if self._cut_short:
                return None
            report = await self._verify()
            if self._plan.targets:
                await self._store(lambda: self._record(report))
            return replace(report, audit_error=self._audit_error)
        finally:
            self._events.put_nowait(None)

    # Before

    async def _freshen(self) -> None:
        """Read an old list again, or where time chose; drop what must not be sent."""
        age = self._clock.now() - self._plan.listed.read_at
        is_fresh = 0 <= age <= STALE_AFTER and not self._plan.depends_on_clock
        if self._halt.is_set or is_fresh:
            return
        self._events.put_nowait(Rereading())
        try:
            targets = frozenset(session.id for session in self._waiting)
            listed = await self._server.read_list(targets)
        except QiscusTuiError as error:
            reason = f"the list could not be read first: {error.message}"
            self._halt.because(reason, error.hint, error)
            return
        await self._recheck(listed)
        self._evidence.begin_with(listed)

    async def _recheck(self, listed: SessionList) -> None:
        """Drop what must not be sent, going by a newer list."""
        against = why_nothing_may_be_sent(self._evidence, listed)
        if against is not None:
            self._halt.because(*against)
            return
        server_now = self._clock.now() + listed.offset
        steps = still_to_send_steps(self._evidence, self._waiting, listed, server_now)
        self._waiting = await in_turns(steps)

    async def _try_first(self) -> None:
        """Send one session, or a few, until the list shows what a revoke does here.

        Where the plan has one session, the verification shows it.
        """
        evidence, first_use = self._evidence, FirstUse(self._evidence)
        listed: SessionList | None = None
        self._sending.total = len(self._waiting)
        while len(self._waiting) > 1 and not (self._halt.is_set or first_use.is_decided):
            trial = choose_trial(evidence, self._waiting)
            self._waiting.remove(trial)
            self._events.put_nowait(TrialStarted(trial.id, first_use.why_another))
            await self._sending.send([trial])
            if self._cut_short or trial.id not in self._sending.sent:
                return
            try:
                listed = await self._server.read_list(evidence.all_ids)
            except QiscusTuiError as error:
                reason = f"the list could not be read after the first revoke: {error.message}"
                self._halt.because(reason, error.hint, error)
                return
            now = self._clock.now()
            against = first_use.judge(trial, self._waiting, listed, now)
            self._since = first_use.since
            if against is not None:
                self._halt.because(against.reason, against.hint, against.fault)
                break
            await self._recheck(listed)
            if first_use.is_decided and evidence.proves_call_works({trial.id}, listed, now):
                self._sending.may_repeat = True
                await self._store(self._verified.remember)
        if listed is not None and (self._halt.is_set or not self._waiting):
            evidence.after = listed

    async def _send_rest(self) -> None:
        if not self._halt.is_set:
            self._sending.total = len(self._evidence.sent) + len(self._waiting)
            await self._sending.send(self._waiting)

    # After

    async def _verify(self) -> Report:
        evidence, halt = self._evidence, self._halt
        trouble: QiscusTuiError | None = None
        if evidence.sent and evidence.after is None:
            self._events.put_nowait(Verifying())
            try:
                evidence.after = await self._server.read_list(evidence.all_ids)
            except QiscusTuiError as error:
                trouble = error
        outcomes = evidence.outcomes(halt.reason, trouble)
        fault = halt.fault or trouble or evidence.last_fault(outcomes)
        hint = trouble.hint if trouble else halt.hint or (fault.hint if fault else None)
        if hint is None and any(o.outcome is Outcome.UNKNOWN for o in outcomes):
            hint = UNKNOWN_HINT
        report = Report(
            self._plan,
            outcomes,
            halt.reason,
            hint,
            evidence.newest,
            fault=fault,
            anything_sent=bool(evidence.sent),
        )
        return report if evidence.after is None else await self._beyond(report, evidence.after)

    async def _beyond(self, report: Report, after: SessionList) -> Report:
        """Return the report with what else happened; remember whether the call works."""
        now, evidence = self._clock.now(), self._evidence
        lost_own = evidence.lost_own(after, now)
        others = evidence.others_vanished(evidence.before, after, now)
        others_since = evidence.others_vanished(self._since or evidence.before, after, now)
        revoked = {o.id for o in report.outcomes if o.outcome is Outcome.REVOKED}
        failed = any(o.id in evidence.sent and o.outcome is Outcome.FAILED for o in report.outcomes)
        hint = report.hint
        works_badly = lost_own or (failed and not revoked)
        if works_badly and self._first_use:
            hint = hint or TRIAL_FAILED_HINT
        if works_badly or others_since or (evidence.sent and evidence.ids_changed(after)):
            await self._store(self._verified.forget)
        elif not self._halt.is_set and evidence.proves_call_works(revoked, after, now):
            await self._store(self._verified.remember)
        if any(o.outcome in {Outcome.FAILED, Outcome.UNKNOWN} for o in report.outcomes):
            hint = hint or LOOK_AGAIN_HINT
        warning = _warning(others, lost_own=lost_own)
        return replace(report, hint=hint, warning=warning, lost_own=lost_own)

    # What is stored

    async def _is_verified(self) -> bool:
        try:
            return await asyncio.to_thread(self._verified.is_verified)
        except StorageError:
            return False  # unknown: a trial does no harm

    def _record(self, report: Report) -> None:
        counts = {kind.value: count for kind, count in report.counts.items()}
        outcomes = [(o.id, o.outcome.value, o.reason or "") for o in report.outcomes]
        self._audit_trail.finish(counts, outcomes)

    async def _store(self, what: Callable[[], None]) -> None:
        """Do it; a failure is reported with the outcomes, which are known all the same."""
        try:
            await asyncio.to_thread(what)
        except StorageError as error:
            self._audit_error = self._audit_error or error


def _warning(others: int, *, lost_own: bool) -> str | None:
    words: list[str] = []
    if lost_own:
        words.append("This program's own session is gone too; the next use makes a new one.")
    if others:
        are = "session outside the plan is" if others == 1 else "sessions outside the plan are"
        words.append(f"{others:,} {are} gone as well: ended elsewhere, or by the revoke call.")
    return " ".join(words) or None

"""Applies a plan: trial, bulk, verification. It reports only what the server's list shows."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from qiscus_tui.api.retry import RetryPolicy
from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.model.clock import Clock
from qiscus_tui.service.revocation.events import (
    Event,
    Finished,
    ReadingAgain,
    Rereading,
    TrialStarted,
    Verifying,
)
from qiscus_tui.service.revocation.evidence import Evidence
from qiscus_tui.service.revocation.guard import FIRST_SAMPLE, BulkGuard
from qiscus_tui.service.revocation.halt import Halt
from qiscus_tui.service.revocation.outcomes import Outcome, Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.ports import AuditTrail, Server, VerifiedCalls
from qiscus_tui.service.revocation.recheck import (
    not_chosen_now,
    still_to_send,
    why_nothing_may_be_sent,
)
from qiscus_tui.service.revocation.reporting import disproves_call, report_of
from qiscus_tui.service.revocation.sending import Sending
from qiscus_tui.service.revocation.trial import FirstUse, choose_trial
from qiscus_tui.service.revocation.verification import Verification
from qiscus_tui.service.revocation.width import WIDTH
from qiscus_tui.service.revocation.witnesses import Witnesses
from qiscus_tui.service.sessions.session_list import SessionList

STALE_AFTER = 5.0
"""Seconds after which the plan's list is read again before anything is sent."""

IN_FLIGHT_GRACE = 2.0
"""Seconds that answers in flight get when the terminal is gone."""


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
        self._verified_calls = verified
        self._clock = clock
        self._events = asyncio.Queue[Event | None]()
        emit = self._events.put_nowait
        self._halt = Halt(emit)
        retry_policy = retry_policy or RetryPolicy(clock)
        self._sending = Sending(server, clock, retry_policy, width, self._halt, emit)
        self._waiting = [target.session for target in plan.targets]
        self._evidence = Evidence(plan, self._sending.sent)
        self._witnesses = Witnesses(server.read_list, clock, self._note_reading)
        self._guard = BulkGuard(self._evidence, self._witnesses, self._halt, clock, emit)
        self._audit_error: StorageError | None = None
        self._first_use = False
        self._trial_passed = False
        self._cut_short = False
        self._awaits = True
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

    def stop(self, reason: str = "cancelled", *, awaits: bool = True) -> None:
        """Send nothing more. What is in flight is awaited and verified.

        Without `awaits`, a list that is behind is not waited for.
        """
        self._awaits = awaits
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

    def _note_reading(self, number: int) -> None:
        if number > 1:
            self._events.put_nowait(ReadingAgain(number))

    async def _freshen(self) -> None:
        """Read the list again where it is old, or where time chose; drop what must not be sent.

        What an id stands for is compared right before it is sent, however new the list is.
        """
        age = self._clock.now() - self._plan.listed.read_at
        must_read = self._plan.depends_on_clock or self._evidence.revokes_by_id
        if self._halt.is_set or (0 <= age <= STALE_AFTER and not must_read):
            return
        self._events.put_nowait(Rereading())
        targets = frozenset(session.id for session in self._waiting)
        verification = self._evidence.verification = Verification(self._plan.listed)
        listed = await self._guard.read(verification, "first", watched=targets)
        if listed is not None:
            await self._recheck(listed)
            if listed.complete:
                self._evidence.before = listed

    async def _recheck(self, listed: SessionList) -> None:
        """Drop what must not be sent, going by a newer list."""
        against = why_nothing_may_be_sent(self._evidence, listed)
        if against is not None:
            self._halt.because(*against)
            return
        server_now = self._clock.now() + listed.offset
        reasons = await asyncio.to_thread(not_chosen_now, self._evidence, listed, server_now)
        self._waiting = still_to_send(self._evidence, self._waiting, listed, reasons)

    async def _try_first(self) -> None:
        """Send one session, or a few, until the list shows what a revoke does here.

        Where the plan has one session, the verification shows it.
        """
        evidence, first_use = self._evidence, FirstUse(self._evidence)
        self._sending.total = len(self._waiting)
        while len(self._waiting) > 1 and not (self._halt.is_set or first_use.is_decided):
            trial = choose_trial(evidence, self._waiting)
            self._waiting.remove(trial)
            self._events.put_nowait(TrialStarted(trial.id, first_use.why_another))
            await self._sending.send(deque([trial]))
            if self._cut_short or trial.id not in self._sending.sent:
                return
            verification = Verification(evidence.before, evidence.may_be_missing)
            evidence.verification = verification
            when, awaited = "after the first revoke", evidence.awaited
            listed = await self._guard.read(verification, when, awaited=awaited, one_will_do=True)
            if listed is None:
                return
            against = first_use.judge(trial, self._waiting, verification)
            self._since = first_use.since
            if against is not None:
                self._halt.because(against.reason, against.hint, against.fault)
                break
            await self._recheck(listed)
            now = self._clock.now()
            if first_use.is_decided and evidence.proves_call_works({trial.id}, listed, now):
                self._sending.may_repeat = self._trial_passed = True

    async def _send_rest(self) -> None:
        """Send what waits; look at the list after the first few, and now and then after that."""
        sending = self._sending
        sending.total = len(self._evidence.sent) + len(self._waiting)
        if len(self._waiting) > FIRST_SAMPLE:
            first, self._waiting = self._waiting[:FIRST_SAMPLE], self._waiting[FIRST_SAMPLE:]
            await sending.send(deque(first))
            await self._sample()
        while self._waiting and not self._halt.is_set:
            waiting = deque(self._waiting)
            await sending.send(waiting, self._guard.due(sending))
            self._waiting = [*waiting]
            if self._waiting:
                await self._sample()

    async def _sample(self) -> None:
        listed = await self._guard.sample(self._since or self._evidence.before)
        if listed is not None:
            await self._recheck(listed)

    # After

    async def _verify(self) -> Report:
        evidence = self._evidence
        trouble: QiscusTuiError | None = None
        if evidence.sent:
            try:
                evidence.after = await self._read_after()
            except QiscusTuiError as error:
                trouble = error
        report = report_of(evidence, self._halt, trouble, first_use=self._first_use)
        if evidence.after is not None:
            await self._learn(report, evidence.after)
        return report

    async def _read_after(self) -> SessionList | None:
        """Return the last of the readings that prove what was revoked; the trial's count too."""
        evidence, found = self._evidence, self._evidence.verification
        is_of_all = found is not None and evidence.sent.keys() <= found.sent
        if found is None or found.before is not evidence.before or not is_of_all:
            found = Verification(evidence.before, evidence.may_be_missing)
        if not found.readings:
            self._events.put_nowait(Verifying())
        awaited = evidence.awaited if self._awaits else frozenset[str]()
        evidence.verification = await self._witnesses.verify(found, awaited=awaited)
        return found.last

    async def _learn(self, report: Report, after: SessionList) -> None:
        """Remember whether the revoke call works."""
        evidence, now = self._evidence, self._clock.now()
        revoked = {o.id for o in report.outcomes if o.outcome is Outcome.REVOKED}
        may_prove = self._trial_passed or not self._halt.is_set
        if disproves_call(evidence, report, after, self._since or evidence.before):
            await self._store(self._verified_calls.forget)
        elif may_prove and evidence.proves_call_works(revoked, after, now):
            await self._store(self._verified_calls.remember)

    # What is stored

    async def _is_verified(self) -> bool:
        try:
            return await asyncio.to_thread(self._verified_calls.is_verified)
        except StorageError:
            return False  # unknown: a trial does no harm

    def _record(self, report: Report) -> None:
        counts = {kind.value: count for kind, count in report.counts.items()}
        outcomes = [(o.id, o.outcome.value, o.reason or "") for o in report.outcomes]
        self._audit_trail.finish(counts, outcomes, report.others_ended)

    async def _store(self, what: Callable[[], None]) -> None:
        """Do it; a failure is reported with the outcomes, which are known all the same."""
        try:
            await asyncio.to_thread(what)
        except StorageError as error:
            self._audit_error = self._audit_error or error

"""Applies a plan: trial, bulk, verification. It claims only what the server's list shows."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from qiscus_tui.api.retry import RetryPolicy
from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.session import Current, Session
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
from qiscus_tui.service.revocation.sending import Sending
from qiscus_tui.service.revocation.trial import TRIAL_FAILED_HINT, FirstUse, choose_trial
from qiscus_tui.service.sessions.session_list import SessionList

WIDTH = 16
"""Requests under way at once, unless told otherwise."""

STALE_AFTER = 5.0
"""Seconds after which the plan's list is read again before anything is sent."""

IN_FLIGHT_GRACE = 2.0
"""Seconds that answers get when the terminal goes away."""

IDS_HINT = (
    "The server's ids may be row numbers, which change when a session ends: "
    "then sessions can't be revoked by id. qiscus-tui doctor looks for the right call."
)

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
        tell = self._events.put_nowait
        self._halt = Halt(tell)
        retry_policy = retry_policy or RetryPolicy(clock)
        self._sending = Sending(server, clock, retry_policy, width, self._halt, tell)
        self._waiting = [target.session for target in plan.targets]
        self._evidence = Evidence(plan, self._sending.sent)
        self._trouble: StorageError | None = None
        self._first_use = False
        self._cut_short = False
        self._since: SessionList | None = None
        """The list that was read after the last trial."""

    @property
    def not_sent(self) -> int:
        """How many sessions wait to be sent."""
        sent = self._evidence.sent
        return sum(session.id not in sent for session in self._waiting)

    @property
    def reached(self) -> tuple[int, int]:
        """How many were sent, and how many of them had their last answer."""
        return len(self._evidence.sent), self._sending.answered

    def stop(self, reason: str = "cancelled") -> None:
        """Send nothing more. What is under way is awaited and verified."""
        self._halt.because(reason)

    async def apply(self) -> AsyncGenerator[Event]:
        """Run the plan; the last event is Finished.

        Raises StorageError, before anything was sent, where the diary cannot be written.
        Closing the generator early sends nothing more (the list is not read either) and gives
        answers under way 2 s; the diary then says how far it came, which the next start tells.
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
            with contextlib.suppress(StorageError):  # nobody is left to be told
                await asyncio.to_thread(self._note_the_cut)

    def _note_the_cut(self) -> None:
        if self._plan.targets:
            self._audit_trail.cut_short(*self.reached)

    async def _work(self) -> Report | None:
        """All of it; None where it was cut short."""
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
                await self._write_down(lambda: self._record(report))
            return replace(report, audit_error=self._trouble)
        finally:
            self._events.put_nowait(None)

    # Before

    async def _freshen(self) -> None:
        """Read the list again where the plan's is old, and drop what must not be sent."""
        age = self._clock.now() - self._plan.listed.read_at
        if self._halt.is_set or 0 <= age <= STALE_AFTER:
            return
        self._events.put_nowait(Rereading())
        try:
            targets = frozenset(session.id for session in self._waiting)
            listed = await self._server.read_list(targets)
        except QiscusTuiError as error:
            reason = f"the list could not be read first: {error.message}"
            self._halt.because(reason, error.hint, error)
            return
        self._recheck(listed)
        self._evidence.begin_with(listed)

    def _recheck(self, listed: SessionList) -> None:
        """Hold what is still to be sent against a newer list: only what it leaves is sent."""
        if listed.current is Current.UNKNOWN and not self._plan.allowed.current:
            self._halt.because(
                "can't tell any more which session is this program's own",
                "Look at the list and make the plan again.",
            )
        elif self._evidence.ids_changed(listed):
            self._halt.because("ids in the list stand for other sessions than before", IDS_HINT)
        else:
            self._waiting = [one for one in self._waiting if self._may_be_sent(one, listed)]

    def _may_be_sent(self, session: Session, listed: SessionList) -> bool:
        if self._evidence.is_gone(session, listed):
            self._evidence.gone.add(session.id)
            return False
        position = listed.positions.get(session.id)
        if position is None:
            # A token ends its own session and no other; an id may be another's by now.
            reason = None if session.revoke_with == session.token else "not listed any more"
        else:
            reason = self._why_not(session.id, position, listed)
        if reason is not None:
            self._evidence.kept[session.id] = reason
        return reason is None

    def _why_not(self, session_id: str, position: int, listed: SessionList) -> str | None:
        allowed, known = self._plan.allowed, listed.labels[position]
        if listed.sessions[position].current and not allowed.current:
            return "became this program's own session"
        if known is not None and known.protect and not allowed.protected:
            return f"protected: {known.label}"
        if session_id in listed.shared_ids:
            return "more than one session has this id by now"
        return None

    async def _try_first(self) -> None:
        """Send one session, or a few, until the list shows what a revoke does here.

        Of one session alone, the verification shows it.
        """
        facts, first_use = self._evidence, FirstUse(self._evidence)
        listed: SessionList | None = None
        self._sending.total = len(self._waiting)
        while len(self._waiting) > 1 and not (self._halt.is_set or first_use.is_decided):
            trial = choose_trial(facts, self._waiting)
            self._waiting.remove(trial)
            self._events.put_nowait(TrialStarted(trial.id, first_use.why_another))
            await self._sending.send([trial])
            if self._cut_short or trial.id not in self._sending.sent:
                return
            try:
                listed = await self._server.read_list(facts.all_ids)
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
            self._recheck(listed)
            if first_use.is_decided and facts.proves_call_works({trial.id}, listed, now):
                self._sending.may_repeat = True
                await self._write_down(self._verified.remember)
        if listed is not None and (self._halt.is_set or not self._waiting):
            facts.after = listed

    async def _send_rest(self) -> None:
        if not self._halt.is_set:
            self._sending.total = len(self._evidence.sent) + len(self._waiting)
            await self._sending.send(self._waiting)

    # After

    async def _verify(self) -> Report:
        facts, halt = self._evidence, self._halt
        trouble: QiscusTuiError | None = None
        if facts.sent and facts.after is None:
            self._events.put_nowait(Verifying())
            try:
                facts.after = await self._server.read_list(facts.all_ids)
            except QiscusTuiError as error:
                trouble = error
        outcomes = facts.outcomes(halt.reason, trouble)
        fault = halt.fault or trouble or facts.last_fault(outcomes)
        hint = trouble.hint if trouble else halt.hint or (fault.hint if fault else None)
        if hint is None and any(o.outcome is Outcome.UNKNOWN for o in outcomes):
            hint = UNKNOWN_HINT
        report = Report(
            self._plan,
            outcomes,
            halt.reason,
            hint,
            facts.newest,
            fault=fault,
            anything_sent=bool(facts.sent),
        )
        return report if facts.after is None else await self._beyond(report, facts.after)

    async def _beyond(self, report: Report, after: SessionList) -> Report:
        """With what happened besides; remembers that the call works, or that it does not."""
        now, facts = self._clock.now(), self._evidence
        lost_own = facts.lost_own(after, now)
        besides = facts.others_vanished(facts.before, after, now)
        besides_since = facts.others_vanished(self._since or facts.before, after, now)
        revoked = {o.id for o in report.outcomes if o.outcome is Outcome.REVOKED}
        failed = any(o.id in facts.sent and o.outcome is Outcome.FAILED for o in report.outcomes)
        hint = report.hint
        works_badly = lost_own or (failed and not revoked)
        if works_badly and self._first_use:
            hint = hint or TRIAL_FAILED_HINT
        if works_badly or besides_since:
            await self._write_down(self._verified.forget)
        elif not self._halt.is_set and facts.proves_call_works(revoked, after, now):
            await self._write_down(self._verified.remember)
        if any(o.outcome in {Outcome.FAILED, Outcome.UNKNOWN} for o in report.outcomes):
            hint = hint or LOOK_AGAIN_HINT
        warning = _warning(besides, lost_own=lost_own)
        return replace(report, hint=hint, warning=warning, lost_own=lost_own)

    # Records of ours

    async def _is_verified(self) -> bool:
        try:
            return await asyncio.to_thread(self._verified.is_verified)
        except StorageError:
            return False  # not known: a trial harms nobody

    def _record(self, report: Report) -> None:
        counts = {kind.value: count for kind, count in report.counts.items()}
        outcomes = [(o.id, o.outcome.value, o.reason or "") for o in report.outcomes]
        self._audit_trail.finish(counts, outcomes)

    async def _write_down(self, what: Callable[[], None]) -> None:
        """Do it; a failure is told with the outcomes, which are known all the same."""
        try:
            await asyncio.to_thread(what)
        except StorageError as error:
            self._trouble = self._trouble or error


def _warning(besides: int, *, lost_own: bool) -> str | None:
    words: list[str] = []
    if lost_own:
        words.append("This program's own session is gone too; the next use makes a new one.")
    if besides:
        are = "session outside the plan is" if besides == 1 else "sessions outside the plan are"
        words.append(f"{besides:,} {are} gone as well: ended elsewhere, or by the revoke call.")
    return " ".join(words) or None

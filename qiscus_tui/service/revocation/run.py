"""Applies a plan: trial, bulk, verification. It claims only what the server's list shows."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from qiscus_tui.api.retry import Patience
from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerFault, StorageError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.revocation.events import (
    Event,
    Finished,
    Rereading,
    TrialStarted,
    Verifying,
)
from qiscus_tui.service.revocation.halt import Halt
from qiscus_tui.service.revocation.outcomes import Outcome, Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.ports import Diary, Server, Trials
from qiscus_tui.service.revocation.reckoning import (
    Facts,
    last_fault,
    outcomes_of,
    shows_that_it_works,
)
from qiscus_tui.service.revocation.sending import Sending
from qiscus_tui.service.revocation.verdict import Before
from qiscus_tui.service.session_list import SessionList

WIDTH = 16
"""Requests under way at once, unless told otherwise."""

STALE_AFTER = 5.0
"""Seconds after which the plan's list is read again before anything is sent."""

IN_FLIGHT_GRACE = 2.0
"""Seconds that answers get when the terminal goes away."""

TRIAL_FAILED_HINT = (
    "The revoke call does not work on this server as configured. "
    "qiscus-tui doctor looks for the right path."
)


class Revocation:
    """One run of one plan."""

    def __init__(
        self,
        plan: RevocationPlan,
        server: Server,
        diary: Diary,
        trials: Trials,
        clock: Clock,
        *,
        width: int = WIDTH,
        patience: Patience | None = None,
    ) -> None:
        self._plan = plan
        self._server = server
        self._diary = diary
        self._trials = trials
        self._clock = clock
        self._events = asyncio.Queue[Event | None]()
        tell = self._events.put_nowait
        self._halt = Halt(tell)
        patience = patience or Patience(clock)
        self._sending = Sending(server, clock, patience, width, self._halt, tell)
        self._waiting = [target.session for target in plan.targets]
        before = Before(plan.listed, plan.listed.unreadable)
        self._facts = Facts(plan, before, self._sending.sent)
        self._trouble: StorageError | None = None
        self._cut_short = False

    def stop(self, reason: str = "cancelled") -> None:
        """Send nothing more. What is under way is awaited and verified."""
        self._halt.because(reason)

    async def apply(self) -> AsyncGenerator[Event]:
        """Run the plan; the last event is Finished.

        Raises StorageError, before anything was sent, where the diary cannot be written.
        Closing the generator early sends nothing more (the list is not read either) and gives
        answers under way 2 s; the diary then has no end, which the next start can tell.
        """
        if self._plan.targets:
            await asyncio.to_thread(self._diary.intent, self._plan)
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

    async def _work(self) -> Report | None:
        """All of it; None where it was cut short."""
        try:
            if self._waiting:
                await self._freshen()
                await self._try_one()
                await self._send_rest()
            if self._cut_short:
                return None
            report = await self._verify()
            if self._plan.targets:
                await self._write_down(lambda: self._diary.outcomes(report))
            return replace(report, diary_trouble=self._trouble)
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
            listed = await self._server.read_list()
        except QiscusTuiError as error:
            reason = f"the list could not be read first: {error.message}"
            self._halt.because(reason, error.hint, error)
            return
        hidden = self._facts.before.may_hide(listed)
        self._facts.before = self._facts.before.then(listed)
        if listed.current is Current.UNKNOWN and not self._plan.allowed.current:
            self._halt.because(
                "which session is this program's own can't be told any more",
                "Look at the list and make the plan again.",
            )
            return
        self._waiting = [one for one in self._waiting if self._is_still_wanted(one, listed, hidden)]

    def _is_still_wanted(self, session: Session, listed: SessionList, hidden: bool) -> bool:
        found = listed.get(session.id)
        if found is None and not hidden:
            self._facts.gone.add(session.id)
            return False
        if found is not None and found.current and not self._plan.allowed.current:
            self._facts.kept[session.id] = "became this program's own session"
            return False
        return True

    async def _try_one(self) -> None:
        """Where no revoke was verified yet, one session shows whether the call works."""
        self._sending.total = len(self._waiting)
        if self._halt.is_set or len(self._waiting) < 2 or await self._is_verified():
            return
        # Not our own, and the one that lives longest: an expiry must not look like a revoke.
        trial = max(self._waiting, key=lambda s: (not s.current, s.expires_at or 0.0))
        self._waiting.remove(trial)
        self._events.put_nowait(TrialStarted(trial.id))
        await self._sending.send([trial])
        if self._cut_short or trial.id not in self._sending.sent:
            return
        try:
            listed = await self._server.read_list()
        except QiscusTuiError as error:
            reason = f"the list could not be read after the first revoke: {error.message}"
            self._halt.because(reason, error.hint, error)
            return
        await self._judge_trial(trial, listed)
        if self._halt.is_set:
            self._facts.after = listed

    async def _judge_trial(self, trial: Session, listed: SessionList) -> None:
        now, sent = self._clock.now(), self._sending.sent
        if listed.get(trial.id) is not None:
            answer = sent.get(trial.id)
            said = f" ({answer.message})" if answer else ""
            away = answer if isinstance(answer, ServerFault | OutOfReach) else None
            hint = away.hint if away else TRIAL_FAILED_HINT
            self._halt.because(f"the first revoke did not end its session{said}", hint, away)
        elif self._facts.before.may_hide(listed):
            self._halt.because(
                "whether the first revoke worked could not be told: the list is not whole",
                "Try again; nothing more was sent.",
            )
        elif self._facts.before.lost_own(sent, listed, now):
            reason = "the first revoke ended this program's own session too"
            self._halt.because(reason, TRIAL_FAILED_HINT)
        elif missing := sum(self._facts.before.vanished(s, listed, now) for s in self._waiting):
            self._halt.because(
                f"{missing:,} other sessions of the plan went with the first one",
                TRIAL_FAILED_HINT,
            )
        elif self._facts.before.vanished(trial, listed, now):
            await self._write_down(self._trials.remember)

    async def _send_rest(self) -> None:
        if not self._halt.is_set:
            await self._sending.send(self._waiting)

    # After

    async def _verify(self) -> Report:
        facts, halt = self._facts, self._halt
        trouble: QiscusTuiError | None = None
        if facts.sent and facts.after is None:
            self._events.put_nowait(Verifying())
            try:
                facts.after = await self._server.read_list()
            except QiscusTuiError as error:
                trouble = error
        outcomes = outcomes_of(facts, halt.reason, trouble)
        report = Report(
            self._plan,
            outcomes,
            halt.reason,
            trouble.hint if trouble else halt.hint,
            facts.newest,
            fault=halt.fault or trouble or last_fault(facts, outcomes),
        )
        return report if facts.after is None else await self._beyond(report, facts.after)

    async def _beyond(self, report: Report, after: SessionList) -> Report:
        """With what happened besides; remembers that the call works, or that it does not."""
        now, facts = self._clock.now(), self._facts
        planned = {target.session.id for target in self._plan.targets}
        lost_own = facts.before.lost_own(facts.sent, after, now)
        besides = facts.before.vanished_besides(planned, after, now)
        revoked = {o.id for o in report.outcomes if o.outcome is Outcome.REVOKED}
        failed = any(o.id in facts.sent and o.outcome is Outcome.FAILED for o in report.outcomes)
        if lost_own or (failed and not revoked):
            await self._write_down(self._trials.forget)
        elif not (self._halt.is_set or besides) and shows_that_it_works(facts, revoked, now):
            await self._write_down(self._trials.remember)
        warnings: list[str] = []
        if lost_own:
            warnings.append("This program's own session is gone too; the next use makes a new one.")
        if besides:
            warnings.append(
                f"{besides:,} sessions outside the plan are gone as well: "
                "ended elsewhere, or by the revoke call."
            )
        return replace(report, warning=" ".join(warnings) or None, lost_own=lost_own)

    # Records of ours

    async def _is_verified(self) -> bool:
        try:
            return await asyncio.to_thread(self._trials.is_verified)
        except StorageError:
            return False  # not known: a trial harms nobody

    async def _write_down(self, what: Callable[[], None]) -> None:
        """Do it; a failure is told with the outcomes, which are known all the same."""
        try:
            await asyncio.to_thread(what)
        except StorageError as error:
            self._trouble = self._trouble or error

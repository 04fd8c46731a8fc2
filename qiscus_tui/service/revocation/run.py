"""Applies a plan: trial, bulk, verification. It claims only what the server's list shows."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import replace

from qiscus_tui.api.retry import Patience
from qiscus_tui.errors import OutOfReach, QiscusTuiError, ServerFault, StorageError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.breaker import IN_A_ROW, Breaker, Width
from qiscus_tui.service.revocation.events import (
    Answered,
    Event,
    Finished,
    Halted,
    Rereading,
    TrialStarted,
    Verifying,
)
from qiscus_tui.service.revocation.outcomes import Outcome, Report, SessionOutcome
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.ports import Diary, Sender, Server, Trials
from qiscus_tui.service.revocation.verdict import lost_own, may_hide, outcome_of_sent, vanished
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
        self._patience = (patience or Patience(clock)).sleeping_by(self._sleep_unless_halted)
        self._waiting = deque(target.session for target in plan.targets)
        self._sent: dict[str, QiscusTuiError | None] = {}
        self._gone = set[str]()
        self._kept: dict[str, str] = {}
        """Targets that must not be sent after all, and why."""
        self._halt: str | None = None
        self._hint: str | None = None
        self._halted = asyncio.Event()
        self._events = asyncio.Queue[Event | None]()
        self._width = Width(max(1, width))
        self._widest = max(1, width)
        self._breaker = Breaker(self._trip)
        self._exhausted_in_a_row = 0
        self._verified_list: SessionList | None = None

    def stop(self, reason: str = "cancelled") -> None:
        """Send nothing more. What is under way is awaited and verified."""
        self._stop(reason, None)

    async def apply(self) -> AsyncGenerator[Event]:
        """Run the plan; the last event is Finished.

        Raises StorageError, before anything was sent, where the diary cannot be written.
        Closing the generator early sends nothing more and gives answers under way 2 s.
        """
        if self._plan.targets:
            await asyncio.to_thread(self._diary.intent, self._plan)
        work = asyncio.create_task(self._work())
        try:
            while (event := await self._events.get()) is not None:
                yield event
            yield Finished(await work)
        finally:
            await self._cut(work)

    async def _cut(self, work: "asyncio.Task[Report]") -> None:
        if work.done():
            return
        self.stop("interrupted")
        await asyncio.wait({work}, timeout=IN_FLIGHT_GRACE)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError, QiscusTuiError):
            await work

    async def _work(self) -> Report:
        try:
            if self._waiting:
                await self._freshen()
                await self._try_one()
                await self._send_rest()
            report = await self._verify()
            if not self._plan.targets:
                return report
            try:
                await asyncio.to_thread(self._diary.outcomes, report)
            except StorageError as error:  # what became of the sessions is known all the same
                report = replace(report, diary_trouble=error)
            return report
        finally:
            self._events.put_nowait(None)

    # Before

    async def _freshen(self) -> None:
        age = self._clock.now() - self._plan.listed.read_at
        if 0 <= age <= STALE_AFTER:
            return
        self._events.put_nowait(Rereading())
        try:
            now_listed = await self._server.read_list()
        except QiscusTuiError as error:
            self._stop(f"the list could not be read first: {error.message}", error.hint)
            return
        fresh: deque[Session] = deque()
        for session in self._waiting:
            listed = now_listed.get(session.id)
            if listed is None:
                if may_hide(self._plan, now_listed):
                    fresh.append(session)
                else:
                    self._gone.add(session.id)
            elif listed.current and not self._plan.allowed.current:
                self._kept[session.id] = "became this program's own session"
            else:
                fresh.append(session)
        self._waiting = fresh

    async def _try_one(self) -> None:
        """Where no revoke was verified yet, one session shows whether the call works."""
        if self._halt or len(self._waiting) < 2 or self._trials.is_verified():
            return
        # Not our own, and the one that lives longest: an expiry must not look like a revoke.
        trial = max(self._waiting, key=lambda s: (not s.current, s.expires_at or 0.0))
        self._waiting.remove(trial)
        self._events.put_nowait(TrialStarted(trial.id))
        sender = await self._server.sender()
        try:
            await self._send(sender, trial)
        finally:
            await sender.close()
        try:
            listed = await self._server.read_list()
        except QiscusTuiError as error:
            self._stop(
                f"the list could not be read after the first revoke: {error.message}", error.hint
            )
            return
        self._judge_trial(trial, listed)

    def _judge_trial(self, trial: Session, listed: SessionList) -> None:
        if listed.get(trial.id) is not None:
            answer = self._sent.get(trial.id)
            said = f" ({answer.message})" if answer else ""
            hint = answer.hint if self._halt and answer else TRIAL_FAILED_HINT
            self._stop(f"the first revoke did not end its session{said}", hint, anew=True)
        elif may_hide(self._plan, listed):
            self._stop(
                "whether the first revoke worked could not be told: the list is not whole",
                "Try again; nothing more was sent.",
            )
        elif lost_own(self._plan, set(self._sent), listed, self._clock.now()):
            self._stop("the first revoke ended this program's own session too", TRIAL_FAILED_HINT)
        elif missing := [
            s for s in self._waiting if vanished(self._plan, s, listed, self._clock.now())
        ]:
            self._stop(
                f"the first revoke ended {len(missing):,} other sessions of the plan too",
                TRIAL_FAILED_HINT,
            )
        else:
            self._trials.remember()
        self._verified_list = listed if self._halt else None

    # Sending

    async def _send_rest(self) -> None:
        if self._halt or not self._waiting:
            return
        workers = min(self._widest, len(self._waiting))
        gate = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for index in range(workers):
                group.create_task(self._worker(index, gate))

    async def _worker(self, index: int, gate: asyncio.Event) -> None:
        sender: Sender | None = None
        try:
            while self._waiting and not self._halt:
                if index >= self._width.now:
                    gate.clear()
                    await gate.wait()
                    continue
                session = self._waiting.popleft()
                sender = sender or await self._server.sender()
                before = self._width.now
                await self._send(sender, session)
                if self._width.now != before or not self._waiting or self._halt:
                    gate.set()
        finally:
            gate.set()
            if sender is not None:
                await sender.close()

    async def _send(self, sender: Sender, session: Session) -> None:
        era = self._width.era
        error: QiscusTuiError | None = None

        def hears(fault: Exception | None) -> bool:
            self._breaker.hears(fault)
            self._width.hears(fault, era)
            return self._halt is None

        self._sent[session.id] = None
        try:
            await self._patience.retrying(lambda: sender.send(session), hears)
            hears(None)
        except (ServerFault, OutOfReach) as fault:  # heard already
            error = fault
        except QiscusTuiError as refusal:
            error = refusal
            hears(refusal)
        self._sent[session.id] = error
        self._note_exhausted(error)
        self._events.put_nowait(
            Answered(session.id, error, len(self._sent), len(self._plan.targets))
        )

    def _note_exhausted(self, error: QiscusTuiError | None) -> None:
        """When try after try of session after session fails, the server is away."""
        if not isinstance(error, ServerFault | OutOfReach):
            self._exhausted_in_a_row = 0
            return
        self._exhausted_in_a_row += 1
        if self._exhausted_in_a_row >= IN_A_ROW:
            self._trip(error)

    def _trip(self, error: Exception) -> None:
        hint = error.hint if isinstance(error, QiscusTuiError) else None
        self._stop(str(error), hint)

    def _stop(self, reason: str, hint: str | None, *, anew: bool = False) -> None:
        if self._halt is not None and not anew:
            return
        self._halt, self._hint = reason, hint
        self._halted.set()
        self._events.put_nowait(Halted(reason))

    async def _sleep_unless_halted(self, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        halting = asyncio.ensure_future(self._halted.wait())
        try:
            await asyncio.wait({sleeping, halting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            halting.cancel()

    # After

    async def _verify(self) -> Report:
        listed = self._verified_list
        trouble: QiscusTuiError | None = None
        if self._sent and listed is None:
            self._events.put_nowait(Verifying())
            try:
                listed = await self._server.read_list()
            except QiscusTuiError as error:
                trouble = error
        outcomes = [self._outcome(t.session, listed, trouble) for t in self._plan.targets]
        outcomes += [SessionOutcome(gone, Outcome.ALREADY_GONE) for gone in self._plan.gone]
        outcomes += [
            SessionOutcome(left.session.id, Outcome.NOT_SENT, left.reason)
            for left in self._plan.left_out
            if left.named
        ]
        warning = None
        if listed is not None:
            self._learn(outcomes)
            if lost_own(self._plan, set(self._sent), listed, self._clock.now()):
                warning = "This program's own session is gone too; the next use makes a new one."
        hint = self._hint if trouble is None else trouble.hint
        return Report(self._plan, tuple(outcomes), self._halt, hint, listed, warning)

    def _outcome(
        self, session: Session, listed: SessionList | None, trouble: QiscusTuiError | None
    ) -> SessionOutcome:
        if session.id in self._gone:
            return SessionOutcome(session.id, Outcome.ALREADY_GONE)
        if session.id in self._kept:
            return SessionOutcome(session.id, Outcome.NOT_SENT, self._kept[session.id])
        if session.id not in self._sent:
            return SessionOutcome(session.id, Outcome.NOT_SENT, self._halt or "not reached")
        return outcome_of_sent(self._plan, session, self._sent[session.id], listed, trouble)

    def _learn(self, outcomes: list[SessionOutcome]) -> None:
        """Remember that the call works, or that it stopped working."""
        found = {outcome.outcome for outcome in outcomes if outcome.id in self._sent}
        if Outcome.REVOKED in found:
            if not self._halt:
                self._trials.remember()
        elif Outcome.FAILED in found:
            self._trials.forget()

"""Applies a plan: trial, bulk, verification. It reports only what the server's list shows."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Set
from dataclasses import replace

from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import counted
from qiscus_tui.service.account.audit_trail import AuditTrail
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.outcomes import (
    ENDED_OTHERS_HINT,
    UNKNOWN_HINT,
    Evidence,
    Outcome,
    Report,
    record_end,
)
from qiscus_tui.service.revocation.plan import WIDTH, RevocationPlan
from qiscus_tui.service.revocation.plan_groups import audit_groups
from qiscus_tui.service.revocation.rechecks import held_back, why_stop
from qiscus_tui.service.revocation.sending import (
    Event,
    Purpose,
    Reading,
    Sending,
    Stop,
    TrialStarted,
)
from qiscus_tui.service.revocation.trial import (
    NOT_ENDED,
    TRIAL_FAILED_HINT,
    FirstUse,
    choose_trial,
    disproves_call,
    proves_call_works,
)
from qiscus_tui.service.revocation.verification import Verification, take_readings
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.state import VerifiedCalls

STALE_AFTER = 5.0
"""Seconds after which the plan's list is read again before anything is sent."""

IN_FLIGHT_GRACE = 2.0
"""Seconds that answers in flight get when the terminal is gone."""

FIRST_SAMPLE = 10
"""Answers of a bulk after which the list is read for the first time: a revoke that ends more than
it should must be seen early."""

NEXT_SAMPLE = 500
"""Further answers after which it is read again, if SAMPLE_PAUSE has passed too."""

SAMPLE_PAUSE = 30.0
"""Seconds between two samples. A fast server ends some thousands in that time, and reading a list
of 100,000 takes a second or two: more often, it would take a good part of the time."""


async def revocation_on(
    connection: Connection,
    plan: RevocationPlan,
    on_event: Callable[[Event], None] = lambda _: None,
    *,
    width: int = WIDTH,
    reason: str = "",
) -> "Revocation":
    """Return a run of the plan, not yet begun, with at most `width` requests at once.

    `reason` is for the audit log. Raises ReadOnly, NoLongLivedToken, StorageError.
    """
    connection.must_be_writable()
    long_lived = await connection.long_lived()
    known = KnownSecrets(connection.client.own_secrets)
    rule = str(masked(plan.rule, known))
    reason = str(masked(reason, known, plan.listed.lists_token))
    groups = await asyncio.to_thread(audit_groups, plan.listed, known, plan.target_positions)
    trail = AuditTrail(connection, AuditKind.REVOKE, plan.id, rule, reason, groups)
    verified = verified_calls_of(connection)
    return Revocation(plan, connection, long_lived, trail, verified, on_event, width)


def verified_calls_of(connection: Connection) -> VerifiedCalls:
    """Return the record of whether revoking was verified on this server and app."""
    account, call = connection.account, connection.client.contract.revoke
    paths, app = connection.local_files.paths, account.app_code
    return VerifiedCalls(paths, str(account.origin), app, f"{call.path} {call.field}")


async def forget_own_if_ended(connection: Connection, report: Report) -> None:
    """Forget our own short-lived token if the run ended it. Raises StorageError."""
    if not report.own_is_gone:
        return
    async with connection.locked():
        credentials = await connection.credentials()
        short = credentials.short_lived
        # A newer token, which another program got meanwhile, is not the one that was listed.
        if short is not None and short.obtained_at <= report.plan.listed.read_at:
            await connection.keep(credentials.with_short_lived(None))


class Revocation:
    """One run of one plan."""

    def __init__(
        self,
        plan: RevocationPlan,
        connection: Connection,
        long_lived: str,
        audit_trail: AuditTrail,
        verified: VerifiedCalls,
        on_event: Callable[[Event], None],
        width: int = WIDTH,
    ) -> None:
        self._plan, self._connection = plan, connection
        self._clock = connection.clock
        self._audit_trail = audit_trail
        self._verified_calls = verified
        self._emit = on_event
        self._sending = Sending(connection, long_lived, width, on_event)
        self._evidence = Evidence(plan, self._sending.sent)
        self._waiting = [*plan.targets]
        self._audit_error: StorageError | None = None
        self._first_use = False
        self._trial: Session | None = None
        """The session that one reading showed to be gone, so that others may follow."""
        self._cut_short = False
        self._awaits = True
        self._since: SessionList | None = None
        """The list that was read after the last trial."""

    @property
    def not_sent(self) -> int:
        """Return how many sessions are still to be sent."""
        return sum(session.id not in self._sending.sent for session in self._waiting)

    @property
    def reached(self) -> tuple[int, int]:
        """Return how many were sent, and how many of them had their last answer."""
        return len(self._sending.sent), self._sending.answered

    def stop(self, reason: str = "cancelled", *, awaits: bool = True) -> None:
        """Send nothing more. What is in flight is awaited and verified.

        Without `awaits`, a list that is behind is not waited for.
        """
        self._awaits = awaits
        self._sending.halt(Stop(reason))

    async def apply(self) -> Report:
        """Run the plan, and return how it ended.

        Raises StorageError, before anything was sent, where the audit log cannot be written.
        Cancelled, it sends nothing more (the list is not read either) and waits 2 s for answers in
        flight; the audit log then says how far the run came, for the next start.
        """
        if self._plan.targets:
            ids = [target.id for target in self._plan.targets]
            await self._audit_trail.begin(ids)
        work = asyncio.create_task(self._work())
        try:
            return await asyncio.shield(work)
        finally:
            if not work.done():
                await self._cut(work)

    async def _cut(self, work: asyncio.Task[Report]) -> None:
        self._cut_short = True
        self.stop("interrupted")
        answers = asyncio.ensure_future(self._sending.width.idle())
        grace = asyncio.ensure_future(self._clock.sleep(IN_FLIGHT_GRACE))
        try:
            await asyncio.wait({answers, grace}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answers, grace, work):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, QiscusTuiError):
                await work
            if self._plan.targets:
                with contextlib.suppress(StorageError):  # the user is gone
                    await asyncio.to_thread(self._audit_trail.cut_short, *self.reached)

    async def _work(self) -> Report:
        if self._waiting:
            await self._freshen()
            self._first_use = not await self._is_verified()
            if self._first_use:
                self._sending.may_repeat = not self._plan.revokes_by_id
                await self._try_first()
            await self._send_rest()
        if self._cut_short:
            raise asyncio.CancelledError
        report = await self._verify()
        if self._plan.targets:
            trail, listed = self._audit_trail, self._plan.listed
            ended = report.others_ended
            await self._store(lambda: record_end(trail, listed, report.outcomes, ended))
        return replace(report, audit_error=self._audit_error)

    # Reading the list

    def _note_reading(self, number: int) -> None:
        if number > 1:
            self._emit(Reading(Purpose.AGAIN, number))

    async def _read(
        self,
        verification: Verification,
        when: str,
        *,
        awaited: Set[str] = frozenset(),
        watched: Set[str] | None = None,
        one_will_do: bool = False,
    ) -> SessionList | None:
        """Return the last of the readings; where there is none, nothing more is sent."""
        self._evidence.verification = verification
        try:
            await take_readings(
                self._connection,
                verification,
                awaited=awaited,
                watched=watched,
                one_will_do=one_will_do,
                on_reading=self._note_reading,
            )
        except QiscusTuiError as error:
            reason = f"the list could not be read {when}: {error.message}"
            self._sending.halt(Stop(reason, error.hint, error))
        return verification.last

    async def _recheck(self, listed: SessionList) -> None:
        """Drop what must not be sent, going by a newer list."""
        evidence = self._evidence
        stop = why_stop(self._plan, listed)
        if stop is not None:
            self._sending.halt(stop)
            return
        server_now = self._clock.now() + listed.offset
        held = await asyncio.to_thread(held_back, evidence, self._waiting, listed, server_now)
        evidence.held_back |= held
        self._waiting = [one for one in self._waiting if one.id not in held]

    # Before, and the first

    async def _freshen(self) -> None:
        """Read the list again where it is old, or where time chose; drop what must not be sent.

        What an id stands for is compared right before it is sent, however new the list is.
        """
        age = self._clock.now() - self._plan.listed.read_at
        must_read = self._plan.depends_on_clock or self._plan.revokes_by_id
        if self._sending.stop is not None or (0 <= age <= STALE_AFTER and not must_read):
            return
        self._emit(Reading(Purpose.RECHECK))
        targets = frozenset(session.id for session in self._waiting)
        found = Verification(self._plan.listed)
        listed = await self._read(found, "first", watched=targets)
        if listed is not None:
            await self._recheck(listed)
            if found.doubt is None:
                self._evidence.before = listed

    async def _try_first(self) -> None:
        """Send one session, or a few, until the list shows what a revoke does here.

        Where the plan has one session, the verification shows it.
        """
        evidence, first_use = self._evidence, FirstUse(self._evidence)
        self._sending.total = len(self._waiting)
        while len(self._waiting) > 1 and not (self._sending.stop or first_use.is_decided):
            trial = choose_trial(self._plan, self._waiting)
            self._waiting.remove(trial)
            self._emit(TrialStarted(trial.id, first_use.why_another))
            await self._sending.send(deque([trial]))
            if self._cut_short or trial.id not in evidence.sent:
                return
            found = Verification(evidence.before, evidence.may_be_missing)
            listed = await self._read(
                found, "after the first revoke", awaited=evidence.awaited, one_will_do=True
            )
            if listed is None:
                return
            stop = first_use.judge(trial, self._waiting, found)
            self._since = first_use.since
            if stop is not None:
                self._sending.halt(stop)
                break
            await self._recheck(listed)
            server_now = self._clock.now() + listed.offset
            if first_use.is_decided and proves_call_works(
                self._plan, {trial.id}, listed, server_now
            ):
                self._sending.may_repeat = True
                self._trial = trial

    # The rest

    async def _send_rest(self) -> None:
        """Send what waits; look at the list after the first few, and now and then after that."""
        sending = self._sending
        sending.total = len(sending.sent) + len(self._waiting)
        if len(self._waiting) > FIRST_SAMPLE:
            first, self._waiting = self._waiting[:FIRST_SAMPLE], self._waiting[FIRST_SAMPLE:]
            await sending.send(deque(first))
            await self._sample()
        while self._waiting and self._sending.stop is None:
            waiting = deque(self._waiting)
            await sending.send(waiting, self._sample_due())
            self._waiting = [*waiting]
            if self._waiting:
                await self._sample()

    def _sample_due(self) -> Callable[[], bool]:
        """Return what says when the next sample is due."""
        sending, clock = self._sending, self._clock
        answered, at = sending.answered + NEXT_SAMPLE, clock.monotonic() + SAMPLE_PAUSE
        return lambda: sending.answered >= answered and clock.monotonic() >= at

    async def _sample(self) -> None:
        """Stop where anything outside the plan ended since the trial; drop what may not be sent.

        One reading let the first few follow the trial; this is the second that must lack it.
        """
        if self._sending.stop is not None:
            return
        evidence, trial = self._evidence, self._trial
        self._emit(Reading(Purpose.SAMPLE))
        found = Verification(self._since or evidence.before, evidence.may_be_missing)
        awaited = evidence.awaited & {trial.id} if trial else frozenset[str]()
        listed = await self._read(found, "while sending", awaited=awaited, one_will_do=True)
        if listed is None:
            return
        if trial is not None and trial.id in listed.positions:
            self._sending.halt(Stop(NOT_ENDED, TRIAL_FAILED_HINT))
        elif ended := len(evidence.others_ended):
            reason = f"{counted(ended, 'session')} outside the plan ended meanwhile"
            self._sending.halt(Stop(reason, ENDED_OTHERS_HINT))
        elif found.doubt is not None:
            reason = f"can't tell what else the revokes end: {found.doubt}"
            self._sending.halt(Stop(reason, UNKNOWN_HINT))
        if self._sending.stop is None:
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
        trial_failed = TRIAL_FAILED_HINT if self._first_use else None
        report = await asyncio.to_thread(evidence.report, self._sending.stop, trouble, trial_failed)
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
            self._emit(Reading(Purpose.VERIFY))
        evidence.verification = found
        awaited = evidence.awaited if self._awaits else frozenset[str]()
        await take_readings(self._connection, found, awaited=awaited, on_reading=self._note_reading)
        return found.last

    async def _learn(self, report: Report, after: SessionList) -> None:
        """Remember whether the revoke call works."""
        server_now = self._clock.now() + after.offset
        revoked = {one.id for one in report.outcomes if one.outcome is Outcome.REVOKED}
        may_prove = self._trial is not None or self._sending.stop is None
        if disproves_call(self._evidence, report, after, self._since or self._evidence.before):
            await self._store(self._verified_calls.forget)
        elif may_prove and proves_call_works(self._plan, revoked, after, server_now):
            await self._store(self._verified_calls.remember)

    # What is stored

    async def _is_verified(self) -> bool:
        try:
            return await asyncio.to_thread(self._verified_calls.is_verified)
        except StorageError:
            return False  # unknown: a trial does no harm

    async def _store(self, what: Callable[[], None]) -> None:
        """Do it; a failure is reported with the outcomes, which are known all the same."""
        try:
            await asyncio.to_thread(what)
        except StorageError as error:
            self._audit_error = self._audit_error or error

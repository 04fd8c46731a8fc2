"""Revokes one of the tokens made for a check, and looks what that ended."""

import asyncio
import contextlib
from collections.abc import Callable, Set
from dataclasses import dataclass

from msgspec.structs import replace

from qiscus_tui.api.contract import SESSION_TOKEN, Call
from qiscus_tui.api.retry import CallTime
from qiscus_tui.errors import QiscusTuiError, ServerError, StorageError
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.account.audit_trail import AuditTrail
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.doctor.live_report import (
    ANSWER_ERRORS,
    CallFinding,
    LiveReport,
    TokenState,
    Verdict,
    by_error,
    cannot_tell,
    differs,
    ended_of,
    judge_revoke,
)
from qiscus_tui.service.doctor.own_tokens import RULE, OwnTokens
from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.revocation.run import verified_calls_of
from qiscus_tui.service.revocation.verification import MOST_READINGS, Verification
from qiscus_tui.service.revocation.witnesses import Witnesses
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.audit_records import AuditKind

_REASON = "proves the revoke call with a token made for it"

_BY_ID = (
    "Not tried: it is configured to send an id, and whose id that is cannot be proven. "
    "The first revoke is a trial."
)
_WRONG_BODY = frozenset({400, 422})
"""What a server answers if the field of the revoke call has another name."""


@dataclass(frozen=True)
class Pair:
    """The two tokens of a check as they are before one of them is revoked."""

    target: str
    """The one to revoke."""
    state: TokenState
    spared: str | None
    """The other one; None if it is gone already."""


@dataclass(frozen=True)
class _Attempt:
    """One way to revoke the target, and what came of it."""

    call: Call
    finding: CallFinding
    status: int
    """Of a negative answer; else 0."""
    state: TokenState
    """The target's, after it."""

    @property
    def refuses_body(self) -> bool:
        """Return whether another field may be tried: nothing ended, and the body was refused."""
        return self.status in _WRONG_BODY and self.state.lives

    @property
    def outcome(self) -> Outcome:
        """Return what became of the target, for the audit log."""
        if self.state.lives:
            return Outcome.FAILED
        return Outcome.REVOKED if self.state.accepted is False else Outcome.UNKNOWN


class RevokeProof:
    """Proves the revoke call, in the audit log like every other revoke."""

    def __init__(
        self,
        connection: Connection,
        tokens: OwnTokens,
        report: LiveReport,
        progress: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._client = connection.client
        self._tokens = tokens
        self._report = report
        self._progress = progress

    async def prove(self, pair: Pair, listed: SessionList) -> None:
        """Revoke the target, which lives, and note what was found.

        `listed` is the list with both tokens. Raises StorageError if the intent can't be recorded:
        then nothing was sent.
        """
        call, findings = self._client.contract.revoke, self._report.findings
        if self._client.contract.revokes_by_id:
            findings[call] = cannot_tell(_BY_ID)
            return
        trail = AuditTrail(self._connection, AuditKind.REVOKE, rule=RULE, reason=_REASON)
        target_id = fingerprint(pair.target)
        await asyncio.to_thread(trail.begin, [target_id])
        try:
            attempt = await self._attempt(call, pair, listed)
            findings[call] = attempt.finding
            if attempt.refuses_body:
                attempt = await self._other_fields(attempt, pair, listed)
        except BaseException:
            with contextlib.suppress(StorageError):
                await asyncio.to_thread(trail.cut_short, 1, 0)
            raise
        if not attempt.state.lives:
            self._tokens.note_ended(pair.target)
        outcome, words = attempt.outcome.value, findings[call].words
        await self._report.store(lambda: trail.finish({outcome: 1}, [(target_id, outcome, words)]))
        await self._remember(findings[call].verdict)

    async def _other_fields(self, first: _Attempt, pair: Pair, listed: SessionList) -> _Attempt:
        """Try the other names that a token may have. Return the last attempt."""
        attempt, call = first, first.call
        for name in SESSION_TOKEN:
            if name == call.field:
                continue
            attempt = await self._attempt(replace(call, field=name), pair, listed)
            if not attempt.refuses_body:
                words = f"{first.finding.words} With the field {name}: {attempt.finding.words}"
                self._report.findings[call] = differs(words)
                if attempt.finding.verdict is Verdict.CONFIRMED:
                    self._report.config = (f"[api.{call.name}]", f'field = "{name}"')
                break
        return attempt

    async def _attempt(self, call: Call, pair: Pair, listed: SessionList) -> _Attempt:
        """Send the target to a revoke call, and look what ended."""
        self._progress("Revoking one of them")
        error, tries = await self._send(call, pair.target)
        target_id, was_listed = fingerprint(pair.target), pair.state.is_listed
        sent = frozenset([target_id]) if was_listed else frozenset[str]()
        found = await self.read_after(listed, sent, awaited=sent if error is None else frozenset())
        after = found.last if found is not None else None
        state = await self._tokens.state(pair.target, after)
        ended = ended_of(found, target_id, was_listed=was_listed) if found is not None else None
        finding = judge_revoke(
            pair.state,
            state,
            ended,
            error,
            spared_ended=pair.spared is not None and await self._is_gone(pair.spared, after),
            was_repeated=tries > 1,
        )
        status = error.status if isinstance(error, ServerError) else 0
        return _Attempt(call, finding, status, state)

    async def read_after(
        self,
        before: SessionList,
        sent: Set[str] = frozenset(),
        awaited: Set[str] = frozenset(),
    ) -> Verification | None:
        """Return what the list proves after this one, and after what was `sent`.

        None if it can't be read, which then is what was found about it.
        """
        self._progress("Reading the list again")

        def on_reading(number: int) -> None:
            if number > 1:
                self._progress(f"Reading the list again ({number} of up to {MOST_READINGS})")

        witnesses = Witnesses(self._connection, on_reading)
        try:
            return await witnesses.verify(Verification(before, sent), awaited=awaited)
        except ANSWER_ERRORS as error:
            self._report.findings[self._client.contract.list] = by_error(error)
            return None

    async def _is_gone(self, token: str, after: SessionList | None) -> bool:
        """Return whether this token, which lived, certainly ended."""
        state = await self._tokens.state(token, after)
        return state.accepted is False and not state.is_listed

    async def _send(self, call: Call, token: str) -> tuple[QiscusTuiError | None, int]:
        """Return what went wrong with the revoke at last, and how often it was tried."""
        client = await self._client.another()
        client.contract = replace(client.contract, revoke=call)
        long_lived = await self._connection.long_lived()
        tries = 0

        async def once(time: CallTime) -> None:
            nonlocal tries
            tries += 1
            async with time.bound():
                await client.revoke(long_lived, token)

        try:
            await client.retry_policy.retrying(once)
        except ANSWER_ERRORS as error:
            return error, tries
        finally:
            await client.close()
        return None, tries

    async def _remember(self, verdict: Verdict) -> None:
        """Remember a revoke call that works; begin with a trial again if it does not."""
        verified = verified_calls_of(self._connection)
        if verdict is Verdict.CONFIRMED:
            await self._report.store(verified.remember)
            self._report.notes.append("Revoking on this server needs no trial any more.")
        elif verdict is Verdict.DIFFERS:
            await self._report.store(verified.forget)

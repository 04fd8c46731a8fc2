"""Proves the contract with tokens made for it: list, refresh twice, list, revoke one, list.

The token that is revoked was never stored: a stored one may have been given to a script. It is
the older of two, as some servers end the newest token whatever they are asked; where a refresh
ends the older one, the newer. No other token is ever sent to revoke or logout.
"""

import asyncio
import contextlib
from collections.abc import Callable, Set
from dataclasses import dataclass

from msgspec.structs import replace

from qiscus_tui.api.contract import SESSION_TOKEN, Call
from qiscus_tui.api.observation import AnswerObserver
from qiscus_tui.api.retry import CallTime
from qiscus_tui.errors import QiscusTuiError, ServerError, StorageError
from qiscus_tui.model.account import Account, ShortLived
from qiscus_tui.model.clients import Known
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.text import counted, safe
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
    judge_list,
    judge_refresh,
    judge_revoke,
    not_tried,
    time_notes,
)
from qiscus_tui.service.doctor.own_tokens import RULE, OwnTokens
from qiscus_tui.service.revocation.outcomes import Outcome, should_be_gone
from qiscus_tui.service.revocation.run import verified_calls_of
from qiscus_tui.service.revocation.verification import MOST_READINGS, Verification, take_readings
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.refresh import refreshed_if_rejected
from qiscus_tui.store.audit_records import AuditKind

_NOT_REACHED = cannot_tell("Not tried: a step before it did not succeed.")
_NOT_NEW = differs("It gave a token that existed already, which was neither revoked nor ended.")
_UNPROVEN = cannot_tell("Not tried: the lists do not prove that the token of a refresh is new.")
_NOT_NEEDED = not_tried("No token of ours was known to be left.")
_ENDS_ALL = not_tried("It would end every session.")
_NEEDS_PASSWORD = not_tried("It needs the password.")

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


async def live_check(connection: Connection, progress: Callable[[str], None]) -> LiveReport:
    """Return what was found. Every token made here is ended again.

    Raises ReadOnly, StorageError; LoginNeeded and OutOfReach if no token was made yet.
    """
    connection.must_be_writable()
    await connection.long_lived()
    client, contract = connection.client, connection.client.contract
    client.observer = AnswerObserver(_values_of(connection.account), client.own_secrets)
    findings = {
        contract.list: _NOT_REACHED,
        contract.refresh: _NOT_REACHED,
        contract.revoke: _NOT_REACHED,
        client.profile_call(connection.account.role): _NOT_REACHED,
        contract.logout: _NOT_NEEDED,
        contract.revoke_all: _ENDS_ALL,
        contract.login: _NEEDS_PASSWORD,
    }
    report = LiveReport(str(client.origin), connection.clock.now(), client.observer, findings)
    progress("Reading the list")
    try:
        before = await connection.read_list()
    except ServerError as error:
        findings[contract.list] = by_error(error)
    else:
        report.notes += [_known_words(one, before.count_of(one)) for one in before.known]
        stored = (await connection.credentials()).short_lived
        await _Proof(connection, report, progress, before, stored).run()
    client.observer = None
    report.checked_at = connection.clock.now()
    return report


class _Proof:
    """Proves the calls with tokens of its own, in the audit log like every other revoke."""

    def __init__(
        self,
        connection: Connection,
        report: LiveReport,
        progress: Callable[[str], None],
        before: SessionList,
        stored: ShortLived | None,
    ) -> None:
        """`before` is the list from before any was made, `stored` the account's own token."""
        self._connection = connection
        self._client = connection.client
        self._report = report
        self._progress = progress
        self._before = before
        self._stored = stored
        self._tokens = OwnTokens(connection, before, stored.token if stored is not None else None)

    async def run(self) -> None:
        """Prove what can be proven, end the tokens, and report it all."""
        tokens, findings, contract = self._tokens, self._report.findings, self._client.contract
        try:
            await self._prove()
            if (finding := await tokens.log_out()) is not None:
                findings[contract.logout] = finding
            await tokens.end_all()
        except BaseException:
            await tokens.end_all_in_time()
            raise
        if tokens.profile is not None:
            findings[self._client.profile_call(self._connection.account.role)] = tokens.profile
        self._report.left = await tokens.left()
        if self._stored is not None:
            await self._replace_if_ended(self._stored)

    async def _prove(self) -> None:
        """Prove list and refresh, and the revoke with one of two tokens."""
        tokens, before, stored = self._tokens, self._before, self._stored
        contract, findings = self._client.contract, self._report.findings
        self._progress("Making two tokens")
        try:
            older, newer = await tokens.make(), await tokens.make()
        except ANSWER_ERRORS as error:
            findings[contract.refresh] = by_error(error)
            return
        place = self._report.observer.place_of(newer)
        if tokens.existed:
            findings[contract.refresh] = _NOT_NEW
            return
        own_id = fingerprint(stored.token) if stored is not None else ""
        found = await self._read_after(before, frozenset([own_id]))
        if found is None or found.last is None:
            return
        listed = found.last
        tokens.compare(listed)
        self._report.notes += time_notes(listed, self._connection.zone.offset)
        old, new = await tokens.state(older, listed), await tokens.state(newer, listed)
        findings[contract.list] = judge_list(
            before, listed, new, self._report.observer.token_fields
        )
        was_listed = stored is None or before.lists_token(stored.token)
        ended = ended_of(found, own_id, was_listed=was_listed)
        findings[contract.refresh] = judge_refresh(place, old, new, ended.others)
        pair = Pair(older, old, newer) if old.lives else Pair(newer, new, None)
        if not tokens.is_proven(pair.target):
            findings[contract.revoke] = _UNPROVEN
        elif pair.state.lives:
            await self._prove_revoke(pair, listed)

    async def _prove_revoke(self, pair: Pair, listed: SessionList) -> None:
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
        await trail.begin([target_id])
        try:
            attempt = await self._attempt(call, pair, listed)
            findings[call] = attempt.finding
            if attempt.refuses_body:
                attempt = await self._other_fields(attempt, pair, listed)
        except BaseException:
            with contextlib.suppress(StorageError):
                await asyncio.to_thread(trail.cut_short, 1, 0)
            raise
        if attempt.state.lives:
            outcome = Outcome.FAILED.value
        else:
            self._tokens.note_ended(pair.target)
            is_certain = attempt.state.accepted is False
            outcome = (Outcome.REVOKED if is_certain else Outcome.UNKNOWN).value
        words = findings[call].words
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
        found = await self._read_after(
            listed, sent, awaited=sent if should_be_gone(error) else frozenset()
        )
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

    async def _read_after(
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

        found = Verification(before, sent)
        try:
            await take_readings(self._connection, found, awaited=awaited, on_reading=on_reading)
        except ANSWER_ERRORS as error:
            self._report.findings[self._client.contract.list] = by_error(error)
            return None
        return found

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

    async def _replace_if_ended(self, stored: ShortLived) -> None:
        """Replace the account's own stored token if a refresh ended it."""
        try:
            now = await refreshed_if_rejected(self._connection, stored)
        except (*ANSWER_ERRORS, StorageError) as error:
            self._report.trouble.append(error)
            return
        if now.token != stored.token:
            self._report.notes.append("The stored short-lived token had ended, and was replaced.")


def _values_of(account: Account) -> frozenset[str]:
    """Return texts that a server may use as a name, and that belong in no ticket."""
    local_part = account.user.partition("@")[0]
    texts = (account.user, local_part, account.user_name, account.app_name, account.app_code)
    return frozenset(text.casefold() for text in texts if text)


def _known_words(known: Known, count: int) -> str:
    protected = ", protected" if known.protect else ""
    return f"{safe(known.label)}{protected}: {counted(count, 'session')} now."

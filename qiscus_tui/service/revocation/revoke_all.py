"""Ends every session at once. The answer is a new token, which must not be lost."""

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, replace

from msgspec import structs

from qiscus_tui.api.replies import NewTokens, TokenWatch, no_new_token
from qiscus_tui.errors import (
    NoAccount,
    NotConnected,
    NotQiscus,
    OutOfReach,
    QiscusTuiError,
    ServerFault,
    StorageError,
    TokenNotStored,
    Unreadable,
)
from qiscus_tui.model.account import Credentials
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.session import Current
from qiscus_tui.service.account.audit_trail import AuditTrail
from qiscus_tui.service.account.connection import Connection, end_unstored_token
from qiscus_tui.service.history import OutcomeGroup
from qiscus_tui.service.revocation.outcomes import (
    Outcome,
    SessionOutcome,
    not_gone,
    outcome_of,
    outcome_words,
    record_end,
    should_be_gone,
)
from qiscus_tui.service.revocation.plan_groups import audit_groups
from qiscus_tui.service.revocation.verification import Verification, take_readings
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.signal_shield import shield
from qiscus_tui.store.audit_records import NOT_SENT, AuditKind


@dataclass(frozen=True)
class Sent:
    """The result of the call itself, before the list was read."""

    trail: AuditTrail
    held: Credentials
    """The secrets in use now: the new ones where there are any, stored or not."""
    failure: QiscusTuiError | None = None
    """Why there is no new short-lived token: no answer, an error, or an answer without one."""
    unstored: StorageError | None = None
    """Why the new tokens could not be stored; a TokenNotStored where a long-lived one is lost."""

    @property
    def may_be_done(self) -> bool:
        """Return whether sessions may have ended, whatever went wrong.

        After a 5xx too: unlike one revoke, this call is not repeated.
        """
        return should_be_gone(self.failure) or isinstance(self.failure, ServerFault | Unreadable)


@dataclass(frozen=True)
class RevokeAllResult:
    """The result. The server's list decides what is gone."""

    outcomes: tuple[SessionOutcome, ...]
    """Of each session that was listed before."""
    sent: Sent
    listed: SessionList | None = None
    trouble: QiscusTuiError | None = None
    """Why it is unknown what is gone."""
    unwritten: StorageError | None = None
    """Why this could not be recorded in the audit log."""

    @property
    def counts(self) -> Counter[Outcome]:
        """Return how many sessions had each outcome."""
        return Counter(one.outcome for one in self.outcomes)

    @property
    def not_gone(self) -> list[OutcomeGroup]:
        """Return the sessions that are not gone, by outcome and reason."""
        return not_gone(self.outcomes)

    @property
    def still_listed(self) -> int | None:
        """Return how many are still listed; None where that is unknown of some."""
        counts = self.counts
        return None if counts[Outcome.UNKNOWN] or self.trouble else counts[Outcome.FAILED]

    @property
    def nothing_ended(self) -> bool:
        """Return whether every session is still listed.

        Where none was listed before, that shows nothing: only the server's refusal counts.
        """
        if not self.outcomes and self.sent.may_be_done:
            return False
        return self.still_listed == len(self.outcomes)

    @property
    def words(self) -> str:
        """`400 revoked`."""
        return outcome_words(self.counts) or "0 revoked"

    @property
    def troubles(self) -> list[tuple[QiscusTuiError, str]]:
        """Return each thing that went wrong, and what it means."""
        sent = self.sent
        lost = "No new token arrived. Get one: qiscus-tui refresh"
        unstored = "The new token could not be stored."
        if not isinstance(sent.unstored, TokenNotStored):  # the long-lived one is as before
            unstored = "Once it can be stored, get another one: qiscus-tui refresh"
        found = (
            (sent.failure, "Nothing was ended." if self.nothing_ended else lost),
            (sent.unstored, unstored),
            (self.trouble, "It is not known of all sessions whether they ended."),
            (self.unwritten, "It could not be recorded."),
        )
        return [(error, words) for error, words in found if error is not None]


def all_sessions(listed: SessionList) -> str:
    """Return `all 7 sessions`, or `all sessions, 7 of them listed` where there may be more."""
    count = len(listed)
    if count and listed.is_whole:
        return "the only session" if count == 1 else f"all {count:,} sessions"
    return f"all sessions, {count:,} of them listed"


def consequences(listed: SessionList) -> list[str]:
    """Return what follows from ending everything in this list, a sentence for each."""
    follows = [
        "Every session ends, including this program's own, which gets a new token.",
        "Integrations that use one of these tokens stop until they log in again.",
        "Everybody who is logged in as this user is logged out.",
    ]
    if not listed.is_whole:
        follows.append("Sessions that could not be read, and so are not listed, end too.")
    return follows


async def revoke_all(
    connection: Connection,
    listed: SessionList,
    begun: asyncio.Event | None = None,
    reason: str = "",
) -> RevokeAllResult:
    """End every session of the user, store the new token, and check what is gone.

    Raises what `send_revoke_all` raises.
    """
    return await verify(
        connection, listed, await send_revoke_all(connection, listed, begun, reason)
    )


async def send_revoke_all(
    connection: Connection,
    listed: SessionList,
    begun: asyncio.Event | None = None,
    reason: str = "",
) -> Sent:
    """Make the call, once, and store the new tokens before anything else is done.

    Until `begun` is set nothing was sent, and it may be cancelled. From then until the tokens are
    stored, signals wait. Raises ReadOnly, NoLongLivedToken, StorageError, and OutOfReach where the
    server can't be reached: nothing was sent then.
    """
    begun = begun or asyncio.Event()
    connection.must_be_writable()
    await connection.settle_long_lived()
    await asyncio.to_thread(connection.secrets.probe)
    known = KnownSecrets(connection.client.own_secrets)
    groups = await asyncio.to_thread(audit_groups, listed, known)
    reason = str(masked(reason, known, listed.lists_token))
    trail = AuditTrail(connection, AuditKind.REVOKE_ALL, reason=reason, groups=groups)
    async with connection.locked():
        held = await connection.credentials()  # another program may have renewed them
        long_lived = await connection.long_lived()
        await trail.begin([session.id for session in listed.sessions])
        sent = Sent(trail, held)
        with contextlib.ExitStack() as window:

            def on_send() -> None:
                window.enter_context(shield.held_for_answer())
                begun.set()

            async def on_tokens(new: NewTokens) -> None:
                nonlocal sent
                sent = await _stored(connection, Sent(trail, held), new)

            try:
                new = await connection.client.revoke_all(long_lived, TokenWatch(on_send, on_tokens))
            except (QiscusTuiError, asyncio.CancelledError) as error:
                if isinstance(error, NotConnected) or not begun.is_set():
                    await asyncio.to_thread(trail.finish, {NOT_SENT: len(listed)})
                    raise
                if isinstance(error, asyncio.CancelledError):
                    raise
                return replace(sent, failure=error)  # it may have taken effect
    return await _judged(connection, sent, new)


async def _judged(connection: Connection, sent: Sent, new: NewTokens) -> Sent:
    """Return what was sent, once the server was asked about tokens that may be none."""
    if sent.unstored is not None:
        return sent if new.short_lived is not None else replace(sent, failure=new.doubt)
    held, short = sent.held, new.short_lived
    with contextlib.suppress(StorageError, NoAccount):  # it was sent: what ended is to be seen
        rejected = await connection.settle_long_lived()
        if (
            short is not None
            and new.doubt is not None
            and await connection.accepts(short.token) is False
        ):
            rejected = short.token
            await connection.forget_token(short.token)
        held = await connection.credentials()
        if short is not None and short.token != rejected:
            return replace(sent, held=held)
    return replace(sent, held=held, failure=new.doubt or no_new_token())


async def _stored(connection: Connection, sent: Sent, new: NewTokens) -> Sent:
    held = structs.replace(
        sent.held,
        long_lived=new.long_lived or sent.held.long_lived,
        short_lived=new.short_lived,
    )
    try:
        await connection.keep_new(sent.held, new)
    except StorageError as error:
        return replace(sent, held=held, unstored=error)
    with contextlib.suppress(StorageError):  # reported if its end can't be recorded either
        await asyncio.to_thread(sent.trail.tokens_stored)
    return replace(sent, held=held)


async def verify(connection: Connection, before: SessionList, sent: Sent) -> RevokeAllResult:
    """Read the list, check what is gone, and record it. Raises no QiscusTuiError."""
    if sent.unstored is not None and sent.held.short_lived is not None:
        await end_unstored_token(connection.client, sent.held.short_lived.token)
    result = await _listed_after(connection, before, sent)
    if sent.failure is not None:
        no_api = isinstance(sent.failure, NotQiscus)
        if result.nothing_ended and (no_api or sent.may_be_done):
            way = sent.failure.hint if no_api else "Try again later."
            sent.failure.hint = f"What is stored here is still valid. {way}"
        try:
            await _forget_if_dead(connection, result)
        except StorageError as error:
            result = replace(result, unwritten=error)
    try:
        await asyncio.to_thread(record_end, sent.trail, before, result.outcomes)
    except StorageError as error:
        result = replace(result, unwritten=error)
    return result


async def _listed_after(connection: Connection, before: SessionList, sent: Sent) -> RevokeAllResult:
    found = Verification(before, before.positions.keys())
    awaited = before.positions.keys() if sent.may_be_done else frozenset[str]()
    trouble: QiscusTuiError | None = None
    try:
        await take_readings(connection, found, awaited=awaited, held=sent.held)
        if _should_list_own(before, found.last) and await _own_may_live(connection, sent):
            found.distrust()
    except QiscusTuiError as error:
        trouble = error
        found.fail(error)
    # An answer that says yes, without a token, is none against the revoke.
    answer = None if isinstance(sent.failure, Unreadable) else sent.failure
    outcomes = await asyncio.to_thread(_outcomes, found, answer)
    unknown = next((one.reason for one in outcomes if one.outcome is Outcome.UNKNOWN), None)
    if unknown is not None and trouble is None:
        words = f"Can't tell what was revoked: {unknown}"
        trouble = Unreadable(words, "See what is listed: qiscus-tui sessions")
    return RevokeAllResult(outcomes, sent, found.last, trouble)


def _outcomes(found: Verification, answer: QiscusTuiError | None) -> tuple[SessionOutcome, ...]:
    return tuple(outcome_of(one.id, *found.fate(one), answer) for one in found.before.sessions)


def _should_list_own(before: SessionList, after: SessionList | None) -> bool:
    """Return whether this list lacks our own session, and one that lacks it proves nothing."""
    lists_own = before.current is Current.LISTED or bool(before and before.lists_every_token)
    return lists_own and after is not None and after.current is Current.UNKNOWN


async def _own_may_live(connection: Connection, sent: Sent) -> bool:
    short = sent.held.short_lived
    return short is not None and await connection.accepts(short.token) is not False


async def _forget_if_dead(connection: Connection, result: RevokeAllResult) -> None:
    """Forget our own short-lived token if it ended with the others, so that no script gets it."""
    short = result.sent.held.short_lived
    is_known = result.listed is not None and result.listed.current is not Current.UNKNOWN
    if short is None or is_known or isinstance(result.trouble, OutOfReach):
        return  # the list has the answer, or the server can't be reached
    if await connection.accepts(short.token) is False:
        await connection.forget_token(short.token)

"""The tokens made for one check: none is stored, and each is ended again.

A refresh may also give a token that existed before. Only one that is proven to be new is ever
sent to revoke or logout.
"""

import asyncio
import contextlib

from qiscus_tui.errors import OutOfReach, ServerError, TokenExpired
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.account.audit_trail import AuditTrail
from qiscus_tui.service.account.connection import Connection, end_unstored_token
from qiscus_tui.service.doctor.live_report import (
    CallFinding,
    TokenState,
    by_error,
    cannot_tell,
    confirmed,
    differs,
)
from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.refresh import spare_token
from qiscus_tui.store.audit_records import AuditKind

RULE = "doctor --live"
"""Why these tokens are ended, in the audit log."""

LONGEST_TIDYING = 1.2
"""Seconds for ending them after a signal."""


class OwnTokens:
    """Makes them, asks about them, ends them."""

    def __init__(self, connection: Connection, before: SessionList, stored: str | None) -> None:
        """`before` is the list from before any was made, `stored` the account's own token."""
        self._connection = connection
        self._client = connection.client
        self._before = before
        self._stored = stored
        self.existed = False
        """Whether a refresh gave a token that it, or one before it, had made already."""
        self._made: list[str] = []
        self._proven: set[str] = set()
        """Those that are certainly new."""
        self._ended: set[str] = set()
        """Those that certainly are."""
        self.profile: CallFinding | None = None
        """What the profile call, by which they are tried, turned out to be."""

    async def make(self) -> str:
        """Return a new one. Raises as `spare_token`."""
        return (await spare_token(self._connection, self._note_made)).token

    def _note_made(self, token: str) -> None:
        before = self._before
        if token in self._made or token == self._stored or before.lists_token(token):
            self.existed = True
            self._proven.discard(token)  # others may have been given the same one
            return
        self._made.append(token)
        if before.complete and before.lists_every_token and not before.unreadable:
            self._proven.add(token)
        if self._client.observer is not None:
            self._client.observer.wanted.add(token)

    def compare(self, listed: SessionList) -> None:
        """Note which are new by a later list. Two different ones are new if it lists more."""
        if self._before.complete:
            shows_tokens = any(session.token is not None for session in listed.sessions)
            has_more = bool(listed.positions.keys() - self._before.positions.keys())
            is_new = has_more and not shows_tokens
            self._proven.update(one for one in self._made if is_new or listed.lists_token(one))

    def is_proven(self, token: str) -> bool:
        """Return whether it is certainly new."""
        return token in self._proven

    async def state(self, token: str, listed: SessionList | None) -> TokenState:
        """Return whether it is in this list, and whether the server accepts it now."""
        return TokenState(
            listed is not None and listed.lists_token(token), await self._accepted(token)
        )

    async def _accepted(self, token: str) -> bool | None:
        try:
            accepted = await self._client.accepts(token, self._connection.account.role)
        except (ServerError, OutOfReach) as error:
            self.profile = self.profile or by_error(error)
            return None
        if accepted and self.profile is None:
            self.profile = confirmed("It accepts our new token.")
        return accepted

    def note_ended(self, token: str) -> None:
        """Note that it is gone."""
        self._ended.add(token)

    async def log_out(self) -> CallFinding | None:
        """Log out the newest that lives. Return what that shows; None if none lives.

        Raises StorageError if that can't be recorded.
        """
        token = await self._newest_accepted()
        if token is None:
            return None
        trail = AuditTrail(self._connection, AuditKind.LOGOUT, rule=RULE)
        token_id = fingerprint(token)
        await trail.begin([token_id])
        finding, outcome = await self._logged_out(token)
        counted = "logged_out" if outcome is Outcome.REVOKED else outcome.value
        await asyncio.to_thread(trail.finish, {counted: 1})
        return finding

    async def _newest_accepted(self) -> str | None:
        for token in reversed(self._made):
            if token in self._proven - self._ended and await self._accepted(token):
                return token
        return None

    async def _logged_out(self, token: str) -> tuple[CallFinding, Outcome]:
        try:
            await self._client.logout(token)
        except TokenExpired as error:
            words = f"{by_error(error).words} Our token was valid."
            return differs(words), Outcome.FAILED
        except (ServerError, OutOfReach) as error:
            return by_error(error), Outcome.UNKNOWN
        match await self._accepted(token):
            case False:
                self._ended.add(token)
                words = "Our token is no longer accepted after it."
                return confirmed(words), Outcome.REVOKED
            case True:
                words = "Our token is still accepted after it."
                return differs(words), Outcome.FAILED
            case None:
                words = "It is not known whether our token is gone."
                return cannot_tell(words), Outcome.UNKNOWN

    async def end_all(self) -> None:
        """End whatever may still live, as far as the server can be reached."""
        for token in self._made:
            if token in self._proven - self._ended:
                await end_unstored_token(self._client, token)

    async def end_all_in_time(self) -> None:
        """Do so after a signal, before this process is ended by force."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_TIDYING):
                await self.end_all()

    async def left(self) -> tuple[str, ...]:
        """Return the ids of those that may still be valid."""
        doubtful = [token for token in self._made if token not in self._ended]
        return tuple(
            [fingerprint(one) for one in doubtful if await self._accepted(one) is not False]
        )

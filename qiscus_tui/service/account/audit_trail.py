"""The one writer of the audit log: what an action was about to end, and what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from qiscus_tui.errors import StorageError, UsageError
from qiscus_tui.model.account import Account
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.store.audit_records import NOT_SENT, AuditGroup, AuditKind

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.account.workspace import Workspace


class AuditTrail(Struct, frozen=True):
    """The records of one action on one account. All of it raises StorageError."""

    connection: Connection
    kind: AuditKind
    plan_id: str = field(default_factory=lambda: secrets.token_hex(4))
    rule: str = ""
    """How the sessions were chosen."""
    reason: str = ""
    """Why they are ended, in the user's words, without secrets."""
    groups: Sequence[AuditGroup] = ()
    """Where they came from."""

    async def begin(self, ids: Sequence[str]) -> None:
        """Record which sessions are about to be ended; on disk when this returns.

        Whoever gives up meanwhile leaves nothing to explain: nothing was sent. Raises UsageError
        where the configuration requires a reason, and there is none.
        """
        writing = asyncio.ensure_future(asyncio.to_thread(self._record_intent, ids))
        try:
            await asyncio.shield(writing)
        except (StorageError, asyncio.CancelledError) as error:
            if isinstance(error, StorageError):
                error.hint = f"Nothing was ended. {error.hint}"
            with contextlib.suppress(StorageError):  # the first error is the one to report
                await asyncio.wait({writing})
                await asyncio.to_thread(self.finish, {NOT_SENT: len(ids)})
            raise

    def _record_intent(self, ids: Sequence[str]) -> None:
        if self.kind is not AuditKind.LOGOUT:
            check_reason(self.connection, self.reason)
        files, account = self.connection.local_files, self.connection.account
        now = self.connection.clock.now()
        why = (self.rule, self.reason, self.groups)
        files.audit.intent(self.plan_id, account, self.kind, ids, now, *why)
        files.audit.report_unsent(self.connection.warn)

    def tokens_stored(self) -> None:
        """Record that the new tokens of a revoke-all are safe: the next start may have to say."""
        self.connection.local_files.audit.tokens_stored(self.plan_id)

    def finish(
        self,
        counts: Mapping[str, int],
        outcomes: Iterable[tuple[str, str, str]] = (),
        others_ended: int = 0,
        pairs: Sequence[str] = (),
    ) -> None:
        """Record id, outcome and reason of each session, and how many had each outcome.

        `others_ended` is how many ended beside them, `pairs` the fingerprints of the clients and
        networks of which every session is gone.
        """
        files = self.connection.local_files
        if listed := list(outcomes):
            files.audit.outcomes(self.plan_id, listed)
        files.audit.summary(self.plan_id, counts, others_ended, pairs)
        files.audit.report_unsent(self.connection.warn)

    def cut_short(self, sent: int, answered: int) -> None:
        """Record how far the action came before it was interrupted."""
        files = self.connection.local_files
        files.audit.cut_short(self.plan_id, sent, answered)


LONGEST_REASON = 200
"""Characters."""


def typed_reason(text: str, what: str = "The reason") -> str:
    """Return a reason as it was typed, on one line. Raises UsageError, about `what`."""
    found = " ".join(text.split())
    if not found:
        raise UsageError(f"{what} is empty", "Say why in a few words.")
    if len(found) > LONGEST_REASON:
        raise UsageError(
            f"{what} has {len(found):,} characters", f"At most {LONGEST_REASON} are kept."
        )
    return found


def check_reason(connection: Connection, reason: str) -> None:
    """Raise UsageError where the configuration requires a reason, and there is none."""
    if connection.needs_reason and not reason:
        raise UsageError(
            'A reason is required here, by reason = "required" under [audit] in config.toml',
            "Nothing was sent. On the command line: --reason 'leaked in a log, ticket 4711'",
        )


def record_access(
    by: Workspace | Connection,
    account: Account,
    kind: AuditKind,
    token: str | None = None,
    error: str = "",
) -> None:
    """Record what was done about the token (None: without one), or why it failed. Uses files.

    Nothing depends on such a record: one that can't be written is a warning.
    """
    ids = [fingerprint(token)] if token else []
    try:
        by.local_files.audit.access(account, kind, ids, error, by.clock.now())
    except StorageError as failure:
        message = f"The audit log lacks this {kind.value}: {failure.message}"
        by.warn(StorageError(message, failure.hint))
    by.local_files.audit.report_unsent(by.warn)

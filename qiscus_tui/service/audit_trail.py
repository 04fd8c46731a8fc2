"""The one writer of audit and journal: what an action was about to end, and what came of it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qiscus_tui.service.connection import Connection
from qiscus_tui.store.audit_records import AuditKind


@dataclass(frozen=True)
class AuditTrail:
    """The records of one action on one account. All of it raises StorageError.

    Only a revoke-all is in the journal too, for its answer holds tokens that a crash would lose.
    """

    connection: Connection
    kind: AuditKind
    plan_id: str = field(default_factory=lambda: secrets.token_hex(4))
    rule: str = ""
    """How the sessions were chosen."""

    def begin(self, ids: Sequence[str]) -> None:
        """Record which sessions are about to be ended; on disk when this returns."""
        files, account = self.connection.account_storage.local_files, self.connection.account
        now = self.connection.clock.now()
        files.audit.intent(self.plan_id, account, self.kind, ids, now, self.rule)
        if self.kind is AuditKind.REVOKE_ALL:
            files.journal.pending(account.key, self.connection.name)

    def new_tokens_stored(self) -> None:
        """Record that a revoke-all's new tokens are safe."""
        files = self.connection.account_storage.local_files
        files.journal.stored(self.connection.account.key)

    def finish(
        self, counts: Mapping[str, int], outcomes: Iterable[tuple[str, str, str]] = ()
    ) -> None:
        """Record id, outcome and reason of each session, and how many had each outcome."""
        files = self.connection.account_storage.local_files
        try:
            if self.kind is AuditKind.REVOKE_ALL:  # the journal explains crashes, and this is none
                files.journal.clear(self.connection.account.key)
        finally:
            if listed := list(outcomes):
                files.audit.outcomes(self.plan_id, listed)
            files.audit.summary(self.plan_id, counts)

    def cut_short(self, sent: int, answered: int) -> None:
        """Record how far the action came before it was interrupted."""
        files = self.connection.account_storage.local_files
        files.audit.cut_short(self.plan_id, sent, answered)

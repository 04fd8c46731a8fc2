"""What is stored on this machine, for all accounts and for one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING

from msgspec import field

from qiscus_tui.model.account import Account, Storage
from qiscus_tui.model.masking import Unshown
from qiscus_tui.store.accounts import AccountBook
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.journal import Journal
from qiscus_tui.store.known import KnownFile
from qiscus_tui.store.locks import ACCOUNT_WAIT, account_lock
from qiscus_tui.store.paths import Paths, paths_in_memory
from qiscus_tui.store.secrets import SecretStore
from qiscus_tui.store.state import Checks, ShownLists, VerifiedCalls, Visits

if TYPE_CHECKING:
    import asyncio


class LocalFiles:
    """The files of this user, or their twins in memory. Nothing is created by looking."""

    def __init__(
        self, paths: Paths, environ: Mapping[str, str], *, to_syslog: bool = False
    ) -> None:
        """`to_syslog`: audit records go to the system's log too."""
        self.paths = paths
        self.environ = environ
        self.book = AccountBook(paths)
        self.audit = AuditLog(paths, environ=environ, to_syslog=to_syslog)
        self.journal = Journal(paths)
        self.checks = Checks(paths)
        self.visits = Visits(paths)
        self.shown_lists = ShownLists(paths)

    @classmethod
    def in_memory(cls) -> LocalFiles:
        """Return files that end with this run; the machine's own are neither read nor written."""
        return cls(paths_in_memory(), {})

    @property
    def persistent(self) -> bool:
        """Whether they are still there after this run."""
        return self.paths.files.persistent

    def may_hold_interrupted(self) -> bool:
        """Return whether an earlier run may have been cut short, without decoding any record.

        A plan begins with an intent, and the two newest parts of the log have all that are open.
        Raises StorageError.
        """
        paths, files = self.paths, self.paths.files
        if files.is_there(paths.journal_file):
            return True
        logs = (files.read(path) for path in (paths.audit_file, paths.rotated_audit(1)))
        return any(b'"intent"' in (log or b"") for log in logs)

    def verified_calls(self, origin: str, app_id: str, call: str) -> VerifiedCalls:
        """Return what is known of the revoke call (path and field) of one server and app."""
        return VerifiedCalls(self.paths, origin, app_id, call)

    def known(self, origin: str, app_id: str) -> KnownFile:
        """Return the integrations of one app that were named from here."""
        return KnownFile(self.paths, origin, app_id)


def _turn() -> asyncio.Lock:
    from asyncio import Lock  # 20 ms, and a stored token is printed without

    return Lock()


class AccountStorage(Unshown, frozen=True):
    """Where one account's secrets and records are stored."""

    secrets: SecretStore
    local_files: LocalFiles

    _turn: asyncio.Lock = field(default_factory=_turn)
    """The tasks of this process queue here."""

    def is_in_book(self, account: Account) -> bool:
        """Return whether the book means these secrets: a later login may have stored others."""
        storage, book = self.secrets.storage, self.local_files.book
        return any(one.account.key == account.key and one.storage is storage for one in book.all())

    @contextlib.asynccontextmanager
    async def lock(self, account: Account, longest: float = ACCOUNT_WAIT) -> AsyncGenerator[None]:
        """Hold the account against every other task and process of this user.

        Waits for another process at most `longest` seconds. Not re-entrant. Raises StorageError.
        """
        async with self._turn:
            if self.secrets.storage is Storage.THIS_RUN:
                yield  # no other process knows these secrets, and the disk may be read-only
                return
            async with account_lock(self.local_files.paths.state_dir, account.key, longest):
                yield

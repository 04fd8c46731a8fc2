"""What is stored on this machine, for all accounts and for one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import field

from qiscus_tui.model.account import Account, Storage
from qiscus_tui.model.unshown import Unshown
from qiscus_tui.store.locks import ACCOUNT_WAIT
from qiscus_tui.store.paths import Paths, paths_in_memory

if TYPE_CHECKING:
    import asyncio

    from qiscus_tui.store.accounts import AccountBook
    from qiscus_tui.store.audit import AuditLog
    from qiscus_tui.store.checks import Checks
    from qiscus_tui.store.journal import Journal
    from qiscus_tui.store.known import KnownFile
    from qiscus_tui.store.secrets import SecretStore
    from qiscus_tui.store.shown_lists import ShownLists
    from qiscus_tui.store.verified_calls import VerifiedCalls
    from qiscus_tui.store.visits import Visits


class LocalFiles(Unshown, frozen=True, dict=True):
    """The files of this user, or their twins in memory. Nothing is created by looking.

    Each module is loaded when it is first needed: the first frame needs the accounts alone.
    """

    paths: Paths
    environ: Mapping[str, str]
    to_syslog: bool = False
    """Whether audit records go to the system's log too."""

    @classmethod
    def in_memory(cls) -> LocalFiles:
        """Return files that end with this run; the machine's own are neither read nor written."""
        return cls(paths_in_memory(), {})

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

    @property
    def persistent(self) -> bool:
        """Whether they are still there after this run."""
        return self.paths.files.persistent

    @cached_property
    def book(self) -> AccountBook:
        """The accounts, without their secrets."""
        from qiscus_tui.store.accounts import AccountBook

        return AccountBook(self.paths)

    @cached_property
    def audit(self) -> AuditLog:
        """What was revoked from here."""
        from qiscus_tui.store.audit import AuditLog

        return AuditLog(self.paths, environ=self.environ, to_syslog=self.to_syslog)

    @cached_property
    def journal(self) -> Journal:
        """The revoke-alls that were begun."""
        from qiscus_tui.store.journal import Journal

        return Journal(self.paths)

    @cached_property
    def checks(self) -> Checks:
        """What `check` saw."""
        from qiscus_tui.store.checks import Checks

        return Checks(self.paths)

    @cached_property
    def visits(self) -> Visits:
        """What was listed at the last visit."""
        from qiscus_tui.store.visits import Visits

        return Visits(self.paths)

    @cached_property
    def shown_lists(self) -> ShownLists:
        """How the list of each account was shown last."""
        from qiscus_tui.store.shown_lists import ShownLists

        return ShownLists(self.paths)

    def plan_key(self) -> bytes:
        """Return the key that plan files are sealed with. Raises StorageError."""
        from qiscus_tui.store.plan_key import plan_key

        return plan_key(self.paths)

    def verified_calls(self, origin: str, app_id: str, call: str) -> VerifiedCalls:
        """Return what is known of the revoke call (path and field) of one server and app."""
        from qiscus_tui.store.verified_calls import VerifiedCalls

        return VerifiedCalls(self.paths, origin, app_id, call)

    def known(self, origin: str, app_id: str) -> KnownFile:
        """Return the integrations of one app that were named from here."""
        from qiscus_tui.store.known import KnownFile

        return KnownFile(self.paths, origin, app_id)


def _turn() -> asyncio.Lock:
    from asyncio import Lock

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
            from qiscus_tui.store.locks import account_lock

            async with account_lock(self.local_files.paths.state_dir, account.key, longest):
                yield

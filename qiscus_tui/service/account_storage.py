"""What is kept on this machine for one account, and where."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from qiscus_tui.model.account import Account, Storage

if TYPE_CHECKING:
    from qiscus_tui.store.accounts import AccountBook
    from qiscus_tui.store.audit import AuditLog
    from qiscus_tui.store.journal import Journal
    from qiscus_tui.store.paths import Paths
    from qiscus_tui.store.secrets import SecretStore
    from qiscus_tui.store.verified_calls import VerifiedCalls
    from qiscus_tui.store.visits import Visits


@dataclass(frozen=True)
class LocalFiles:
    """The files of this user. The demo has none. Nothing is created by looking.

    Each comes in when it is first asked for: the first frame needs the accounts alone.
    """

    paths: Paths
    environ: Mapping[str, str] = field(repr=False)

    @cached_property
    def book(self) -> AccountBook:
        """The accounts, without their secrets."""
        from qiscus_tui.store.accounts import AccountBook

        return AccountBook(self.paths)

    @cached_property
    def audit(self) -> AuditLog:
        """What was revoked from here."""
        from qiscus_tui.store.audit import AuditLog

        return AuditLog(self.paths, environ=self.environ)

    @cached_property
    def journal(self) -> Journal:
        """Revoke-alls that were begun."""
        from qiscus_tui.store.journal import Journal

        return Journal(self.paths)

    @cached_property
    def visits(self) -> Visits:
        """What was listed at the last visit."""
        from qiscus_tui.store.visits import Visits

        return Visits(self.paths)


@dataclass(frozen=True)
class AccountStorage:
    """Where one account's secrets and records are kept. Without a disk, in memory alone."""

    secrets: SecretStore
    verified: VerifiedCalls
    local_files: LocalFiles | None

    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)
    """Tasks of this process wait here, in the order in which they came."""

    @contextlib.asynccontextmanager
    async def lock(self, account: Account) -> AsyncGenerator[None]:
        """Hold the account against every other task and process of this user.

        Not re-entrant. Raises StorageError.
        """
        async with self._turn:
            if self.local_files is None or self.secrets.storage is Storage.THIS_RUN:
                yield  # what lives in this process alone needs no disk, which may be read-only
                return
            from qiscus_tui.store.locks import account_lock

            async with account_lock(self.local_files.paths, account.key):
                yield


def account_storage(secrets: SecretStore, on: LocalFiles | None) -> AccountStorage:
    """Secrets in `secrets`, the rest on the disk where there is one."""
    from qiscus_tui.store.verified_calls import MemoryVerified, VerifiedRevokes

    verified = VerifiedRevokes(on.paths) if on else MemoryVerified()
    return AccountStorage(secrets, verified, on)


def account_storage_in_memory() -> AccountStorage:
    """Everything ends with this run."""
    from qiscus_tui.store.secrets import MemorySecrets

    return account_storage(MemorySecrets(), None)

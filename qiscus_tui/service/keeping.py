"""What is kept on this machine for one account, and where."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from qiscus_tui.model.account import Account
from qiscus_tui.store.accounts import AccountBook
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.journal import Journal
from qiscus_tui.store.locks import account_lock
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import MemorySecrets, SecretStore
from qiscus_tui.store.trials import MemoryVerified, VerifiedCalls, VerifiedRevokes
from qiscus_tui.store.visits import Visits


@dataclass(frozen=True)
class Disk:
    """The files of this user. The demo has none."""

    paths: Paths
    book: AccountBook
    audit: AuditLog
    journal: Journal
    visits: Visits


def disk(paths: Paths, environ: Mapping[str, str]) -> Disk:
    """The files under these folders. Nothing is created by looking."""
    return Disk(
        paths,
        AccountBook(paths),
        AuditLog(paths, environ=environ),
        Journal(paths),
        Visits(paths),
    )


@dataclass(frozen=True)
class Keeping:
    """Where one account's secrets and records are kept. Without a disk, in memory alone."""

    secrets: SecretStore
    verified: VerifiedCalls
    disk: Disk | None

    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)
    """Waiting in this process is done here: threads that wait for the file's lock would take
    the places of those that its holder needs."""

    @contextlib.asynccontextmanager
    async def lock(self, account: Account) -> AsyncGenerator[None]:
        """Hold the account against every other task and process of this user.

        Not re-entrant. Raises StorageError.
        """
        async with self._turn:
            if self.disk is None:
                yield
                return
            lock = account_lock(self.disk.paths, account.key)
            await _entered(lock)
            try:
                yield
            finally:
                lock.__exit__(None, None, None)


async def _entered(lock: contextlib.AbstractContextManager[None]) -> None:
    """Enter in a thread; whoever is cancelled meanwhile does not hold the lock for ever."""
    entering = asyncio.ensure_future(asyncio.to_thread(lock.__enter__))
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        entering.add_done_callback(lambda done: _leave(lock, done))
        raise


def _leave(lock: contextlib.AbstractContextManager[None], entered: "asyncio.Future[None]") -> None:
    if not entered.cancelled() and entered.exception() is None:
        lock.__exit__(None, None, None)


def keeping(secrets: SecretStore, on: Disk | None) -> Keeping:
    """Secrets in `secrets`, the rest on the disk where there is one."""
    verified = VerifiedRevokes(on.paths) if on else MemoryVerified()
    return Keeping(secrets, verified, on)


def keeping_nothing() -> Keeping:
    """Everything ends with this run."""
    return keeping(MemorySecrets(), None)

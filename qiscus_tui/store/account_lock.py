"""The lock of an account, between the processes of this user. Loads asyncio."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from qiscus_tui.model.ids import sha256
from qiscus_tui.store.locks import KernelLock

ACCOUNT_WAIT = 120.0
"""Seconds to wait for an account: whoever holds it may be waiting for the server."""

_PAUSE = 0.05
"""Seconds between two attempts to take a lock."""


@asynccontextmanager
async def account_lock(
    folder: Path, account_key: str, longest: float = ACCOUNT_WAIT
) -> AsyncGenerator[None]:
    """Lock the account against every other process of this user.

    Waits at most `longest` seconds without blocking the event loop; cancelling takes effect at
    once. Not re-entrant. Raises StorageError.
    """
    lock = KernelLock(folder, account_lock_name(account_key))
    give_up = time.monotonic() + longest
    while not lock.take():
        if time.monotonic() >= give_up:
            raise lock.busy(longest)
        await asyncio.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.give_back()


def account_lock_name(account_key: str) -> str:
    """Return the name of the account's lock file. It does not reveal the account."""
    return f"account-{sha256(account_key)[:16]}.lock"

"""Reads the list until its readings prove what became of the sessions, or no more can be known."""

import asyncio
import contextlib
from collections.abc import Callable, Set
from dataclasses import replace

from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.model.account import Credentials
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.verification import MOST_READINGS, Verification
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.state import remembered_ids

LONGEST = 30.0
"""Seconds for all readings."""

CONFIRM_AFTER = 1.0
"""Seconds before a reading that may confirm the one before it."""

PAUSES = (CONFIRM_AFTER, 4.0, 10.0, 14.0)
"""Seconds between readings that show nothing new: a list may be behind."""


class Witnesses:
    """Takes readings of one account's list, each on a connection of its own."""

    def __init__(
        self,
        connection: Connection,
        on_reading: Callable[[int], None] = lambda _: None,
        held: Credentials | None = None,
    ) -> None:
        """`on_reading` is called with the number of each reading before it begins.

        It is read with the secrets `held`, else the stored ones.
        """
        self._connection = connection
        self._clock = connection.clock
        self._on_reading = on_reading
        self._held = held

    async def _read(self, number: int) -> SessionList:
        self._on_reading(number)
        return await self._connection.read_list(held=self._held, fresh=True)

    async def verify(
        self,
        verification: Verification,
        *,
        awaited: Set[str] = frozenset(),
        watched: Set[str] | None = None,
        one_will_do: bool = False,
    ) -> Verification:
        """Add readings until two in a row agree; return the same verification.

        `awaited` are ids that should be gone: while one is listed, the list may be behind.
        Only what is missing of `watched` needs a second reading; None for all. `one_will_do`: one
        reading is enough if it lacks nothing but what was sent. Raises QiscusTuiError if not even
        one reading succeeds.
        """
        began = self._clock.monotonic()
        while not self._is_done(verification, awaited, watched, one_will_do=one_will_do):
            if verification.readings:
                left = began + LONGEST - self._clock.monotonic()
                if verification.readings >= MOST_READINGS or left < CONFIRM_AFTER:
                    break
                await self._clock.sleep(min(left, _pause(verification)))
            try:
                listed = await self._read(verification.readings + 1)
            except QiscusTuiError as error:
                if not verification.readings:
                    raise
                verification.fail(error)
                break
            await asyncio.to_thread(verification.add, listed, self._clock.now())
        return verification

    async def settled(self, first: SessionList, ids: Set[str]) -> SessionList:
        """Return a list that shows which of these ids it lacks: two readings in a row agree.

        `first` is a reading that was just made. Where no two agree, the list is not whole. Raises
        QiscusTuiError.
        """
        last = first
        for number in range(2, MOST_READINGS + 1):
            missing = ids - last.positions.keys()
            if not missing or not last.complete:
                return last
            await self._clock.sleep(CONFIRM_AFTER)
            found = Verification(last)
            listed = await self._read(number)
            await asyncio.to_thread(found.add, listed, self._clock.now())
            if ids - listed.positions.keys() == missing and found.repeats:
                return listed
            last = listed
        return replace(last, incomplete_because="its readings differ")

    def _is_done(
        self,
        verification: Verification,
        awaited: Set[str],
        watched: Set[str] | None,
        *,
        one_will_do: bool,
    ) -> bool:
        last = verification.last
        if last is None:
            return False
        if last.complete and not awaited.isdisjoint(last.positions):
            return False
        if one_will_do and verification.is_clean:
            return True
        return verification.is_settled(watched)


def _pause(verification: Verification) -> float:
    if verification.agreeing < 2:
        return CONFIRM_AFTER
    return PAUSES[verification.agreeing - 1]


def seen_before(connection: Connection, ids: Set[str]) -> Set[str]:
    """Return those of these ids that were listed to this account, or revoked from it, before.

    Where that can't be read, none.
    """
    if not ids:
        return frozenset()
    account, files = connection.account, connection.account_storage.local_files
    with contextlib.suppress(StorageError):
        found = {
            one for intent in files.audit.intents() if intent.is_of(account) for one in intent.ids
        }
        return ids & found.union(remembered_ids(files.paths, account.key))
    return frozenset()

"""What is new since the last visit to the sessions screen.

A visit begins with its first list, and ends when the user leaves the screen: then the listed
(client, network) pairs are remembered, as fingerprints. A crash, a signal or a list that could not
be read changes nothing, so what was new is new again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from qiscus_tui.errors import StorageError
from qiscus_tui.service.account.storage import LocalFiles
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.snapshot import Pair, pairs_of
from qiscus_tui.store.state import LastList, Seen, Visits

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


class Visit:
    """One visit of one account."""

    def __init__(self, visits: Visits, account_key: str) -> None:
        self._visits = visits
        self.account_key = account_key
        self._seen: Seen | None = None
        self.trouble: StorageError | None = None
        """Why nothing is marked: the record of the last visit can't be read."""

    def new_pairs(self, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Return those of the pairs that the last visit did not see. Uses files.

        The record is read once, so that another program's visit changes no marks here.
        """
        if self._seen is None:
            try:
                self._seen = self._visits.last(self.account_key)
            except StorageError as error:  # the sessions are shown anyway
                self.trouble, self._seen = error, Seen()
        return self._seen.new_among(pairs)

    async def end(self, listed: SessionList) -> None:
        """End the visit: remember what was listed. Raises StorageError.

        An empty list changes nothing: it may be an empty answer alone.
        """
        if not listed.sessions:
            return
        pairs = set(await asyncio.to_thread(pairs_of, listed.sessions))
        found = LastList(len(listed.sessions), listed.is_whole, listed.read_at)
        await asyncio.to_thread(self._visits.remember, self.account_key, pairs, found)


def visit_of(connection: Connection, begun: Visit | None = None) -> Visit | None:
    """Mark what is new in the lists of this connection; return None in the demo.

    `begun` continues if it is the same account's: a login after an expiry is no new visit.
    """
    local_files, key = connection.account_storage.local_files, connection.account.key
    if not local_files.persistent:
        return None  # there will be no later visit
    visit = (
        begun if begun is not None and begun.account_key == key else Visit(local_files.visits, key)
    )
    if connection.reader.new_pairs != visit.new_pairs:
        connection.reader = replace(connection.reader, new_pairs=visit.new_pairs)
    return visit


def mark_without_visiting(connection: Connection) -> None:
    """Mark what is new in the lists of a command, which neither begins nor ends a visit.

    Reading the list raises StorageError where the record of the last visit can't be read: a filter
    that decides what is revoked must not take that for "nothing is new".
    """
    local_files, key = connection.account_storage.local_files, connection.account.key
    new_pairs = partial(local_files.visits.new_pairs, key)
    connection.reader = replace(connection.reader, new_pairs=new_pairs)


def last_lists(local_files: LocalFiles) -> dict[str, LastList]:
    """Return what each account's list had when it was last seen here, by the account's key.

    Nothing where that can't be read: it only informs. Uses files.
    """
    try:
        return local_files.visits.last_lists()
    except StorageError:
        return {}

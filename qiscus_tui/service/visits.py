"""What is new since the last visit to the sessions screen.

A visit begins with its first list, and ends when the user leaves the screen: then the listed
(client, network) pairs are remembered, as fingerprints. A crash, a signal or a list that could not
be read changes nothing, so what was new is new again.
"""

import asyncio
from collections.abc import Iterable

from qiscus_tui.errors import StorageError
from qiscus_tui.service.account.workspace import LocalFiles
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.snapshot import Pair, pairs_of
from qiscus_tui.store.state import LastList, Seen, Visits


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
        pairs = await asyncio.to_thread(pairs_of, listed)
        found = LastList(len(listed.sessions), listed.is_whole, listed.read_at)
        await asyncio.to_thread(self._visits.remember, self.account_key, pairs, found)


def visit_of(local_files: LocalFiles, account_key: str, begun: Visit | None = None) -> Visit | None:
    """Return the visit of this account; None in the demo, which has no later visit.

    `begun` continues if it is the same account's: a login after an expiry is no new visit.
    """
    if not local_files.persistent:
        return None
    if begun is not None and begun.account_key == account_key:
        return begun
    return Visit(local_files.visits, account_key)


def last_lists(local_files: LocalFiles) -> dict[str, LastList]:
    """Return what each account's list had when it was last seen here, by the account's key.

    Nothing where that can't be read: it only informs. Uses files.
    """
    try:
        return local_files.visits.last_lists()
    except StorageError:
        return {}

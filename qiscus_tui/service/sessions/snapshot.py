"""Builds the snapshot of a list from what the server listed.

What is made of a session is the same for all with its user agent, address and user: it is made
once for each of these.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from operator import attrgetter

from msgspec import Struct

from qiscus_tui.api.list.rows import Listing
from qiscus_tui.model.addresses import network_of
from qiscus_tui.model.clients import Known, client_family, integration_of
from qiscus_tui.model.session import Session
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.user_agents import client_name

Pair = tuple[str, str]
"""A client, whatever its version, and the network that it came from."""

_ClientAndIp = tuple[str, str | None]
_IP: Callable[[Session], str | None] = attrgetter("ip")

NewPairs = Callable[[Iterable[Pair]], frozenset[Pair]]
"""Returns those of the pairs that an earlier visit did not see. Called in a thread."""

KnownNow = Callable[[], Sequence[Known]]
"""Returns the known integrations as they are now. Asked again for each list, as another program may
have named one. Called in a thread."""


def _give_memory_back() -> None:
    """Give freed memory back to the system: glibc keeps the 30 MB of a long list."""
    import ctypes  # only for a list that was read: not when the program starts

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class Reader(Struct, frozen=True):
    """Names clients, labels known integrations, and marks what is new."""

    known: KnownNow = tuple
    new_pairs: NewPairs | None = None

    async def snapshot(self, listing: Listing, *, read_at: float, offset: float) -> SessionList:
        """Return the list as an immutable snapshot. Raises StorageError."""

        def made() -> SessionList:
            name = cache(client_name)
            clients = [name(session.user_agent) for session in listing.sessions]
            new = self._new(listing.sessions, clients)
            unlabelled = SessionList(
                **vars(listing), clients=clients, labels=(), new=new, read_at=read_at, offset=offset
            )
            _give_memory_back()
            return self._labelled(unlabelled)

        return await asyncio.to_thread(made)

    async def labelled(self, listed: SessionList) -> SessionList:
        """Return the same list with the integrations that are known now. Raises StorageError."""
        return await asyncio.to_thread(self._labelled, listed)

    def _labelled(self, listed: SessionList) -> SessionList:
        known = self.known()
        labels: list[Known | None] = [None] * len(listed)
        if known:
            label = cache(partial(integration_of, known))
            labels = [
                label(client, session.user_agent, session.ip)
                for client, session in zip(listed.clients, listed.sessions, strict=True)
            ]
        return replace(listed, labels=labels, known=known)

    def _new(self, sessions: Sequence[Session], clients: Sequence[str]) -> bytes:
        if self.new_pairs is None:
            return bytes(len(sessions))
        pairs: dict[_ClientAndIp, Pair] = {}

        def listed() -> Iterator[Pair]:  # not asked on the first visit
            pairs.update(_pairs(sessions, clients))
            yield from pairs.values()

        new = self.new_pairs(listed())
        if not new:
            return bytes(len(sessions))
        # Our own session has a mark of its own, and is never new.
        return bytes(
            session.current is not True and pairs[client, session.ip] in new
            for session, client in zip(sessions, clients, strict=True)
        )


def pairs_of(listed: SessionList) -> set[Pair]:
    """Return every (client, network) pair of a list."""
    return {*_pairs(listed.sessions, listed.clients).values()}


def _pairs(sessions: Sequence[Session], clients: Sequence[str]) -> dict[_ClientAndIp, Pair]:
    """Return the pair of each client and address."""
    family, network = cache(client_family), cache(network_of)
    origins = dict.fromkeys(zip(clients, map(_IP, sessions), strict=True))
    return {origin: (family(origin[0]), network(origin[1])) for origin in origins}

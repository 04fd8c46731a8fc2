"""Builds the snapshot of a list from what the server listed.

What is made of a session is the same for all with its user agent, address and user: it is made
once for each of these.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from operator import attrgetter

from msgspec import Struct

from qiscus_tui.api.list.rows import Listing
from qiscus_tui.model.addresses import network_of
from qiscus_tui.model.clients import Known, client_family, integration_of
from qiscus_tui.model.session import Session
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.user_agents import ClientNames, quick_name

Pair = tuple[str, str]
"""A client, whatever its version, and the network that it came from."""

_AgentAndIp = tuple[str | None, str | None]
_AGENT_AND_IP: Callable[[Session], _AgentAndIp] = attrgetter("user_agent", "ip")

Names = Callable[[str | None], str]
"""Returns the short name of the client with a user agent."""

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


class _QuickNames(dict[str | None, str]):
    """The name of each client without ua-parser."""

    def __missing__(self, user_agent: str | None) -> str:
        name = self[user_agent] = quick_name(user_agent)
        return name


class Reader(Struct, frozen=True):
    """Names clients, labels known integrations, and marks what is new."""

    names: Names
    known: KnownNow = tuple
    new_pairs: NewPairs | None = None

    async def snapshot(self, listing: Listing, *, read_at: float, offset: float) -> SessionList:
        """Return the list as an immutable snapshot. Raises StorageError."""

        def made() -> SessionList:
            quick = _QuickNames()
            new = self._new(listing.sessions, quick)
            unnamed = SessionList(
                **vars(listing), clients=(), labels=(), new=new, read_at=read_at, offset=offset
            )
            _give_memory_back()
            return self._named(unnamed, quick)

        return await asyncio.to_thread(made)

    async def named(self, listed: SessionList) -> SessionList:
        """Return the same list with this reader's client names and labels. Raises StorageError."""
        return await asyncio.to_thread(self._named, listed, _QuickNames())

    def _named(self, listed: SessionList, quick: _QuickNames) -> SessionList:
        known, sessions = self.known(), listed.sessions
        name = quick.__getitem__ if self.names is quick_name else cache(self.names)
        clients = [name(session.user_agent) for session in sessions]
        labels: list[Known | None] = [None] * len(sessions)
        if known:

            @cache
            def label(agent: str | None, ip: str | None) -> Known | None:
                # The quick name too: the full one is for a limited number of agents.
                return integration_of(known, (name(agent), quick[agent]), agent, ip)

            labels = [label(session.user_agent, session.ip) for session in sessions]
        return replace(listed, clients=clients, labels=labels, known=known)

    def _new(self, sessions: Sequence[Session], quick: _QuickNames) -> bytes:
        if self.new_pairs is None:
            return bytes(len(sessions))
        pairs: dict[_AgentAndIp, Pair] = {}

        def listed() -> Iterator[Pair]:  # not asked on the first visit
            pairs.update(_pairs(sessions, quick))
            yield from pairs.values()

        new = self.new_pairs(listed())
        if not new:
            return bytes(len(sessions))
        # Our own session has a mark of its own, and is never new.
        return bytes(
            session.current is not True and pairs[_AGENT_AND_IP(session)] in new
            for session in sessions
        )


def full_reader(known: KnownNow = tuple) -> Reader:
    """Return a reader that names clients by ua-parser."""
    return Reader(ClientNames(), known)


def pairs_of(sessions: Sequence[Session]) -> list[Pair]:
    """Return every (client, network) pair once."""
    return list(dict.fromkeys(_pairs(sessions, _QuickNames()).values()))


def _pairs(sessions: Sequence[Session], quick: _QuickNames) -> dict[_AgentAndIp, Pair]:
    """Return the pair of each user agent and address."""
    family, network = cache(client_family), cache(network_of)
    origins = dict.fromkeys(map(_AGENT_AND_IP, sessions))
    return {origin: (family(quick[origin[0]]), network(origin[1])) for origin in origins}

"""Builds the snapshot of a list from what the server listed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct, field

from qiscus_tui.model.addresses import network_of
from qiscus_tui.model.client_names import client_family
from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session
from qiscus_tui.model.turns import in_turns, runs
from qiscus_tui.service.sessions.arriving import ArrivingList
from qiscus_tui.service.sessions.descriptions import Columns, Describer
from qiscus_tui.service.sessions.held_lists import HeldLists
from qiscus_tui.service.sessions.session_list import SessionList, search_text
from qiscus_tui.service.sessions.user_agents import ClientNames, quick_name

if TYPE_CHECKING:
    from qiscus_tui.api.listing import Listing

Pair = tuple[str, str]
"""A client, whatever its version, and the network that it came from."""

_AgentAndIp = tuple[str | None, str | None]
_Pairs = dict[_AgentAndIp, Pair]
_AGENT_AND_IP: Callable[[Session], _AgentAndIp] = attrgetter("user_agent", "ip")

NewPairs = Callable[[Iterable[Pair]], frozenset[Pair]]
"""Returns those of the pairs that an earlier visit did not see. Called in a thread."""

KnownNow = Callable[[], Sequence[Known]]
"""Returns the known integrations as they are now. Asked again for each list, as another program may
have named one. Called in a thread."""


class Reader(Struct, frozen=True):
    """Names clients, labels known integrations, and marks what is new."""

    names: Callable[[str | None], str]
    known: KnownNow = tuple
    new_pairs: NewPairs | None = None
    held_lists: HeldLists = field(default_factory=HeldLists)
    """The lists of this reader, and of others."""
    arriving: ArrivingList | None = None
    """Takes the sessions while they are read."""

    async def begin(self) -> None:
        """Make ready for a reading: what arrives is described by the integrations as of now."""
        if self.arriving is not None:
            known = await asyncio.to_thread(self.known)
            self.arriving.begin(Describer(self.names, known, self.held_lists.newest))

    async def snapshot(self, listing: Listing, *, read_at: float, offset: float) -> SessionList:
        """Return the list as an immutable snapshot, built in turns so that keys are handled."""
        unnamed = SessionList(
            sessions=listing.sessions,
            clients=(),
            labels=(),
            new=await self._new(listing.sessions),
            current=listing.current,
            unreadable=listing.unreadable,
            incomplete_because=listing.incomplete_because,
            moved=listing.moved,
            unreadable_entries=listing.unreadable_entries,
            shared_ids=listing.shared_ids,
            other_rows=listing.other_rows,
            read_at=read_at,
            offset=offset,
            time_doubt=listing.time_doubt,
            size=listing.size,
            positions=listing.positions,
        )
        return await self.named(unnamed)

    async def named(self, listed: SessionList) -> SessionList:
        """Return the same list with this reader's client names and labels."""
        known = await asyncio.to_thread(self.known)
        describer = Describer(self.names, known, self.held_lists.newest)
        columns = None
        if self.arriving is not None:
            columns = self.arriving.take(listed.sessions, known)
        if columns is None:
            columns = Columns()
            await in_turns(columns.extended_in_steps(listed.sessions, describer))
        labels, search = columns.labels, columns.search
        for row in listed.other_rows:  # a session in several rows is protected by any of them
            known_as = describer.of(row)[1]
            place = listed.positions.get(row.id)
            if place is None or known_as is None or not known_as.protect:
                continue
            label = labels[place]
            if label is None or not label.protect:
                labels[place] = known_as
                client = columns.clients[place]
                search[place] = search_text(listed.sessions[place], client, known_as.label)
        named = replace(listed, clients=columns.clients, labels=labels, search=search, known=known)
        self.held_lists.add(named)
        return named

    async def _new(self, sessions: Sequence[Session]) -> bytes:
        if self.new_pairs is None:
            return bytes(len(sessions))
        pairs = await self._pairs(sessions)
        new = await asyncio.to_thread(self.new_pairs, list(dict.fromkeys(pairs.values())))
        if not new:
            return bytes(len(sessions))
        # Our own session has a mark of its own, and is never new.
        return bytes(
            session.current is not True and pairs[session.user_agent, session.ip] in new
            for session in sessions
        )

    async def _pairs(self, sessions: Sequence[Session]) -> _Pairs:
        origins = None if self.arriving is None else self.arriving.origins(sessions)
        if origins is None:
            return await in_turns(_pairs_in_steps(_origins_of(sessions)))
        return await in_turns(_pairs_in_steps([(agent, ip) for agent, ip, _ in origins]))


def full_reader(known: KnownNow = tuple, held_lists: HeldLists | None = None) -> Reader:
    """Return a reader that names clients by ua-parser."""
    return Reader(ClientNames(), known, held_lists=held_lists or HeldLists())


async def pairs_of(sessions: Sequence[Session]) -> list[Pair]:
    """Return every (client, network) pair once, in turns so that keys are handled."""
    pairs = await in_turns(_pairs_in_steps(_origins_of(sessions)))
    return list(dict.fromkeys(pairs.values()))


def _origins_of(sessions: Sequence[Session]) -> Iterator[_AgentAndIp]:
    return chain.from_iterable(dict.fromkeys(map(_AGENT_AND_IP, run)) for run in runs(sessions))


def _pairs_in_steps(origins: Iterable[_AgentAndIp]) -> Generator[None, None, _Pairs]:
    """Return the pair of each user agent and address."""
    pairs: _Pairs = {}
    for origin in origins:
        if origin not in pairs:
            pairs[origin] = family_of(origin[0]), network_of(origin[1])
        yield
    return pairs


def family_of(user_agent: str | None) -> str:
    """Return the client without its version, so that an update makes no new client of it.

    From the quick name: the full one is for a limited number of agents, which differ from list to
    list. Both are of the same family, but for rare browsers.
    """
    return client_family(quick_name(user_agent))

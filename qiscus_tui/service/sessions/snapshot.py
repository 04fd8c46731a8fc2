"""Builds the snapshot of a list from what the server listed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct, field

from qiscus_tui.model.addresses import network_of
from qiscus_tui.model.client_names import client_family
from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session
from qiscus_tui.model.turns import Turn
from qiscus_tui.service.sessions.held_lists import HeldLists
from qiscus_tui.service.sessions.session_list import SessionList, search_text
from qiscus_tui.service.sessions.user_agents import ClientNames, quick_name

if TYPE_CHECKING:
    from qiscus_tui.api.listing import Listing

Pair = tuple[str, str]
"""A client, whatever its version, and the network that it came from."""

_TURN = 1000
"""Sessions after which other tasks run."""

_MOST_ORIGINS = 50_000
"""Different agents, addresses and users of which what is made is shared; more take memory."""

_Described = tuple[str, Known | None, str]
"""The client's name, the integration, the search text."""

_ID = attrgetter("id")
_AGENT_AND_IP = attrgetter("user_agent", "ip")

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

    async def snapshot(self, listing: Listing, *, read_at: float, offset: float) -> SessionList:
        """Return the list as an immutable snapshot, built in turns so that keys are handled."""
        unnamed = SessionList(
            sessions=listing.sessions,
            clients=(),
            labels=(),
            new=await self._new(listing.sessions),
            current=listing.current,
            unreadable=listing.unreadable,
            complete=listing.complete,
            moved=listing.moved,
            missing_once=listing.missing_once,
            unreadable_entries=listing.unreadable_entries,
            shared_ids=listing.shared_ids,
            other_rows=listing.other_rows,
            read_at=read_at,
            offset=offset,
            size=listing.size,
            positions=await _positions(listing.sessions),
        )
        return await self.named(unnamed)

    async def named(self, listed: SessionList) -> SessionList:
        """Return the same list with this reader's client names and labels."""
        before = self.held_lists.newest
        known_as = _Labels(await asyncio.to_thread(self.known))

        def described(session: Session) -> _Described:
            client = self.names(session.user_agent)
            known = known_as.of(session, client)
            place = before.positions.get(session.id)
            if place is not None and before.sessions[place] is session:  # so may be its text
                text = before.clients[place], before.labels[place], before.search[place]
                if text[:2] == (client, known):
                    return text
            return client, known, search_text(session, client, known.label if known else "")

        found = await _each_origin(listed.sessions, described)
        labels = [known for _, known, _ in found]
        search = [text for _, _, text in found]
        for row in listed.other_rows:  # a session in several rows is protected by any of them
            known = described(row)[1]
            place = listed.positions.get(row.id)
            if place is None or known is None or not known.protect:
                continue
            label = labels[place]
            if label is None or not label.protect:
                labels[place] = known
                search[place] = search_text(listed.sessions[place], found[place][0], known.label)
        clients = [client for client, _, _ in found]
        named = replace(listed, clients=clients, labels=labels, search=search)
        self.held_lists.add(named)
        return named

    async def _new(self, sessions: Sequence[Session]) -> bytes:
        if self.new_pairs is None:
            return bytes(len(sessions))
        pairs = await _pairs_by_origin(sessions)
        new = await asyncio.to_thread(self.new_pairs, list(dict.fromkeys(pairs.values())))
        if not new:
            return bytes(len(sessions))
        # Our own session has a mark of its own, and is never new.
        return bytes(
            session.current is not True and pairs[session.user_agent, session.ip] in new
            for session in sessions
        )


class _Labels:
    """Finds the known integration of a session: once for each user agent and address."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._known = known
        self._found: dict[tuple[str | None, str | None], Known | None] = {}

    def of(self, session: Session, client: str) -> Known | None:
        """Return the first that matches, None where none does."""
        if not self._known:
            return None
        key = session.user_agent, session.ip
        if key not in self._found:
            # The quick name too: the full one is for a limited number of agents.
            names = client, quick_name(session.user_agent)
            matching = (
                known for known in self._known if any(known.matches(one, *key) for one in names)
            )
            self._found[key] = next(matching, None)
        return self._found[key]


def full_reader(known: KnownNow = tuple, held_lists: HeldLists | None = None) -> Reader:
    """Return a reader that names clients by ua-parser."""
    return Reader(ClientNames(), known, held_lists=held_lists or HeldLists())


async def _positions(sessions: Sequence[Session]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for start in range(0, len(sessions), _TURN):
        run = sessions[start : start + _TURN]
        positions.update(zip(map(_ID, run), range(start, start + _TURN), strict=False))
        await asyncio.sleep(0)
    return positions


async def _each_origin(
    sessions: Sequence[Session], describe: Callable[[Session], _Described]
) -> list[_Described]:
    """Return the description of each session: one object for all with the same texts."""
    known: dict[tuple[str | None, ...], _Described] = {}
    found: list[_Described] = []
    turn = Turn()
    for start in range(0, len(sessions), _TURN):
        for session in sessions[start : start + _TURN]:
            origin = session.user_agent, session.ip, session.user
            described = known.get(origin)
            if described is None:
                described = describe(session)
                if len(known) < _MOST_ORIGINS:
                    known[origin] = described
                await turn.give_way_if_over()  # a new client may take half a millisecond to name
            found.append(described)
        await turn.give_way_if_over()
    return found


async def pairs_of(sessions: Sequence[Session]) -> list[Pair]:
    """Return every (client, network) pair once, in turns so that keys are handled."""
    return list(dict.fromkeys((await _pairs_by_origin(sessions)).values()))


async def _pairs_by_origin(
    sessions: Sequence[Session],
) -> dict[tuple[str | None, str | None], Pair]:
    """Return the pair of each user agent and address."""
    pairs: dict[tuple[str | None, str | None], Pair] = {}
    for start in range(0, len(sessions), _TURN):
        for origin in dict.fromkeys(map(_AGENT_AND_IP, sessions[start : start + _TURN])):
            if origin not in pairs:
                pairs[origin] = family_of(origin[0]), network_of(origin[1])
        await asyncio.sleep(0)
    return pairs


def family_of(user_agent: str | None) -> str:
    """Return the client without its version, so that an update makes no new client of it.

    From the quick name: the full one is for a limited number of agents, which differ from list to
    list. Both are of the same family, but for rare browsers.
    """
    return client_family(quick_name(user_agent))

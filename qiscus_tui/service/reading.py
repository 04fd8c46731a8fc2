"""From what the server listed to the snapshot that the faces show."""

import asyncio
import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qiscus_tui.api.listing import Listing
from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session
from qiscus_tui.service.clients import ClientNames
from qiscus_tui.service.session_list import SessionList, search_text

Pair = tuple[str, str]
"""A client and the network that it came from."""

_TURN = 1000
"""Sessions after which something else runs."""

NewPairs = Callable[[Iterable[Pair]], frozenset[Pair]]


@dataclass(frozen=True)
class Reader:
    """Names clients, tells known integrations, and marks what is new."""

    names: Callable[[str | None], str]
    known: Sequence[Known] = ()
    new_pairs: NewPairs | None = None

    async def snapshot(self, listing: Listing, *, read_at: float, offset: float) -> SessionList:
        """The list as an immutable snapshot, built in turns so that keys are heard meanwhile."""
        sessions = listing.sessions
        clients: list[str] = []
        labels: list[Known | None] = []
        search: list[str] = []
        labelled: dict[tuple[str | None, str | None], Known | None] = {}
        for start in range(0, len(sessions), _TURN):
            for session in sessions[start : start + _TURN]:
                client = self.names(session.user_agent)
                known = self._known(session, client, labelled) if self.known else None
                clients.append(client)
                labels.append(known)
                search.append(search_text(session, client, known.label if known else ""))
            await asyncio.sleep(0)
        return SessionList(
            sessions=sessions,
            clients=clients,
            labels=labels,
            new=self._new(sessions, clients),
            current=listing.current,
            unreadable=listing.unreadable,
            complete=listing.complete,
            read_at=read_at,
            offset=offset,
            search=search,
        )

    def _known(
        self,
        session: Session,
        client: str,
        labelled: dict[tuple[str | None, str | None], Known | None],
    ) -> Known | None:
        key = session.user_agent, session.ip
        if key not in labelled:
            labelled[key] = next((k for k in self.known if k.matches(client, *key)), None)
        return labelled[key]

    def _new(self, sessions: Sequence[Session], clients: Sequence[str]) -> bytes:
        if self.new_pairs is None:
            return bytes(len(sessions))
        pairs = pairs_of(sessions, clients)
        new = self.new_pairs(pairs)
        return bytes(pair in new for pair in pairs)


def full_reader(known: Sequence[Known] = ()) -> Reader:
    """A reader that names clients as well as it can."""
    return Reader(ClientNames(), known)


def pairs_of(sessions: Iterable[Session], clients: Iterable[str]) -> list[Pair]:
    """The (client, network) pair of each session."""
    networks: dict[str | None, str] = {}
    pairs: list[Pair] = []
    for session, client in zip(sessions, clients, strict=True):
        if session.ip not in networks:
            networks[session.ip] = network_of(session.ip)
        pairs.append((client, networks[session.ip]))
    return pairs


def network_of(ip: str | None) -> str:
    """The /24 (IPv6: /48) that an address is in; the text itself where it is no address."""
    try:
        address = ipaddress.ip_address((ip or "").strip())
    except ValueError:
        return ip or ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            # Without a zone such as %eth0: networks have none.
            return str(ipaddress.IPv6Network((int(address), 48), strict=False))
        address = address.ipv4_mapped  # as dual-stack servers log IPv4
    return str(ipaddress.IPv4Network((address, 24), strict=False))

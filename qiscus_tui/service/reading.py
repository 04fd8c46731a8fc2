"""From what the server listed to the snapshot that the faces show."""

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

NewPairs = Callable[[Iterable[Pair]], frozenset[Pair]]


@dataclass(frozen=True)
class Reader:
    """Names clients, tells known integrations, and marks what is new."""

    names: Callable[[str | None], str]
    known: Sequence[Known] = ()
    new_pairs: NewPairs | None = None

    def snapshot(self, listing: Listing, *, read_at: float, offset: float) -> SessionList:
        """The list as an immutable snapshot."""
        sessions = listing.sessions
        clients = [self.names(session.user_agent) for session in sessions]
        labels = self._labels(sessions, clients)
        search = [
            search_text(session, client, known.label if known else "")
            for session, client, known in zip(sessions, clients, labels, strict=True)
        ]
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

    def _labels(
        self, sessions: Sequence[Session], clients: Sequence[str]
    ) -> Sequence[Known | None]:
        if not self.known:
            return [None] * len(sessions)
        found: dict[tuple[str | None, str | None], Known | None] = {}
        labels: list[Known | None] = []
        for session, client in zip(sessions, clients, strict=True):
            key = session.user_agent, session.ip
            if key not in found:
                found[key] = next((k for k in self.known if k.matches(client, *key)), None)
            labels.append(found[key])
        return labels

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
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, bits), strict=False))

"""What each key groups by: how the kind of a session is read, shown, and asked for in a filter."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct

from qiscus_tui.model.addresses import (
    address_text,
    named_network,
    surroundings,
    surroundings_text,
)
from qiscus_tui.model.client_names import client_family, client_of
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.known import Known
from qiscus_tui.model.local_days import day_named, days_near
from qiscus_tui.model.session import Session
from qiscus_tui.query import Key, written_between, written_exactly
from qiscus_tui.query.values import address_of, label_of, text_of
from qiscus_tui.service.sessions.session_list import SessionList

Kind = str | int | date | None
"""What a group has in common: a text, a packed address or network, a day. None: unknown."""

DISTINCT = 16_384
"""Clients, addresses and pairs of them that are read once for all sessions that have them."""


class Run(Struct, frozen=True):
    """Some sessions of a list, side by side."""

    sessions: Sequence[Session]
    clients: Sequence[str]
    labels: Sequence[Known | None]


def part(listed: SessionList, positions: Sequence[int] | slice) -> Run:
    """Return the sessions at these positions."""
    sessions, clients, labels = listed.sessions, listed.clients, listed.labels
    if isinstance(positions, slice):
        return Run(sessions[positions], clients[positions], labels[positions])
    return Run(
        [sessions[position] for position in positions],
        [clients[position] for position in positions],
        [labels[position] for position in positions],
    )


@dataclass(frozen=True)
class Reading:
    """How the kind of a session is read: once for all that have the same of what decides it."""

    column: Callable[[Run], Iterable[Hashable]]
    """What decides it, of each session of a run."""
    kind: Callable[[Any], Kind]
    """The kind, by a value of the column."""


@dataclass(frozen=True)
class Kinds:
    """All about one key."""

    noun: str
    reading: Callable[[], Reading]
    """Makes a reading that remembers what it has read: for one list."""
    text: Callable[[Kind], str]
    """The safe text of a kind that is known."""
    words: Callable[[Kind], str]
    """The filter for exactly this kind."""


def _clients() -> Reading:
    @lru_cache(DISTINCT)
    def family(named: tuple[str, str | None]) -> Kind:
        client = client_of(*named)
        return None if client is None else client_family(client)

    return Reading(
        lambda run: zip(run.clients, [one.user_agent for one in run.sessions], strict=True), family
    )


def _networks() -> Reading:
    @lru_cache(DISTINCT)
    def network(ip: str | None) -> Kind:
        address = address_of(ip)
        return surroundings(address) if isinstance(address, int) else address

    return Reading(_ips, network)


def _addresses() -> Reading:
    return Reading(_ips, lru_cache(DISTINCT)(address_of))


def _ips(run: Run) -> list[str | None]:
    return [session.ip for session in run.sessions]


def _users() -> Reading:
    return Reading(lambda run: [session.safe_user for session in run.sessions], text_of)


def _labels() -> Reading:
    return Reading(lambda run: run.labels, label_of)


def _days() -> Reading:
    near: dict[float, list[tuple[float, date]]] = {}

    def day(at: float | None) -> Kind:
        if at is None:
            return None
        days = near.get(at // DAY)
        if days is None:
            start = at // DAY * DAY
            days = [(one.until, one.date) for one in days_near(start) if one.until > start]
            near[at // DAY] = days
        for until, name in days:
            if at < until:
                return name
        return None

    def column(run: Run) -> list[Kind]:  # times are seldom the same, days are
        return [day(session.created_at) for session in run.sessions]

    return Reading(column, lambda found: found)


def _network_text(kind: Kind) -> str:
    """Text that could pass for a network is in quotes, so that no two are alike."""
    if isinstance(kind, int):
        return surroundings_text(kind)
    text = str(kind)
    try:
        named_network(text)
    except ValueError:
        return f'"{text}"' if text.startswith('"') else text
    return f'"{text}"'


def _network_words(kind: Kind) -> str:
    return f"ip:{surroundings_text(kind)}" if isinstance(kind, int) else _exactly(Key.IP)(kind)


def _address_text(kind: Kind) -> str:
    return address_text(kind) if isinstance(kind, int) else str(kind)


def _address_words(kind: Kind) -> str:
    return f"ip:={address_text(kind)}" if isinstance(kind, int) else _exactly(Key.IP)(kind)


def _day_words(kind: Kind) -> str:
    if not isinstance(kind, date):
        return "age:unknown"
    day = day_named(kind)
    return written_between(day.since, day.until)


def _exactly(key: Key) -> Callable[[Kind], str]:
    return lambda kind: written_exactly(key, None if kind is None else str(kind))


KINDS: dict[GroupKey, Kinds] = {
    GroupKey.CLIENT: Kinds("client", _clients, str, _exactly(Key.CLIENT)),
    GroupKey.NETWORK: Kinds("network", _networks, _network_text, _network_words),
    GroupKey.IP: Kinds("address", _addresses, _address_text, _address_words),
    GroupKey.USER: Kinds("user", _users, str, _exactly(Key.USER)),
    GroupKey.LABEL: Kinds("label", _labels, str, _exactly(Key.LABEL)),
    GroupKey.DAY: Kinds("creation date", _days, str, _day_words),
}

"""What each key groups by: how the kind of a session is read, shown, and asked for in a filter."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from msgspec import Struct

from qiscus_tui.model.addresses import (
    address_text,
    named_network,
    surroundings,
    surroundings_text,
)
from qiscus_tui.model.client_names import client_family
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.known import Known
from qiscus_tui.model.local_days import day_named, days_near
from qiscus_tui.model.session import Session
from qiscus_tui.query import Key, written_between, written_exactly
from qiscus_tui.query.values import address_of, client_of, label_of, text_of
from qiscus_tui.service.sessions.session_list import SessionList

Kind = str | int | date | None
"""What a group has in common: a text, a packed address or network, a day. None: unknown."""


class Run(Struct, frozen=True):
    """Some sessions of a list, side by side."""

    sessions: Sequence[Session]
    clients: Sequence[str]
    labels: Sequence[Known | None]


Read = Callable[[Run], list[Kind]]
"""Returns the kind of each session of a run."""


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
class Kinds:
    """All about one key."""

    noun: str
    reader: Callable[[], Read]
    """Makes a function that remembers what it has read: for one list."""
    text: Callable[[Kind], str]
    """The safe text of a kind that is known."""
    words: Callable[[Kind], str]
    """The filter for exactly this kind."""


Raw = TypeVar("Raw", bound=Hashable)


class _Memo(dict[Raw, Kind]):
    """The kind of each raw value, found once."""

    def __init__(self, kind_of: Callable[[Raw], Kind]) -> None:
        super().__init__()
        self._kind_of = kind_of

    def __missing__(self, raw: Raw) -> Kind:
        kind = self[raw] = self._kind_of(raw)
        return kind


def _clients() -> Read:
    def family(raw: tuple[str, str | None]) -> Kind:
        name = client_of(*raw)
        return None if name is None else client_family(name)

    memo = _Memo(family)

    def read(run: Run) -> list[Kind]:
        agents = [session.user_agent for session in run.sessions]
        return [*map(memo.__getitem__, zip(run.clients, agents, strict=True))]

    return read


def _networks() -> Read:
    def network(ip: str | None) -> Kind:
        address = address_of(ip)
        return surroundings(address) if isinstance(address, int) else address

    memo = _Memo(network)
    return lambda run: [memo[session.ip] for session in run.sessions]


def _addresses() -> Read:
    memo = _Memo(address_of)
    return lambda run: [memo[session.ip] for session in run.sessions]


def _users() -> Read:
    memo = _Memo(text_of)
    return lambda run: [memo[session.safe_user] for session in run.sessions]


def _labels() -> Read:
    return lambda run: [label_of(known) for known in run.labels]


def _days() -> Read:
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

    return lambda run: [day(session.created_at) for session in run.sessions]


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

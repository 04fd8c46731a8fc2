"""Finds the sessions of a list that match a query.

A comparison with an unknown value is neither true nor false, and its negation is not true
either: a word matches if its test is certainly true, a negated word if it is certainly false.
"""

import operator
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from operator import attrgetter
from typing import Protocol

from msgspec import Struct

from qiscus_tui.model.addresses import packed
from qiscus_tui.model.clients import Known, client_family, client_of
from qiscus_tui.model.ids import begins_an_id
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import day_begins
from qiscus_tui.query.terms import (
    Anywhere,
    Comparison,
    CreatedBetween,
    CreatedOnDay,
    Exactly,
    IdPrefix,
    InField,
    InNetwork,
    Is,
    Key,
    Keyed,
    Lasts,
    NamedDay,
    Query,
    State,
    Takes,
    Test,
    Word,
)


class Columns(Protocol):
    """Sessions as parallel sequences: position `i` in each is the same session."""

    @property
    def sessions(self) -> Sequence[Session]:
        """In the server's order."""
        ...

    @property
    def clients(self) -> Sequence[str]:
        """Safe short name of each session's client."""
        ...

    @property
    def labels(self) -> Sequence[Known | None]:
        """The known integration that each session belongs to."""
        ...

    @property
    def new(self) -> bytes:
        """1 if the (client, network) pair was not seen at an earlier visit."""
        ...

    @property
    def search(self) -> Sequence[str]:
        """Casefolded text of each session, for bare words, which may also be part of its id."""
        ...


class Moment(Struct, frozen=True):
    """The circumstances of a filter, besides the list itself."""

    server_now: float
    """Epoch seconds on the server's clock."""
    expiring: float
    """Seconds: a session that ends within them is expiring."""
    marked: bytes | bytearray = b""
    """1 at the position of each marked session; positions past its end are not marked."""

    def is_expiring(self, end: float) -> bool:
        """Return whether a session with this end is live, and ends soon."""
        return 0 < end - self.server_now <= self.expiring

    def count_expiring(self, ends: Sequence[float]) -> int:
        """Return how many of these ends, sorted, are those of an expiring session."""

        def ended_by(seconds: float) -> int:  # a difference: a sum would be rounded differently
            return bisect_right(ends, seconds, key=lambda end: end - self.server_now)

        return ended_by(self.expiring) - ended_by(0)


def text_of(shown: str) -> str | None:
    """Return a safe text."""
    return shown if shown.strip() else None


def address_of(ip: str | None) -> int | str | None:
    """Return the packed address, or the safe text of what is not an address."""
    address = packed(ip)
    return text_of(safe(ip or "")) if address is None else address


def label_of(known: Known | None) -> str | None:
    """Return the label of a known integration."""
    return None if known is None else text_of(safe(known.label))


Verdict = Callable[[int], bool | None]
"""True, false, or None if unknown."""


def exactly(columns: Columns, key: Key, wanted: str | None) -> Verdict:
    """Return whether a session has this value; None: whether it has none."""
    if wanted is None:
        value_of = _VALUES[key]
        return lambda i: value_of(columns, i) is None
    match key:
        case Key.CLIENT:
            return _client_is(columns, wanted)
        case Key.IP:
            return _address_is(columns, wanted)
        case Key.LABEL:
            return _label_is(columns, wanted)
        case _:
            value_of = _VALUES[key]  # a session without a user may be anybody's
            return lambda i: None if (found := value_of(columns, i)) is None else found == wanted


def _client_is(columns: Columns, wanted: str) -> Verdict:
    """Whether it is the whole name, or the name without its version."""
    judged: dict[str | None, bool | None] = {None: None}

    def verdict(position: int) -> bool | None:
        name = _client(columns, position)
        if name not in judged:
            judged[name] = name is not None and wanted in {name, client_family(name)}
        return judged[name]

    return verdict


def _address_is(columns: Columns, wanted: str) -> Verdict:
    """Addresses are compared by number. What is no address may stand for any."""
    address = packed(wanted)

    def verdict(position: int) -> bool | None:
        found = address_of(columns.sessions[position].ip)
        if found is None or (isinstance(found, str) and address is not None):
            return None
        return found == (wanted if address is None else address)

    return verdict


def _label_is(columns: Columns, wanted: str) -> Verdict:
    """A session without a label certainly has another; an uncertain label may stand for any."""

    def verdict(position: int) -> bool | None:
        known = columns.labels[position]
        is_equal = label_of(known) == wanted
        return is_equal if known is None or known.is_certain else is_equal or None

    return verdict


def _client(columns: Columns, position: int) -> str | None:
    return client_of(columns.clients[position], columns.sessions[position].user_agent)


_VALUES: dict[Key, Callable[[Columns, int], int | str | None]] = {
    Key.CLIENT: _client,
    Key.UA: lambda columns, i: text_of(columns.sessions[i].safe_agent),
    Key.USER: lambda columns, i: text_of(columns.sessions[i].safe_user),
    Key.LABEL: lambda columns, i: label_of(columns.labels[i]),
    Key.IP: lambda columns, i: address_of(columns.sessions[i].ip),
}
"""The whole value of a key; None where the session has none."""


Matches = Callable[[int], bool]
"""Whether the session at a position matches."""

_COMPARE: dict[Comparison, Callable[[float, float], bool]] = {
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
}


def select(
    query: Query, columns: Columns, moment: Moment, positions: Sequence[int] | None = None
) -> list[int]:
    """Return which of these positions match (of all by default), in their order."""
    found = list(range(len(columns.sessions)) if positions is None else positions)
    for word in query.words:
        matches = _certainly(word, columns, moment)
        found = [i for i in found if matches(i)]
    return found


def _contains(needle: str, columns: Columns) -> Matches:
    search, sessions = columns.search, columns.sessions
    if begins_an_id(needle):  # so it may be in one
        return lambda i: needle in search[i] or needle in sessions[i].id
    return lambda i: needle in search[i]


def _certainly(word: Word, columns: Columns, moment: Moment) -> Matches:
    """Return whether the word matches: its test is certainly true, or false if it is negated."""
    if isinstance(word.test, Anywhere):  # the most common word, and never unknown
        contains = _contains(word.test.needle, columns)
        return (lambda i: not contains(i)) if word.negated else contains
    verdict = _verdict(word.test, columns, moment)
    wanted = not word.negated
    return lambda i: verdict(i) is wanted


def _verdict(test: Keyed, columns: Columns, moment: Moment) -> Verdict:
    sessions = columns.sessions
    match test:
        case InField(key, needle):
            return _TEXTS[key](columns, needle)
        case Exactly(key, None) if key.takes is Takes.DURATION:
            time_of = _time_of(key)
            return lambda i: time_of(sessions[i]) is None
        case Exactly(key, value):
            return exactly(columns, key, value)
        case IdPrefix(prefix):
            return lambda i: sessions[i].id.startswith(prefix)
        case InNetwork(first, last):
            return lambda i: None if (ip := packed(sessions[i].ip)) is None else first <= ip <= last
        case Lasts(key, comparison, seconds):
            time_of, compare = _time_of(key), _COMPARE[comparison]
            sign = 1 if key is Key.EXPIRES else -1  # until then, or since then
            now = moment.server_now
            return lambda i: (
                None
                if (at := time_of(sessions[i])) is None
                else compare(sign * (at - now), seconds)
            )
        case CreatedBetween(since, until):
            return lambda i: _is_created_between(since, sessions[i].created_at, until)
        case CreatedOnDay(comparison, day):
            named = date.fromtimestamp(moment.server_now)
            if day is NamedDay.YESTERDAY:
                named -= timedelta(days=1)
            begins, ends = day_begins(named), day_begins(named + timedelta(days=1))
            return _verdict(CreatedBetween.of(comparison, begins, ends), columns, moment)
        case Is(state):
            return partial(_STATE[state], columns, moment)


def _in_client(columns: Columns, needle: str) -> Verdict:
    """`client:unknown` finds what is shown as unknown."""
    sessions, clients = columns.sessions, columns.clients
    return lambda i: needle in clients[i].casefold() or (False if sessions[i].user_agent else None)


def _in_agent(columns: Columns, needle: str) -> Verdict:
    sessions = columns.sessions
    return lambda i: needle in sessions[i].safe_agent.casefold() if sessions[i].user_agent else None


def _in_user(columns: Columns, needle: str) -> Verdict:
    sessions = columns.sessions
    return lambda i: needle in sessions[i].safe_user.casefold() if sessions[i].user else None


def _in_label(columns: Columns, needle: str) -> Verdict:
    labels = columns.labels

    def verdict(i: int) -> bool | None:
        known = labels[i]
        if known is None:
            return False
        label = known.label.casefold()
        return needle in label if known.is_certain else needle == label or None

    return verdict


_TEXTS: dict[Key, Callable[[Columns, str], Verdict]] = {
    Key.CLIENT: _in_client,
    Key.UA: _in_agent,
    Key.USER: _in_user,
    Key.LABEL: _in_label,
}
"""Whether a casefolded text is in the text of a key that takes one."""


def _time_of(key: Key) -> Callable[[Session], float | None]:
    """Return what reads the time that a duration is counted to or from, epoch seconds."""
    return attrgetter(_FIELDS[key][0])


def _is_created_between(since: float | None, at: float | None, until: float | None) -> bool | None:
    if at is None:
        return None
    return (since is None or since <= at) and (until is None or at < until)


def _is_expiring(columns: Columns, moment: Moment, position: int) -> bool | None:
    end = columns.sessions[position].expires_at
    return None if end is None else moment.is_expiring(end)


def _is_expired(columns: Columns, moment: Moment, position: int) -> bool | None:
    end = columns.sessions[position].expires_at
    return None if end is None else end <= moment.server_now


def _is_known(columns: Columns, _: Moment, position: int) -> bool | None:
    known = columns.labels[position]
    return False if known is None else known.is_certain or None


_STATE: dict[State, Callable[[Columns, Moment, int], bool | None]] = {
    State.CURRENT: lambda columns, _, at: columns.sessions[at].current,
    State.MARKED: lambda _, moment, at: at < len(moment.marked) and bool(moment.marked[at]),
    State.NEW: lambda columns, _, at: bool(columns.new[at]),
    State.EXPIRING: _is_expiring,
    State.EXPIRED: _is_expired,
    State.KNOWN: _is_known,
    State.REVOCABLE: lambda columns, _, at: columns.sessions[at].revocable,
    State.UNDATED: lambda columns, _, at: columns.sessions[at].expires_at is None,
}


_FIELDS: dict[Key, tuple[str, str]] = {
    Key.CLIENT: ("user_agent", "client"),
    Key.UA: ("user_agent", "user agent"),
    Key.USER: ("user", "user"),
    Key.IP: ("ip", "IP address"),
    Key.AGE: ("created_at", "creation date"),
    Key.CREATED: ("created_at", "creation date"),
    Key.EXPIRES: ("expires_at", "expiry"),
    Key.IDLE: ("last_used_at", "last use"),
}
"""The field of a session that a key asks for, and its name."""


def unanswerable(query: Query, sessions: Sequence[Session]) -> str:
    """Return which key no session of a list can match, and why; empty where each may."""
    for word in query.words:
        key = _key_of(word.test)
        if key is None or key not in _FIELDS or not sessions:
            continue
        field, noun = _FIELDS[key]
        if not any(map(attrgetter(field), sessions)):
            return f"the server lists no {noun}, which '{key.value}:' asks for"
    return ""


def _key_of(test: Test) -> Key | None:
    """Return the key that needs a value of a session, None where a lack of it is an answer."""
    match test:
        case InField(key) | Lasts(key):
            return key
        case Exactly(key, value):
            return None if value is None else key
        case InNetwork():
            return Key.IP
        case CreatedBetween() | CreatedOnDay():
            return Key.CREATED
        case Is(State.EXPIRING | State.EXPIRED):
            return Key.EXPIRES
        case _:
            return None

"""Turns the entries of a list into sessions, column by column.

A list may have 100,000 entries of very few shapes. Those with the same names are read together:
each fact of them is a column, which is two to three times as fast as an entry after the other.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from qiscus_tui.api import contract
from qiscus_tui.api.contract import Contract
from qiscus_tui.api.decode import MAX_NESTING, decode_json, nesting_is_bounded
from qiscus_tui.api.list.rows import Rows
from qiscus_tui.api.token_masks import IsToken, all_are_tokens, is_masked
from qiscus_tui.model.clock import DAY, TOKEN_LIFETIME
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.masking import names_a_secret
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import (
    KnownTime,
    SessionTimes,
    credible,
    is_midnight,
    known_time,
)

BLOCK = 500
"""Entries that are decoded at a time: as dictionaries they take ten times the memory. More of them
are slower, as they leave the cache of the processor."""

_KNOWN_NAMES = frozenset(name for names in contract.SESSION_FACTS.values() for name in names)
_MOST_TEXTS = 16

Held = Callable[[str], Session | None]
"""Returns the session with an id that is held already, None where none is."""

Fact = TypeVar("Fact")
FactColumn = Sequence[Fact | None]

_decode = msgspec.json.Decoder().decode


def nothing_held(_session_id: str) -> None:
    """Return that no list is held."""


class Texts(dict[str | None, tuple[str | None, str]]):
    """Texts with their safe forms: sessions with equal texts share them."""

    def __init__(self) -> None:
        super().__init__({None: (None, ""), "": (None, "")})

    def __missing__(self, text: str | None) -> tuple[str | None, str]:
        found = self[text] = text, safe(text or "")
        return found


class EntryReader:
    """Reads entries of any documented or inferred shape."""

    def __init__(
        self,
        contract: Contract,
        own_token: str | None,
        zone_offset: float | None,
        server_now: Callable[[], float],
        observe: Callable[[object], None] | None = None,
        is_token: IsToken = all_are_tokens,
        held: Held = nothing_held,
    ) -> None:
        """`zone_offset` are the seconds that times without a zone are ahead of UTC.

        None: that is unknown, and they are taken as UTC. `server_now` gives the server's time,
        epoch seconds.

        `observe` is called with every entry. `is_token` tells full tokens from masks without a
        sign, as the whole list showed them. A session that is `held` and did not change
        is used again, so that a list that is read again takes hardly any memory.
        """
        self._held = held
        self._observe = observe
        self._is_token = is_token
        self._id_field = contract.revoke.field if contract.revokes_by_id else None
        self._own_token = own_token
        self._zone_offset = zone_offset or 0.0
        self._zone_known = zone_offset is not None
        self._server_now = server_now
        self.without_zone: set[str] = set()
        """The facts of which a time without a zone was listed."""
        self.own_times: list[SessionTimes] = []
        """The times of our own session as they are listed, whether or not they can be right."""
        self.texts = Texts()
        """Every agent, address and user that was read."""

    def read_page(self, entries: Sequence[object]) -> Rows:
        """Return the rows of a page, of which the entries are decoded here. Raises Unreadable."""
        rows = Rows()
        for start in range(0, len(entries), BLOCK):
            block = [*map(_decoded, entries[start : start + BLOCK])]
            sessions = self.read(block)
            rows.add([self._as_held(session) for session in sessions if session is not None])
            for entry, session in zip(block, sessions, strict=True):
                if session is None:
                    rows.add_unreadable(entry)
        return rows

    def _as_held(self, session: Session) -> Session:
        held = self._held(session.id)
        if held is not None and held.current is not session.current:
            held = replace(held, current=session.current)  # ours is found when all are read
        return held if held is not None and held == session else session

    def read(self, entries: Sequence[object]) -> list[Session | None]:
        """Return the session of each entry, None where it can't be read as one."""
        sessions: list[Session | None] = [None] * len(entries)
        shapes: dict[tuple[str, ...], list[int]] = {}
        objects: list[dict[str, object]] = []
        for place, entry in enumerate(entries):
            if self._observe is not None:
                self._observe(entry)
            fields: dict[str, object] = {}
            if isinstance(entry, dict):
                fields = cast("dict[str, object]", entry)
            elif isinstance(entry, str):
                fields[contract.SESSION_TOKEN[0]] = entry
            objects.append(fields)
            shapes.setdefault(tuple(fields), []).append(place)
        for names, places in shapes.items():
            columns = zip(*[objects[place].values() for place in places], strict=True)
            table = _Table(dict(zip(names, columns, strict=False)), len(places))
            for place, session in zip(places, self._sessions(table), strict=True):
                sessions[place] = session
        return sessions

    def _sessions(self, table: "_Table") -> Iterable[Session | None]:
        listed, tokens = table.tokens(self._is_token)
        server_ids = table.first("id", _identities)
        times, right = self._times(table)
        agents, safe_agents = self._shared(table.first("agent", _texts))
        ips, safe_ips = self._shared(table.addresses())
        users, safe_users = self._shared(table.first("user", _texts))
        marks = table.first("current", _truths)
        identities = [
            token or (_masked_identity(*facts) if one is None else str(one))
            for token, one, *facts in zip(
                tokens, server_ids, listed, times, agents, ips, users, strict=True
            )
        ]
        created = [one.created for one in right]
        computed = [
            one.expires is None and begun is not None
            for one, begun in zip(right, created, strict=True)
        ]
        expires = [
            one.expires if begun is None or one.expires is not None else _30_days_after(begun)
            for one, begun in zip(right, created, strict=True)
        ]
        used = [one.last_used for one in right]
        sessions = map(
            Session,
            map(fingerprint, identities),
            self._revoke_with(table, tokens, server_ids),
            tokens,
            map(_latest, created),
            map(_latest, expires),
            computed,
            map(_latest, used),
            self._current(tokens, marks, times),
            agents,
            ips,
            users,
            safe_agents,
            safe_ips,
            safe_users,
            table.rest(),
            map(_span, created),
            map(_span, expires),
            map(_span, used),
        )
        return map(_if_known, sessions, listed, server_ids, table.are_bounded())

    def _times(self, table: "_Table") -> tuple[list[SessionTimes], list[SessionTimes]]:
        """Return the times as listed, and without those that can't be right.

        The latter alone count as read: the others are shown as they were listed.
        """
        columns: list[FactColumn[KnownTime]] = []
        for fact in SessionTimes.__struct_fields__:
            meaning = self._last_used if fact == "last_used" else self._known_times
            found = table.first(fact, meaning)
            columns.append(found)
            if any(time.has_no_zone for time in found if time is not None):
                self.without_zone.add(fact)
        listed = [*map(SessionTimes, *columns)]
        now, zone_known = self._server_now(), self._zone_known
        right = [credible(times, now, zone_known=zone_known) for times in listed]
        if any(one is not other for one, other in zip(listed, right, strict=True)):
            for fact in SessionTimes.__struct_fields__:
                table.keep_used(fact, [getattr(one, fact) for one in right])
        return listed, right

    def _known_times(self, values: Sequence[object]) -> FactColumn[KnownTime]:
        offset = self._zone_offset
        return [None if value is None else known_time(value, offset) for value in values]

    def _last_used(self, values: Sequence[object]) -> FactColumn[KnownTime]:
        return [
            _some_time_that_day(time) if time is not None and is_midnight(value) else time
            for time, value in zip(self._known_times(values), values, strict=True)
        ]

    def _shared(self, texts: FactColumn[str]) -> tuple[FactColumn[str], Sequence[str]]:
        """Return the texts and their safe forms, the same objects for equal ones."""
        pairs = [*map(self.texts.__getitem__, texts)]
        return [text for text, _ in pairs], [shown for _, shown in pairs]

    def _revoke_with(
        self, table: "_Table", tokens: FactColumn[str], server_ids: FactColumn[str | int]
    ) -> FactColumn[str | int]:
        if self._id_field is None:
            return tokens
        named = _identities(table.columns.get(self._id_field, (None,) * table.size))
        return [other if one is None else one for one, other in zip(named, server_ids, strict=True)]

    def _current(
        self, tokens: FactColumn[str], marks: FactColumn[bool], times: Sequence[SessionTimes]
    ) -> Iterable[bool | None]:
        own = self._own_token
        if own is None:
            return repeat(False)
        current = [
            mark if token is None else token == own
            for token, mark in zip(tokens, marks, strict=True)
        ]
        self.own_times += [one for one, is_own in zip(times, current, strict=True) if is_own]
        return current


class _Table:
    """Entries with the same names, as a column for each name."""

    def __init__(self, columns: dict[str, tuple[object, ...]], size: int) -> None:
        self.columns = columns
        self.size = size
        self._used: dict[str, FactColumn[Any]] = {}
        """By name: None where a value was not read as a fact."""

    def _names(self, fact: str) -> list[str]:
        """Return the names in the entries that a fact may have, the likeliest first."""
        return [name for name in contract.SESSION_FACTS[fact] if name in self.columns]

    def first(
        self, fact: str, meaning: Callable[[Sequence[object]], FactColumn[Fact]]
    ) -> FactColumn[Fact]:
        """Return a fact of each entry: the first value with a meaning."""
        found: FactColumn[Fact] = (None,) * self.size
        for name in self._names(fact):
            read = meaning(self.columns[name])
            if self._used.keys().isdisjoint(self._names(fact)):
                found = self._used[name] = read
            else:
                self._used[name] = _where_none(found, read)
                found = _filled(found, read)
            if None not in found:
                break
        return found

    def keep_used(self, fact: str, kept: FactColumn[object]) -> None:
        """Count the values of a fact as read only where it is kept."""
        for name in self._names(fact):
            if name in self._used:
                pairs = zip(self._used[name], kept, strict=True)
                self._used[name] = [None if one is None else used for used, one in pairs]

    def tokens(self, is_token: IsToken) -> tuple[FactColumn[str], FactColumn[str]]:
        """Return what is listed as the token, and the token itself where that is a full one."""
        listed: FactColumn[str] = (None,) * self.size
        tokens = listed
        texts: dict[str, FactColumn[str]] = {}
        for name in self._names("token"):
            read = [one if isinstance(one, str) and one else None for one in self.columns[name]]
            full = [one if one and is_token(one) and not is_masked(one) else None for one in read]
            texts[name] = read
            self._used[name] = _where_none(tokens, full)
            tokens, listed = _filled(tokens, full), _filled(listed, read)
            if None not in tokens:
                return tokens, tokens
        unread = tokens
        for name, read in texts.items():  # a full one is better than a masked one
            masked = _where_none(unread, read)
            self._used[name] = _filled(self._used[name], masked)
            unread = _filled(unread, read)
        return _filled(tokens, listed), tokens

    def addresses(self) -> FactColumn[str]:
        """Return every address of an entry: of a client, and of what it came through, all count."""
        found: list[FactColumn[str]] = []
        for name in self._names("ip"):
            read = self._used[name] = _texts(self.columns[name])
            found.append(read)
        if len(found) < 2:
            return found[0] if found else (None,) * self.size
        rows = zip(*found, strict=True)
        return [", ".join(dict.fromkeys(one for one in row if one)) or None for row in rows]

    def rest(self) -> FactColumn[dict[str, object]]:
        """Return the values that were not read, without empty ones under a known name."""
        rest: list[dict[str, object] | None] = [None] * self.size
        nothing = (None,) * self.size
        for name, values in self.columns.items():
            used, is_known = self._used.get(name, nothing), name in _KNOWN_NAMES
            if None not in used:
                continue
            for place, (value, read) in enumerate(zip(values, used, strict=True)):
                if read is None and not (is_known and (value is None or value == "")):
                    fields = rest[place] = rest[place] or {}
                    fields[name] = value
        return rest

    def are_bounded(self) -> Iterable[bool]:
        """Return whether each entry is nested no deeper than any session is."""
        kinds = {dict, list}
        nested = [one for one in self.columns.values() if not kinds.isdisjoint(map(type, one))]
        if not nested:
            return repeat(True, self.size)
        return [
            all(nesting_is_bounded(value, MAX_NESTING - 1) for value in values)
            for values in zip(*nested, strict=True)
        ]


def _decoded(entry: object) -> object:
    if not isinstance(entry, Raw):
        return entry
    try:
        return cast("object", _decode(entry))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return decode_json(bytes(entry))


def _filled(found: FactColumn[Fact], others: FactColumn[Fact]) -> FactColumn[Fact]:
    """Return the first column, with the others where it has nothing."""
    return [other if one is None else one for one, other in zip(found, others, strict=True)]


def _where_none(found: FactColumn[object], others: FactColumn[Fact]) -> FactColumn[Fact]:
    """Return the others where the first column has nothing."""
    return [other if one is None else None for one, other in zip(found, others, strict=True)]


def _latest(time: KnownTime | None) -> float | None:
    return None if time is None else time.latest


def _span(time: KnownTime | None) -> float:
    return 0.0 if time is None else time.span


def _if_known(
    session: Session, listed: str | None, server_id: str | int | None, is_bounded: bool
) -> Session | None:
    """Return the session, None where nothing says which it is, or it is nested too deeply."""
    return session if is_bounded and not (listed is None and server_id is None) else None


def _masked_identity(
    listed: str | None, times: SessionTimes, agent: str | None, ip: str | None, user: str | None
) -> str:
    """Several may share a masked token: the other facts distinguish them."""
    at = (one and one.latest for one in (times.created, times.expires))
    return "\n".join(map(str, (listed, *at, agent, ip, user)))


def _30_days_after(created: KnownTime) -> KnownTime:
    return KnownTime(created.latest + TOKEN_LIFETIME, created.span)


def _some_time_that_day(midnight: KnownTime) -> KnownTime:
    """Return a last use at midnight as one at any time of the day.

    A column of dates may be listed with a time, and what is used now would look idle.
    """
    if midnight.span:
        return midnight
    return KnownTime(midnight.latest + DAY - 1, DAY - 1.0, midnight.has_no_zone)


def _identities(values: Sequence[object]) -> FactColumn[str | int]:
    return [
        value if type(value) is int or (isinstance(value, str) and value) else None
        for value in values
    ]


def _truths(marks: Sequence[object]) -> FactColumn[bool]:
    return [mark if isinstance(mark, bool) else _truth(mark) for mark in marks]


def _truth(mark: object) -> bool | None:
    if isinstance(mark, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(mark.strip().lower())
    return bool(mark) if isinstance(mark, int) else None


def _texts(values: Sequence[object]) -> FactColumn[str]:
    return [(value or None) if isinstance(value, str) else _text(value) for value in values]


def _text(value: object) -> str | None:
    """Return the texts in a value, without those under a secret's name."""
    found = list(dict.fromkeys(_texts_in(value, 3)))[:_MOST_TEXTS]
    # {"name": "curl", "agent": "curl/8.5"} says curl once.
    said = [text for text in found if not any(o != text and o.startswith(text) for o in found)]
    return " ".join(said) or None


def _texts_in(value: object, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [str(value)]
    inner: list[object] = []
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value).items()
        inner = [item for name, item in fields if not names_a_secret(name)][:_MOST_TEXTS]
    elif isinstance(value, list):
        inner = cast("list[object]", value)[:_MOST_TEXTS]
    return [text for item in inner for text in _texts_in(item, depth - 1)] if depth else []

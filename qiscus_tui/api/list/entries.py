"""Turns the entries of a list into sessions, column by column.

A list may have 100,000 entries of very few shapes. Those with the same names are read together:
each fact of them is a column, which is two to three times as fast as an entry after the other.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice, repeat
from types import NoneType
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from qiscus_tui.api import contract
from qiscus_tui.api.contract import Contract
from qiscus_tui.api.decode import MAX_NESTING, decode_json, nesting_is_bounded
from qiscus_tui.api.list.rows import Rows
from qiscus_tui.api.token_masks import IsToken, all_are_tokens, are_masked
from qiscus_tui.model.clock import TOKEN_LIFETIME
from qiscus_tui.model.ids import fingerprints
from qiscus_tui.model.masking import names_a_secret
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import are_plain, safe
from qiscus_tui.model.timestamps import (
    SLACK,
    WIDEST_ZONE,
    KnownTime,
    SessionTimes,
    Times,
    credible,
    known_time,
    known_times,
)

BLOCK = 500
"""Entries that are decoded at a time: as dictionaries they take ten times the memory. More of them
are slower, as they leave the cache of the processor."""

_KNOWN_NAMES = frozenset(name for names in contract.SESSION_FACTS.values() for name in names)
_TIMES = ("created", "expires", "last_used")
_MOST_TEXTS = 16

Held = Callable[[str], Session | None]
"""Returns the session with an id in the list that is held meanwhile; None where it has none."""

Fact = TypeVar("Fact")
FactColumn = Sequence[Fact | None]

_decode = msgspec.json.Decoder().decode


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
        held: Held | None = None,
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
        self.texts: dict[str | None, str | None] = {None: None}
        """Every agent, address and user that was read, by itself: equal ones are one object."""
        self._safe_forms: dict[str | None, str] = {None: ""}
        """The safe forms of those that are not safe themselves."""

    def read_page(self, entries: Sequence[object], rows: Rows) -> list[str]:
        """Add the rows of a page, of which the entries are decoded here. Raises Unreadable.

        Return the ids of its sessions.
        """
        found: list[Session] = []
        for start in range(0, len(entries), BLOCK):
            block = _decoded(entries[start : start + BLOCK])
            sessions = self.read(block)
            if None in sessions:
                for entry, session in zip(block, sessions, strict=True):
                    if session is None:
                        rows.add_unreadable(entry)
            known = filter(None, sessions)
            found += known if self._held is None else map(self._held_or_new, known)
        rows.add(found)
        return [session.id for session in found]

    def _held_or_new(self, session: Session) -> Session:
        held = self._held(session.id) if self._held is not None else None
        if held is not None and held.current is not session.current:
            held = replace(held, current=session.current)  # ours is found when all are read
        return held if held is not None and held == session else session

    def read(self, entries: Sequence[object]) -> list[Session | None]:
        """Return the session of each entry, None where it can't be read as one."""
        if self._observe is not None:
            for entry in entries:
                self._observe(entry)
        objects = cast("Sequence[dict[str, object]]", entries)
        if {*map(type, entries)} != {dict}:
            objects = [*map(_fields, entries)]
        names: list[tuple[str, ...]] = [*map(tuple, objects)]
        if names.count(names[0]) == len(names):  # as nearly always
            return self._sessions(_Table(objects))
        shapes: dict[tuple[str, ...], list[int]] = {}
        for place, shape in enumerate(names):
            shapes.setdefault(shape, []).append(place)
        sessions: list[Session | None] = [None] * len(entries)
        for places in shapes.values():
            read = self._sessions(_Table([objects[place] for place in places]))
            for place, session in zip(places, read, strict=True):
                sessions[place] = session
        return sessions

    def _sessions(self, table: "_Table") -> list[Session | None]:
        listed, tokens = table.tokens(self._is_token)
        server_ids = table.first("id", _identities)
        times = self._times(table)
        created, expires, used = map(list, zip(*times, strict=True))
        agents, safe_agents = self._shared(table.first("agent", _texts))
        ips, safe_ips = self._shared(table.addresses())
        users, safe_users = self._shared(table.first("user", _texts))

        def identity(place: int) -> str:
            if server_ids[place] is not None:
                return str(server_ids[place])
            # Several may share a masked token: the other facts distinguish them.
            facts = agents[place], ips[place], users[place]
            return "\n".join(map(str, (listed[place], created[place], expires[place], *facts)))

        identities = [token or identity(place) for place, token in enumerate(tokens)]
        computed = [
            end is None and begun is not None for end, begun in zip(expires, created, strict=True)
        ]
        if any(computed):
            expires = _filled(expires, [begun and begun + TOKEN_LIFETIME for begun in created])
        sessions = map(
            Session,
            fingerprints(identities),
            self._revoke_with(table, tokens, server_ids),
            tokens,
            created,
            expires,
            computed,
            used,
            self._current(table, tokens),
            agents,
            ips,
            users,
            safe_agents,
            safe_ips,
            safe_users,
            table.rest(),
        )
        return [
            session if is_bounded and (token is not None or server_id is not None) else None
            for session, token, server_id, is_bounded in zip(
                sessions, listed, server_ids, table.are_bounded(), strict=True
            )
        ]

    def _times(self, table: "_Table") -> Sequence[Times]:
        """Return the times without those that can't be right: these are shown as listed."""
        columns = [table.first(fact, partial(self._known_times, fact)) for fact in _TIMES]
        listed = [*zip(*columns, strict=True)]
        zone = 0.0 if self._zone_known else WIDEST_ZONE
        slack = [SLACK + zone if fact in self.without_zone else SLACK for fact in _TIMES]
        now = self._server_now()
        right = [credible(times, now, slack) for times in listed]
        if any(one is not other for one, other in zip(listed, right, strict=True)):
            for fact, column in zip(_TIMES, zip(*right, strict=True), strict=True):
                table.keep_used(fact, column)
        return right

    def _known_times(self, fact: str, values: Sequence[object]) -> FactColumn[float]:
        times, has_no_zone = known_times(values, self._zone_offset)
        if has_no_zone:
            self.without_zone.add(fact)
        return times

    def _listed_time(self, table: "_Table", fact: str, place: int) -> KnownTime | None:
        values = (table.columns[name][place] for name in table.names(fact))
        known = (known_time(value, self._zone_offset) for value in values)
        return next((time for time in known if time is not None), None)

    def _shared(self, texts: FactColumn[str]) -> tuple[FactColumn[str], Sequence[str]]:
        """Return the texts and their safe forms, the same objects for equal ones."""
        if texts.count(None) == len(texts):  # the server lists none
            return texts, [""] * len(texts)
        known_before = len(self.texts)
        shared = [*map(self.texts.setdefault, texts, texts)]
        fresh = [*filter(None, islice(reversed(self.texts), len(self.texts) - known_before))]
        if not are_plain(fresh):
            self._safe_forms |= {text: form for text in fresh if (form := safe(text)) != text}
        if self._safe_forms.keys().isdisjoint(shared):
            return shared, cast("list[str]", shared)
        return shared, [self._safe_forms.get(text, text or "") for text in shared]

    def _revoke_with(
        self, table: "_Table", tokens: FactColumn[str], server_ids: FactColumn[str | int]
    ) -> FactColumn[str | int]:
        if self._id_field is None:
            return tokens
        named = _identities(table.columns.get(self._id_field, (None,) * table.size))
        return [_exact(one) for one in _filled(named, server_ids)]

    def _current(self, table: "_Table", tokens: FactColumn[str]) -> Iterable[bool | None]:
        own = self._own_token
        if own is None:
            return repeat(False)
        current = [
            mark if token is None else token == own
            for token, mark in zip(tokens, table.first("current", _truths), strict=True)
        ]
        for place, is_own in enumerate(current):
            if is_own:
                times = (self._listed_time(table, fact, place) for fact in _TIMES)
                self.own_times.append(SessionTimes(*times))
        return current


class _Table:
    """Entries with the same names, as a column for each name."""

    def __init__(self, objects: Sequence[dict[str, object]]) -> None:
        columns = zip(*map(dict[str, object].values, objects), strict=True)
        self.columns = dict(zip(objects[0], columns, strict=True))
        self.size = len(objects)
        self._used: dict[str, FactColumn[Any]] = {}
        """By name: None where a value was not read as a fact."""

    def names(self, fact: str) -> list[str]:
        """Return the names in the entries that a fact may have, the likeliest first."""
        return [name for name in contract.SESSION_FACTS[fact] if name in self.columns]

    def first(
        self, fact: str, meaning: Callable[[Sequence[object]], FactColumn[Fact]]
    ) -> FactColumn[Fact]:
        """Return a fact of each entry: the first value with a meaning."""
        found: FactColumn[Fact] = (None,) * self.size
        for name in self.names(fact):
            read = meaning(self.columns[name])
            if self._used.keys().isdisjoint(self.names(fact)):
                found = self._used[name] = read
            else:
                self._used[name] = _where_none(found, read)
                found = _filled(found, read)
            if None not in found:
                break
        return found

    def keep_used(self, fact: str, kept: FactColumn[object]) -> None:
        """Count the values of a fact as read only where it is kept."""
        for name in self.names(fact):
            if name in self._used:
                pairs = zip(self._used[name], kept, strict=True)
                self._used[name] = [None if one is None else used for used, one in pairs]

    def tokens(self, is_token: IsToken) -> tuple[FactColumn[str], FactColumn[str]]:
        """Return what is listed as the token, and the token itself where that is a full one."""
        listed: FactColumn[str] = (None,) * self.size
        tokens = listed
        texts: dict[str, FactColumn[str]] = {}
        for name in self.names("token"):
            read = [one if isinstance(one, str) and one else None for one in self.columns[name]]
            masks = are_masked(read)
            full = [
                one if one and not is_mask and is_token(one) else None
                for one, is_mask in zip(read, masks, strict=True)
            ]
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
        for name in self.names("ip"):
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
            unused = [at for at, read in enumerate(used) if read is None] if None in used else []
            for place in unused:
                value = values[place]
                if not (is_known and (value is None or value == "")):
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


def _decoded(entries: Sequence[object]) -> Sequence[object]:
    """Return entries as objects, of which those of plain JSON are decoded here."""
    if not isinstance(entries[0], Raw):
        return entries
    raw = cast("Sequence[Raw]", entries)
    try:
        return cast("list[object]", _decode(b"[%b]" % b",".join(raw)))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return [decode_json(bytes(entry)) for entry in raw]


def _fields(entry: object) -> dict[str, object]:
    if isinstance(entry, dict):
        return cast("dict[str, object]", entry)
    return {contract.SESSION_TOKEN[0]: entry} if isinstance(entry, str) else {}


def _filled(found: FactColumn[Fact], others: FactColumn[Fact]) -> FactColumn[Fact]:
    """Return the first column, with the others where it has nothing."""
    return [other if one is None else one for one, other in zip(found, others, strict=True)]


def _where_none(found: FactColumn[object], others: FactColumn[Fact]) -> FactColumn[Fact]:
    """Return the others where the first column has nothing."""
    return [other if one is None else None for one, other in zip(found, others, strict=True)]


def _identities(values: Sequence[object]) -> FactColumn[str | int]:
    return [
        value if type(value) is int or (isinstance(value, str) and value) else None
        for value in values
    ]


def _exact(server_id: str | int | None) -> str | int | None:
    """Return an id, None where it may have had half a character: it can't be sent as it was."""
    return None if isinstance(server_id, str) and "\ufffd" in server_id else server_id


def _truths(marks: Sequence[object]) -> FactColumn[bool]:
    return [mark if isinstance(mark, bool) else _truth(mark) for mark in marks]


def _truth(mark: object) -> bool | None:
    if isinstance(mark, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(mark.strip().lower())
    return bool(mark) if isinstance(mark, int) else None


def _texts(values: Sequence[object]) -> FactColumn[str]:
    if {*map(type, values)} <= {str, NoneType}:  # as nearly always
        return [text or None for text in cast("Sequence[str | None]", values)]
    return [_text(value) for value in values]


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

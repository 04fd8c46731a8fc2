"""Turns an entry of the list into a session."""

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from qiscus_tui.api import contract
from qiscus_tui.api.contract import Contract
from qiscus_tui.api.decode import nesting_is_bounded
from qiscus_tui.api.entry_runs import RunReader, Texts
from qiscus_tui.api.memory import check_decodable
from qiscus_tui.api.slices import Run, entries_of
from qiscus_tui.api.timestamp_reader import TimesReader
from qiscus_tui.api.token_masks import IsToken, all_are_tokens, is_masked
from qiscus_tui.model.durations import TOKEN_LIFETIME
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.masking import names_a_secret
from qiscus_tui.model.session import Session
from qiscus_tui.model.timestamps import KnownTime, SessionTimes

_KNOWN_NAMES = frozenset(name for names in contract.SESSION_FACTS.values() for name in names)
_NESTED = frozenset({dict, list})
_MOST_SHAPES = 1000
_LONGEST_SHAPE = 2000
"""Characters of the names in a shape that is cached, at most."""
_MOST_TEXTS = 16
_MOST_MISSES = 8
"""Runs that were not of the expected shape, after which none is expected any more."""

Fact = TypeVar("Fact")


class _Shape:
    """The names in an entry that each fact may have, the likeliest first."""

    def __init__(self, names: Iterable[str]) -> None:
        present = frozenset(names)
        found = {
            fact: tuple(name for name in its_names if name in present)
            for fact, its_names in contract.SESSION_FACTS.items()
        }
        self.token = found["token"]
        self.id = found["id"]
        self.times = found["created"], found["expires"], found["last_used"]
        self.agent = found["agent"]
        self.ip = found["ip"]
        self.user = found["user"]
        self.current = found["current"]
        self.is_plain = present <= _KNOWN_NAMES
        self.single_names: dict[str, str] | None = None
        """The name of each fact, where each has but one, there is a token, and nothing else."""
        if self.is_plain and self.token and all(len(names) < 2 for names in found.values()):
            self.single_names = {fact: names[0] for fact, names in found.items() if names}


class EntryReader:
    """Reads entries of any documented or inferred shape.

    A list may have 100,000 entries of very few shapes, agents and addresses: results are cached.
    """

    def __init__(
        self,
        contract: Contract,
        own_token: str | None,
        zone_offset: float | None,
        server_now: Callable[[], float],
        observe: Callable[[object], None] | None = None,
        is_token: IsToken = all_are_tokens,
    ) -> None:
        """`zone_offset` are the seconds that times without a zone are ahead of UTC.

        None: that is unknown, and they are taken as UTC. `server_now` gives the server's time,
        epoch seconds.

        `observe` is called with every entry, of which then none is read in a run.

        `is_token` tells full tokens from masks without a sign, as the whole list showed them.
        """
        self._observe = observe
        self._is_token = is_token
        self._id_field = contract.revoke.field if contract.revokes_by_id else None
        self._own_token = own_token
        self.times = TimesReader(zone_offset, server_now)
        self.own_times: list[SessionTimes] = []
        """The times of our own session as they are listed, whether or not they can be right."""
        self._zone_offset = zone_offset
        self._server_now = server_now
        self._texts = Texts()
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._expected: RunReader | None = None
        self._misses = 0

    def decode(self, text: bytes, room: int) -> Run:
        """Return the entries of a JSON array; the sessions, if all are of the expected shape.

        Raises Unreadable as `decode_json`.
        """
        check_decodable(text, room)
        if self._expected is not None:
            sessions = self._expected.read(text)
            if sessions is not None:
                return sessions
        entries = entries_of(text, room)
        self._expect_more_of(entries)
        return entries

    def _expect_more_of(self, entries: list[object]) -> None:
        """Expect further entries to be of the shape of the first of these."""
        self._misses += 1
        self._expected = None
        first = entries[0] if entries else None
        can_expect = self._misses <= _MOST_MISSES and self._id_field is None
        can_expect = can_expect and self._is_token is all_are_tokens
        if isinstance(first, dict) and can_expect and self._observe is None:
            names = self._shape(tuple(cast("dict[str, object]", first))).single_names
            if names is not None:
                self._expected = RunReader(
                    names,
                    self._own_token,
                    self._zone_offset,
                    self._server_now,
                    self._texts,
                    self.times.without_zone,
                )

    @property
    def texts(self) -> Iterable[str | None]:
        """Every agent, address and user that was read."""
        return self._texts

    def read(self, entry: object) -> Session | None:
        """Return the session of an entry, None if it can't be read as one."""
        if self._observe is not None:
            self._observe(entry)
        if isinstance(entry, dict):
            return self._session(cast("dict[str, object]", entry))
        if isinstance(entry, str):
            return self._session({contract.SESSION_TOKEN[0]: entry})
        return None

    def _session(self, fields: dict[str, object]) -> Session | None:
        shape = self._shape(tuple(fields))
        used: list[str] = []
        listed = token = None
        listed_as = ""
        for name in shape.token:
            text = fields[name]
            if isinstance(text, str) and text:
                masked = is_masked(text) or not self._is_token(text)
                if listed is None or not masked:  # a full one is better than a masked one
                    listed, listed_as = text, name
                if not masked:
                    token = text
                    break
        if listed is not None:
            used.append(listed_as)
        server_id = _first(fields, shape.id, _identity, used) if shape.id else None
        if listed is None and server_id is None:
            return None
        if not _is_flat(fields) and not nesting_is_bounded(fields):
            return None
        listed_times, (created, expires, last_used) = self.times.read(fields, shape.times, used)
        agent, safe_agent = self._texts[_first(fields, shape.agent, _text, used)]
        ip, safe_ip = self._texts[_addresses(fields, shape.ip, used)]
        user, safe_user = self._texts[_first(fields, shape.user, _text, used)]
        mark = _first(fields, shape.current, _truth, used) if shape.current else None
        computed = expires is None and created is not None
        if computed and created is not None:
            expires = KnownTime(created.latest + TOKEN_LIFETIME, created.span)
        if token is not None:
            identity = token
        elif server_id is not None:
            identity = str(server_id)
        else:  # several may share a masked token: the other facts distinguish them
            times = [time and time.latest for time in listed_times[:2]]
            identity = "\n".join(map(str, (listed, *times, agent, ip, user)))
        id_field = self._id_field
        current = False
        if self._own_token is not None:
            current = mark if token is None else token == self._own_token
            if current:
                self.own_times.append(listed_times)
        return Session(
            id=fingerprint(identity),
            revoke_with=token if id_field is None else _id_under(id_field, fields, server_id),
            token=token,
            created_at=None if created is None else created.latest,
            expires_at=None if expires is None else expires.latest,
            expires_computed=computed,
            last_used_at=None if last_used is None else last_used.latest,
            current=current,
            user_agent=agent,
            ip=ip,
            user=user,
            safe_agent=safe_agent,
            safe_ip=safe_ip,
            safe_user=safe_user,
            extra=None if shape.is_plain and len(used) == len(fields) else _rest(fields, used),
            created_span=0.0 if created is None else created.span,
            expires_span=0.0 if expires is None else expires.span,
            last_used_span=0.0 if last_used is None else last_used.span,
        )

    def _shape(self, names: tuple[str, ...]) -> _Shape:
        shape = self._shapes.get(names)
        if shape is None:
            shape = _Shape(names)
            if len(self._shapes) < _MOST_SHAPES and sum(map(len, names)) <= _LONGEST_SHAPE:
                self._shapes[names] = shape
        return shape


def _first(
    fields: dict[str, object],
    names: tuple[str, ...],
    meaning: Callable[[object], Fact | None],
    used: list[str],
) -> Fact | None:
    """Return the first meaningful value, and add its name to `used`."""
    for name in names:
        value = fields[name]
        if value is not None:
            found = meaning(value)
            if found is not None:
                used.append(name)
                return found
    return None


def _addresses(fields: dict[str, object], names: tuple[str, ...], used: list[str]) -> str | None:
    """Return every address of an entry: of a client, and of what it came through, all count."""
    found: dict[str, None] = {}
    for name in names:
        text = _text(fields[name])
        if text is not None:
            used.append(name)
            found[text] = None
    return ", ".join(found) or None


def _rest(fields: dict[str, object], used: list[str]) -> dict[str, object] | None:
    """Return the fields that were not used, without empty ones under a known name."""
    rest = {
        name: value
        for name, value in fields.items()
        if name not in used and not (name in _KNOWN_NAMES and (value is None or value == ""))
    }
    return rest or None


def _is_flat(fields: dict[str, object]) -> bool:
    return _NESTED.isdisjoint(map(type, fields.values()))


def _identity(value: object) -> str | int | None:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return value


def _id_under(
    name: str, fields: dict[str, object], otherwise: str | int | None
) -> str | int | None:
    """Return the id under the name that the revoke call has, else the one there is."""
    found = _identity(fields.get(name))
    return otherwise if found is None else found


def _truth(mark: object) -> bool | None:
    if isinstance(mark, bool):
        return mark
    if isinstance(mark, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(mark.strip().lower())
    return bool(mark) if isinstance(mark, int) else None


def _text(value: object) -> str | None:
    """Return a text; of an object the texts in it, without those under a secret's name."""
    if isinstance(value, str):
        return value or None
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

"""The list of sessions as a body in the words of a dialect: entries, pages, wrapping."""

from collections.abc import Mapping, Sequence
from typing import Final

from qiscus_tui.demo.app import encoded
from qiscus_tui.demo.seed import DemoSession
from tests.sandbox.dialects import Dialect, Entry, Pages, Stamp, Wrap, written

UNREADABLE: Final[tuple[object, ...]] = (
    None,
    42,
    True,
    [],
    {},
    {"token": None},
    {"created_at": "2026-10-24 09:14:00", "user_agent": "no token, no id"},
)
"""What stands among the sessions in an `unreadable` dialect: neither token nor id in any."""


def entry(dialect: Dialect, session: DemoSession, *, current: bool) -> object:
    """Give the entry of a session, ready for JSON."""
    if dialect.entry is Entry.BARE:
        return session.token
    fields = dialect.fields
    dated = not (dialect.undated_every and session.id % dialect.undated_every == 0)
    named: list[tuple[str | None, object]] = [
        (fields.id, public_id(dialect, session)),
        (None if dialect.entry is Entry.ID_ONLY else fields.token, _token(dialect.entry, session)),
        (fields.created, _time(dialect.stamp, session.created if dated else None)),
        (fields.expires, _time(dialect.stamp, session.expires if dated else None)),
        (fields.last_used, _time(dialect.stamp, session.last_used if dated else None)),
        (fields.agent, session.agent),
        (fields.ip, session.ip),
        (fields.user, session.email),
        (fields.current, current),
    ]
    known = {
        name: value
        for name, value in named
        if name is not None and (dialect.nulls or value is not None)
    }
    return known | _extra(session) if dialect.extra else known


def public_id(dialect: Dialect, session: DemoSession) -> int | str:
    return f"ses-{session.id:08d}" if dialect.id_as_text else session.id


def _token(shape: Entry, session: DemoSession) -> str:
    token = session.token
    return token[:4] + "*" * (len(token) - 8) + token[-4:] if shape is Entry.MASKED else token


def _time(stamp: Stamp, at: float | None) -> object:
    return None if at is None else written(stamp, at)


def _extra(session: DemoSession) -> dict[str, object]:
    return {
        "location": {"city": "Yogyakarta", "country": "ID", "zone": ["Asia", "Jakarta"]},
        "login_method": "password",
        "device_secret": f"not-to-be-shown-{session.id}",
        "otp_seed": "not-to-be-shown-either",
        "label\x1b[31m": "a field name with an escape sequence",
        "seen": session.id % 5,
        "trusted": None,
    }


class Listing:
    """Writes lists in one dialect, and remembers each entry: 100,000 are slow to encode."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._entries: dict[int, tuple[DemoSession, bytes]] = {}

    def body(
        self,
        sessions: Sequence[DemoSession],
        own: DemoSession | None,
        query: Mapping[str, str],
    ) -> bytes:
        """Give the page that `query` asks for; `own` gets the current mark."""
        size = self._dialect.page_size
        match self._dialect.pages:
            case Pages.NONE:
                return self._wrapped(self._array(sessions, own, first=True), None, len(sessions))
            case Pages.AFTER:
                after = _number(query.get("cursor_after", ""), 0)
                rest = [session for session in sessions if session.id > after]
                page = rest[:size]
                last = str(page[-1].id) if len(rest) > size else None
                array = self._array(page, own, first=after == 0)
                return self._wrapped(array, {"after": last, "limit": 100}, len(sessions))
            case Pages.NUMBERED | Pages.LARAVEL:
                number = max(1, _number(query.get("page", ""), 1))
                last = max(1, -(-len(sessions) // size))
                page = sessions[(number - 1) * size : number * size]
                array = self._array(page, own, first=number == 1)
                total = {"total": len(sessions)} if self._dialect.total else {}
                if self._dialect.pages is Pages.LARAVEL:
                    head = {"current_page": number, "per_page": size, "last_page": last, **total}
                    array = encoded(head)[:-1] + b',"data":' + array + b"}"
                    return self._wrapped(array, None, len(sessions))
                meta = {"page": number, "total_page": last, **total}
                return self._wrapped(array, meta, len(sessions))

    def _array(
        self, sessions: Sequence[DemoSession], own: DemoSession | None, *, first: bool
    ) -> bytes:
        entries = [self._entry(session) for session in sessions]
        if own is not None and own in sessions:
            mine = entry(self._dialect, own, current=True)
            entries[sessions.index(own)] = encoded(mine)
        if self._dialect.unreadable and first:
            for index, value in enumerate(UNREADABLE):
                entries.insert(index * 3, encoded(value))
        return b"[" + b",".join(entries) + b"]"

    def _entry(self, session: DemoSession) -> bytes:
        kept = self._entries.get(session.id)
        # A session that changed (it was used) is another object.
        if kept is not None and kept[0] is session:
            return kept[1]
        made = encoded(entry(self._dialect, session, current=False))
        self._entries[session.id] = (session, made)
        return made

    def _wrapped(self, items: bytes, meta: Mapping[str, object] | None, total: int) -> bytes:
        match self._dialect.wrap:
            case Wrap.BODY:
                return items
            case Wrap.DATA:
                data = items
            case Wrap.DATA_KEY:
                data = b'{"total":' + encoded(total) + b',"active_tokens":' + items + b"}"
        tail = b"" if meta is None else b',"meta":' + encoded(meta)
        return b'{"data":' + data + tail + b"}"


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() else otherwise

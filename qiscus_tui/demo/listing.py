"""The list of sessions as a body: pages, wrapping, and entries encoded once."""

from collections.abc import Mapping, Sequence

from qiscus_tui.demo.dialects import Dialect
from qiscus_tui.demo.entries import UNREADABLE, encoded, entry
from qiscus_tui.demo.sessions import DemoSession
from qiscus_tui.demo.shapes import Pages, Wrap


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
            case Pages.AFTER | Pages.CURSOR_AFTER | Pages.CURSOR_AFTER_INT:
                after = _number(query.get("cursor_after", ""), 0)
                rest = [session for session in sessions if session.id > after]
                page = rest[:size]
                meta = self._cursor(page[-1].id if len(rest) > size else None)
                array = self._array(page, own, first=after == 0)
                return self._wrapped(array, meta, len(sessions))
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

    def _cursor(self, last: int | None) -> dict[str, object]:
        match self._dialect.pages:
            case Pages.AFTER:
                return {"after": None if last is None else str(last), "limit": 100}
            case Pages.CURSOR_AFTER:
                return {"cursor_after": None if last is None else str(last)}
            case _:
                return {"cursor_after": last}

    def _wrapped(self, items: bytes, meta: Mapping[str, object] | None, total: int) -> bytes:
        match self._dialect.wrap:
            case Wrap.BODY:
                return items
            case Wrap.DATA:
                data = items
            case Wrap.DATA_KEY:
                key = encoded(self._dialect.list_key)
                data = b'{"total":' + encoded(total) + b"," + key + b":" + items + b"}"
        tail = b"" if meta is None else b',"meta":' + encoded(meta)
        return b'{"data":' + data + tail + b"}"


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() else otherwise

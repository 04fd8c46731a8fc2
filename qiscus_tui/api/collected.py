"""The entries of all pages of one reading: sessions in order, and whatever casts doubt on them."""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import count
from operator import attrgetter

from msgspec import Struct, field
from msgspec.structs import replace

from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Session

MOST_REMEMBERED = 10_000
"""Different unreadable entries that are remembered, at most."""


_ID = attrgetter("id")
_FACTS = attrgetter("token", "created_at", "user_agent", "ip")
"""What does not change from one page to the next."""


class Collected(Struct):
    """The entries of one page, or of all pages so far."""

    sessions: list[Session] = field(default_factory=list[Session])
    positions: dict[str, int] = field(default_factory=dict[str, int])
    """The place of each by id."""
    unreadable: int = 0
    """Entries that could not be read as a session of their own."""
    unreadable_entries: Counter[str] = field(default_factory=Counter[str])
    """Fingerprints of these entries, to compare two lists."""
    shared_ids: set[str] = field(default_factory=set[str])
    """Ids that more than one session has."""
    other_rows: list[Session] = field(default_factory=list[Session])
    """Further rows of a listed session with another client or address."""
    rows_of: Counter[str] = field(default_factory=Counter[str])
    """By token: its rows but the first, without those that a later page has again."""
    rows: int = 0
    """Different ones: a row that a later page has again does not count."""
    repeated: bool = False
    """Whether a later page had a row again."""

    def __len__(self) -> int:
        return len(self.sessions) + self.unreadable

    def add(self, sessions: Sequence[Session]) -> None:
        """Add sessions of one page."""
        self.rows += len(sessions)
        ids, begun = list(map(_ID, sessions)), len(self.sessions)
        if self.positions.keys().isdisjoint(ids):
            self.positions.update(zip(ids, count(begun), strict=False))
            if len(self.positions) == begun + len(ids):
                self.sessions += sessions
                return
            for session_id in ids:  # one of them is there twice
                self.positions.pop(session_id, None)
        for session in sessions:
            known = self._added_or_known(session)
            if known is not None:
                # Without tokens, two rows of one page that look the same may be two sessions.
                self._add_again(known, session, is_same=known.token is not None)
                self._count_row(session)

    def add_unreadable(self, entry: object) -> None:
        """Add an entry of one page that can't be read as a session."""
        self.rows += 1
        self._count_unreadable(_entry_fingerprint(entry))

    def add_page(self, page: "Collected") -> None:
        """Add the totals of a later page; its sessions are added one by one with `merge`."""
        self.rows += page.rows
        self.unreadable += page.unreadable
        self.shared_ids |= page.shared_ids
        self.other_rows += page.other_rows
        self.rows_of += page.rows_of
        for mark, times in page.unreadable_entries.items():
            self._remember(mark, times)

    def merge(self, session: Session) -> None:
        """Add a session of a later page; if rows moved, it may be listed already."""
        known = self._added_or_known(session)
        if known is not None:
            is_repeated = _FACTS(known) == _FACTS(session)
            if is_repeated:
                self.repeated = True
                self.rows -= 1
            self._add_again(known, session, is_same=True)
            if not is_repeated:
                self._count_row(session)

    def _count_row(self, session: Session) -> None:
        if session.token is not None:
            self.rows_of[session.token] += 1
            place = self.positions[session.id]
            self.sessions[place] = replace(self.sessions[place], rows=self.sessions[place].rows + 1)

    def _added_or_known(self, session: Session) -> Session | None:
        """Add a session; or return the one with its id, if there is one."""
        place = self.positions.setdefault(session.id, len(self.sessions))
        if place < len(self.sessions):
            return self.sessions[place]
        self.sessions.append(session)
        return None

    def _add_again(self, known: Session, session: Session, *, is_same: bool) -> None:
        if not (is_same and _is_same(known, session)):
            self.shared_ids.add(session.id)
            self._count_unreadable(f"shared {session.id}")
            return
        self.sessions[self.positions[session.id]] = known.with_latest(session)
        if (known.user_agent, known.ip) != (session.user_agent, session.ip):
            self.other_rows.append(session)

    def _count_unreadable(self, mark: str) -> None:
        self.unreadable += 1
        self._remember(mark, 1)

    def _remember(self, mark: str, count: int) -> None:
        if mark in self.unreadable_entries or len(self.unreadable_entries) < MOST_REMEMBERED:
            self.unreadable_entries[mark] += count


def _is_same(one: Session, other: Session) -> bool:
    return (one.token, one.revoke_with) == (other.token, other.revoke_with)


def _entry_fingerprint(entry: object) -> str:
    try:
        return fingerprint(json.dumps(entry, sort_keys=True))
    except RecursionError:
        return "nested too deeply"

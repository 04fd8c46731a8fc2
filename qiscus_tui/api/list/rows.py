"""The rows of all pages: sessions in order, and whatever casts doubt on them; the list they make.

What only all of them together show is found out at the end: which session is our own, which texts
are live tokens, which columns have dates alone.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import attrgetter

from msgspec.structs import replace

from qiscus_tui.model.clock import DAY
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.masking import MASK, SHORTEST_TOKEN, possible_tokens
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import SessionTimes

MOST_REMEMBERED = 10_000
"""Different unreadable entries that are remembered, at most."""

_QUARTER = 900
"""Seconds: midnight in any zone is at a whole quarter hour in UTC."""

TEXTS_AT_ONCE = 50
"""Long ones are copied: all of them together may be as large as the list."""

_TEXTS = attrgetter("user_agent", "ip", "user")

_FACTS = attrgetter("token", "created_at", "user_agent", "ip")
"""What does not change from one page to the next."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Listing:
    """What the server listed at one time."""

    sessions: Sequence[Session]
    """In the server's order."""
    current: Current
    unreadable: int = 0
    """Entries of the answer that could not be read as a session."""
    incomplete_because: str = ""
    """Why there may be more sessions than these, such as `100 of 250 listed`; empty if whole."""
    moved: bool = False
    """Whether rows moved between the pages, so that a live session may be missing."""
    unreadable_entries: Counter[str] = field(default_factory=Counter[str], repr=False)
    """Fingerprints of the entries that could not be read."""
    shared_ids: frozenset[str] = frozenset()
    """Ids that stand for more than one session."""
    without_zone: frozenset[str] = frozenset()
    """The facts of which a time without a zone was listed: `created`, `expires`, `last_used`."""
    own_times: SessionTimes | None = None
    """The times of our own session as they are listed, whether or not they can be right."""
    time_doubt: str = ""
    """Why no age in this list can be trusted; empty where it can."""
    expiry_doubt: str = ""
    """Why no expiry was computed for sessions without one; empty where it was."""
    positions: Mapping[str, int] = field(default_factory=dict[str, int], repr=False)
    """Position by id; computed where not given for all."""

    def __post_init__(self) -> None:
        if len(self.positions) != len(self.sessions):
            made = {session.id: position for position, session in enumerate(self.sessions)}
            object.__setattr__(self, "positions", made)

    @property
    def complete(self) -> bool:
        """Return whether the server listed all that there is, as far as its answer says."""
        return not self.incomplete_because


@dataclass
class Rows:
    """The entries of all pages so far."""

    sessions: list[Session] = field(default_factory=list[Session])
    positions: dict[str, int] = field(default_factory=dict[str, int])
    """The place of each by id."""
    unreadable: int = 0
    """Entries that could not be read as a session of their own."""
    unreadable_entries: Counter[str] = field(default_factory=Counter[str])
    """Fingerprints of these entries, to compare two lists."""
    shared_ids: set[str] = field(default_factory=set[str])
    """Ids that more than one session has."""
    tokens_again: set[str] = field(default_factory=set[str])
    """Tokens that are in several rows: they are those of no single session."""
    rows: int = 0
    """Different ones: a row that a later page has again does not count."""
    repeated: bool = False
    """Whether a later page had a row again."""

    def __len__(self) -> int:
        return len(self.sessions) + self.unreadable

    def add(self, sessions: Sequence[Session]) -> None:
        """Add the sessions of a page; where rows moved, some of them are listed already."""
        self.rows += len(sessions)
        if not self.sessions:
            self.positions = {session.id: place for place, session in enumerate(sessions)}
            if len(self.positions) == len(sessions):  # as nearly always
                self.sessions += sessions
                return
            self.positions = {}
        of_this_page: set[str] = set()
        for session in sessions:
            place = self.positions.setdefault(session.id, len(self.sessions))
            if place == len(self.sessions):
                self.sessions.append(session)
            elif session.id not in of_this_page and _FACTS(self.sessions[place]) == _FACTS(session):
                self.repeated = True
                self.rows -= 1
                self.sessions[place] = session
            else:
                self._count_again(self.sessions[place], session)
            of_this_page.add(session.id)

    def add_unreadable(self, entry: object) -> None:
        """Add an entry of a page that can't be read as a session."""
        self.rows += 1
        self._count_unreadable(_entry_fingerprint(entry))

    def _count_again(self, known: Session, session: Session) -> None:
        """Count a further row with the id of a session: which of the two is which is unknown."""
        if session.token is not None and session.token == known.token:
            self.tokens_again.add(session.token)
        self.shared_ids.add(session.id)
        self._count_unreadable(f"shared {session.id}")

    def _count_unreadable(self, mark: str) -> None:
        self.unreadable += 1
        if mark in self.unreadable_entries or len(self.unreadable_entries) < MOST_REMEMBERED:
            self.unreadable_entries[mark] += 1


def _entry_fingerprint(entry: object) -> str:
    try:
        return fingerprint(json.dumps(entry, sort_keys=True))
    except RecursionError:
        return "nested too deeply"


def find_own_session(
    listed: Sequence[Session], own_token: str | None
) -> tuple[tuple[Session, ...], Current]:
    """Mark our own session: the one with our token, else the only one marked by the server."""
    if own_token is None:
        return tuple(listed), Current.NONE
    marked = [session for session in listed if session.current]
    ours = [one.id for one in marked if one.token is not None] or [one.id for one in marked]
    own_id = ours[0] if len(ours) == 1 else None
    sessions = [
        session
        if session.current is (is_own := None if own_id is None else session.id == own_id)
        else replace(session, current=is_own)
        for session in listed
    ]
    return tuple(sessions), Current.UNKNOWN if own_id is None else Current.LISTED


def texts_without_tokens(
    texts: Sequence[str], rows: Rows, secrets: Set[str]
) -> Mapping[str | None, str]:
    """Return each of the texts that has a live token or one of the secrets in it, without it."""
    lengths = {len(one.token) for one in rows.sessions if one.token is not None}
    shortest = max(SHORTEST_TOKEN, min(lengths.union(map(len, secrets)), default=0))

    def is_live(text: str) -> bool:
        if text in secrets:
            return True
        place = rows.positions.get(fingerprint(text)) if len(text) in lengths else None
        return place is not None and rows.sessions[place].token == text

    texts = [text for text in texts if len(text) >= shortest]
    live: set[str] = set()
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        joined = "\n".join(texts[start : start + TEXTS_AT_ONCE])
        live.update(filter(is_live, possible_tokens(joined, shortest)))
    found: dict[str | None, str] = {}
    for text in texts if live else ():
        hidden = text
        for token in sorted(live & possible_tokens(text), key=len, reverse=True):
            hidden = hidden.replace(token, MASK)
        if hidden != text:
            found[text] = hidden
    return found


def with_texts(
    sessions: Sequence[Session], instead: Mapping[str | None, str]
) -> tuple[Session, ...]:
    """Return the sessions with other texts in place of these."""
    if not instead:
        return tuple(sessions)
    return tuple(
        session if instead.keys().isdisjoint(_TEXTS(session)) else _with_texts(session, instead)
        for session in sessions
    )


def _with_texts(session: Session, instead: Mapping[str | None, str]) -> Session:
    agent, ip, user = (instead.get(text, text) for text in _TEXTS(session))
    return replace(
        session,
        user_agent=agent,
        ip=ip,
        user=user,
        safe_agent=safe(agent or ""),
        safe_ip=safe(ip or ""),
        safe_user=safe(user or ""),
    )


def without_wrong_expiry(sessions: tuple[Session, ...], server_now: float) -> tuple[Session, ...]:
    """Return the sessions: without any computed expiry where one is listed long after its own.

    By more than a day: zones and clocks may be off by less.
    """
    overdue = server_now - DAY
    ends = (one.expires_at for one in sessions if one.expires_computed)
    if all(end is None or end >= overdue for end in ends):
        return sessions
    return tuple(
        replace(one, expires_at=None, expires_computed=False) if one.expires_computed else one
        for one in sessions
    )


def without_dates(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
    """Return the sessions: without times that are dates alone, and were listed as times.

    What is known to a day would look up to a day older, or longer unused, than it is.
    """
    if _are_dates(one.created_at for one in sessions):
        sessions = tuple(map(_undated, sessions))
    if _are_dates(one.last_used_at for one in sessions):
        sessions = tuple(replace(one, last_used_at=None) for one in sessions)
    return sessions


def _undated(session: Session) -> Session:
    computed = session.expires_computed
    expires_at = None if computed else session.expires_at
    return replace(session, created_at=None, expires_at=expires_at, expires_computed=False)


def _are_dates(times: Iterable[float | None]) -> bool:
    """Return whether all are the same time of day, which is midnight in some zone."""
    known = (at % DAY for at in times if at is not None)
    of_day = next(known, None)
    if of_day is None or of_day % _QUARTER:
        return False
    another = next(known, None)
    if another is None:
        return of_day == 0
    return another == of_day and all(one == of_day for one in known)

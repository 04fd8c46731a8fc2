"""What later readings of the list prove of the sessions that were listed before.

One reading without a session proves nothing: a server may answer once with nothing, from a replica
that lags, or with ids that are new each time. Two readings in a row prove that a session is gone
where both lack it, and both hold what else was listed before. What speaks against a reading is
said in words; then nothing is gone because it is missing.
"""

from __future__ import annotations

import asyncio
import enum
import math
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.account import Credentials
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.text import counted
from qiscus_tui.service.sessions.session_list import ROUND_LENGTH, SessionList

if TYPE_CHECKING:  # loads httpx, for which the first frame of the list does not wait
    from qiscus_tui.service.account.connection import Connection

MOST_READINGS = 5
"""Readings of the list after which what is still in doubt is unknown."""

LOGIN_SLACK = 60.0
"""Seconds before a list was read in which a login may still be missing from it."""

EXPIRY_SLACK = 5.0
"""Seconds before its expiry in which a session may end by itself: clocks are not that exact."""

LEAST_CUT = 10
"""Sessions that any server lists at least."""

MUCH = 3
"""Sessions that nothing was sent for, of which a reading may never lack most."""

TOLERANCE = 100
"""Of so many sessions one may end or appear between two readings that agree."""

MAY_BE_CUT = "the server may list only its newest sessions"
LACKS_OWN = "the list lacks this program's own session"


class Fate(enum.Enum):
    """What became of a session."""

    GONE = "gone"
    LISTED = "listed"
    UNKNOWN = "unknown"


class Verification:
    """What the readings after a list prove of its sessions."""

    def __init__(self, before: SessionList, sent: Set[str] = frozenset()) -> None:
        """`before` was read before anything was sent; `sent` are the ids that were sent since, or
        were seen to be gone."""
        self.before = before
        self.sent = sent
        self.last: SessionList | None = None
        """The newest reading."""
        self.readings = 0
        self.agreeing = 0
        """How many readings in a row agree with the newest one, with it."""
        self.missing: Set[str] = frozenset()
        """What the newest reading lacks; of what nothing was sent for, what did not expire."""
        self.doubt: str | None = None
        """Why nothing is gone because the newest readings lack it."""
        self._earlier: SessionList | None = None
        self._missing_earlier: Set[str] = frozenset()
        self._doubt_earlier: str | None = None
        """Why the reading before the newest, which differs from it, is no witness."""
        self._came_to_light: list[Session] = []
        """Rows that the newest reading has and the list before should have had."""

    def add(self, listed: SessionList, now: float) -> None:
        """Add a reading. `now` is this machine's time, epoch seconds."""
        self._earlier, self._missing_earlier = self.last, self.missing
        self.last = listed
        self.readings += 1
        changed = _changed(self.before, listed)
        server_now = now + listed.offset
        ids = self.before.positions.keys() - listed.positions.keys()
        lacking = filter(None, map(self.before.get, ids))
        gone = (*lacking, *changed)
        self.missing = {
            one.id for one in gone if one.id in self.sent or not self._expired(one, server_now)
        }
        new = [one for one in listed.sessions if one.id not in self.before.positions]
        new += filter(None, (listed.get(one.id) for one in changed))
        own = listed.current_session  # found by the token that we hold, so no session in disguise
        times = set(_creations(one for one in gone if one.token is None))
        since = _login_time(self.before)
        self._came_to_light = [
            row
            for row in new
            if row is not own
            and (row.created_at is None or row.created_at < since or row.created_at in times)
        ]
        agrees = self._earlier is not None and self._agrees(self._earlier, listed, server_now)
        self.agreeing = self.agreeing + 1 if agrees else 1
        self._doubt_earlier = None if agrees else self._doubt_of_earlier(self.doubt)
        self.doubt = self._doubt(listed, changed)

    def fail(self, error: QiscusTuiError) -> None:
        """Note that the list could not be read another time: what two readings agree on stands."""
        if self.agreeing < 2:
            self.doubt = f"the list could not be read again: {error.message}"

    def distrust(self) -> None:
        """Note that our own token is accepted, and the newest reading should list it."""
        self.doubt = LACKS_OWN

    # What it proves

    def fate(self, session: Session) -> tuple[Fate, str]:
        """Return what became of a session that was listed before, with the reason if unknown."""
        last, earlier = self.last, self._earlier
        if last is None:
            return Fate.UNKNOWN, self.doubt or "the list was not read"
        if session.id in last.positions:
            if _is_another(session, last):
                return Fate.UNKNOWN, "its id stands for another session now"
            if earlier is not None and session.id not in earlier.positions:
                return Fate.UNKNOWN, "the last two readings of the list differ about it"
            return Fate.LISTED, ""
        if self.doubt is not None:
            return Fate.UNKNOWN, self.doubt
        if session.id not in self.before.positions:
            return Fate.UNKNOWN, "it was not listed any more before it was sent"
        if session.id not in self.missing:
            return Fate.GONE, ""  # it expired
        if earlier is None:
            return Fate.UNKNOWN, "the list was read only once"
        if session.id in earlier.positions:
            return Fate.UNKNOWN, "the last two readings of the list differ about it"
        if self._doubt_earlier is not None:
            return Fate.UNKNOWN, self._doubt_earlier
        if any(_may_be(row, session) for row in self._came_to_light):
            return Fate.UNKNOWN, "it may be listed under another id now"
        return Fate.GONE, ""

    @property
    def others_ended(self) -> frozenset[str]:
        """Return what is gone although nothing was sent for it, our own session too."""
        found = self.missing & self._missing_earlier - self.sent
        if self.doubt is not None:
            return frozenset()
        own = self.before.current_session
        replaced = own.id if own is not None and self._own_was_replaced else None
        ended = (one for one in map(self.before.get, found) if one is not None)
        return frozenset(
            one.id for one in ended if one.id != replaced and self.fate(one)[0] is Fate.GONE
        )

    @property
    def own_ended(self) -> bool:
        """Return whether our own session is gone although nothing was sent for it."""
        own = self.before.current_session
        return own is not None and own.id in self.others_ended

    @property
    def is_clean(self) -> bool:
        """Return whether the newest reading lacks nothing but what was sent."""
        return self.doubt is None and self.missing <= self.sent and not self._came_to_light

    @property
    def repeats(self) -> bool:
        """Return whether the newest reading shows nothing other than the list before, nearly."""
        differ = len(self.missing) + len(self._came_to_light)
        return self.doubt is None and differ <= len(self.before) // TOLERANCE

    def is_settled(self, watched: Set[str] | None = None) -> bool:
        """Return whether another reading would show no more, of `watched` or of all that was."""
        if self.last is None:
            return False
        if not self.last.complete:
            return True  # the server says itself that there is more than it lists
        missing = self.missing if watched is None else self.missing & watched
        if self.readings == 1:
            return not missing
        return self.agreeing > 1 and (self.doubt is None or not missing)

    # How it is judged

    def _agrees(self, earlier: SessionList, listed: SessionList, server_now: float) -> bool:
        differ = self.missing ^ self._missing_earlier
        vanished = {
            one
            for one in earlier.positions.keys() - listed.positions.keys()
            if (one not in self.before.positions or one in self._missing_earlier)
            and not self._expired(earlier.sessions[earlier.positions[one]], server_now)
        }
        most = len(self.before) // TOLERANCE
        return not differ & self.sent and len(differ) + len(vanished) <= most

    def _doubt_of_earlier(self, its_own: str | None) -> str | None:
        """Return why the reading before the newest is no witness; None where it is one."""
        came_back = self._missing_earlier - self.missing - self.sent
        if its_own is None and len(came_back) > len(self.before) // TOLERANCE:
            return "the last two readings of the list differ"
        return its_own

    def _expired(self, session: Session, server_now: float) -> bool:
        """Return whether it ended by itself.

        A computed expiry is wrong where the session was listed after it.
        """
        ends = session.expires_at
        if ends is None or ends > server_now + EXPIRY_SLACK:
            return False
        return not session.expires_computed or ends > self.before.read_at + self.before.offset

    def _doubt(self, listed: SessionList, changed: list[Session]) -> str | None:
        before = self.before
        for one in (before, listed):
            if not one.complete:
                return f"the list is not whole: {one.incomplete_because}"
        if not listed.compares_with(before):
            if listed.unreadable:
                return "entries of the list could not be read that could be read before"
            return "sessions are no longer listed with their tokens"
        if not self.missing:
            return None
        light = self._came_to_light
        is_reused = any(row.id in before.positions for row in light)
        if is_reused or any(one.id not in self.sent for one in changed):
            return "ids in the list stand for other sessions than before"
        if _may_be_cut(before, listed, light, self.missing):
            return MAY_BE_CUT
        if len(light) >= len(self.missing):
            return f"{counted(len(light), 'session')} came to light: ids may have changed"
        return self._lacks_too_much(listed)

    def _lacks_too_much(self, listed: SessionList) -> str | None:
        """Return the doubt where a reading lacks what it should hold, though nothing was sent."""
        own = self.before.current_session
        if own is not None and own.id in self.missing - self.sent and not self._own_was_replaced:
            if listed.current is not Current.NONE:
                return LACKS_OWN
            return None  # the server says itself that it ended, so the list is right about it
        others = len(self.missing - self.sent)
        kept = len(self.before.positions.keys() - self.sent) - others
        if not others or (listed.sessions and (others < MUCH or others <= kept)):
            return None
        if own is not None and own.id not in self.sent and self.agreeing >= MOST_READINGS:
            return None
        return f"the list lacks {counted(others, 'session')} that nothing was sent for"

    @property
    def _own_was_replaced(self) -> bool:
        """Whether we hold a newer token by now, and it is listed."""
        own = self.before.current_session
        own_now = None if self.last is None else self.last.current_session
        if own is None or own_now is None or own_now.token is None:
            return False
        return own_now.id != own.id


def _changed(before: SessionList, listed: SessionList) -> list[Session]:
    """Return the sessions whose ids stand for another session in the newer list."""
    if before.lists_every_token:
        return []  # such an id is made from the token
    return [one for one in before.sessions if _is_another(one, listed)]


def _is_another(session: Session, listed: SessionList) -> bool:
    """Return whether the id of a session without a token belongs to another row."""
    found = listed.get(session.id)
    return found is not None and not found.is_same_as(session)


def _login_time(before: SessionList) -> float:
    """Return the server's time from which on a new row can be a login since that list.

    The times of the list itself count too: they may be of another zone than `Date`.
    """
    since = before.read_at + before.offset - LOGIN_SLACK
    newest = max(_creations(before.sessions), default=since)
    return min(since, math.nextafter(newest, math.inf))


def _may_be_cut(
    before: SessionList, listed: SessionList, came_to_light: list[Session], missing: Set[str]
) -> bool:
    """Return whether this looks like the newest part of a longer list.

    Such a list keeps its length while others log in, and what is missing was its oldest, or at
    its end: it may be in another order. What has no date may be the oldest.
    """
    oldest = min(_creations(before.sessions), default=None)
    if oldest is not None and any(one < oldest for one in _creations(came_to_light)):
        return True
    is_as_long = len(listed) == len(before) >= LEAST_CUT
    if is_as_long and len(came_to_light) < len(missing):
        kept = [place for one, place in before.positions.items() if one in listed.positions]
        left = min(_creations(listed.sessions), default=math.inf)
        own = before.current_session  # which is told by its token, and may have been replaced
        lost = [one for one in map(before.get, missing) if one is not None and one is not own]
        if any(before.positions[one.id] > max(kept, default=-1) for one in lost):
            return True
        if any(one.created_at is None or one.created_at <= left for one in lost):
            return True
    if not before.sessions or len(before) % ROUND_LENGTH:
        return False
    return is_as_long or bool(came_to_light)


def _creations(sessions: Iterable[Session]) -> Iterator[float]:
    return (one.created_at for one in sessions if one.created_at is not None)


def _may_be(row: Session, session: Session) -> bool:
    """Return whether a row that came to light may be this session under another id."""
    if row.created_at is not None and session.created_at is not None:
        return row.created_at == session.created_at
    if row.token is not None and session.token is not None:
        return False  # only how many there are says something
    agents = (row.user_agent, session.user_agent)
    return None in agents or agents[0] == agents[1]


# Taking readings until they prove something, or no more can be known

LONGEST = 30.0
"""Seconds after which no reading begins but the second."""

CONFIRM_AFTER = 1.0
"""Seconds before a reading that may confirm the one before it."""

PAUSES = (CONFIRM_AFTER, 4.0, 10.0, 14.0)
"""Seconds before a reading after 1, 2, … that agree: a list may be behind."""


OnReading = Callable[[int], None]
"""Called with the number of each reading before it begins."""


async def take_readings(
    connection: Connection,
    verification: Verification,
    *,
    awaited: Set[str] = frozenset(),
    watched: Set[str] | None = None,
    one_will_do: bool = False,
    on_reading: OnReading = lambda _: None,
    held: Credentials | None = None,
) -> None:
    """Add readings, each on a connection of its own, until two in a row agree.

    `awaited` are ids that should be gone: while one is listed, the list may be behind.
    Only what is missing of `watched` needs a second reading; None for all. `one_will_do`: one
    reading is enough if it lacks nothing but what was sent. `held`: the secrets to read with, else
    those that are stored. Raises QiscusTuiError if not even one reading succeeds.
    """

    def is_done() -> bool:
        last = verification.last
        if last is None or not awaited.isdisjoint(last.positions):
            return False
        return (one_will_do and verification.is_clean) or verification.is_settled(watched)

    clock = connection.clock
    began = clock.monotonic()
    while not is_done():
        if verification.readings:
            left = began + LONGEST - clock.monotonic()
            if verification.readings == 1:  # a long list may take all of it: one proves nothing
                left = max(left, CONFIRM_AFTER)
            if verification.readings >= MOST_READINGS or left < CONFIRM_AFTER:
                break
            await clock.sleep(min(left, PAUSES[verification.agreeing - 1]))
        on_reading(verification.readings + 1)
        try:
            listed = await connection.read_list(held=held, fresh=True)
        except QiscusTuiError as error:
            if not verification.readings:
                raise
            verification.fail(error)
            break
        await asyncio.to_thread(verification.add, listed, clock.now())


async def settled(
    connection: Connection, first: SessionList, ids: Set[str], on_reading: OnReading
) -> SessionList:
    """Return a list that shows which of these ids it lacks: two readings in a row agree.

    `first` is a reading that was just made. Where no two agree, the list is not whole. Raises
    QiscusTuiError.
    """
    last = first
    for number in range(2, MOST_READINGS + 1):
        missing = ids - last.positions.keys()
        if not missing or not last.complete:
            return last
        await connection.clock.sleep(CONFIRM_AFTER)
        on_reading(number)
        listed = await connection.read_list(fresh=True)
        found = Verification(last)
        await asyncio.to_thread(found.add, listed, connection.clock.now())
        if ids - listed.positions.keys() == missing and found.repeats:
            return listed
        last = listed
    return replace(last, incomplete_because="its readings differ")

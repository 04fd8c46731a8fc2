"""What is shown of a list: which sessions or groups, and in what order. Draws nothing.

A request says what is to be shown; a plain function finds it, for a long list in a thread. Until
that is done, what was shown before still is.
"""

from __future__ import annotations

import enum
from bisect import bisect_right
from collections.abc import Hashable, Sequence
from itertools import compress
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.errors import FilterError
from qiscus_tui.model.clock import MINUTE
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.session import Session
from qiscus_tui.query import Moment, Query, SortKey, order, parse, parse_readable, select
from qiscus_tui.query.sorting import FALLING
from qiscus_tui.service.revocation.plan_groups import targets_of_groups
from qiscus_tui.service.sessions.groups import FALLING as FALLING_GROUPS
from qiscus_tui.service.sessions.groups import (
    Group,
    GroupFact,
    GroupSort,
    grouped,
    lacking,
    sorted_groups,
    times_of,
)
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from qiscus_tui.tui.listed.marks import Marks

EVERYTHING = parse("")

SORT_KEYS = (
    SortKey.CREATED,
    SortKey.LAST_USED,
    SortKey.EXPIRES,
    SortKey.CLIENT,
    SortKey.IP,
    SortKey.USER,
    SortKey.ID,
)
"""What a list is sorted by, one after the other."""
GROUP_FACTS = (
    GroupFact.COUNT,
    GroupFact.PER_DAY,
    GroupFact.NEWEST,
    GroupFact.OLDEST,
    GroupFact.LAST_USED,
)
"""What groups are sorted by, one after the other, before their keys."""

_WORDS: dict[enum.Enum, tuple[str, str]] = {
    SortKey.CREATED: ("newest first", "oldest first"),
    SortKey.LAST_USED: ("last used first", "longest unused first"),
    SortKey.EXPIRES: ("soonest end first", "latest end first"),
    SortKey.IP: ("by address", "by address, backwards"),
    GroupFact.COUNT: ("largest first", "smallest first"),
    GroupFact.PER_DAY: ("most per day first", "fewest per day first"),
    GroupFact.NEWEST: ("newest first", "longest without a login first"),
    GroupFact.OLDEST: ("oldest first", "youngest first"),
    GroupFact.LAST_USED: ("last used first", "longest unused first"),
}
"""The words of both directions; of other keys, `by client` and `by client, backwards`."""

Key = TypeVar("Key", bound=enum.Enum)


class Sorting(Struct, Generic[Key], frozen=True):
    """A key of sessions or of groups, in its own direction or reversed."""

    key: Key
    reverse: bool = False

    @property
    def words(self) -> str:
        """`newest first`."""
        by = f"by {self.key.value}"
        return _WORDS.get(self.key, (by, f"{by}, backwards"))[self.reverse]

    @property
    def is_descending(self) -> bool:
        """Whether the highest value comes first."""
        return (self.key in FALLING or self.key in FALLING_GROUPS) != self.reverse

    def turned(self) -> Sorting[Key]:
        """Return the reverse."""
        return replace(self, reverse=not self.reverse)

    def by(self, key: Key) -> Sorting[Key]:
        """Return the sort by a key; the same key again reverses it."""
        return self.turned() if key is self.key else Sorting(key)

    def next(self, keys: Sequence[Key]) -> Sorting[Key]:
        """Return the sort by the next of these keys, in its own direction."""
        return Sorting(keys[(keys.index(self.key) + 1) % len(keys)])


GroupSorting = Sorting[GroupSort]
NEWEST_FIRST = Sorting(SortKey.CREATED)
LARGEST_FIRST: GroupSorting = Sorting(GroupFact.COUNT)


def keys_words(keys: Sequence[GroupKey]) -> str:
    """Return `client and network`."""
    *others, last = (key.value for key in keys)
    return f"{', '.join(others)} and {last}" if others else last


def own_first(listed: SessionList, sorting: Sorting[SortKey]) -> list[int]:
    """Return all positions of a list, sorted, our own session first."""
    own = next((at for at, session in enumerate(listed.sessions) if session.current), None)
    return order(listed, sorting.key, reverse=sorting.reverse, first=own)


class ViewRequest(Struct, frozen=True):
    """What is to be shown of a list."""

    listed: SessionList = NO_SESSIONS
    sorting: Sorting[SortKey] = NEWEST_FIRST
    query: Query = EVERYTHING
    moment: Moment = Moment(0.0, 0.0)
    """When the filter is asked and the groups are counted, and what is marked."""
    is_grouped: bool = False
    keys: tuple[GroupKey, ...] = USUAL_KEYS
    """What the groups have in common."""
    group_sorting: GroupSorting = LARGEST_FIRST

    @property
    def sorting_shown(self) -> Sorting[Any]:
        """That of the groups or of the sessions, whichever are shown."""
        return self.group_sorting if self.is_grouped else self.sorting

    def find(self, last: ViewResult) -> ViewResult:
        """Return what is to be shown; what was found `last` is not found again where it holds."""
        was = last.request
        is_same_list = self.listed is was.listed
        ends = last.ends
        if not is_same_list:
            ends = times_of(range(len(self.listed)), self.listed.facts.expires_at)
        is_sorted = is_same_list and self.sorting == was.sorting
        order = last.order if is_sorted else own_first(self.listed, self.sorting)
        shown = self._filtered(order, last)
        if shown == last.shown:
            shown = last.shown
        if not self.is_grouped:
            return ViewResult(self, ends, order, shown)
        if lacks := lacking(self.listed, self.keys):
            return ViewResult(self, ends, order, shown, lacks=lacks)
        groups, counted = last.largest_first, last.counted
        is_recent = counted // MINUTE == self.moment.server_now // MINUTE
        is_counted = was.is_grouped and is_recent and self.keys == was.keys
        if not (is_same_list and shown is last.shown and is_counted):
            positions = shown if self.query.words else None
            groups = grouped(self.listed, self.keys, self.moment, positions)
            counted = self.moment.server_now
        by, reverse = self.group_sorting.key, self.group_sorting.reverse
        in_order = sorted_groups(groups, by, reverse=reverse)
        return ViewResult(self, ends, order, shown, in_order, largest_first=groups, counted=counted)

    def asks_the_same(self, other: ViewRequest) -> bool:
        """Return whether the filter leaves the same sessions of the list as the other's."""
        is_same = self.listed is other.listed and self.query is other.query
        return is_same and (not self.query.words or self.moment is other.moment)

    def _filtered(self, order: Sequence[int], last: ViewResult) -> Sequence[int]:
        """Return what the filter leaves, in this order."""
        if not self.query.words:
            return order
        matching = last.shown
        if not self.asks_the_same(last.request):
            matching = select(self.query, self.listed, self.moment)
        flags = bytearray(len(order))
        for position in matching:
            flags[position] = 1
        return list(compress(order, map(flags.__getitem__, order)))


class ViewResult(Struct, frozen=True):
    """What is shown of a list."""

    request: ViewRequest = ViewRequest()
    ends: Sequence[float] = ()
    """When sessions end, sorted: what is counted of them is right at any time."""
    order: Sequence[int] = ()
    """Every position of the list."""
    shown: Sequence[int] = ()
    """The positions that the filter leaves, in order."""
    groups: Sequence[Group] = ()
    """What is shown as groups, in their own order."""
    lacks: str | None = None
    """Why the list can't be grouped by these keys."""
    largest_first: Sequence[Group] = ()
    """The same groups, before they are sorted."""
    counted: float = 0.0
    """The server's time by which they were counted, which holds for a minute."""

    def active(self, now: float) -> int:
        """Return how many sessions have not expired by the server's time `now`."""
        return len(self.request.listed) - bisect_right(self.ends, now)

    def expiring(self, now: float, within: float) -> int:
        """Return how many sessions expire within so many seconds."""
        return Moment(now, within).count_expiring(self.ends)

    def to_revoke(self) -> dict[tuple[Hashable, ...], int]:
        """Return by its kinds how many sessions of each group `x` would plan."""
        request = self.request
        return targets_of_groups(request.listed, self.groups, request.moment)


class ListView:
    """What is asked to be shown of one list, and what is shown."""

    def __init__(self) -> None:
        self.request = ViewRequest()
        self.result = ViewResult()
        """Of this request, or of one before it of the same list."""
        self.typed = ""
        """The filter as it was typed."""
        self.filter_error: FilterError | None = None
        self.marks = Marks()
        """Of the sessions of this list."""

    @property
    def listed(self) -> SessionList:
        """The list."""
        return self.request.listed

    @property
    def query(self) -> Query:
        """The filter, as far as it can be read."""
        return self.request.query

    @property
    def is_filtered(self) -> bool:
        """Whether the filter leaves anything out."""
        return bool(self.query.words)

    @property
    def shown(self) -> Sequence[int]:
        """The positions shown, in order."""
        return self.result.shown

    @property
    def groups(self) -> Sequence[Group] | None:
        """The groups that are shown; None where sessions are, or the groups are being made."""
        made, asked = self.result.request, self.request
        is_made = made.is_grouped and made.keys == asked.keys and self.result.lacks is None
        return self.result.groups if is_made and asked.is_grouped else None

    @property
    def lacks(self) -> str | None:
        """Why the list can't be grouped by these keys."""
        return self.result.lacks if self.request.is_grouped else None

    @property
    def is_whole(self) -> bool:
        """Whether what is shown is what the filter leaves; else what one before it left."""
        return self.request.asks_the_same(self.result.request)

    @property
    def hidden_marks(self) -> int:
        """How many sessions are marked that the filter hides."""
        return self.marks.total - self.marks.count_in(self.shown)

    @property
    def own(self) -> Session | None:
        """Our own session, where it is listed."""
        first = self.listed.sessions[self.result.order[0]] if self.result.order else None
        return first if first is not None and first.current else None

    @property
    def sort_keys(self) -> Sequence[enum.Enum]:
        """What can be sorted by, as groups or as sessions: by user where any is named."""
        if self.request.is_grouped:
            return (*GROUP_FACTS, *self.request.keys)
        has_users = any(session.safe_user for session in self.listed.sessions)
        return [key for key in SORT_KEYS if has_users or key is not SortKey.USER]

    def type_filter(self, text: str, moment: Moment) -> None:
        """Ask for what was typed.

        A text with an error is filtered by what can be read of it, and what is typed on changes
        nothing until it is corrected.
        """
        query, error = parse_readable(text)
        if error is not None and self.filter_error is not None:
            query = self.query
        self.typed, self.filter_error = text, error
        self.request = replace(self.request, query=query, moment=moment)

    def group_by(self, keys: Sequence[GroupKey]) -> None:
        """Ask for groups by other keys."""
        self.request = replace(self.request, keys=tuple(keys))
        if self.request.group_sorting.key not in (*GROUP_FACTS, *keys):
            self.request = replace(self.request, group_sorting=LARGEST_FIRST)

    def show(self, result: ViewResult) -> None:
        """Show what was found, of this list or of a newer one: marks stay on their sessions."""
        self.marks = self.marks.carried_over(self.listed, result.request.listed)
        self.request, self.result = result.request, result

    def take(self, result: ViewResult) -> None:
        """Show what was found, if nothing else was asked for since."""
        if result.request is self.request:
            self.result = result

    def finish(self) -> None:
        """Find at once what was asked for, before something is done to all that is shown."""
        if self.result.request is not self.request:
            self.result = self.request.find(self.result)

"""The sessions screen's part that keeps up with time: countdowns, counts, filters that name it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator
from typing import TYPE_CHECKING

from msgspec import Struct

from qiscus_tui.query import Query, change_times
from qiscus_tui.service.sessions.session_list import NO_SESSIONS
from qiscus_tui.tui.screens.expiry_counts import AHEAD, counted_in_steps
from qiscus_tui.tui.screens.list_view import EVERYTHING, ListView
from qiscus_tui.tui.screens.shown_list import ShownList, in_turns

if TYPE_CHECKING:
    from qiscus_tui.service.sessions.session_list import SessionList
    from qiscus_tui.service.workspace import Workspace

_RUN = 5000


class FilterChanges(Struct, frozen=True):
    """When sessions come into a filter and go out of it, for the time ahead."""

    query: Query = EVERYTHING
    listed: SessionList = NO_SESSIONS
    moments: tuple[float, ...] = ()
    """Sorted; the server's time."""
    until: float = 0.0

    def covers(self, view: ListView, now: float) -> bool:
        """Whether they are of what is shown, and of the server's time `now`."""
        return view.query is self.query and view.listed is self.listed and now <= self.until

    def changed_since(self, looked_at: float, now: float) -> bool:
        """Whether the filter may say something else now; a clock may have been set back."""
        return now < looked_at or bisect_left(self.moments, looked_at) < bisect_right(
            self.moments, now
        )


def found_in_steps(
    view: ListView, expiring: float, now: float
) -> Generator[None, None, FilterChanges]:
    """Look for them, in steps of a few milliseconds."""
    query, listed, since, until = view.query, view.listed, view.looked_at, now + AHEAD
    moments: list[float] = []
    for start in range(0, len(listed), _RUN):
        run = listed.sessions[start : start + _RUN]
        moments += [at for at in change_times(query, run, expiring) if since <= at <= until]
        yield
    moments.sort()
    return FilterChanges(query, listed, tuple(moments), until)


class PassingTime(ShownList):
    """A shown list that is right a second later, too."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._turns = FilterChanges()
        self._is_keeping_up = False

    def keep_up(self) -> None:
        """A second went by: draw what changed, and look again at what time decides."""
        self.table.tick()
        if self._lags and not self._is_keeping_up:
            self._is_keeping_up = True
            self.run_worker(self._keep_up(), group="time")

    @property
    def _lags(self) -> bool:
        now = self.server_now()
        if not self.expiry_counts.holds(now):
            return True
        asks = self.view.depends_on_time and self.view.is_whole
        return asks and (
            not self._turns.covers(self.view, now)
            or self._turns.changed_since(self.view.looked_at, now)
        )

    async def _keep_up(self) -> None:
        try:
            await self._count_again()
            await self._filter_again()
        finally:
            self._is_keeping_up = False
        self.draw_lines()

    async def _count_again(self) -> None:
        listed, now = self.listed, self.server_now()
        if not self.expiry_counts.holds(now):
            expiry_counts = await in_turns(counted_in_steps(listed, now, self._expiring))
            if listed is self.listed:
                self.expiry_counts = expiry_counts

    async def _filter_again(self) -> None:
        view, now = self.view, self.server_now()
        if not (view.depends_on_time and view.is_whole):
            return
        if not self._turns.covers(view, now):
            self._turns = await in_turns(found_in_steps(view, self._expiring, now))
        if self._turns.changed_since(view.looked_at, now):
            await in_turns(view.looked_again(self.moment))
            if view.is_whole and view.hits != self.table.order:
                self.table.show_order(view.hits)

    @property
    def _expiring(self) -> float:
        return self.workspace.config.ui.expiring

"""What a session stands among, and what a prune would do with it: found out once for each group."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from qiscus_tui.query import Moment
from qiscus_tui.service.overview.session_context import (
    NO_ORIGINS,
    GroupHistory,
    SessionContext,
    group_history,
    origins_of,
)
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.plan_groups import prune_outlook
from qiscus_tui.service.sessions.session_list import SessionList


@dataclass(frozen=True)
class SessionDetail:
    """What is known around one session."""

    context: SessionContext
    outlook: RevocationPlan


class SessionDetails:
    """The details of the sessions of one list at a time. Draws nothing."""

    def __init__(self) -> None:
        self._origins = NO_ORIGINS
        self._known: dict[int, tuple[GroupHistory, RevocationPlan]] = {}
        """By the number of the group."""

    def of(self, listed: SessionList, position: int) -> SessionDetail | None:
        """Return what is known around a session; None where it was not found out yet."""
        if listed is not self._origins.listed:
            return None
        known = self._known.get(self._origins.group_of[position])
        if known is None:
            return None
        history, outlook = known
        context = SessionContext(history, history.newest_first.index(position))
        return SessionDetail(context, outlook)

    def alike(self, session_id: str) -> int:
        """Return how many sessions have its client and network; 0 where that is not known yet."""
        return self._origins.alike(session_id)

    async def find(self, listed: SessionList, position: int, moment: Moment) -> None:
        """Find out what is known around a session, in a thread; again when the day has changed."""
        origins = self._origins
        if listed is not origins.listed or moment.server_now >= origins.until:
            origins = await asyncio.to_thread(origins_of, listed, moment)
            self._origins, self._known = origins, {}
        number = origins.group_of[position]
        if number not in self._known:
            group = origins.groups[number]
            history = await asyncio.to_thread(group_history, listed, group, moment.server_now)
            outlook = await asyncio.to_thread(prune_outlook, listed, group, moment)
            if origins is self._origins:
                self._known[number] = history, outlook

"""What a session stands among, and what a prune would do with it: found out once for each group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiscus_tui.service.overview.session_context import SessionContexts
from qiscus_tui.service.revocation.prune_outlook import outlook_steps
from qiscus_tui.service.sessions.session_list import NO_SESSIONS

if TYPE_CHECKING:
    from collections.abc import Generator

    from qiscus_tui.query import Moment
    from qiscus_tui.service.overview.session_context import SessionContext
    from qiscus_tui.service.revocation.prune_outlook import PruneOutlook
    from qiscus_tui.service.sessions.session_list import SessionList


@dataclass(frozen=True)
class SessionDetail:
    """What is known around one session."""

    context: SessionContext
    outlook: PruneOutlook


class SessionDetails:
    """The details of the sessions of one list at a time. Draws nothing."""

    def __init__(self) -> None:
        self._contexts = SessionContexts()
        self._listed = NO_SESSIONS
        self._outlooks: dict[int, PruneOutlook] = {}
        """By the first position of the group."""

    def of(self, listed: SessionList, position: int) -> SessionDetail | None:
        """Return what is known around a session; None where it was not found out yet."""
        context = self._contexts.of(listed, position)
        if context is None or listed is not self._listed:
            return None
        outlook = self._outlooks.get(context.history.group.positions[0])
        return outlook and SessionDetail(context, outlook)

    def alike(self, session_id: str) -> int:
        """Return how many sessions have its client and network; 0 where that is not known yet."""
        return self._contexts.alike(session_id)

    def find_in_steps(
        self, listed: SessionList, position: int, moment: Moment
    ) -> Generator[None, None, None]:
        """Find out what is known around a session, in short steps."""
        yield from self._contexts.find_in_steps(listed, position, moment)
        context = self._contexts.of(listed, position)
        if context is None:  # another list came meanwhile
            return
        group = context.history.group
        if listed is not self._listed:
            self._listed, self._outlooks = listed, {}
        if group.positions[0] not in self._outlooks:
            outlook = yield from outlook_steps(listed, group, moment)
            if listed is self._listed:
                self._outlooks[group.positions[0]] = outlook

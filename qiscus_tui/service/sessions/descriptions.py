"""What is shown and searched of a session: its client, its integration, its search text."""

from collections.abc import Callable, Collection, Generator, Sequence

from qiscus_tui.model.known import Known, integration_of
from qiscus_tui.model.session import Session, SessionOrigin, SessionRun
from qiscus_tui.model.turns import RUN, runs
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList, search_text
from qiscus_tui.service.sessions.user_agents import quick_name

_MOST_ORIGINS = 50_000
"""Different agents, addresses and users of which what is made is shared; more take memory."""

Described = tuple[str, Known | None, str]
"""The client's name, the integration, the search text."""

Names = Callable[[str | None], str]


class Columns:
    """Descriptions in the order of their sessions."""

    def __init__(self) -> None:
        self.clients: list[str] = []
        self.labels: list[Known | None] = []
        self.search: list[str] = []

    def extend(self, described: Sequence[Described]) -> None:
        """Add those of further sessions."""
        self.clients += [client for client, _, _ in described]
        self.labels += [label for _, label, _ in described]
        self.search += [search for _, _, search in described]

    def extended_in_steps(
        self, sessions: Sequence[Session], describer: "Describer"
    ) -> Generator[None, None, None]:
        """Describe further sessions, and add what is said of them."""
        for run in runs(sessions):
            self.extend((yield from describer.in_steps(SessionRun.of(run))))

    def cut(self, count: int) -> None:
        """Remove all but the first so many."""
        del self.clients[count:], self.labels[count:], self.search[count:]


class Describer:
    """Describes sessions: once for all with the same agent, address and user."""

    def __init__(
        self,
        names: Names = quick_name,
        known: Sequence[Known] = (),
        before: SessionList = NO_SESSIONS,
    ) -> None:
        """`before`: a list that is still held; search texts that did not change are shared."""
        self._names = names
        self.known = known
        self._before = before
        self._labels: dict[tuple[str | None, str | None], Known | None] = {}
        self._described: dict[SessionOrigin, Described] = {}

    def in_steps(self, run: SessionRun) -> Generator[None, None, list[Described]]:
        """Describe sessions; a step is a number of known ones, or one with a new client."""
        described: list[Described] = []
        for start in range(0, len(run.sessions), RUN):
            origins = run.origins[start : start + RUN]
            found = list(map(self._described.get, origins))
            if not all(found):
                for at, one in enumerate(found):
                    if one is None:
                        found[at] = self._of_origin(run.sessions[start + at], origins[at])
                        yield  # a new client may take half a millisecond to name
            described += filter(None, found)
            yield
        return described

    def origins(self) -> Collection[SessionOrigin] | None:
        """Return each origin of which a session was described; None where these are too many."""
        return self._described.keys() if len(self._described) < _MOST_ORIGINS else None

    def _of_origin(self, session: Session, origin: SessionOrigin) -> Described:
        described = self._described.get(origin) or self.of(session)
        if len(self._described) < _MOST_ORIGINS:
            self._described[origin] = described
        return described

    def of(self, session: Session) -> Described:
        """Describe one session."""
        client, before = self._names(session.user_agent), self._before
        known = self._label(session, client)
        place = before.positions.get(session.id)
        if place is not None and before.sessions[place] is session:  # so may be its text
            text = before.clients[place], before.labels[place], before.search[place]
            if text[:2] == (client, known):
                return text
        return client, known, search_text(session, client, known.label if known else "")

    def _label(self, session: Session, client: str) -> Known | None:
        """Return the first integration that matches, None where none does."""
        if not self.known:
            return None
        key = session.user_agent, session.ip
        if key not in self._labels:
            # The quick name too: the full one is for a limited number of agents.
            names = client, quick_name(session.user_agent)
            self._labels[key] = integration_of(self.known, names, *key)
        return self._labels[key]

"""A small list of sessions, as the filter sees one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.sessions.session_list import SessionList
from tests.service.scripted import START as NOW
from tests.service.scripted import listed, new_session

__all__ = ["NOW", "a_session", "columns_of"]

_numbers = count()


def a_session(**changes: object) -> Session:
    """A session of which nothing is known but its token, and what `changes` says."""
    unknown = dict.fromkeys(("created_at", "expires_at", "user_agent", "ip", "user"))
    return new_session(next(_numbers), **{**unknown, **changes})


def columns_of(*sessions: Session, labels: Sequence[Known | None] | None = None) -> SessionList:
    """Columns of these sessions; the first product of the agent is the client's name."""
    return replace(
        listed(sessions, current=Current.NONE),
        clients=[(s.safe_agent or "unknown").split("/")[0] for s in sessions],
        labels=labels or (None,) * len(sessions),
    )

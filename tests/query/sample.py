"""A small list of sessions, as the filter sees one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import msgspec

from qiscus_tui.model.clients import Known
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.session_list import SessionList

NOW = 1_792_000_000.0  # 2026-10-14T17:46:40Z

_numbers = count()


def a_session(**changes: object) -> Session:
    """A session of which nothing is known but its token, and what `changes` says."""
    token = f"token-{next(_numbers)}"
    plain = Session(
        id=fingerprint(token),
        revoke_with=token,
        token=token,
        created_at=None,
        expires_at=None,
        expires_computed=False,
        last_used_at=None,
        current=False,
        user_agent=None,
        ip=None,
        user=None,
        safe_agent="",
        safe_ip="",
        safe_user="",
        extra=None,
    )
    session = msgspec.structs.replace(plain, **changes)
    return msgspec.structs.replace(
        session,
        safe_agent=safe(session.user_agent or ""),
        safe_ip=safe(session.ip or ""),
        safe_user=safe(session.user or ""),
    )


class SampleColumns(SessionList):
    """A list that the filter is asked of."""

    def with_new(self, *new: int) -> "SampleColumns":
        return replace(self, new=bytes(new))


def columns_of(
    *sessions: Session, labels: Sequence[Known | None] | None = None, new: bytes | None = None
) -> SampleColumns:
    """Columns of these sessions; the first product of the agent is the client's name."""
    labels = labels or (None,) * len(sessions)
    clients = [(s.safe_agent or "unknown").split("/")[0] for s in sessions]
    return SampleColumns(
        sessions=sessions,
        clients=clients,
        labels=labels,
        new=new or bytes(len(sessions)),
        current=Current.NONE,
        unreadable=0,
        read_at=NOW,
        offset=0.0,
    )

"""How long does it take to group 100,000 sessions? (In this process.)"""

import gc
import time
from collections.abc import Generator

from qiscus_tui.demo.seed import seeded_sessions
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import GROUP_KEYS, GroupKey, parse_group_keys
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.text import safe
from qiscus_tui.query import Moment
from qiscus_tui.service.sessions.groups import group_steps
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.user_agents import ClientNames
from tests.benchmarks.table import Row

NOW = 1_792_000_000.0
SESSIONS = 100_000
GROUPINGS = ("client,network", *GROUP_KEYS)


def groups(runs: int) -> Generator[Row]:
    """Each grouping of the demo's sessions, and the longest step of it."""
    listed = demo_list(SESSIONS)
    gc.collect()
    gc.freeze()
    for text in GROUPINGS:
        keys = parse_group_keys(text)
        whole: list[float] = []
        steps: list[float] = []
        for _ in range(runs):
            took = _steps(listed, keys)
            whole.append(sum(took))
            steps.append(max(took))
        goal = "at most 60 ms" if text == GROUPINGS[0] else ""
        yield Row(f"{SESSIONS:,} by {text}", whole, goal=goal)
        yield Row("  the longest step", steps)


def _steps(listed: SessionList, keys: tuple[GroupKey, ...]) -> list[float]:
    """Milliseconds of each step, of this thread alone: other programs disturb it less."""
    took: list[float] = []
    steps = group_steps(listed, keys, Moment(NOW, DAY))
    while True:
        started = time.thread_time()
        try:
            next(steps)
        except StopIteration:
            return took
        finally:
            took.append(1000 * (time.thread_time() - started))


def demo_list(size: int) -> SessionList:
    """The demo's sessions as a list."""
    seeded = seeded_sessions(size, seed=1, now=NOW, email="admin@demo.example")
    names = ClientNames()
    sessions = [
        Session(
            id=fingerprint(one.token),
            revoke_with=one.token,
            token=one.token,
            created_at=one.created,
            expires_at=one.expires,
            expires_computed=False,
            last_used_at=one.last_used,
            current=False,
            user_agent=one.agent,
            ip=one.ip,
            user=one.email,
            safe_agent=safe(one.agent or ""),
            safe_ip=safe(one.ip or ""),
            safe_user=safe(one.email),
            extra=None,
        )
        for one in seeded
    ]
    return SessionList(
        sessions=sessions,
        clients=[names(one.user_agent) for one in sessions],
        labels=[None] * len(sessions),
        new=bytes(len(sessions)),
        current=Current.NONE,
        unreadable=0,
        read_at=NOW,
        offset=0.0,
    )

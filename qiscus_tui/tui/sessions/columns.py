"""The columns of the session table: rows of data. All texts are safe forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Session
from qiscus_tui.query.sorting import SortKey
from qiscus_tui.service.list_settings import UiSettings
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.client_words import client_text, client_words
from qiscus_tui.tui.widgets.cells import (
    COUNTDOWN_WIDTH,
    MARK,
    UNKNOWN,
    Badge,
    countdown_cell,
    created_cell,
    created_cell_short,
    last_used_cell,
    width_of,
)
from qiscus_tui.tui.widgets.table import Column

WIDE = 150
"""Columns of a terminal from which the list has a preview."""
IN_RANGE = "▌"
"""At the left edge of the rows that are about to be marked."""

_OURS_WIDTH = len("this session · qiscus-tui")
_CREATED_FULL = 17
"""Cells of a time of creation with its year."""
_BESIDE_PREVIEW = 24
"""The least cells of a client's name where the preview says the rest."""


class SessionRow(Struct, frozen=True):
    """A session of a list, and what decides how its row reads."""

    listed: SessionList
    position: int
    now: float
    """The server's time, epoch seconds."""
    ui: UiSettings
    """Among them, from when on a session expires soon."""
    is_marked: bool = False
    is_in_range: bool = False
    has_cursor: bool = False

    @property
    def session(self) -> Session:
        """Return the session."""
        return self.listed.sessions[self.position]

    @property
    def known(self) -> Known | None:
        """Return the known integration that it belongs to."""
        return self.listed.labels[self.position]

    @property
    def left(self) -> float | None:
        """Return the seconds until it expires; None where that is unknown."""
        at = self.session.expires_at
        return None if at is None else at - self.now

    @property
    def badge(self) -> Badge:
        """Return its state as a sign."""
        if self.left is not None and self.left <= 0:
            return Badge.EXPIRED
        if not self.session.revocable:
            return Badge.NOT_REVOCABLE
        return Badge.PROTECTED if self.known is not None and self.known.protect else Badge.LIVE

    @property
    def style(self) -> str:
        """Return the name of the style of what ticks. It repeats what signs and words say."""
        if self.is_in_range or self.is_marked:
            return "marked"
        if self.left is not None and self.left <= 0:
            return "gone"
        if self.session.current is True:
            return "current"
        return "soon" if self.left is not None and self.left <= self.ui.expiring else "row"

    @property
    def name_style(self) -> str:
        """Return the style of what it is: that of what ticks for our own, and within a range."""
        return self.style if self.is_in_range or self.style == "current" else "row"


def _leading(row: SessionRow, _: int) -> str:
    """Return mark, badge and countdown: all that changes by the second, at the left edge."""
    session = row.session
    countdown = countdown_cell(
        session.expires_at, session.expires_computed, row.now, seconds=row.has_cursor
    )
    signs = f"{IN_RANGE if row.is_in_range else ' '}{MARK if row.is_marked else ' '}"
    return f"{signs} {row.badge.value}{countdown}"


def _created(row: SessionRow, width: int) -> str:
    """Return when it was created, with the year where there is room for it."""
    shown = created_cell if width >= _CREATED_FULL else created_cell_short
    return shown(row.session.created_at, row.now)


def _last_used(row: SessionRow, _: int) -> str:
    """Return how long ago it was used."""
    return last_used_cell(row.session.last_used_at, row.now)


_name, _state = attrgetter("name_style"), attrgetter("style")

EXPIRES: Column[SessionRow] = Column(
    "     EXPIRES IN", _leading, 4 + COUNTDOWN_WIDTH,
    stays=True, gap=0, sort=SortKey.EXPIRES, style=_state,
)  # fmt: skip
ID: Column[SessionRow] = Column(
    "ID", lambda row, _: row.session.id[:8], 8, stays=True, sort=SortKey.ID, style=_name
)
CLIENT: Column[SessionRow] = Column(
    "CLIENT", lambda row, width: client_text(row.listed, row.position, width), _OURS_WIDTH,
    45, least=12, most=48, stays=True, sort=SortKey.CLIENT, style=_name,
)  # fmt: skip
CREATED: Column[SessionRow] = Column(
    "CREATED", _created, _CREATED_FULL,
    20, least=12, is_stepped=True, sort=SortKey.CREATED, style="muted",
)  # fmt: skip
LAST_USED: Column[SessionRow] = Column(
    "LAST USED", _last_used, 11, 40, sort=SortKey.LAST_USED, style="muted"
)
IP: Column[SessionRow] = Column(
    "IP", lambda row, _: row.session.safe_ip or UNKNOWN, 39,
    50, least=15, is_stepped=True, sort=SortKey.IP, style="muted",
)  # fmt: skip
USER: Column[SessionRow] = Column(
    "USER", lambda row, _: row.session.safe_user, 32,
    30, least=14, sort=SortKey.USER, style="muted",
)  # fmt: skip
COLUMNS = (EXPIRES, ID, CLIENT, CREATED, LAST_USED, IP, USER)
"""From left to right. All tokens have the same lifetime, so CREATED says little that EXPIRES IN
does not; LAST USED decides what is safe to revoke. An address is whole before other columns are
wider than they need: a part of it names others too."""

_NOTHING_USED = 5
"""The priority of LAST USED where no session has one."""
_SORTED_BY = 60
"""The priority of the column that the list is sorted by, but for CREATED, which is the usual."""


def longest_texts(listed: SessionList) -> dict[str, int]:
    """Return the cells of the longest text, by title, of columns whose texts decide their width.

    0 for LAST USED where no session has one.
    """
    sessions, known = listed.sessions, {id(one): one for one in listed.labels}
    clients = {*zip(listed.clients, map(id, listed.labels), listed.new, strict=True)}
    texts: dict[str, Iterable[str]] = {
        "USER": {*map(attrgetter("safe_user"), sessions)},
        "IP": [ip or UNKNOWN for ip in {*map(attrgetter("safe_ip"), sessions)}],
        "CLIENT": [
            client_words(client, known[label], current=False, new=bool(new))
            for client, label, new in clients
        ],
    }
    longest = {title: max(map(width_of, found), default=0) for title, found in texts.items()}
    longest["CLIENT"] = max(_OURS_WIDTH, longest["CLIENT"])
    is_used = any(session.last_used_at is not None for session in sessions)
    return {**longest, "LAST USED": LAST_USED.wanted if is_used else 0}


def offered_columns(
    longest: Mapping[str, int],
    *,
    has_preview: bool = False,
    sorted_by: object = None,
) -> list[Column[SessionRow]]:
    """Return the columns that a list has, by its longest texts.

    `has_preview`: it stands beside them.
    """
    offered = [*COLUMNS]
    if not longest.get("USER"):
        offered.remove(USER)
    if has_preview:
        offered[offered.index(CLIENT)] = replace(CLIENT, least=_BESIDE_PREVIEW)
    for at, column in enumerate(offered):
        if column is LAST_USED and longest.get("LAST USED") == 0:
            offered[at] = replace(column, priority=_NOTHING_USED)
        elif sorted_by is not None and column.sort is sorted_by and column is not CREATED:
            offered[at] = replace(column, priority=_SORTED_BY)
    return offered

"""The sessions and groups of a plan as lines of a dialog. `now`: the server's, epoch seconds."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from textual.content import Content

from qiscus_tui.model.clock import countdown
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.plan_groups import IN_USE, TargetGroup
from qiscus_tui.service.sessions.groups import shown
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.client_words import client_text
from qiscus_tui.tui.widgets.cells import UNKNOWN, day_words, fit, last_used_cell, width_of
from qiscus_tui.tui.widgets.table import UNBOUND, Column, fit_columns

MOST = 40
"""Most groups that are shown; the rest is counted."""

Row = TypeVar("Row")
STYLES = {"row": "", "muted": "$text-muted", "bar": "$primary", "soon": "bold $warning"}
"""The styles of a table as those of a text."""


def muted(text: str) -> Content:
    """Return a line that matters less."""
    return Content.styled(text, "$text-muted")


def _table(
    columns: Sequence[Column[Row]], rows: Sequence[Row], longest: Sequence[int], width: int
) -> list[Content]:
    """Return a line of titles, and one for each row. `longest`: cells of each column's texts."""
    placed = fit_columns(columns, longest, width)

    def line(texts: Iterable[tuple[str, str]]) -> Content:
        cells: list[tuple[str, str]] = []
        for (text, style), one in zip(texts, placed, strict=True):
            aligned = text.rjust(one.cells) if one.column.is_number else text
            cells.append((" " * one.column.gap + fit(aligned, one.cells), style))
        return Content.assemble(*cells)

    def texts(row: Row) -> Iterable[tuple[str, str]]:
        for one in placed:
            style = one.column.style
            name = style if isinstance(style, str) else style(row)
            yield one.column.text(row, one.cells), STYLES[name]

    titles = line((one.column.title, STYLES["muted"]) for one in placed)
    return [titles, *(line(texts(row)) for row in rows)]


def session_lines(
    listed: SessionList, sessions: Sequence[Session], now: float, width: int
) -> list[Content]:
    """Return the titles, and a line for each.

    The widths depend on `width` alone, so that the columns of several lists line up.
    """

    def left(one: Session, _: int) -> str:
        return UNKNOWN if one.expires_at is None else countdown(one.expires_at - now)

    def client(one: Session, cells: int) -> str:
        return client_text(listed, listed.positions[one.id], cells)

    def use_style(one: Session) -> str:
        is_hot = one.last_used_at is not None and now - one.last_used_at < IN_USE
        return "soon" if is_hot else "row"

    columns: list[Column[Session]] = [
        Column("ID", lambda one, _: one.id[:8], 8, 90, style="bar"),
        Column("EXPIRES IN", left, 10, 80, is_number=True),
        Column("CLIENT", client, 30, 70, least=12),
        Column(
            "LAST USED", lambda one, _: last_used_cell(one.last_used_at, now), 10, style=use_style
        ),
        Column("IP", lambda one, _: one.safe_ip, 39, 60, least=15, style="muted"),
    ]
    return _table(columns, sessions, [UNBOUND] * len(columns), width)


def group_lines(groups: Sequence[TargetGroup], now: float, width: int) -> list[Content]:
    """Return the titles, a line for each group, and what is not shown."""
    rows = [(group.targets.count, group.count, group) for group in groups]
    return _group_lines("REVOKE", rows, now, width)


def ended_group_lines(groups: Sequence[TargetGroup], now: float, width: int) -> list[Content]:
    """Return the same of those groups of which something ended: how much of what was sent."""
    rows = [(one.gone, one.targets.count, one) for one in groups if one.gone]
    return _group_lines("GONE", rows, now, width)


_GroupRow = tuple[int, int, TargetGroup]
"""How many of how many, of which group."""


def _group_lines(heading: str, rows: Sequence[_GroupRow], now: float, width: int) -> list[Content]:
    def number(row: _GroupRow, _: int) -> str:
        return f"{row[0]:,}" if row[0] == row[1] else f"{row[0]:,} of {row[1]:,}"

    def created(row: _GroupRow, _: int) -> str:
        oldest, newest = row[2].targets.oldest_at, row[2].targets.newest_at
        if oldest is None or newest is None:
            return UNKNOWN
        begin, end = day_words(oldest, now), day_words(newest, now)
        return begin if begin == end else f"{begin}–{end}"

    def in_use(row: _GroupRow, _: int) -> str:
        return f"{row[2].in_use:,} in use" if row[2].in_use else ""

    columns: list[Column[_GroupRow]] = [
        Column(heading, number, UNBOUND, 90, is_number=True),
        Column(
            "GROUP", lambda row, _: " ".join(map(shown, row[2].targets.values)), UNBOUND, least=12
        ),
        Column("CREATED", created, UNBOUND, is_extra=True, style="muted"),
        Column(
            "LAST USED", lambda row, _: last_used_cell(row[2].targets.last_used_at, now), 10, 80
        ),
    ]
    if any(group.in_use for _, _, group in rows):
        columns.append(Column("LAST HOUR", in_use, UNBOUND, 85, style="soon"))
    some, others = rows[:MOST], rows[MOST:]
    longest = [max((width_of(one.text(row, 0)) for row in some), default=0) for one in columns]
    lines = _table(columns, some, longest, width)
    if others:
        count, used = sum(row[0] for row in others), sum(row[2].in_use for row in others)
        number_cells = max(len(heading), longest[0])
        words = f"  {count:>{number_cells},}  of {counted(len(others), 'other group')}"
        hot = (f", {used:,} in use" if used else "", "bold $warning")
        lines.append(Content.assemble((words, "$text-muted"), hot))
    return lines

"""Draws one row, and the header, of the session table as a strip of few segments.

A row is three segments: what ticks (mark, badge, countdown), what it is (id, client), and the
rest. Each change of style is sent to the terminal as twenty bytes or more, so there are no
others; the row under the cursor is one.
"""

import enum

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.widgets.cells import countdown_cell, fit
from qiscus_tui.tui.widgets.columns import GAP, Cell, Column, Layout, Sort

MARK = "✓"


class Badge(enum.Enum):
    """The state of a session as one sign, each of another shape."""

    LIVE = "●"
    NOT_REVOCABLE = "○"
    PROTECTED = "■"
    EXPIRED = "×"


class Tone(enum.Enum):
    """Colour of a row's leading segment. It repeats what mark, badge and text say."""

    PLAIN = "plain"
    MARKED = "marked"
    CURRENT = "current"
    SOON = "soon"
    GONE = "gone"


class RowStyles(Struct, frozen=True):
    """The few styles of the table."""

    tones: dict[Tone, Style]
    main: Style
    rest: Style
    header: Style
    sorted_header: Style
    cursor: Style


class RowText(Struct, frozen=True):
    """What one row says. Equal texts need no redrawing."""

    leading: str
    """Mark, badge and countdown: all that changes by the second."""
    main: str
    rest: str
    tone: Tone
    cursor: bool


class Scene(Struct, frozen=True):
    """What every row of one drawing shares."""

    sessions: SessionList
    layout: Layout
    now: float
    """The server's time, epoch seconds."""
    expiring: float = DAY
    """Less than this many seconds left is `soon`."""


def row_text(scene: Scene, position: int, *, marked: bool, cursor: bool) -> RowText:
    """What the row of the session at `position` says."""
    session = scene.sessions.sessions[position]
    known = scene.sessions.labels[position]
    left = None if session.expires_at is None else session.expires_at - scene.now
    countdown = countdown_cell(
        session.expires_at, session.expires_computed, scene.now, seconds=cursor
    )
    badge = _badge(session, known, left)
    shown = [
        fit(column.text(Cell(scene.sessions, position, scene.now, width)), width)
        for column, _, width in scene.layout.places[1:]
    ]
    gap = " " * GAP
    main = "".join(gap + cell for cell in shown[:2])
    rest = "".join(gap + cell for cell in shown[2:])
    return RowText(
        leading=f" {MARK if marked else ' '} {badge.value}{countdown}",
        main=main,
        rest=rest,
        tone=_tone(session, left, scene.expiring, marked=marked),
        cursor=cursor,
    )


def draw_row(text: RowText, width: int, styles: RowStyles) -> Strip:
    """The row as a strip of `width` cells."""
    if text.cursor:
        whole = fit(text.leading + text.main + text.rest, width)
        return Strip([Segment(whole, styles.cursor)], width)
    tone = styles.tones[text.tone]
    main = tone if text.tone is Tone.CURRENT else styles.main
    strip = Strip(
        [
            Segment(text.leading, tone),
            Segment(text.main, main),
            Segment(text.rest, styles.rest),
        ]
    )
    return strip.adjust_cell_length(width, styles.rest)


def draw_header(layout: Layout, sort: Sort | None, styles: RowStyles) -> Strip:
    """The titles; the column that the list is sorted by carries `▲` or `▼`."""
    segments: list[Segment] = []
    end = 0
    for column, start, width in layout:
        indent = 5 if column is Column.EXPIRES else 0
        title, style = column.title, styles.header
        if sort is not None and sort.key is column.sort_key:
            title, style = f"{title} {'▼' if sort.descending else '▲'}", styles.sorted_header
        segments.append(Segment(" " * (start - end + indent), styles.header))
        segments.append(Segment(fit(title, width - indent), style))
        end = start + width
    return Strip([part for part in segments if part.text]).adjust_cell_length(
        layout.width, styles.header
    )


def _badge(session: Session, known: Known | None, left: float | None) -> Badge:
    if left is not None and left <= 0:
        return Badge.EXPIRED
    if not session.revocable:
        return Badge.NOT_REVOCABLE
    if known is not None and known.protect:
        return Badge.PROTECTED
    return Badge.LIVE


def _tone(session: Session, left: float | None, expiring: float, *, marked: bool) -> Tone:
    if marked:
        return Tone.MARKED
    if left is not None and left <= 0:
        return Tone.GONE
    if session.current is True:
        return Tone.CURRENT
    if left is not None and left < expiring:
        return Tone.SOON
    return Tone.PLAIN

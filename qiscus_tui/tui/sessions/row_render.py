"""Draws one row, and the header, of the session table as a strip of few segments.

A row is three segments: what ticks (mark, badge, countdown), what it is (id, client), and the
rest. Each change of style costs the terminal twenty bytes or more, so there are no more
segments; the row under the cursor is one.
"""

import enum
import textwrap
from collections.abc import Callable, Sequence

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.sessions.columns import GAP, Column, Layout, Sort
from qiscus_tui.tui.sessions.session_cells import Alike, Cell
from qiscus_tui.tui.widgets.cells import countdown_cell, fit

MARK = "✓"
IN_RANGE = "▌"
"""At the left edge of the rows that are about to be marked."""


class Badge(enum.Enum):
    """The state of a session as a sign, each of its own shape."""

    LIVE = "●"
    NOT_REVOCABLE = "○"
    PROTECTED = "■"
    EXPIRED = "×"


class RowState(enum.Enum):
    """The colour of a row's leading segment. It repeats what mark, badge and text say.

    The value is the name of its style, as are those below.
    """

    PLAIN = "plain"
    IN_RANGE = "range"
    MARKED = "marked"
    CURRENT = "current"
    SOON = "soon"
    GONE = "gone"


STYLE_NAMES = (*(state.value for state in RowState), "main", "rest", "cursor", "header", "sorted")

Styles = Callable[[str], Style]
"""Returns the style of one of these names."""


class RowText(Struct, frozen=True):
    """The text of one row. An equal one needs no redrawing."""

    leading: str
    """Mark, badge and countdown: all that changes by the second."""
    main: str
    rest: str
    state: RowState
    cursor: bool


class RowMarks(Struct, frozen=True):
    """What the user did with a row."""

    marked: bool
    in_range: bool
    cursor: bool


class Scene(Struct, frozen=True):
    """What every row of one drawing shares."""

    sessions: SessionList
    layout: Layout
    now: float
    """The server's time, epoch seconds."""
    expiring: float
    """Less than this many seconds left is `soon`."""
    alike: Alike | None = None


def row_text(scene: Scene, position: int, row: RowMarks) -> RowText:
    """Return the text of the row of the session at `position`."""
    session = scene.sessions.sessions[position]
    known = scene.sessions.labels[position]
    left = None if session.expires_at is None else session.expires_at - scene.now
    countdown = countdown_cell(
        session.expires_at, session.expires_computed, scene.now, seconds=row.cursor
    )
    badge = _badge(session, known, left)
    shown = [
        fit(column.text(Cell(scene.sessions, position, scene.now, width, scene.alike)), width)
        for column, _, width in scene.layout.places[1:]
    ]
    gap = " " * GAP
    main = "".join(gap + cell for cell in shown[:2])
    rest = "".join(gap + cell for cell in shown[2:])
    return RowText(
        leading=(
            f"{IN_RANGE if row.in_range else ' '}{MARK if row.marked else ' '} "
            f"{badge.value}{countdown}"
        ),
        main=main,
        rest=rest,
        state=_state(session, left, scene.expiring, row),
        cursor=row.cursor,
    )


def draw_row(text: RowText, width: int, style: Styles) -> Strip:
    """Return the row as a strip of `width` cells."""
    if text.cursor:
        whole = fit(text.leading + text.main + text.rest, width)
        return Strip([Segment(whole, style("cursor"))], width)
    leading, rest = style(text.state.value), style("rest")
    whole = text.state in (RowState.CURRENT, RowState.IN_RANGE)
    main = leading if whole else style("main")
    strip = Strip(
        [Segment(text.leading, leading), Segment(text.main, main), Segment(text.rest, rest)]
    )
    return strip.adjust_cell_length(width, rest)


def draw_header(layout: Layout, sort: Sort | None, style: Styles) -> Strip:
    """Return the titles; the column that the list is sorted by carries `▲` or `▼`."""
    segments: list[Segment] = []
    end = 0
    for column, start, width in layout:
        indent = 5 if column is Column.EXPIRES else 0
        title, name = column.title, "header"
        if sort is not None and sort.key is column.sort_key:
            title, name = f"{title} {'▼' if sort.descending else '▲'}", "sorted"
        segments.append(Segment(" " * (start - end + indent), style("header")))
        segments.append(Segment(fit(title, width - indent), style(name)))
        end = start + width
    return Strip([part for part in segments if part.text]).adjust_cell_length(
        layout.width, style("header")
    )


def draw_notice(notice: Sequence[str], line: int, width: int, style: Styles) -> Strip:
    """Return a line of the notice shown in place of rows; its first sentence is highlighted.

    It begins under the header's first title, one line below it.
    """
    lines = [
        (text, "main" if sentence is notice[0] else "rest")
        for sentence in notice
        for text in textwrap.wrap(safe(sentence), max(1, width - 6))
    ]
    text, name = lines[line - 1] if 0 < line <= len(lines) else ("", "rest")
    return Strip([Segment(fit(f"     {text}", width), style(name))], width)


def _badge(session: Session, known: Known | None, left: float | None) -> Badge:
    if left is not None and left <= 0:
        return Badge.EXPIRED
    if not session.revocable:
        return Badge.NOT_REVOCABLE
    if known is not None and known.protect:
        return Badge.PROTECTED
    return Badge.LIVE


def _state(session: Session, left: float | None, expiring: float, row: RowMarks) -> RowState:
    if row.in_range:
        return RowState.IN_RANGE
    if row.marked:
        return RowState.MARKED
    if left is not None and left <= 0:
        return RowState.GONE
    if session.current is True:
        return RowState.CURRENT
    if left is not None and left <= expiring:
        return RowState.SOON
    return RowState.PLAIN

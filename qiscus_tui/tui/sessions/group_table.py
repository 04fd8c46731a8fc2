"""The table of groups: a row a script, with the share of all as a bar.

The cursor stays on its group by values. Marks are those of the sessions: a group is marked where
all of its sessions are. Only safe text is drawn, never as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.service.sessions.group_order import GroupSort
from qiscus_tui.tui.sessions.group_columns import (
    COUNT,
    EXPIRING,
    LEADING_WIDTH,
    SHARE,
    GroupColumn,
    GroupLayout,
    GroupRow,
    bar_text,
    lay_out,
)
from qiscus_tui.tui.sessions.row_render import MARK, Badge, draw_notice
from qiscus_tui.tui.widgets.cells import SHARE_WIDTH, fit, width_of
from qiscus_tui.tui.widgets.line_list import HEADER_LINES, LineList

if TYPE_CHECKING:
    from qiscus_tui.service.sessions.groups import Group

MEASURED = 300
"""Groups whose names decide how wide the columns are."""
NOT_MARKED = " "
SOME_MARKED = "◐"
"""Some sessions of a group are marked."""

_STYLES = ("header", "sorted", "main", "rest", "bar", "soon", "marked", "current", "cursor")


class SortSign(Struct, frozen=True):
    """What the groups are sorted by."""

    by: GroupSort
    descending: bool


class GroupTable(LineList):
    """Groups, one a row, whose sessions can be marked."""

    STYLES = "group-table"
    DEFAULT_CSS = """
    GroupTable {
        background: $background;
        & > .group-table--header { color: $text-muted; }
        & > .group-table--sorted { color: $foreground; text-style: bold; }
        & > .group-table--main { color: $foreground; }
        & > .group-table--rest { color: $text-muted; }
        & > .group-table--bar { color: $primary; }
        & > .group-table--soon { color: $warning; }
        & > .group-table--marked { color: $accent; text-style: bold; }
        & > .group-table--current { color: $success; }
        &:ansi > .group-table--current, &:ansi > .group-table--soon { text-style: bold; }
        & > .group-table--cursor {
            color: $block-cursor-blurred-background;
            background: $block-cursor-blurred-foreground;
            text-style: reverse;
        }
        &:focus > .group-table--cursor {
            color: $block-cursor-background;
            background: $block-cursor-foreground;
        }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"group-table--{name}" for name in _STYLES}

    @dataclass
    class Opened(Message):
        """Enter, or a double click, on a group."""

        group: Group

    @dataclass
    class SortRequested(Message):
        """The title of a column was clicked."""

        by: GroupSort

    def __init__(
        self,
        *,
        server_now: Callable[[], float],
        marked: Callable[[Sequence[int]], int],
        id: str | None = None,
    ) -> None:
        """`server_now`: epoch seconds; `marked`: how many of these positions are marked."""
        super().__init__(id=id)
        self._server_now = server_now
        self._marked = marked
        self._now = server_now()
        self._keys: Sequence[GroupKey] = ()
        self._groups: Sequence[Group] = ()
        self._row_of: Callable[[Group], GroupRow] | None = None
        self._made: dict[int, GroupRow] = {}
        self._largest = 0.0
        self._sort: SortSign | None = None
        self._notice: tuple[str, ...] = ()
        self._layout_drawn: GroupLayout | None = None
        self._drawn: dict[int, tuple[str, ...]] = {}

    # What is shown.

    @property
    def cursor_group(self) -> Group | None:
        """Return the group under the cursor; None where no row is shown."""
        return self._groups[self.cursor_row] if self._groups else None

    def show(
        self,
        keys: Sequence[GroupKey],
        groups: Sequence[Group],
        row_of: Callable[[Group], GroupRow],
        sort: SortSign | None,
    ) -> None:
        """Show other groups, or the same in another order; the cursor stays on its group.

        `row_of` makes the row of a group, once it is drawn.
        """
        row = _row_or_next(self._groups, self.cursor_row, groups) if keys == self._keys else 0
        shift = row - self.cursor_row if self.top_row else 0
        self._keys, self._groups, self._row_of, self._sort = keys, groups, row_of, sort
        self._largest = max((one.share for one in groups), default=0.0)
        self._layout_drawn = None
        self._now = self._server_now()
        self._made.clear()
        self._drawn.clear()
        self.set_rows(len(groups), row, max(0, self.top_row + shift))
        self.show_cursor()

    def show_notice(self, *lines: str) -> None:
        """Say something in place of rows. Plain text, made safe."""
        if lines != self._notice:
            self._notice = lines
            if not self._groups:
                self.refresh()

    def draw_changes(self) -> None:
        """Draw the rows in the window whose text or marks changed, and no others."""
        self._now = self._server_now()
        changed: list[Region] = []
        for y, old in self._drawn.items():
            row = self.top_row + y - HEADER_LINES
            if row < len(self._groups) and y < self.size.height and self._texts(row) != old:
                changed.append(Region(0, y, self.row_width, 1))
        if changed:
            self.refresh(*changed)

    def row_opened(self) -> None:
        if (group := self.cursor_group) is not None:
            self.post_message(self.Opened(group))

    def header_clicked(self, x: int) -> None:
        column = self._layout().column_at(x)
        if column is not None and column.sort is not None:
            self.post_message(self.SortRequested(column.sort))

    # Drawing.

    def draw_header_line(self) -> Strip:
        segments: list[Segment] = []
        end = 0
        for column, start, width in self._layout().places:
            title = f"{column.title:>{width}}" if column.is_number else column.title
            name = "header"
            if self._sort is not None and column.sort is self._sort.by:
                title, name = f"{title}{'▼' if self._sort.descending else '▲'}", "sorted"
            segments.append(Segment(" " * (start - end), self.style("header")))
            segments.append(Segment(title, self.style(name)))
            end = start + width_of(title)
        segments = [segment for segment in segments if segment.text]
        return Strip(segments).adjust_cell_length(self.row_width, self.style("header"))

    def draw_row_line(self, row: int) -> Strip:
        shown, texts = self._row_at(row), self._texts(row)
        self._drawn[row - self.top_row + HEADER_LINES] = texts
        lead = "marked" if texts[0] != NOT_MARKED else "current" if shown.has_live_own else "main"
        parts = [(f" {texts[0]} {_badge(shown).value} ", lead)]
        end = LEADING_WIDTH
        for (column, start, width), text in zip(self._layout().places, texts[1:], strict=True):
            name = lead if column is COUNT else _style(column, shown)
            cell = " " * (start - end) + text
            end = start + width
            bar = len(cell) - SHARE_WIDTH if column is SHARE else 0
            parts += [(cell[:bar], "bar"), (cell[bar:], name)]
        if row == self.cursor_row:
            whole = fit("".join(text for text, _ in parts).rstrip(), self.row_width)
            return Strip([Segment(whole, self.style("cursor"))], self.row_width)
        segments = [Segment(text, self.style(name)) for text, name in parts if text]
        return Strip(segments).simplify().adjust_cell_length(self.row_width, self.style("rest"))

    def draw_empty_line(self, line: int) -> Strip:
        notice = () if self._groups else self._notice
        return draw_notice(notice, line, self.row_width, self.style)

    def _texts(self, row: int) -> tuple[str, ...]:
        """Return the sign of its marks, and the text of each cell now, as wide as its column."""
        shown = self._row_at(row)
        marked = self._marked(shown.group.positions)
        all_marked = marked == shown.group.count
        texts = [MARK if all_marked else SOME_MARKED if marked else NOT_MARKED]
        for column, _, width in self._layout().places:
            text = column.text(shown, self._now)
            if column is SHARE:
                room = width - SHARE_WIDTH - (self._largest == 1)  # `100 %` begins at its edge
                bar = bar_text(shown.group.share, self._largest, room)
                text = f"{bar:<{width - SHARE_WIDTH}}{text}"
            texts.append(f"{text:>{width}}" if column.is_number else fit(text, width))
        return tuple(texts)

    @property
    def _has_notes(self) -> bool:
        return any(one.protected or (one.current and one.count > 1) for one in self._groups)

    def _row_at(self, row: int) -> GroupRow:
        """Return what is shown of a group; made when it is drawn first."""
        if row not in self._made and self._row_of is not None:
            self._made[row] = self._row_of(self._groups[row])
        return self._made[row]

    def _layout(self) -> GroupLayout:
        if self._layout_drawn is None or self._layout_drawn.width != self.row_width:
            first = [self._row_at(row) for row in range(min(MEASURED, len(self._groups)))]
            self._layout_drawn = lay_out(self._keys, first, self._has_notes, self.row_width)
        return self._layout_drawn


def _style(column: GroupColumn, row: GroupRow) -> str:
    """Return the name of a cell's style. It repeats what the words say."""
    if column is EXPIRING and row.group.expiring:
        return "soon"
    return "current" if column.is_name and row.has_live_own else column.style


def _badge(row: GroupRow) -> Badge:
    if not row.is_revocable:
        return Badge.NOT_REVOCABLE
    return Badge.PROTECTED if row.group.protected else Badge.LIVE


def _row_or_next(old: Sequence[Group], row: int, new: Sequence[Group]) -> int:
    """Return where an old row's group is now, or the nearest below it that is still shown."""
    places = {group.kinds: at for at, group in enumerate(new)}
    for below in old[row:]:
        if below.kinds in places:
            return places[below.kinds]
    return max(0, min(row, len(new) - 1))

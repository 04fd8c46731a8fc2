"""All bars: in cells of a table, as columns, as a chart; and a line of time."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from qiscus_tui.service.overview import Bar
from qiscus_tui.tui.widgets.cells import SHARE_WIDTH, fit, share_text, width_of
from qiscus_tui.tui.widgets.table import UNBOUND, Column, Table

MOST_LABEL = 24
"""The most cells of a label in a chart."""
DECIDING = 10
"""Only the labels of so many bars count for the width: a rare long one shortens no bar."""
SHARES_FROM = 36
"""The least cells of a chart that has room for shares."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HALVES = " ▖▄"
"""Half as high as the line, so that bars below each other do not touch."""
_LEVELS = " ▁▂▃▄▅▆▇█"


def blocks(share: float, cells: int, *, is_low: bool = False) -> str:
    """Return a bar of `share` (0 to 1) of so many cells; the smallest is still seen.

    `is_low`: half as high as the line.
    """
    signs = _HALVES if is_low else _EIGHTHS
    steps = len(signs) - 1
    whole, rest = divmod(min(max(1, int(steps * cells * share)), steps * cells), steps)
    return signs[-1] * whole + signs[rest].strip() if share > 0 and cells > 0 else ""


def share_blocks(share: float, largest: float, cells: int) -> str:
    """Return the bar of a share of all, on a scale on which the largest share, or a half, is full.

    All bars beside each other have the same scale.
    """
    full = min(2 + 2 / cells, 1 / largest) if largest and cells > 0 else 1.0
    return blocks(share * full, cells)


def column_lines(counts: Sequence[int], height: int, cells: int) -> list[str]:
    """Return lines, from the top, of columns of `cells` cells, in eighths of a line."""
    most = max(counts, default=0) or 1
    block = max(1, cells - 1)
    levels = [-(-count * 8 * height // most) for count in counts]
    return [
        "".join(
            _LEVELS[max(0, min(8, level - 8 * line))] * block + " " * (cells - block)
            for level in levels
        )
        for line in reversed(range(height))
    ]


def life_line(at: int, cells: int, style: str) -> Content:
    """Return a line of time with a point at one of its cells: what is gone, now, what is left."""
    return Content.assemble(
        ("╌" * at, style), ("●", f"bold {style}"), ("━" * (cells - 1 - at), style)
    )


def progress_bar(done: int, failed: int, total: int, cells: int) -> Content:
    """Return a bar of all of them: what is done, what of that failed, what is to come."""
    full = done * cells // total if total else cells
    bad = min(full, -(-failed * cells // total)) if total else 0
    return Content.assemble(
        ("━" * (full - bad), "$primary"),
        ("━" * bad, "bold $error"),
        ("┄" * (cells - full), "$text-muted"),
    )


class Chart(Table[Bar]):
    """Bars under a title: label, number, bar, and where asked for the share of all.

    What no filter selects has its number and no bar: enter on a bar always filters by it. The
    cursor is drawn only with the focus.
    """

    DEFAULT_CSS = "Chart:focus > .table--header { color: $foreground; text-style: bold; }"

    def __init__(self, title: str, *, id: str, has_shares: bool = False) -> None:
        """`has_shares`: the bars are parts of one whole, and each says which part."""
        super().__init__(id=id)
        self._title = title
        self._has_shares = has_shares
        self._longest = self._whole = 0
        self.beside = 0, 0, 0
        """Cells of label, number and share."""

    @property
    def bar(self) -> Bar | None:
        """Return the bar under the cursor; None where there is none."""
        return self._rows[self.cursor_row] if self._rows else None

    @property
    def shows_cursor(self) -> bool:
        """Return whether it has the focus."""
        return self.has_focus

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these; the cursor stays on its bar."""
        if bars == self._rows:
            return
        rows = {one.key: row for row, one in enumerate(bars)}
        place, self._rows = self.place, bars
        self._longest = max((one.count for one in bars if one.filter), default=0)
        self._whole = sum(one.count for one in bars)
        self.beside = self.needs
        self.replace_rows(place, len(bars), lambda row: rows.get(place.rows[row].key))

    @property
    def needs(self) -> tuple[int, int, int]:
        """Return the cells that label, number and share need where there is room."""
        label = max((width_of(one.label) for one in self._rows[:DECIDING]), default=0)
        number = max((len(f"{one.count:,}") for one in self._rows), default=0)
        return label, number, SHARE_WIDTH + 1 if self._has_shares else 0

    def offered_columns(self) -> Sequence[Column[Bar]]:
        label, number, share = self.beside
        share = share if self.row_width >= SHARES_FROM else 0
        room = self.row_width - number - share - 6  # for label and bar
        label = max(1, min(label, MOST_LABEL, room - self.row_width // 5))
        columns = [
            Column[Bar]("", lambda one, _: one.label, label, gap=1, style=_style),
            Column[Bar]("", _number, number, is_number=True, style=_style),
            Column[Bar]("", self._bar, max(1, room - label), style=_bar_style),
        ]
        if share:
            columns.append(Column("", self._share, SHARE_WIDTH, gap=1, style=_style))
        return columns

    def longest(self, column: Column[Bar]) -> int:
        """Return that every column is as wide as it wants: charts below each other line up."""
        return UNBOUND

    def _header_parts(self) -> Sequence[tuple[str, str]]:
        return ((fit(f" {self._title}", self.row_width), "header"),)

    def _share(self, one: Bar, _: int) -> str:
        return share_text(one.count / self._whole) if self._has_shares and self._whole else ""

    def _bar(self, one: Bar, cells: int) -> str:
        if not one.filter or not one.count:
            return ""
        return blocks(one.count / self._longest, cells, is_low=True)


def line_up(charts: Sequence[Chart]) -> None:
    """Begin the bars of charts that stand below each other at the same cell."""
    label, number, share = map(max, zip(*(chart.needs for chart in charts), strict=True))
    for chart in charts:
        chart.beside = label, number, share
        chart.lay_out_again()


def _number(one: Bar, _: int) -> str:
    return f"{one.count:,}"


def _style(one: Bar) -> str:
    return "row" if one.count and one.filter else "muted"


def _bar_style(one: Bar) -> str:
    return "soon" if one.is_soon else "bar"

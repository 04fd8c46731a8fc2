"""What was measured, and how it is shown: medians, spread, and the ratio to hello."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    values: Sequence[float]
    unit: str = "ms"
    base: Sequence[float] = ()
    """The same of the program it is held against, from the same run."""
    goal: str = ""


def table(rows: Sequence[Row]) -> str:
    """The lines of the table, aligned."""
    head = ("", "median", "worst", "unit", "ratio", "goal")
    drawn = [head, *(_cells(row) for row in rows)]
    widths = [max(len(cells[column]) for cells in drawn) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in {0, 3, 5} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in drawn
    )


def _cells(row: Row) -> tuple[str, ...]:
    if not row.values:
        return (row.what, "-", "-", row.unit, "", row.goal)
    middle = median(row.values)
    ratio = f"{middle / median(row.base):.2f} x" if row.base else ""
    return (row.what, _number(middle), _number(max(row.values)), row.unit, ratio, row.goal)


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"

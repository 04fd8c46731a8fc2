"""What was measured, and how it is shown: medians, spread, and the ratio to hello."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
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
    head = ("", "median", "p95", "worst", "unit", "ratio", "goal")
    drawn = [head, *(_cells(row) for row in rows)]
    widths = [max(len(cells[column]) for cells in drawn) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in {0, 4, 6} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in drawn
    )


def _cells(row: Row) -> tuple[str, ...]:
    if not row.values:
        return (row.what, "-", "-", "-", row.unit, "", row.goal)
    middle = median(row.values)
    ratio = f"{middle / median(row.base):.2f} x" if row.base else ""
    numbers = (middle, percentile(row.values, 95), max(row.values))
    return (row.what, *map(_number, numbers), row.unit, ratio, row.goal)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many of a hundred do not exceed."""
    return sorted(values)[ceil(len(values) * percent / 100) - 1]


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"

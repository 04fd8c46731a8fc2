"""What was measured, and how it is shown: medians, spread, and the ratio to another program."""

import os
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import median


@dataclass
class Row:
    """One line of the table."""

    unit: str
    base: str
    """The row that it is held against, from the same run; "" is none."""
    goal: str
    values: list[float] = field(default_factory=list[float])


class Measured:
    """A table that grows: each value is noted under what it is of."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def add(
        self, what: str, value: float, unit: str = "ms", *, base: str = "", goal: str = ""
    ) -> None:
        """Note one value."""
        self.rows.setdefault(what, Row(unit, base, goal)).values.append(value)

    def table(self) -> str:
        """The lines of the table, aligned."""
        head = ("", "median", "p95", "worst", "unit", "ratio", "goal")
        drawn = [head, *(self._cells(what, row) for what, row in self.rows.items())]
        widths = [max(len(cells[column]) for cells in drawn) for column in range(len(head))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if column in {0, 4, 6} else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
            ).rstrip()
            for cells in drawn
        )

    def _cells(self, what: str, row: Row) -> tuple[str, ...]:
        middle = median(row.values)
        ratio = f"{middle / median(self.rows[row.base].values):.2f} x" if row.base else ""
        p95 = sorted(row.values)[ceil(len(row.values) * 0.95) - 1]
        numbers = map(_number, (middle, p95, max(row.values)))
        return (what, *numbers, row.unit, ratio, row.goal)


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


# What a running process costs, from the outside. Linux only: elsewhere it is 0.


def cpu_seconds(pid: int) -> float:
    """Seconds of CPU that it has used so far."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> tuple[float, float]:
    """Resident memory in MiB: now, and at its highest."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    now, peak = (int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak

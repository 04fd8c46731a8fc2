"""Counts as bars in lines of a text: each beside its words, or as columns side by side."""

from collections.abc import Sequence

from textual.content import Content

from qiscus_tui.tui.widgets.cells import fit, width_of

LEAST_LABEL = 14
"""The least cells of the words before a bar."""
WIDEST_BAR = 60
_BLOCK = "▆"
_EIGHTHS = " ▁▂▃▄▅▆▇█"


def bar_lines(counts: Sequence[tuple[str, int]], width: int) -> list[Content]:
    """Return a line of `width` cells for each count; the largest has the longest bar.

    The words are safe already.
    """
    most = max((count for _, count in counts), default=0)
    number = len(f"{most:,}")
    widest = max((width_of(words) for words, _ in counts), default=0)
    label = min(max(LEAST_LABEL, widest), max(LEAST_LABEL, width // 2))
    room = min(WIDEST_BAR, width - label - number - 2)
    lines: list[Content] = []
    for words, count in counts:
        cells = max(1, room * count // most) if count and room > 0 else 0
        text = f"{fit(words, label)} {count:>{number},} "
        style = "" if count else "$text-muted"
        lines.append(Content.assemble((text, style), (_BLOCK * cells, "$primary")))
    return lines


def column_lines(counts: Sequence[int], height: int, cells: int) -> list[str]:
    """Return lines, from the top, of columns of `cells` cells, in eighths of a line."""
    most = max(counts, default=0) or 1
    block = max(1, cells - 1)
    levels = [-(-count * 8 * height // most) for count in counts]
    return [
        "".join(
            _EIGHTHS[max(0, min(8, level - 8 * line))] * block + " " * (cells - block)
            for level in levels
        )
        for line in reversed(range(height))
    ]

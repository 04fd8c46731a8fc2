"""Counts as lines of a text, each with a bar beside it."""

from collections.abc import Sequence

from textual.content import Content

from qiscus_tui.tui.widgets.cells import fit, width_of

LEAST_LABEL = 14
"""The least cells of the words before a bar."""
WIDEST_BAR = 60
_BLOCK = "▆"


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

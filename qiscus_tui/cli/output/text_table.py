"""Text in columns, fitted to the width of the terminal; a moment and outcomes as text."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from qiscus_tui.model.text import counted, safe, with_reason

UNKNOWN = "unknown"


def moment(epoch: float | None, *, is_utc: bool = True) -> str:
    """Return `2026-10-24 16:02Z`; without the Z where the zone is in doubt."""
    if epoch is None:
        return UNKNOWN
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M") + ("Z" if is_utc else "")


GAP = 2
"""Cells between two columns."""

_CUT = "…"


class TextColumn(NamedTuple):
    """One column of a table of text."""

    heading: str
    worth: int
    """If not all columns fit, those worth least are left out."""
    least: int | None = None
    """Width that its text may be cut to; None: it is never cut."""


def text_table(
    columns: Sequence[TextColumn], rows: Iterable[Sequence[str]], width: int | None
) -> Iterator[str]:
    """Yield a line of headings, then a line per row; empty columns are left out.

    `width` is in cells, None for any.
    """
    lines = [[column.heading for column in columns], *rows]
    widths = [max(cells_of(line[at]) for line in lines) for at in range(len(columns))]
    used = [at for at in range(len(columns)) if any(line[at] for line in lines[1:])]
    shown = _fitted(columns, widths, used or list(range(len(columns))), width)
    for line in lines:
        cells = (_padded(line[at], room) for at, room in shown.items())
        yield (" " * GAP).join(cells).rstrip()


def cells_of(text: str) -> int:
    """Return the width on a terminal: Chinese and emoji take two cells, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fitted(
    columns: Sequence[TextColumn], widths: Sequence[int], used: list[int], width: int | None
) -> dict[int, int]:
    """Return the positions of the columns that are shown, with their widths."""
    if width is None:
        return {at: widths[at] for at in used}
    least = {at: min(widths[at], columns[at].least or widths[at]) for at in used}
    while len(least) > 1 and _total(least) > width:
        del least[min(least, key=lambda at: columns[at].worth)]
    room = dict(least)
    spare = max(0, width - _total(least))
    for at in sorted(room, key=lambda at: -columns[at].worth):
        more = min(spare, widths[at] - room[at])
        room[at] += more
        spare -= more
    return room


def _total(room: dict[int, int]) -> int:
    return sum(room.values()) + GAP * (len(room) - 1)


def _padded(text: str, room: int) -> str:
    taken = cells_of(text)
    if taken <= room:
        return text + " " * (room - taken)
    kept = ""
    left = room - 1
    for character in text:
        left -= _cells(character)
        if left < 0:
            break
        kept += character
    return kept + _CUT + " " * (room - cells_of(kept) - 1)


MOST_IDS = 10
"""Ids shown for each group; JSON has all."""

MOST_GROUPS = 10
"""Groups shown; a server may give a different reason for each session."""

_IDS_A_LINE = 5


def outcome_lines(groups: Sequence[tuple[str, str, Sequence[str]]]) -> Iterator[str]:
    """Yield lines for sessions by outcome and reason, each `(outcome, reason, ids)`."""
    for outcome, reason, ids in groups[:MOST_GROUPS]:
        yield f"{len(ids):,} {with_reason(safe(outcome), safe(reason))}"
        yield from (f"  {line}" for line in id_lines(ids))
    if rest := sum(len(ids) for *_, ids in groups[MOST_GROUPS:]):
        yield f"… and {counted(rest, 'session')} with other reasons: see --json"


def id_lines(ids: Sequence[str]) -> Iterator[str]:
    """Yield lines with the first ids, and the number of the others."""
    named = [safe(one) for one in ids[:MOST_IDS]]
    for start in range(0, len(named), _IDS_A_LINE):
        yield "  ".join(named[start : start + _IDS_A_LINE])
    if len(ids) > MOST_IDS:
        yield f"… and {len(ids) - MOST_IDS:,} more"

"""Groups of sessions as a text table."""

from collections.abc import Iterator, Sequence

from qiscus_tui.cli.moments import UNKNOWN, moment
from qiscus_tui.cli.text_table import Column, text_table
from qiscus_tui.model.durations import ago
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.service.sessions.groups import Group, shown

_FACTS = (
    Column("COUNT", 9),
    Column("SHARE", 6),
    Column("PER DAY", 5),
    Column("OLDEST", 2),
    Column("NEWEST", 3),
    Column("LAST USED", 4),
    Column("EXPIRING", 1),
    Column("NOTE", 7),
)


def group_table(
    keys: Sequence[GroupKey], groups: Sequence[Group], now: float, width: int | None = None
) -> Iterator[str]:
    """Yield a heading, and a line for each group.

    `now` is the server's time, epoch seconds; `width` is in cells, None for any.
    """
    columns = [Column(key.value.upper(), 8, least=10) for key in keys]
    rows = ((*map(shown, group.values), *_facts(group, now)) for group in groups)
    return text_table([*columns, *_FACTS], rows, width)


def _facts(group: Group, now: float) -> tuple[str, ...]:
    used = group.last_used_at
    return (
        f"{group.count:,}",
        f"{group.share:.1%}",
        UNKNOWN if group.per_day is None else f"{group.per_day:,.1f}",
        moment(group.oldest_at),
        moment(group.newest_at),
        UNKNOWN if used is None else ago(now - used),
        f"{group.expiring:,}" if group.expiring else "",
        _note(group),
    )


def _note(group: Group) -> str:
    notes = {"this session": group.current, "protected": group.protected}
    return ", ".join(note for note, holds in notes.items() if holds)

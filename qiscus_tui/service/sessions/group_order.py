"""Orders of groups: by what is known of them, or by what they have in common.

`count` and `per_day` begin with the most, `oldest` with the oldest; `newest`, `last_used` and `day`
with the most recent; `network` and `ip` go by number, other keys from A. Unknown is last in either
direction, and equals are the largest first.
"""

from __future__ import annotations

import enum
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING

from qiscus_tui.errors import UsageError
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiscus_tui.service.sessions.groups import Group


class GroupFact(enum.Enum):
    """What groups can be sorted by, whatever their keys. The value is the word typed."""

    COUNT = "count"
    PER_DAY = "per_day"
    OLDEST = "oldest"
    NEWEST = "newest"
    LAST_USED = "last_used"


GroupSort = GroupFact | GroupKey

_Value = tuple[int, float | str]
"""Numbers before texts."""


def parse_group_sort(text: str, keys: Sequence[GroupKey]) -> GroupSort:
    """Return what groups with these keys are sorted by. Raises UsageError."""
    names: dict[str, GroupSort] = {one.value: one for one in (*GroupFact, *keys)}
    if text not in names:
        by = ",".join(key.value for key in keys)
        raise UsageError(
            f"Groups by {by} can't be sorted by '{safe(text, 40)}'",
            f"Sort them by one of {', '.join(names)}.",
        )
    return names[text]


def sorted_groups(groups: Sequence[Group], by: GroupSort, *, reverse: bool = False) -> list[Group]:
    """Return the groups in this order. They are given with the largest first."""
    if by is GroupFact.COUNT and not reverse:
        return [*groups]
    known: list[tuple[_Value, Group]] = []
    unknown: list[Group] = []
    for group in groups:
        value = _value(group, by)
        if value is None:
            unknown.append(group)
        else:
            known.append((value, group))
    known.sort(key=itemgetter(0), reverse=(by in FALLING) != reverse)
    return [*(group for _, group in known), *unknown]


FALLING = {
    GroupFact.COUNT,
    GroupFact.PER_DAY,
    GroupFact.NEWEST,
    GroupFact.LAST_USED,
    GroupKey.DAY,
}
"""What begins with the highest value."""


def _value(group: Group, by: GroupSort) -> _Value | None:
    match by:
        case GroupFact.COUNT:
            found = group.count
        case GroupFact.PER_DAY:
            found = group.per_day
        case GroupFact.OLDEST:
            found = group.oldest_at
        case GroupFact.NEWEST:
            found = group.newest_at
        case GroupFact.LAST_USED:
            found = group.last_used_at
        case GroupKey():
            found = group.kinds[group.keys.index(by)]
    match found:
        case None:
            return None
        case str():
            return 1, found.casefold()
        case date():
            return 0, found.toordinal()
        case _:
            return 0, found

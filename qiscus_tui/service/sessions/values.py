"""The values of a filter key that a list has."""

from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.query import Moment
from qiscus_tui.query.keys import Key
from qiscus_tui.service.sessions.groups import grouped
from qiscus_tui.service.sessions.session_list import SessionList

_GROUPED_BY = {
    Key.CLIENT: GroupKey.CLIENT,
    Key.IP: GroupKey.NETWORK,
    Key.USER: GroupKey.USER,
    Key.LABEL: GroupKey.LABEL,
}


def values_in(listed: SessionList, key: Key) -> list[str]:
    """Return the values as safe texts, that of most sessions first; none of a key without texts."""
    if key not in _GROUPED_BY:
        return []
    groups = grouped(listed, (_GROUPED_BY[key],), Moment(0.0, 0.0))
    return [value for group in groups for value in group.values if value is not None]

"""What the options of `sessions` ask for, alone or beside a view of the configuration."""

import argparse
from collections.abc import Mapping
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui import query
from qiscus_tui.cli.config_entries import in_entry, named_entry
from qiscus_tui.cli.option_types import filter_query
from qiscus_tui.errors import UsageError
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.group_order import GroupFact, GroupSort, parse_group_sort
from qiscus_tui.store.config import View

EVERYTHING = query.parse("")

SORT_KEYS = tuple(dict.fromkeys(one.value for one in (*query.SortKey, *GroupFact, *GroupKey)))
"""Every key that sessions or groups can be sorted by."""


class ListRequest(Struct, frozen=True):
    """Which sessions, in groups by which keys, and in which order."""

    wanted: query.Query
    group_by: tuple[GroupKey, ...]
    """No key for a list of sessions."""
    session_sort: query.SortKey = query.SortKey.CREATED
    group_sort: GroupSort = GroupFact.COUNT
    """The order of the groups, where there are any."""
    reverse: bool = False

    @classmethod
    def of(cls, options: argparse.Namespace, views: Mapping[str, View]) -> Self:
        """Return the request. Raises UsageError.

        Options narrow the view's filter, and replace its grouping and its order. Where they
        replace its grouping, its order is left out.
        """
        base = cls(EVERYTHING, ())
        if options.view is not None:
            base = cls._of(named_entry("view", options.view, views, "filter, group_by or sort"))
        wanted = query.all_of([one for one in (base.wanted, *options.filter) if one.words])
        group_by = options.group_by or base.group_by
        if options.sort or group_by != base.group_by:
            return cls._sorted(wanted, group_by, options.sort, options.reverse)
        return replace(base, wanted=wanted, reverse=options.reverse or base.reverse)

    @classmethod
    def _of(cls, view: View) -> Self:
        with in_entry("view", view.name):
            wanted = filter_query(view.filter) if view.filter else EVERYTHING
            group_by = tuple(map(GroupKey, view.group_by))
            return cls._sorted(wanted, group_by, view.sort, view.reverse)

    @classmethod
    def _sorted(
        cls, wanted: query.Query, group_by: tuple[GroupKey, ...], sort: str | None, reverse: bool
    ) -> Self:
        if not sort:
            return cls(wanted, group_by, reverse=reverse)
        if group_by:
            by = parse_group_sort(sort, group_by)
            return cls(wanted, group_by, group_sort=by, reverse=reverse)
        return cls(wanted, (), session_sort=_session_sort(sort), reverse=reverse)


def _session_sort(text: str) -> query.SortKey:
    names = {key.value: key for key in query.SortKey}
    if text not in names:
        hint = f"Sort them by one of {', '.join(names)}; groups (--group-by) have others."
        raise UsageError(f"Sessions can't be sorted by '{safe(text, 40)}'", hint)
    return names[text]

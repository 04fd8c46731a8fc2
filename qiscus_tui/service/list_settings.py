"""How the list is shown: by a view of config.toml, and as an account's list was shown last."""

import contextlib
from collections.abc import Iterable

from msgspec import Struct

from qiscus_tui.errors import StorageError, UsageError
from qiscus_tui.model.account import Account
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.text import safe
from qiscus_tui.query import SortKey
from qiscus_tui.service.account.workspace import LocalFiles
from qiscus_tui.service.sessions.groups import GroupFact, GroupSort, parse_group_sort
from qiscus_tui.store.config import UiConfig as UiConfig  # noqa: PLC0414 the screens name it
from qiscus_tui.store.config import View
from qiscus_tui.store.state import ShownAs


class ListSettings(Struct, frozen=True):
    """As sessions or as groups, and in which order."""

    is_grouped: bool = False
    group_by: tuple[GroupKey, ...] = USUAL_KEYS
    group_sort: GroupSort = GroupFact.COUNT
    group_reverse: bool = False
    sort: SortKey = SortKey.CREATED
    reverse: bool = False


class NamedView(Struct, frozen=True):
    """A view of config.toml."""

    name: str
    """Safe text."""
    filter: str
    settings: ListSettings

    @property
    def words(self) -> str:
        """What it shows, as safe text: `client:curl · by network · count`."""
        settings = self.settings
        keys = ", ".join(key.value for key in settings.group_by)
        sort = settings.group_sort if settings.is_grouped else settings.sort
        is_reversed = settings.group_reverse if settings.is_grouped else settings.reverse
        parts = (
            safe(self.filter, 200),
            f"by {keys}" if settings.is_grouped else "",
            f"{sort.value}{', reversed' if is_reversed else ''}",
        )
        return " · ".join(filter(None, parts))


def named_views(views: Iterable[View]) -> tuple[NamedView, ...]:
    """Return the views, whose words were checked when the configuration was read."""
    return tuple(NamedView(safe(view.name, 60), view.filter, _settings(view)) for view in views)


def _settings(view: View) -> ListSettings:
    if not view.group_by:
        sort = SortKey(view.sort) if view.sort else SortKey.CREATED
        return ListSettings(sort=sort, reverse=view.reverse)
    keys = tuple(map(GroupKey, view.group_by))
    by = parse_group_sort(view.sort, keys) if view.sort else GroupFact.COUNT
    return ListSettings(is_grouped=True, group_by=keys, group_sort=by, group_reverse=view.reverse)


def last_settings(local_files: LocalFiles, account: Account) -> ListSettings:
    """Return how the account's list was shown last; the usual way where that is not known."""
    try:
        shown = local_files.shown_lists.last(account.key)
        if shown is None:
            return ListSettings()
        keys = tuple(map(GroupKey, shown.group_by))
        return ListSettings(
            shown.is_grouped,
            keys,
            parse_group_sort(shown.group_sort, keys),
            shown.group_reverse,
            SortKey(shown.sort),
            shown.reverse,
        )
    except (StorageError, UsageError, ValueError):  # such as another version's words
        return ListSettings()


def remember_settings(local_files: LocalFiles, account: Account, settings: ListSettings) -> None:
    """Store how the account's list is shown, if it can be stored. Uses files."""
    shown = ShownAs(
        settings.is_grouped,
        tuple(key.value for key in settings.group_by),
        settings.group_sort.value,
        settings.group_reverse,
        settings.sort.value,
        settings.reverse,
    )
    with contextlib.suppress(StorageError):
        local_files.shown_lists.remember(account.key, shown)

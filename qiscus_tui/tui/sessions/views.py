"""How the list is shown: by a view of config.toml, and as it was shown last."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from qiscus_tui.service.list_settings import (
    ListSettings,
    last_settings,
    named_views,
    remember_settings,
)
from qiscus_tui.tui.listed.group_sorting import GroupSorting
from qiscus_tui.tui.listed.sorting import Sorting

if TYPE_CHECKING:
    from textual.app import App

    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.listed.order import ListView
    from qiscus_tui.tui.sessions.filtered_table import FilteredTable
    from qiscus_tui.tui.sessions.grouped_table import GroupedTable


class ShowAs(Protocol):
    """Shows the list as groups or as sessions, and by another filter unless it is None."""

    def __call__(self, *, grouped: bool, text: str | None = None) -> None: ...


class ListViews:
    """Sorts and groups the list as a view says, and remembers how it was shown."""

    def __init__(
        self, feed: Feed, view: ListView, rows: FilteredTable, groups: GroupedTable, show: ShowAs
    ) -> None:
        self._feed = feed
        self._view = view
        self._rows = rows
        self._groups = groups
        self._show = show
        self._files = feed.workspace.local_files
        self._remembered = ListSettings()
        self._named = named_views(feed.workspace.config.views.values())

    async def choose(self, app: App[int]) -> None:
        """Ask for a view, and show it."""
        from qiscus_tui.tui.dialogs.choice import Choice, ChoiceDialog

        choices = [Choice(view.name, view.words) for view in self._named]
        number = await app.push_screen_wait(ChoiceDialog("Views", choices))
        if number is not None:
            self.show(number)

    def show(self, number: int) -> None:
        """Show the view in this place of config.toml, from 0."""
        if number >= len(self._named):
            self._feed.say(f"there is no view {number + 1}; V shows them all")
            return
        view = self._named[number]
        change = self._group if view.settings.is_grouped else self._sort
        change(view.settings)
        self._show(grouped=view.settings.is_grouped, text=view.filter)
        self._feed.say(f"view: {view.name}")

    def _sort(self, settings: ListSettings) -> None:
        self._rows.sort(Sorting(settings.sort, settings.reverse))

    def _group(self, settings: ListSettings) -> None:
        self._groups.group_by(settings.group_by)
        self._groups.sort(GroupSorting(settings.group_sort, settings.group_reverse))

    # From one run to the next.

    def restore(self) -> None:
        """Show the list as it was shown last."""
        settings = self._remembered = last_settings(self._files, self._feed.account)
        self._sort(settings)
        self._group(settings)
        self._show(grouped=settings.is_grouped)

    def remember(self) -> None:
        """Store how the list is shown, where that changed."""
        if self._shown_as() != self._remembered:
            self._rows.table.run_worker(self.store, group="settings")

    async def store(self) -> None:
        """Store it before the screen goes."""
        now = self._shown_as()
        if now != self._remembered:
            self._remembered = now
            await asyncio.to_thread(remember_settings, self._files, self._feed.account, now)

    def _shown_as(self) -> ListSettings:
        groups, sorting = self._groups.view, self._view.sorting
        return ListSettings(
            is_grouped=self._groups.is_shown,
            group_by=groups.keys,
            group_sort=groups.sorting.by,
            group_reverse=groups.sorting.reverse,
            sort=sorting.key,
            reverse=sorting.reverse,
        )

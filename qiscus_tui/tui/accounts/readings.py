"""Reads the sessions of each account in the background, one after the other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.query import Moment
from qiscus_tui.service.account.directory import last_logins
from qiscus_tui.service.account_figures import figures_of, read_figures
from qiscus_tui.service.sessions.session_list import NO_SESSIONS
from qiscus_tui.tui.accounts.rows import Found, is_in_use

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qiscus_tui.service.account.directory import KnownAccount
    from qiscus_tui.service.account.workspace import Workspace
    from qiscus_tui.service.sessions.session_list import SessionList
    from qiscus_tui.tui.listed.feed import Feed


class AccountReadings:
    """What was found of each account. The one in use has its list already, and is not read."""

    def __init__(
        self, workspace: Workspace, feed: Feed | None, on_change: Callable[[], None]
    ) -> None:
        self._workspace = workspace
        self._feed = feed
        self._on_change = on_change
        self._found: dict[str, Found] = {}
        self._logins: dict[str, float] = {}
        self._counted: SessionList = NO_SESSIONS
        self._in_use: Found = None

    def of(self, one: KnownAccount) -> Found:
        """Return what was found of this account."""
        return self._in_use if is_in_use(one, self._feed) else self._found.get(one.name)

    def last_login(self, one: KnownAccount) -> float | None:
        """Return when it logged in last, epoch seconds; None where that is not known (yet)."""
        return self._logins.get(one.account.name)

    async def read(self, accounts: Sequence[KnownAccount]) -> None:
        """Read the logins of all, and the lists of those that were not read yet."""
        self._logins = await asyncio.to_thread(last_logins, self._workspace)
        self._on_change()
        for one in accounts:
            if one.name in self._found or is_in_use(one, self._feed):
                continue
            try:
                found: Found = await read_figures(self._workspace, one.name)
            except QiscusTuiError as error:
                found = error
            self._found[one.name] = found
            self._on_change()

    async def count_in_use(self) -> None:
        """Count the list of the account in use, unless it is counted."""
        feed = self._feed
        if feed is None:
            return
        if not feed.is_read:
            self._in_use = None if feed.is_loading else feed.trouble
        elif feed.listed is not self._counted:
            listed = feed.listed
            moment = Moment(feed.server_now, self._workspace.config.ui.expiring)
            self._in_use = await figures_of(listed, moment)
            self._counted = listed
        self._on_change()

"""What is changed on the server from the list: revoke, revoke all, and a new token of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.service.sessions.session_list import SessionList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from qiscus_tui.model.group_keys import GroupKey
    from qiscus_tui.service.revocation.outcomes import Report
    from qiscus_tui.service.revocation.revoke_all import RevokeAllResult
    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.revoke.choices import PlanChoices
    from qiscus_tui.tui.sessions.filtered_table import FilteredTable


class ServerChanges:
    """Asks in dialogs, and brings the list up to date with their results. Runs in workers."""

    def __init__(
        self,
        feed: Feed,
        rows: FilteredTable,
        reload: Callable[[], None],
        check_login: Callable[[], None],
    ) -> None:
        """`check_login` is called when a dialog is closed: the token may have been rejected."""
        self._feed = feed
        self._rows = rows
        self._reload = reload
        self._check_login = check_login

    async def revoke_one(self, app: App[int], session_id: str) -> None:
        """Show the plan for one session, and ask."""
        from qiscus_tui.service.revocation.plan import Selection
        from qiscus_tui.tui.revoke.choices import PlanChoices

        position = self._feed.listed.positions.get(session_id)
        if position is None:
            app.notify("It is not listed any more.", markup=False)
        else:
            selection = Selection((position,), "shown in detail", named=True)
            await self.revoke(app, PlanChoices(selection, chosen="The session shown"))

    async def revoke(self, app: App[int], choices: PlanChoices) -> None:
        """Show the plan, and ask."""
        from qiscus_tui.tui.revoke.dialog import RevokeDialog

        if self._feed.connection is not None:
            dialog = RevokeDialog(
                self._feed.connection,
                self._feed.listed,
                choices,
                on_result=self._revoked,
                expiring=self._feed.workspace.config.ui.expiring,
            )
            await app.push_screen_wait(dialog)
            self._check_login()

    async def prune(self, app: App[int], keys: tuple[GroupKey, ...]) -> None:
        """Show the plan for everything shown: by a policy of the configuration, or the usual rules.

        `keys`: what the usual rules group by.
        """
        from qiscus_tui.service.sessions.groups import lacking
        from qiscus_tui.tui.revoke.policy import choose_policy

        try:
            choices = await choose_policy(app, self._rows.all_shown, keys, self._feed.workspace)
        except QiscusTuiError as error:
            app.notify(error.text, severity="error", markup=False)
            return
        if choices is None:
            return
        if lacks := lacking(self._feed.listed, choices.keys):
            app.notify(lacks, severity="warning", markup=False)
        else:
            await self.revoke(app, choices)

    def _revoked(self, report: Report) -> None:
        self._feed.say(report.words, is_warning=not report.is_whole, is_kept=True)
        self._show(report.listed)
        if report.own_is_gone:  # that list was read while our token was still held
            self._reload()

    async def revoke_all(self, app: App[int]) -> None:
        """Ask, then end every session of the user."""
        from qiscus_tui.tui.revoke.revoke_all import RevokeAllDialog

        if self._feed.connection is not None:
            listed = self._feed.listed
            dialog = RevokeAllDialog(self._feed.connection, listed, on_result=self._revoked_all)
            await app.push_screen_wait(dialog)
            self._check_login()

    def _revoked_all(self, result: RevokeAllResult) -> None:
        self._feed.say(result.words, is_warning=bool(result.still_listed), is_kept=True)
        self._show(result.listed)

    def _show(self, listed: object) -> None:
        if isinstance(listed, SessionList):
            self._rows.show_at_once(listed)
            self._feed.trouble = None
        else:
            self._reload()

    async def refresh_token(self, app: App[int]) -> None:
        """Get a new short-lived token, and read the list again."""
        try:
            await self._feed.refresh_token()
        except QiscusTuiError as error:
            app.notify(error.text, severity="error", markup=False)
            self._check_login()
        else:
            self._feed.say("token refreshed")
            self._reload()

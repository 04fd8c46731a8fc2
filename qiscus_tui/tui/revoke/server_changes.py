"""What is changed on the server from the list: by revoke, prune, revoke all, a new token."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace
from textual.app import App

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import Allowed, Selection
from qiscus_tui.service.revocation.retention import USUAL_RULES, retention_of
from qiscus_tui.service.revocation.revoke_all import RevokeAllResult
from qiscus_tui.service.sessions.groups import lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.choice import Choice, ChoiceDialog
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.revoke.choices import PlanChoices
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.revoke.revoke_all import RevokeAllDialog

Shown = Callable[[str], Selection]
"""Selects what is shown, and a filter matches. Raises FilterError."""


@dataclass(frozen=True)
class ServerChanges:
    """Asks in dialogs, and brings the list up to date with their results. Runs in workers."""

    app: App[int]
    feed: Feed
    show: Callable[[SessionList], None]
    """Shows a newer list, within this turn: nothing of the old one is seen again."""
    reload: Callable[[], None]
    check_login: Callable[[], None]
    """Called when a dialog is closed: the token may have been rejected."""

    async def revoke_one(self, session_id: str) -> None:
        """Show the plan for one session, and ask."""
        position = self.feed.listed.positions.get(session_id)
        if position is None:
            self.app.notify("It is not listed any more.", markup=False)
        else:
            selection = Selection((position,), named=True)
            await self.revoke(PlanChoices(selection, chosen="This session"))

    async def revoke(self, choices: PlanChoices) -> None:
        """Show the plan, and ask."""
        feed = self.feed
        if feed.connection is not None:
            expiring = feed.workspace.config.ui.expiring
            dialog = RevokeDialog(feed.connection, feed.listed, choices, self._revoked, expiring)
            await self.app.push_screen_wait(dialog)
            self.check_login()

    async def prune(self, shown: Shown, keys: tuple[GroupKey, ...]) -> None:
        """Show the plan for everything shown: by a policy of the configuration, or the usual rules.

        `keys`: what the usual rules group by.
        """
        ways = [("the usual rules", "", Allowed(), Retention(keys, USUAL_RULES))]
        policies = self.feed.workspace.config.policies.values()
        for policy in (one for one in policies if one.given):
            allowed = Allowed(protected=policy.include_protected)
            ways.append((safe(policy.name, 24), policy.filter, allowed, retention_of(policy)))
        number: int | None = 0  # without a question where there is no policy
        if len(ways) > 1:
            offered = [
                Choice(name, _way_words(filter_text, allowed, rules))
                for name, filter_text, allowed, rules in ways
            ]
            number = await self.app.push_screen_wait(ChoiceDialog("Prune by", offered))
        if number is None:
            return
        name, filter_text, allowed, retention = ways[number]
        try:
            selection = shown(filter_text)
        except QiscusTuiError as error:
            self.app.notify(error.text, severity="error", markup=False)
            return
        if lacks := lacking(self.feed.listed, retention.keys):
            self.app.notify(lacks, severity="warning", markup=False)
            return
        count = len(selection.positions)
        words = "The only session shown" if count == 1 else f"All {count:,} shown"
        if filter_text:
            words = f"{count:,} of those shown: what the policy {name} filters"
        await self.revoke(PlanChoices(selection, allowed, retention, words))

    def _revoked(self, report: Report) -> None:
        words = report.words
        if others := report.others_ended:
            words += f" · {counted(others, 'other')} gone"
        self.feed.say(words, is_warning=not report.is_as_planned, is_kept=True)
        self._show(report.listed)
        if report.own_is_gone:  # that list was read while our token was still held
            self.reload()

    async def revoke_all(self) -> None:
        """Ask, then end every session of the user."""
        if self.feed.connection is not None:
            dialog = RevokeAllDialog(self.feed.connection, self.feed.listed, self._revoked_all)
            await self.app.push_screen_wait(dialog)
            self.check_login()

    def _revoked_all(self, result: RevokeAllResult) -> None:
        self.feed.say(result.words, is_warning=bool(result.still_listed), is_kept=True)
        self._show(result.listed)

    def _show(self, listed: SessionList | None) -> None:
        if listed is None:
            self.reload()
        else:
            self.show(listed)
            self.feed.trouble = None

    async def refresh_token(self) -> None:
        """Get a new short-lived token, and read the list again."""
        try:
            await self.feed.refresh_token()
        except QiscusTuiError as error:
            self.app.notify(error.text, severity="error", markup=False)
            self.check_login()
        else:
            self.feed.say("token refreshed")
            self.reload()


def _way_words(filter_text: str, allowed: Allowed, retention: Retention) -> str:
    """Return what a way of pruning revokes: `client:curl · by client: keep the newest 2`."""
    words = replace(retention, policy="").words
    if allowed.protected:
        words += "; protected ones judged too"
    return f"{safe(filter_text)} · {words}" if filter_text else words

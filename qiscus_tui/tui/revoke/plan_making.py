"""Makes the plan of a revoke dialog from what was chosen, and says why it can't be confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError, StorageError, UsageError
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.query import Moment, all_of
from qiscus_tui.service.revocation.outcomes import Report, not_sent_by
from qiscus_tui.service.revocation.plan import RevocationPlan, Selection, make_plan
from qiscus_tui.service.revocation.plan_files import plan_command
from qiscus_tui.service.revocation.plan_groups import TargetGroup, emptied_groups, target_groups
from qiscus_tui.service.revocation.retention import check_clocks, check_rules
from qiscus_tui.service.revocation.run import verified_calls_of
from qiscus_tui.service.sessions.groups import lacking
from qiscus_tui.tui.revoke.choices import PlanChoices
from qiscus_tui.tui.revoke.plan_text import EACH, ShownPlan

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.sessions.session_list import SessionList

PLANNING = UsageError("The plan is being made", "It takes a moment.")
"""Why nothing can be confirmed meanwhile."""


class PlanMaking:
    """The list, the choices, and the plans that they make."""

    def __init__(
        self,
        connection: Connection,
        listed: SessionList,
        choices: PlanChoices | Selection,
        expiring: float,
    ) -> None:
        """`choices`: what is begun with; a selection alone has no rules.

        `expiring`: seconds to its end within which a session matches `is:expiring`.
        """
        self._connection = connection
        self._expiring = expiring
        self._listed = listed
        self.choices = PlanChoices(choices) if isinstance(choices, Selection) else choices
        self.no_rules = lacking(listed, self.choices.keys) or ""
        """Why no rule can be applied: the list has no data for the groups."""
        self._only: frozenset[str] | None = None
        """The ids that may be revoked; None for all that are chosen."""

    @property
    def size(self) -> int:
        """Return how many sessions were selected."""
        return len(self.choices.selection.positions)

    @property
    def is_ruled(self) -> bool:
        """Whether rules are offered: they say nothing of one session."""
        return self.size > 1 and not self.no_rules

    def planned(self) -> ShownPlan:
        """Return the plan of the choices. Changes nothing."""
        choices, now = self.choices, self._connection.server_now()
        moment = Moment(now, self._expiring)
        plan = make_plan(
            self._listed, choices.selection, choices.allowed, choices.retention, moment
        )
        if self._only is not None:
            targets = tuple(one for one in plan.targets if one.session.id in self._only)
            plan = replace(plan, targets=targets)
        emptied = emptied_groups(plan)
        groups: tuple[TargetGroup, ...] = ()
        if plan.retention is not None or len(plan.targets) > EACH:
            groups = target_groups(plan, choices.keys, now)
        return ShownPlan(plan, groups, emptied=emptied)

    def go_on_after(self, report: Report) -> None:
        """From now on plan what that run did not send, of the list that was read after it."""
        listed, before = report.listed, self._listed
        if listed is None:
            return
        selection = self.choices.selection
        positions = _moved(selection.positions, before, listed)
        hidden = frozenset(_moved(selection.hidden, before, listed))
        selection = replace(selection, positions=positions, hidden=hidden)
        self._listed, self.choices = listed, replace(self.choices, selection=selection)
        self._only = not_sent_by(report)

    def with_command(self, shown: ShownPlan, reason: str) -> ShownPlan:
        """Return it with the command line that does the same, and gives this reason."""
        connection = self._connection
        account = connection.name if connection.storage.stores_logins else ""
        own = KnownSecrets(connection.client.own_secrets)  # typed by mistake
        command = plan_command(shown.plan, account, str(masked(reason, own)))
        return replace(shown, command=command)

    def why_not(self, plan: RevocationPlan) -> QiscusTuiError | None:
        """Return why the plan can't be confirmed; None where it can."""
        try:
            self._connection.must_be_writable()
            if plan.retention is not None:
                check_rules(self._listed.sessions, plan.retention.rules)
            rule = all_of([one.query for one in plan.filters])
            check_clocks(self._listed, rule, plan.retention)
        except QiscusTuiError as error:
            return error
        return None

    async def needs_trial(self) -> bool:
        """Return whether one session goes first, because no revoke was verified here yet."""
        try:
            return not await asyncio.to_thread(verified_calls_of(self._connection).is_verified)
        except StorageError:  # the run says so, and makes a trial
            return True


def _moved(positions: Iterable[int], before: SessionList, listed: SessionList) -> list[int]:
    """Return where the same sessions are in a newer list, without those that are gone."""
    sessions = (before.sessions[one] for one in positions)
    return [
        listed.positions[one.id]
        for one in sessions
        if one.id in listed.positions and listed.sessions[listed.positions[one.id]].is_same_as(one)
    ]

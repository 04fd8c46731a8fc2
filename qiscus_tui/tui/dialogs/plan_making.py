"""Makes the plan of a revoke dialog from what was chosen, and says why it can't be confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError, StorageError, UsageError
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.clock_check import check_clocks
from qiscus_tui.service.revocation.on_connection import verified_calls_of
from qiscus_tui.service.revocation.plan import RevocationPlan, Selection, plan_steps
from qiscus_tui.service.revocation.plan_command import plan_command
from qiscus_tui.service.revocation.target_groups import TargetGroup, target_group_steps
from qiscus_tui.service.sessions.groups import lacking
from qiscus_tui.tui.dialogs.plan_choices import PlanChoices
from qiscus_tui.tui.dialogs.plan_text import EACH, ShownPlan

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection
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

    @property
    def size(self) -> int:
        """Return how many sessions were selected."""
        return len(self.choices.selection.positions)

    @property
    def is_ruled(self) -> bool:
        """Whether rules are offered: they say nothing of one session."""
        return self.size > 1 and not self.no_rules

    def steps(self) -> Generator[None, None, ShownPlan]:
        """Make the plan of the choices, in short steps."""
        choices, now = self.choices, self._connection.server_now()
        moment = Moment(now, self._expiring)
        plan = yield from plan_steps(
            self._listed, choices.selection, choices.allowed, choices.retention, moment
        )
        groups: tuple[TargetGroup, ...] = ()
        if plan.retention is not None or len(plan.targets) > EACH:
            groups = yield from target_group_steps(plan, choices.keys, now)
        return ShownPlan(plan, groups)

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
            check_clocks(self._listed, plan.selection.rule, plan.retention)
        except QiscusTuiError as error:
            return error
        return None

    async def needs_trial(self) -> bool:
        """Return whether one session goes first, because no revoke was verified here yet."""
        try:
            return not await asyncio.to_thread(verified_calls_of(self._connection).is_verified)
        except StorageError:  # the run says so, and makes a trial
            return True

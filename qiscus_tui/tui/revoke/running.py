"""The run of a plan: applies it, keeps its progress and its report. Draws nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from qiscus_tui.service.interrupted import SEE_THE_LIST, reached_words
from qiscus_tui.service.revocation.events import Answered, Event
from qiscus_tui.service.revocation.outcomes import Report, not_sent_by
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.run import Revocation, revocation_on
from qiscus_tui.tui.revoke.progress import Progress

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


class PlanRun:
    """One run of one plan. Nothing is sent before `apply`."""

    def __init__(
        self,
        connection: "Connection",
        plan: RevocationPlan,
        on_step: Callable[[], None],
        reason: str = "",
    ) -> None:
        """`on_step` is called when a step begins; answers come faster than they are drawn.

        `reason` is for the audit log.
        """
        self._connection = connection
        self._plan = plan
        self._on_step = on_step
        self._reason = reason
        self._revocation: Revocation | None = None
        self.progress = Progress(len(plan.targets), connection.clock.monotonic)
        self.report: Report | None = None
        self.is_stopping = False

    @property
    def not_sent(self) -> int:
        """How many sessions wait to be sent."""
        return self._revocation.not_sent if self._revocation else len(self._plan.targets)

    def stop(self) -> None:
        """Send nothing more; answers under way are waited for."""
        self.is_stopping = True
        if self._revocation is not None:
            self._revocation.stop()

    @property
    def left_after_stop(self) -> int:
        """How many were not sent because the user stopped the run."""
        return len(not_sent_by(self.report)) if self.report and self.is_stopping else 0

    @property
    def can_go_on(self) -> bool:
        """Whether the rest can be sent: the list was read since, and nothing else had ended."""
        report = self.report
        return report is not None and report.listed is not None and not report.others_ended

    async def apply(self) -> Report:
        """Send the plan, and return the verified result. Raises QiscusTuiError."""
        self._revocation = await revocation_on(
            self._connection, self._plan, self._record, reason=self._reason
        )
        if self.is_stopping:
            self._revocation.stop()
        self.report = await self._revocation.apply()
        return self.report

    def _record(self, event: Event) -> None:
        self.progress.record(event)
        if not isinstance(event, Answered):
            self._on_step()

    @property
    def cut_short(self) -> list[str]:
        """How far a run came that was ended before its report; empty where nothing was begun."""
        if self._revocation is None or self.report is not None:
            return []
        words = reached_words(*self._revocation.reached)
        return [f"The revoke plan {self._plan.id} was cut short: {words}\n  {SEE_THE_LIST}"]

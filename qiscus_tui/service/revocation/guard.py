"""Watches a bulk: reads the list now and then, and stops it where more ends than is sent."""

from collections.abc import Callable, Set

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.events import Event, Sampling
from qiscus_tui.service.revocation.evidence import Evidence
from qiscus_tui.service.revocation.halt import Halt
from qiscus_tui.service.revocation.reporting import ENDED_OTHERS_HINT, UNKNOWN_HINT
from qiscus_tui.service.revocation.sending import Sending
from qiscus_tui.service.revocation.verification import Verification
from qiscus_tui.service.revocation.witnesses import Witnesses
from qiscus_tui.service.sessions.session_list import SessionList

FIRST_SAMPLE = 10
"""Answers of a bulk after which the list is read for the first time: a revoke that ends more than
it should must be seen early."""

NEXT_SAMPLE = 500
"""Further answers after which it is read again, if SAMPLE_PAUSE has passed too."""

SAMPLE_PAUSE = 30.0
"""Seconds between two samples. A fast server ends some thousands in that time, and reading a list
of 100,000 takes a second or two: more often, it would take a good part of the time."""


class BulkGuard:
    """The guard of one run."""

    def __init__(
        self,
        evidence: Evidence,
        witnesses: Witnesses,
        halt: Halt,
        clock: Clock,
        emit: Callable[[Event], None],
    ) -> None:
        self._evidence = evidence
        self._witnesses = witnesses
        self._halt = halt
        self._clock = clock
        self._emit = emit

    def due(self, sending: Sending) -> Callable[[], bool]:
        """Return what says when the next sample is due."""
        answered, at = sending.answered + NEXT_SAMPLE, self._clock.monotonic() + SAMPLE_PAUSE
        return lambda: sending.answered >= answered and self._clock.monotonic() >= at

    async def sample(self, since: SessionList) -> SessionList | None:
        """Return the list as it is now; None where nothing more may be sent.

        Nothing outside the plan that is in the list `since` may have ended.
        """
        if self._halt.is_set:
            return None
        evidence = self._evidence
        self._emit(Sampling())
        found = Verification(since, evidence.may_be_missing)
        listed = await self.read(found, "while sending", one_will_do=True)
        if listed is None:
            return None
        if ended := len(evidence.outside(found.others_ended)):
            reason = f"{counted(ended, 'session')} outside the plan ended meanwhile"
            self._halt.because(reason, ENDED_OTHERS_HINT)
        elif found.doubt is not None:
            reason = f"can't tell what else the revokes end: {found.doubt}"
            self._halt.because(reason, UNKNOWN_HINT)
        evidence.verification = found
        return None if self._halt.is_set else listed

    async def read(
        self,
        verification: Verification,
        when: str,
        *,
        awaited: Set[str] = frozenset(),
        watched: Set[str] | None = None,
        one_will_do: bool = False,
    ) -> SessionList | None:
        """Return the last of the readings; where there is none, nothing more is sent."""
        try:
            await self._witnesses.verify(
                verification, awaited=awaited, watched=watched, one_will_do=one_will_do
            )
        except QiscusTuiError as error:
            reason = f"the list could not be read {when}: {error.message}"
            self._halt.because(reason, error.hint, error)
        return verification.last

"""Sends revokes concurrently, retries them, and stops on request. It verifies nothing."""

import asyncio
from collections import deque
from collections.abc import Callable

from qiscus_tui.api.retry import CallTime, RetryPolicy
from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.breaker import Breaker
from qiscus_tui.service.revocation.events import Answered, Event
from qiscus_tui.service.revocation.halt import Halt
from qiscus_tui.service.revocation.ports import Sender, Server
from qiscus_tui.service.revocation.width import Width


class Sending:
    """Sends every revoke of one run."""

    def __init__(
        self,
        server: Server,
        clock: Clock,
        retry_policy: RetryPolicy,
        width: int,
        halt: Halt,
        emit: Callable[[Event], None],
    ) -> None:
        self._server = server
        self._clock = clock
        self._retry_policy = retry_policy.sleeping_by(self._sleep_unless_halted)
        self._halt = halt
        self._emit = emit
        self._width = Width(width)
        self._breaker = Breaker(halt.by)
        self.answered = 0
        """How many revokes had their last answer."""
        self.may_repeat = True
        """Whether a revoke may be retried: safe where it names a token, or an id that is known not
        to be a row number."""
        self.total = 0
        """How many sessions are to be sent in all, for the progress."""
        self.sent: dict[str, QiscusTuiError | None] = {}
        """Every id that was sent, and the last thing that went wrong with it."""

    async def send(
        self, waiting: deque[Session], is_due: Callable[[], bool] = lambda: False
    ) -> None:
        """Take each from `waiting` and send it, until the halt is set or `is_due` says yes."""
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._width.widest, len(waiting))):
                group.create_task(self._worker(waiting, is_due))

    async def idle(self) -> None:
        """Return once no request is in flight."""
        await self._width.idle()

    async def _worker(self, waiting: deque[Session], is_due: Callable[[], bool]) -> None:
        try:
            sender = await self._server.sender()
        except QiscusTuiError as error:
            self._halt.by(error)
            return
        try:
            while waiting and not self._halt.is_set and not is_due():
                await self._send(sender, waiting.popleft())
        finally:
            await sender.close()

    async def _send(self, sender: Sender, session: Session) -> None:
        fault: QiscusTuiError | None = None

        async def once(time: CallTime) -> None:
            nonlocal fault
            began = self._clock.monotonic()
            async with self._width.slot() as era:
                time.leave_out(self._clock.monotonic() - began)
                if self._halt.is_set:  # while we waited
                    raise fault or _NotSentError
                self.sent.setdefault(session.id, None)
                fault = await _answer(sender, session, time)
                self._breaker.record(fault)
                self._width.record(fault, era)
            if fault is not None:
                raise fault

        try:
            await self._retry_policy.retrying(
                once, lambda _: self.may_repeat and not self._halt.is_set
            )
        except _NotSentError:
            return
        except QiscusTuiError as last:
            fault = last
        self.sent[session.id] = fault
        self._breaker.ends_with(fault)
        self.answered += 1
        self._emit(Answered(session.id, fault, self.answered, self.total))

    async def _sleep_unless_halted(self, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        halting = asyncio.ensure_future(self._halt.wait())
        try:
            await asyncio.wait({sleeping, halting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            halting.cancel()


class _NotSentError(Exception):
    """The halt came before the first try."""


async def _answer(sender: Sender, session: Session, time: CallTime) -> QiscusTuiError | None:
    try:
        async with time.bound():
            await sender.send(session)
    except QiscusTuiError as error:
        return error
    return None

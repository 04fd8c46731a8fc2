"""Sends revokes concurrently, retries them, and stops by itself or on request. Verifies nothing.

What a run says while it goes on is here too.
"""

import asyncio
import contextlib
import enum
from asyncio import Event as Signal
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.retry import CallTime
from qiscus_tui.errors import (
    Blocked,
    Forbidden,
    LoginNeeded,
    NamedTokenInvalid,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    ServerFault,
    ServerRefused,
)
from qiscus_tui.model.session import Session
from qiscus_tui.service.account.connection import Connection

GROW_AFTER = 50
"""Good answers after which one more request may be in flight."""

IN_A_ROW = 10
"""Answers of 400, 405 or 422 in a row after which the call counts as not understood; also
sessions in a row whose tries ran out after which the server counts as unavailable."""

_NOT_UNDERSTOOD = frozenset({400, 405, 422})

_OVERLOADED = frozenset({429, 503})


@dataclass(frozen=True)
class TrialStarted:
    """One session goes first, because no revoke was verified here yet."""

    id: str
    why_another: str | None = None
    """Why the one before it did not decide that; None for the first."""


@dataclass(frozen=True)
class Answered:
    """The server answered one revoke (or did not: `error`). Proves nothing yet."""

    id: str
    error: QiscusTuiError | None
    done: int
    total: int


@dataclass(frozen=True)
class Halted:
    """Nothing more is sent."""

    reason: str


class Purpose(enum.Enum):
    """Why the list is read."""

    RECHECK = enum.auto()
    """Before anything is sent, because the plan's list is old."""
    SAMPLE = enum.auto()
    """During a bulk, to see whether anything else ends."""
    VERIFY = enum.auto()
    """To see what is gone."""
    AGAIN = enum.auto()
    """Once more: one reading proves nothing."""


@dataclass(frozen=True)
class Reading:
    """The list is read."""

    purpose: Purpose
    number: int = 1
    """Of the readings that are held against each other, 1 to 5."""


Event = TrialStarted | Answered | Halted | Reading


@dataclass(frozen=True)
class Stop:
    """Why nothing more may be sent, for the user."""

    reason: str
    hint: str | None = None
    fault: QiscusTuiError | None = None
    """The server's answer, or the lack of one, where that is the reason."""

    @classmethod
    def by(cls, fault: QiscusTuiError) -> "Stop":
        """Return the stop for this answer."""
        return cls(fault.message, fault.hint, fault)


class Breaker:
    """Records every answer of a bulk in order of arrival, and decides when it must stop."""

    def __init__(self, trip: Callable[[QiscusTuiError], None]) -> None:
        self._trip = trip
        self._not_understood = 0
        self._given_up = 0

    def record(self, error: QiscusTuiError | None) -> None:
        """Record an answer (None: success), or that there was none."""
        match error:
            case LoginNeeded() | Forbidden() | Blocked():  # 401 and 403, about our own credential
                self._trip(error)
            case NamedTokenInvalid():  # ten in a row may be about our own credential after all
                self._counts_as_not_understood(error)
            case ServerError(status=status) if status in _NOT_UNDERSTOOD:
                self._counts_as_not_understood(error)
            case OutOfReach():
                pass  # no answer: it neither continues the row nor ends it
            case _:
                self._not_understood = 0

    def _counts_as_not_understood(self, error: QiscusTuiError) -> None:
        self._not_understood += 1
        if self._not_understood >= IN_A_ROW:
            self._trip(error)

    def ends_with(self, error: QiscusTuiError | None) -> None:
        """Record the result of a session after all its tries."""
        if not isinstance(error, ServerFault | OutOfReach):
            self._given_up = 0
            return
        self._given_up += 1
        if self._given_up >= IN_A_ROW:
            self._trip(error)


class Width:
    """Slots for requests: halved by 429 and 503, grown again slowly.

    A slot is held for one try, not between tries: so the retries after an overload are narrow too.
    """

    def __init__(self, widest: int) -> None:
        self.widest = max(1, widest)
        self.now = self.widest
        self._in_flight = 0
        self._good = 0
        self._era = 0
        self._changed = Signal()

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncGenerator[int]:
        """Wait for a slot and hold it; gives the era for `record`."""
        while self._in_flight >= self.now:
            self._changed.clear()
            await self._changed.wait()
        self._in_flight += 1
        try:
            yield self._era
        finally:
            self._in_flight -= 1
            self._changed.set()

    async def idle(self) -> None:
        """Return once no request is in flight."""
        while self._in_flight:
            self._changed.clear()
            await self._changed.wait()

    def record(self, error: QiscusTuiError | None, era: int) -> None:
        """Record an answer to a request that was sent in `era`.

        An era ends with each halving: the many answers to one overload halve the width once.
        """
        if isinstance(error, ServerFault) and error.status in _OVERLOADED:
            self._good = 0
            if era == self._era:
                self.now = max(1, self.now // 2)
                self._era += 1
        elif error is None or isinstance(error, ServerRefused | NamedTokenInvalid):
            self._good += 1
            if self._good >= GROW_AFTER and self.now < self.widest:
                self._good = 0
                self.now += 1
                self._changed.set()


class Sending:
    """Sends every revoke of one run."""

    def __init__(
        self,
        connection: Connection,
        long_lived: str,
        width: int,
        emit: Callable[[Event], None],
    ) -> None:
        self._connection = connection
        self._long_lived = long_lived
        self._clock = connection.clock
        self._emit = emit
        self._breaker = Breaker(lambda fault: self.halt(Stop.by(fault)))
        self._halted = Signal()
        self.stop: Stop | None = None
        """Why nothing more may be sent; None while it may."""
        self.width = Width(width)
        self.answered = 0
        """How many revokes had their last answer."""
        self.may_repeat = True
        """Whether a revoke may be retried: safe where it names a token, or an id that is known not
        to be a row number."""
        self.total = 0
        """How many sessions are to be sent in all, for the progress."""
        self.sent: dict[str, QiscusTuiError | None] = {}
        """Every id that was sent, and the last thing that went wrong with it."""

    def halt(self, stop: Stop) -> None:
        """Send nothing more from now on. The first reason counts."""
        if self.stop is None:
            self.stop = stop
            self._halted.set()
            self._emit(Halted(stop.reason))

    async def send(
        self, waiting: deque[Session], is_due: Callable[[], bool] = lambda: False
    ) -> None:
        """Take each from `waiting` and send it, until it is halted or `is_due` says yes."""
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.width.widest, len(waiting))):
                group.create_task(self._worker(waiting, is_due))

    async def _worker(self, waiting: deque[Session], is_due: Callable[[], bool]) -> None:
        try:
            client = await self._connection.client.another()
        except QiscusTuiError as error:
            self.halt(Stop.by(error))
            return
        try:
            while waiting and self.stop is None and not is_due():
                await self._send(client, waiting.popleft())
        finally:
            await client.close()

    async def _send(self, client: ApiClient, session: Session) -> None:
        if session.revoke_with is None:
            raise AssertionError(f"{session.id} cannot be revoked")
        revoke_with, fault = session.revoke_with, None

        async def once(time: CallTime) -> None:
            nonlocal fault
            began = self._clock.monotonic()
            async with self.width.slot() as era:
                time.leave_out(self._clock.monotonic() - began)
                if self.stop is not None:  # while we waited
                    raise fault or _NotSentError
                self.sent.setdefault(session.id, None)
                fault = None
                try:
                    async with time.bound():
                        await client.revoke(self._long_lived, revoke_with)
                except QiscusTuiError as error:
                    fault = error
                self._breaker.record(fault)
                self.width.record(fault, era)
            if fault is not None:
                raise fault

        try:
            await self._connection.client.retry_policy.retrying(
                once, lambda _: self.may_repeat and not self.stop, self._sleep_unless_halted
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
        halting = asyncio.ensure_future(self._halted.wait())
        try:
            await asyncio.wait({sleeping, halting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            halting.cancel()


class _NotSentError(Exception):
    """The halt came before the first try."""

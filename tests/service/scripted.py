"""A connection, a diary and a memory of trials that do exactly what a test tells them to."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import msgspec

from qiscus_tui import query
from qiscus_tui.api.retry import RetryPolicy
from qiscus_tui.errors import (
    AnswerLost,
    Forbidden,
    QiscusTuiError,
    ServerFault,
    ServerRefused,
    StorageError,
    TimedOut,
    TokenInvalid,
)
from qiscus_tui.model.clients import Known
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.audit_trail import AuditTrail as WrittenTrail
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.outcomes import Outcome, Report, SessionOutcome
from qiscus_tui.service.revocation.plan import Allowed, RevocationPlan, Selection, make_plan
from qiscus_tui.service.revocation.run import Revocation
from qiscus_tui.service.revocation.sending import Answered, Event
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.user_agents import client_name
from qiscus_tui.store.state import VerifiedCalls
from tests.clocks import ManualClock

START = 1_792_000_000.0
DAY = 86_400.0


def new_session(number: int, **changes: object) -> Session:
    """The session number so-and-so, with 20 days left; its safe texts are those of `changes`."""
    for name, shown in (("user_agent", "safe_agent"), ("ip", "safe_ip"), ("user", "safe_user")):
        if name in changes:
            changes.setdefault(shown, safe(str(changes[name] or "")))
    token = f"token-{number:06d}"
    session = Session(
        id=fingerprint(token),
        revoke_with=token,
        token=token,
        created_at=START - 10 * DAY,
        expires_at=START + 20 * DAY,
        expires_computed=False,
        last_used_at=None,
        current=False,
        user_agent="curl/8.5",
        ip="192.0.2.1",
        user="a@b.c",
        safe_agent="curl/8.5",
        safe_ip="192.0.2.1",
        safe_user="a@b.c",
        extra=None,
    )
    return msgspec.structs.replace(session, **changes)


def listed(
    sessions: Iterable[Session],
    *,
    current: Current | None = None,
    labels: dict[str, Known] | None = None,
    unreadable: int | Iterable[str] = 0,
    complete: bool = True,
    read_at: float = START,
) -> SessionList:
    """The list of these sessions; `labels` by session id, `unreadable` entries or how many."""
    if isinstance(unreadable, int):
        unreadable = map(str, range(unreadable))
    entries = Counter(unreadable)
    them = tuple(sessions)
    if current is None:
        current = Current.LISTED if any(s.current for s in them) else Current.NONE
    clients = [client_name(session.user_agent) for session in them]
    known = [(labels or {}).get(session.id) for session in them]
    return SessionList(
        sessions=them,
        clients=clients,
        labels=known,
        new=bytes(len(them)),
        current=current,
        unreadable=entries.total(),
        unreadable_entries=entries,
        read_at=read_at,
        offset=0.0,
        incomplete_because="" if complete else "the pages did not come to an end",
    )


def plan_of(
    on: SessionList,
    *positions: int,
    where: str = "",
    retention: Retention | None = None,
    allowed: Allowed | None = None,
    gone: tuple[str, ...] = (),
) -> RevocationPlan:
    """A plan for these positions of the list, or what a filter finds; for all without either."""
    moment, rule = query.Moment(START, DAY), query.parse(where) if where else None
    chosen = positions or (query.select(rule, on, moment) if rule else range(len(on)))
    selection = Selection(chosen, gone=gone, rule=rule)
    return make_plan(on, selection, allowed or Allowed(), retention, moment)


# What the server does with one revoke

Reply = Callable[["ScriptedServer", Session], None]


def works(server: "ScriptedServer", session: Session) -> None:
    """Ends the session and says so."""
    server.end(session.id)


def does_nothing(server: "ScriptedServer", session: Session) -> None:
    """Says 200 and ends nothing."""


def ends_own(server: "ScriptedServer", session: Session) -> None:
    """Ends the caller's own session, whatever is asked."""
    server.end(server.own or "")


def ends_all(server: "ScriptedServer", session: Session) -> None:
    """Ends everything, whatever is asked."""
    for session_id in [*server.live]:
        server.end(session_id)


def says(error: QiscusTuiError) -> Reply:
    """Ends nothing and answers so."""

    def reply(server: "ScriptedServer", session: Session) -> None:
        raise error

    return reply


def works_but_says(error: QiscusTuiError) -> Reply:
    """Ends the session, and the answer is another (or lost)."""

    def reply(server: "ScriptedServer", session: Session) -> None:
        server.end(session.id)
        raise error

    return reply


def refused(status: int) -> QiscusTuiError:
    """What the client makes of this status."""
    if status == 401:
        return TokenInvalid("The server rejected the long-lived token (401)")
    if status == 403:
        return Forbidden("Revoking failed: 403", status=403)
    if status == 429 or status >= 500:
        return ServerFault(f"Revoking failed: {status}", status=status)
    return ServerRefused(f"Revoking failed: {status}", status=status)


def slow_down(seconds: float) -> ServerFault:
    """429 with Retry-After."""
    return ServerFault("Revoking failed: 429", status=429, retry_after=seconds)


def lost() -> AnswerLost:
    return AnswerLost("The connection ended in the middle of the answer")


def timed_out() -> TimedOut:
    return TimedOut("No answer within 20 s")


ListStep = QiscusTuiError | Callable[["ScriptedServer"], None]


def becomes(**fields: object) -> Callable[["ScriptedServer"], None]:
    """The server is so from now on."""

    def step(server: ScriptedServer) -> None:
        for name, value in fields.items():
            setattr(server, name, value)

    return step


@dataclass
class ScriptedServer:
    """Live sessions, and what each revoke and each reading of the list comes to."""

    clock: ManualClock
    live: dict[str, Session] = field(default_factory=dict[str, Session])
    own: str | None = None
    """Id of the caller's own session."""
    own_is_dead: bool = False
    """Whether the server says of the caller's token that it ended."""
    log: list[str] = field(default_factory=list[str])
    """Everything that happened, in order."""
    always: Reply = works
    """What a revoke does unless scripted otherwise."""
    replies: defaultdict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    """What the next revokes of one session do."""
    next_replies: deque[Reply] = field(default_factory=deque[Reply])
    """What the next revokes do, whichever session they are for."""
    readings: deque[ListStep] = field(default_factory=deque[ListStep])
    """What happens at (or instead of) the next readings of the list."""
    unreadable: int = 0
    complete: bool = True
    hidden: set[str] = field(default_factory=set[str])
    """Live, but listed in a way that can't be read."""
    omitted: set[str] = field(default_factory=set[str])
    """Live, and not in the next reading, of which nothing says so."""
    has_lied: bool = False
    """Whether the last reading was such a one."""
    labels: dict[str, Known] = field(default_factory=dict[str, Known])
    """Known integrations, by session id."""
    before_list: Callable[["ScriptedServer"], None] = field(default=lambda _: None)
    """Called before each reading of the list."""
    turns: int = 1
    """Turns of the event loop that an answer takes."""
    under_way: int = 0
    most_under_way: int = 0
    requests: list[str] = field(default_factory=list[str])
    """Ids that were asked to be revoked, in order of arrival."""
    senders_open: int = 0
    held: asyncio.Event | None = None
    """Answers wait for this where it is there."""
    no_sender: QiscusTuiError | None = None
    rows: dict[str | int | None, Session] = field(default_factory=dict[str | int | None, Session])
    """What each token or id stood for when it was last listed."""

    def end(self, session_id: str) -> None:
        """The session is gone."""
        self.live.pop(session_id, None)
        self.own_is_dead = self.own_is_dead or session_id == self.own

    def add(self, *sessions: Session) -> None:
        """They are there."""
        self.live.update({session.id: session for session in sessions})

    def now_listed(self) -> SessionList:
        """The list as it is now."""
        sessions = [
            msgspec.structs.replace(session, current=session.id == self.own)
            for session in self.live.values()
            if session.id not in self.hidden | self.omitted
        ]
        self.rows |= {session.revoke_with: session for session in sessions}
        here = self.own is not None and self.own in self.live.keys() - self.omitted
        is_known = self.own is None or self.own_is_dead  # the client asks about its own token
        missing = Current.NONE if is_known else Current.UNKNOWN
        return listed(
            sessions,
            current=Current.LISTED if here else missing,
            labels=self.labels,
            unreadable=[*map(str, range(self.unreadable)), *(self.hidden & self.live.keys())],
            complete=self.complete,
            read_at=self.clock.now(),
        )

    # What a run needs of a connection and its client

    @property
    def client(self) -> "ScriptedServer":
        return self

    @property
    def retry_policy(self) -> RetryPolicy:
        return RetryPolicy(self.clock)

    async def read_list(self, **_: object) -> SessionList:
        self.log.append("list")
        await asyncio.sleep(0)
        self.before_list(self)
        step = self.readings.popleft() if self.readings else None
        if isinstance(step, QiscusTuiError):
            raise step
        if step is not None:
            step(self)
        now = self.now_listed()
        self.has_lied, self.omitted = bool(self.omitted), set()
        return now

    async def another(self) -> "ScriptedServer":
        if self.no_sender is not None:
            raise self.no_sender
        self.senders_open += 1
        return self

    async def revoke(self, _long_lived: str, what: str | int) -> None:
        session = self.rows[what]
        self.requests.append(session.id)
        self.log.append(f"send {session.id}")
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            for _ in range(self.turns):
                await asyncio.sleep(0)
            if self.held is not None:
                await self.held.wait()
            scripted = self.replies.get(session.id) or self.next_replies
            reply = scripted.popleft() if scripted else self.always
            reply(self, session)
        finally:
            self.under_way -= 1

    async def close(self) -> None:
        self.senders_open -= 1


@dataclass
class AuditTrail:
    """Writes into the server's log, so that the order of things can be seen."""

    log: list[str]
    intents: list[list[str]] = field(default_factory=list[list[str]])
    reports: list[list[tuple[str, str, str]]] = field(
        default_factory=list[list[tuple[str, str, str]]]
    )
    """Id, outcome and reason of each session."""
    cuts: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """How many were sent and answered, of each run that was cut short."""
    others_ended: int = 0
    pairs: Sequence[str] = ()
    """Fingerprints of the pairs that have no session any more."""
    no_intent: bool = False
    no_outcomes: bool = False

    async def begin(self, ids: Sequence[str]) -> None:
        if self.no_intent:
            raise StorageError("The disk is full")
        self.log.append("intent")
        self.intents.append(list(ids))

    def finish(
        self,
        counts: Mapping[str, int],
        outcomes: Iterable[tuple[str, str, str]],
        others_ended: int,
        pairs: Sequence[str],
    ) -> None:
        if self.no_outcomes:
            raise StorageError("The disk is full")
        self.log.append("outcomes")
        self.others_ended, self.pairs = others_ended, pairs
        self.reports.append(list(outcomes))

    def cut_short(self, sent: int, answered: int) -> None:
        if self.no_outcomes:
            raise StorageError("The disk is full")
        self.cuts.append((sent, answered))


@dataclass
class Trials:
    """Whether the call was seen to work."""

    verified: bool = True
    broken: bool = False
    """Whether it can't be read or written."""

    def is_verified(self) -> bool:
        self._check()
        return self.verified

    def remember(self) -> None:
        self._check()
        self.verified = True

    def forget(self) -> None:
        self._check()
        self.verified = False

    def _check(self) -> None:
        if self.broken:
            raise StorageError("The state folder cannot be read")


@dataclass
class Stage:
    """A server with sessions, and what a run of a plan on it takes."""

    clock: ManualClock
    server: ScriptedServer
    audit_trail: AuditTrail
    trials: Trials

    def sessions(self, count: int) -> list[Session]:
        """Add so many sessions."""
        first = len(self.server.live)
        them = [new_session(first + number) for number in range(count)]
        self.server.add(*them)
        return them

    def own_session(self) -> Session:
        """Add the caller's own session."""
        own = new_session(999_999, current=True)
        self.server.add(own)
        self.server.own = own.id
        return own

    def plan(
        self,
        targets: Iterable[Session] | None = None,
        allowed: Allowed | None = None,
        gone: tuple[str, ...] = (),
    ) -> RevocationPlan:
        """A plan on the list as it is now; for everything, unless `targets` are given."""
        now = self.server.now_listed()
        chosen = range(len(now)) if targets is None else [now.positions[s.id] for s in targets]
        return make_plan(now, Selection(chosen, gone=gone), allowed or Allowed())

    def run(
        self,
        plan: RevocationPlan,
        width: int = 16,
        on_event: Callable[[Event], None] = lambda _: None,
    ) -> Revocation:
        """A run, not begun."""
        return run_on(self.server, plan, self.audit_trail, self.trials, on_event, width)

    async def apply(
        self, plan: RevocationPlan, width: int = 16, stop_after: int | None = None
    ) -> "Ending":
        """Run the plan to its end; where `stop_after` is given, cancel it after so many answers."""
        events: list[Event] = []

        def on_event(event: Event) -> None:
            events.append(event)
            if isinstance(event, Answered) and event.done == stop_after:
                run.stop()

        run = self.run(plan, width, on_event)
        return Ending(events, await run.apply())


def run_on(
    connection: object,
    plan: RevocationPlan,
    audit_trail: "AuditTrail",
    trials: "Trials",
    on_event: Callable[[Event], None] = lambda _: None,
    width: int = 16,
) -> Revocation:
    """A run, not begun, on what does as a connection."""
    return Revocation(
        plan,
        cast("Connection", connection),
        "long-lived",
        cast("WrittenTrail", audit_trail),
        cast("VerifiedCalls", trials),
        on_event,
        width,
    )


@dataclass
class Ending:
    """What a run told."""

    events: list[Event]
    report: Report

    def of(self, session: Session) -> SessionOutcome:
        """The one outcome of the session."""
        (found,) = [o for o in self.report.outcomes if o.id == session.id]
        return found

    def ids(self, outcome: Outcome) -> set[str]:
        """Which sessions had this outcome."""
        return {o.id for o in self.report.outcomes if o.outcome is outcome}


async def until(condition: Callable[[], object]) -> None:
    """Let everything run until it holds."""
    for _ in range(1_000_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("It never came to that")

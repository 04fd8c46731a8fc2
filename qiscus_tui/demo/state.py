"""The demo's account: who may log in, which tokens live, and what every call does to them."""

import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from qiscus_tui.demo.calls import Call, Fault
from qiscus_tui.demo.dialects import PLAIN, Dialect
from qiscus_tui.demo.entries import public_id
from qiscus_tui.demo.seed import seeded_sessions
from qiscus_tui.demo.sessions import LIFETIME, DemoSession, new_long_lived, new_token
from qiscus_tui.demo.shapes import Renewal, Revoking
from qiscus_tui.demo.users import ADMIN, PASSWORD, USERS, User

APP_CODE = "demo-5t1xk9q2w7m3z8r6"
SECRET_KEY = "demo-not-a-real-secret-key-0123456789ab"


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> float:
        """Give epoch seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """What logs in to the demo. None of it is a secret: it is worth nothing elsewhere."""

    email: str
    password: str
    app_code: str
    long_lived_token: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from, as far as the server can tell."""

    agent: str | None
    ip: str | None


class DemoState:
    """All that changes in the demo. Times are those of its clock; tokens expire by it."""

    def __init__(
        self, clock: Clock, *, sessions: int = 400, seed: int = 1, dialect: Dialect = PLAIN
    ) -> None:
        now = clock.now()
        self.clock = clock
        self.dialect = dialect
        self.calls: Counter[Call] = Counter()
        """How often each call was asked for, refused and failed ones included."""
        self.revoke_requests: list[str] = []
        """What each revoke call named, in order of arrival."""
        self.faults: defaultdict[Call, deque[Fault]] = defaultdict(deque)
        """What the next answers to a call will be instead; see `fail_next`."""
        self.before_page: Callable[[], object] = lambda: None
        """Called before each page of the list is made: what happens between two requests."""
        # A sandbox started again with the same seed keeps its long-lived tokens, but its new
        # short-lived ones differ from those it handed out before.
        self._rng = random.Random(f"{seed}:{now}:issued")
        stable = random.Random(f"{seed}:long-lived")
        self._long_lived = {
            user.email: new_long_lived(stable) for user in USERS.values() if user.long_lived
        }
        seeded = seeded_sessions(sessions, seed=seed, now=now, email=ADMIN.email)
        self._sessions = {session.token: session for session in seeded}
        self._next_id = len(seeded) + 1
        self._issued: list[str] = []

    @property
    def credentials(self) -> Credentials:
        """The admin's, as they are now."""
        return Credentials(
            ADMIN.email, PASSWORD, APP_CODE, self._long_lived[ADMIN.email], SECRET_KEY
        )

    def sessions(self, email: str = ADMIN.email) -> list[DemoSession]:
        """Give a user's live sessions, oldest first."""
        now = self.clock.now()
        return [s for s in self._sessions.values() if s.expires > now and s.email == email]

    def long_lived_token(self, email: str = ADMIN.email) -> str | None:
        """Give a user's long-lived token, or None for one who has none."""
        user = USERS[email]
        return None if user.old_app else self._long_lived.get(email)

    def fail_next(self, call: Call, *faults: Fault) -> None:
        """Answer the next requests of a call with these instead, one each, in this order."""
        self.faults[call].extend(faults)

    # Who is asking.

    def logs_in(self, email: str, password: str) -> User | None:
        """Give the user whose password this is."""
        return USERS.get(email) if password == PASSWORD else None

    def holder_of_long_lived(self, token: str) -> User | None:
        """Give the user whose long-lived token this is."""
        for user in USERS.values():
            if token and self.long_lived_token(user.email) == token:
                return user
        return None

    def holder_of_short_lived(self, token: str) -> User | None:
        """Give the user whose live short-lived token this is, and note that it was used."""
        session = self._sessions.get(token)
        now = self.clock.now()
        if session is None or session.expires <= now:
            return None
        self._sessions[token] = session._replace(last_used=now)
        return USERS[session.email]

    def own_session(self, user: User, caller: Caller) -> DemoSession | None:
        """Give the newest live session handed out to this very client since the demo began.

        A call with the long-lived token does not say which session is the caller's; agent and
        address are all that a server could go by.
        """
        now = self.clock.now()
        for token in reversed(self._issued):
            session = self._sessions.get(token)
            if session is None or session.expires <= now or session.email != user.email:
                continue
            if (session.agent, session.ip) == (caller.agent, caller.ip):
                return session
        return None

    # What the calls do.

    def issue(self, user: User, caller: Caller) -> DemoSession:
        """Add a session, as a login does; the others stay."""
        now = self.clock.now()
        session = DemoSession(
            id=self._next_id,
            token=new_token(self._rng),
            email=user.email,
            created=now,
            expires=now + LIFETIME,
            last_used=None,
            agent=caller.agent,
            ip=caller.ip,
        )
        self._next_id += 1
        self._sessions[session.token] = session
        self._issued.append(session.token)
        return session

    def refresh(self, user: User, caller: Caller) -> DemoSession:
        """Add a session; whether the client's older one ends is the dialect's choice."""
        older = self.own_session(user, caller)
        if older is not None and self.dialect.refresh_ends_older:
            self.end(older.token)
        return self.issue(user, caller)

    def revoke(self, user: User, named: str, caller: Caller) -> bool:
        """End the named session as the dialect has it; False where the answer is "not found"."""
        self.revoke_requests.append(named)
        match self.dialect.revoking:
            case Revoking.WORKS:
                found = self._named(user, named)
                if found is not None:
                    self.end(found.token)
                return found is not None
            case Revoking.IGNORED:
                return True
            case Revoking.NOT_FOUND:
                return False
            case Revoking.ENDS_OWN:
                own = self.own_session(user, caller)
                if own is not None:
                    self.end(own.token)
                return True
            case Revoking.ENDS_ANOTHER:
                found = self._named(user, named)
                if found is not None:
                    self.end(found.token)
                    for other in self.sessions(user.email)[:1]:
                        self.end(other.token)
                return found is not None
            case Revoking.ENDS_ALL:
                self._end_all(user)
                return True

    def revoke_all(self, user: User, caller: Caller) -> DemoSession:
        """End all of a user's sessions and hand out one; may change the long-lived token."""
        self._end_all(user)
        if self.dialect.renewal is not Renewal.NO:
            self._long_lived[user.email] = new_long_lived(self._rng)
        return self.issue(user, caller)

    def end(self, token: str) -> None:
        """End a session, if it still lives."""
        self._sessions.pop(token, None)

    def _end_all(self, user: User) -> None:
        for session in self.sessions(user.email):
            self.end(session.token)

    def _named(self, user: User, named: str) -> DemoSession | None:
        session = self._sessions.get(named)
        if session is None and self.dialect.fields.id is not None:
            same = (s for s in self.sessions(user.email) if self._id_of(s) == named)
            session = next(same, None)
        if session is None or session.expires <= self.clock.now() or session.email != user.email:
            return None
        return session

    def _id_of(self, session: DemoSession) -> str:
        return str(public_id(self.dialect, session))


def demo_state(
    clock: Clock, *, sessions: int = 400, seed: int = 1, dialect: Dialect = PLAIN
) -> DemoState:
    """Give a demo account with this many live sessions; equal arguments give equal accounts."""
    return DemoState(clock, sessions=sessions, seed=seed, dialect=dialect)

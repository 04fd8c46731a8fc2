"""The demo's account with whatever a server may do otherwise, made to fail, and watched."""

import random
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence

from starlette.responses import Response

from qiscus_tui.demo.seed import LIFETIME, DemoSession, new_long_lived, new_token
from qiscus_tui.demo.state import (
    ADMIN,
    APP_CODE,
    SECRET_KEY,
    Caller,
    DemoLogin,
    User,
    UserType,
    WallClock,
)
from qiscus_tui.demo.state import DemoState as PlainState
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import PLAIN, Dialect, Revoking
from tests.sandbox.hostile import HOSTILE_AGENTS, STRANGERS_IP
from tests.sandbox.listing import public_id
from tests.sandbox.users import USERS, special

__all__ = ["APP_CODE", "SECRET_KEY", "USERS", "Caller", "DemoLogin", "UserType"]


Answer = Callable[[], Awaitable[Response]]
Intercept = Callable[[Call, Answer], Awaitable[Response]]


async def _answered(_call: Call, answer: Answer) -> Response:
    return await answer()


class DemoState(PlainState):
    """The demo's state in a dialect. It counts calls, and answers with faults where told to."""

    users = USERS

    def __init__(
        self,
        clock: WallClock,
        *,
        sessions: int = 400,
        seed: int = 1,
        dialect: Dialect = PLAIN,
        hostile: bool = True,
    ) -> None:
        strangers = HOSTILE_AGENTS[: sessions // 8] if hostile else ()
        super().__init__(clock, sessions=sessions - len(strangers), seed=seed)
        self._add(strangers, random.Random(f"{seed}:strangers"))
        self.dialect = dialect
        self.calls: Counter[Call] = Counter()
        """How often each call was asked for, refused and failed ones included."""
        self.revoke_requests: list[str] = []
        """What each revoke call named, in order of arrival."""
        self.faults: defaultdict[Call, deque[Fault]] = defaultdict(deque)
        """What the next answers to a call will be instead; see `fail_next`."""
        self.intercept: Intercept = _answered
        """Given each call and what carries it out: what happens before and after, or instead."""
        self.before_page: Callable[[], object] = lambda: None
        """Called before each page of the list is made: what happens between two requests."""
        self._issued: list[str] = []

    def _add(self, agents: Sequence[str], rng: random.Random) -> None:
        """Add a session that each of these agents used once, somewhere within the 30 days."""
        now = int(self.clock.now())
        for agent in agents:
            created = float(now - int(rng.random() * LIFETIME * 0.999) - 1)
            session = DemoSession(
                id=self._next_id,
                token=new_token(rng),
                email=ADMIN.email,
                created=created,
                expires=created + LIFETIME,
                last_used=min(created + 1, float(now)),
                agent=agent,
                ip=STRANGERS_IP,
            )
            self._next_id += 1
            self._sessions[session.token] = session
        oldest_first = sorted(self._sessions.values(), key=lambda one: one.created)
        # A cursor goes by the id.
        numbered = (one._replace(id=number) for number, one in enumerate(oldest_first, 1))
        self._sessions = {one.token: one for one in numbered}

    def fail_next(self, call: Call, *faults: Fault) -> None:
        """Answer the next requests of a call with these instead, one each, in this order."""
        self.faults[call].extend(faults)

    def long_lived_token(self, email: str = ADMIN.email) -> str | None:
        user = special(USERS[email])
        has_none = user.old_app or not user.long_lived
        return None if has_none else super().long_lived_token(email)

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

    def issue(self, user: User, caller: Caller) -> DemoSession:
        session = super().issue(user, caller)
        self._issued.append(session.token)
        return session

    def refresh(self, user: User, caller: Caller) -> DemoSession:
        """Add a session; the one that the client had ends where the dialect has it so."""
        older = self.own_session(user, caller)
        if older is not None and self.dialect.refresh_ends_older:
            self.end(older.token)
        return self.issue(user, caller)

    def revoke(self, user: User, named: str, caller: Caller) -> bool:
        """End the named session as the dialect has it; False where the answer is "not found"."""
        self.revoke_requests.append(named)
        match self.dialect.revoking:
            case Revoking.WORKS:
                return super().revoke(user, self._token_of(user, named), caller)
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
                found = super().revoke(user, self._token_of(user, named), caller)
                if found:
                    for other in self.sessions(user.email)[:1]:
                        self.end(other.token)
                return found
            case Revoking.ENDS_ALL:
                for session in self.sessions(user.email):
                    self.end(session.token)
                return True

    def revoke_all(self, user: User, caller: Caller) -> DemoSession:
        if self.dialect.new_long_lived:
            self._long_lived[user.email] = new_long_lived(self._rng)
        return super().revoke_all(user, caller)

    def _token_of(self, user: User, named: str) -> str:
        """Return the token of the session with this id, where entries have ids."""
        if named in self._sessions or self.dialect.fields.id is None:
            return named
        same = (
            session.token
            for session in self.sessions(user.email)
            if str(public_id(self.dialect, session)) == named
        )
        return next(same, named)


demo_state = DemoState
"""Give a demo account with this many live sessions; equal arguments give equal accounts."""

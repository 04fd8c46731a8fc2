"""The demo's account: who may log in, which tokens live, and what every call does to them."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Protocol

from qiscus_tui.demo.seed import (
    LIFETIME,
    DemoSession,
    new_long_lived,
    new_token,
    seeded_sessions,
)

APP_CODE = "demo-5t1xk9q2w7m3z8r6"
SECRET_KEY = "demo-not-a-real-secret-key-0123456789ab"
PASSWORD = "demo-password"
"""Everybody's password."""


class WallClock(Protocol):
    """Anything that tells the time."""

    def now(self) -> float:
        """Give epoch seconds."""
        ...


class UserType(IntEnum):
    """The vendor's `type` of a user."""

    ADMIN = 1
    AGENT = 2
    SUPERVISOR = 3


@dataclass(frozen=True)
class User:
    """Somebody who can log in."""

    id: int
    email: str
    name: str
    role: UserType = UserType.ADMIN


ADMIN = User(1, "admin@demo.example", "Demo Corp.")
AGENT = User(2, "agent@demo.example", "Ayu Agent", UserType.AGENT)
SUPERVISOR = User(3, "supervisor@demo.example", "Surya Supervisor", UserType.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class DemoLogin:
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

    users: ClassVar[Mapping[str, User]] = {one.email: one for one in (ADMIN, AGENT, SUPERVISOR)}
    """Everybody, by email. The seeded sessions are the admin's; the others start with none."""

    def __init__(self, clock: WallClock, *, sessions: int = 400, seed: int = 1) -> None:
        now = clock.now()
        self.clock = clock
        # A sandbox started again with the same seed keeps its long-lived tokens, but its new
        # short-lived ones differ from those it handed out before.
        self._rng = random.Random(f"{seed}:{now}:issued")
        stable = random.Random(f"{seed}:long-lived")
        self._long_lived = {email: new_long_lived(stable) for email in self.users}
        seeded = seeded_sessions(sessions, seed=seed, now=now, email=ADMIN.email)
        self._sessions = {session.token: session for session in seeded}
        self._next_id = len(seeded) + 1

    @property
    def credentials(self) -> DemoLogin:
        """The admin's, as they are now."""
        return DemoLogin(ADMIN.email, PASSWORD, APP_CODE, self._long_lived[ADMIN.email], SECRET_KEY)

    def sessions(self, email: str = ADMIN.email) -> list[DemoSession]:
        """Give a user's live sessions, oldest first."""
        now = self.clock.now()
        return [s for s in self._sessions.values() if s.expires > now and s.email == email]

    def long_lived_token(self, email: str = ADMIN.email) -> str | None:
        """Give a user's long-lived token, or None for one who has none."""
        return self._long_lived.get(email)

    # Who is asking.

    def logs_in(self, email: str, password: str) -> User | None:
        """Give the user whose password this is."""
        return self.users.get(email) if password == PASSWORD else None

    def holder_of_long_lived(self, token: str) -> User | None:
        """Give the user whose long-lived token this is."""
        for user in self.users.values():
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
        return self.users[session.email]

    # What the calls do.

    def issue(self, user: User, caller: Caller) -> DemoSession:
        """Add a session, as a login or a refresh does; the others stay."""
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
        return session

    def revoke(self, user: User, named: str, caller: Caller) -> bool:
        """End the session with this token; False where the user has none."""
        session = self._sessions.get(named)
        if session is None or session.expires <= self.clock.now() or session.email != user.email:
            return False
        self.end(named)
        return True

    def revoke_all(self, user: User, caller: Caller) -> DemoSession:
        """End all of a user's sessions and hand out one."""
        for session in self.sessions(user.email):
            self.end(session.token)
        return self.issue(user, caller)

    def end(self, token: str) -> None:
        """End a session, if it still lives."""
        self._sessions.pop(token, None)

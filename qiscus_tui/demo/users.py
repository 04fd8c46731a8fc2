"""The people of the demo's one app: an admin, and whoever shows a special case."""

from dataclasses import dataclass
from enum import IntEnum

PASSWORD = "demo-password"
"""Everybody's password."""


class Role(IntEnum):
    """The vendor's `type` of a user."""

    ADMIN = 1
    AGENT = 2
    SUPERVISOR = 3


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can log in, and how the server treats them."""

    id: int
    email: str
    name: str
    role: Role = Role.ADMIN
    two_factor: bool = False
    """Login gives no short-lived token."""
    long_lived: bool = True
    """Login gives a long-lived token."""
    old_app: bool = False
    """Login gives the short-lived token a second time as the long-lived one."""
    may_manage: bool = True
    """False: token management answers 403."""


ADMIN = User(1, "admin@demo.example", "Demo Corp.")
AGENT = User(2, "agent@demo.example", "Ayu Agent", Role.AGENT)
SUPERVISOR = User(3, "supervisor@demo.example", "Surya Supervisor", Role.SUPERVISOR)
REFUSED = User(4, "refused@demo.example", "Rina Refused", Role.AGENT, may_manage=False)
TWO_FACTOR = User(5, "twofactor@demo.example", "Tono Twofactor", two_factor=True)
TWO_FACTOR_ONLY = User(
    6, "twofactor-only@demo.example", "Tini Twofactor", two_factor=True, long_lived=False
)
OLD_APP = User(7, "old@demo.example", "Old Corp.", old_app=True)

USERS: dict[str, User] = {
    user.email: user
    for user in (ADMIN, AGENT, SUPERVISOR, REFUSED, TWO_FACTOR, TWO_FACTOR_ONLY, OLD_APP)
}
"""Everybody, by email. The seeded sessions are the admin's; the others start with none."""

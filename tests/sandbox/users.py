"""The people of the demo, and whoever shows a special case."""

from dataclasses import dataclass

from qiscus_tui.demo.state import ADMIN, AGENT, SUPERVISOR, DemoState, User, UserType

__all__ = ["ADMIN", "AGENT", "OLD_APP", "REFUSED", "SUPERVISOR", "TWO_FACTOR", "TWO_FACTOR_ONLY"]


@dataclass(frozen=True)
class SpecialUser(User):
    """Somebody whom the server treats otherwise."""

    two_factor: bool = False
    """Login gives no short-lived token."""
    long_lived: bool = True
    """Login gives a long-lived token."""
    old_app: bool = False
    """Login gives the short-lived token a second time as the long-lived one."""
    may_manage: bool = True
    """False: token management answers 403."""


REFUSED = SpecialUser(4, "refused@demo.example", "Rina Refused", UserType.AGENT, may_manage=False)
TWO_FACTOR = SpecialUser(5, "twofactor@demo.example", "Tono Twofactor", two_factor=True)
TWO_FACTOR_ONLY = SpecialUser(
    6, "twofactor-only@demo.example", "Tini Twofactor", two_factor=True, long_lived=False
)
OLD_APP = SpecialUser(7, "old@demo.example", "Old Corp.", old_app=True)

USERS = {
    **DemoState.users,
    **{one.email: one for one in (REFUSED, TWO_FACTOR, TWO_FACTOR_ONLY, OLD_APP)},
}
"""Everybody, by email."""


def special(user: User) -> SpecialUser:
    """The user, with how the server treats them."""
    if isinstance(user, SpecialUser):
        return user
    return SpecialUser(user.id, user.email, user.name, user.role)

"""Accounts and their credentials."""

import enum
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.origin import Origin
from qiscus_tui.model.timestamps import EpochSeconds, Seconds
from qiscus_tui.model.unshown import Unshown


class Role(enum.Enum):
    """What kind of user this is (documented: 1 admin, 2 agent, 3 supervisor)."""

    ADMIN = "admin"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    UNKNOWN = "unknown"


class Storage(enum.Enum):
    """Where the secrets of an account are. The value is the word shown."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    FILE = "file"
    THIS_RUN = "this run only"

    @property
    def stores_logins(self) -> bool:
        """Whether a login can be stored there for later runs."""
        return self not in {Storage.ENVIRONMENT, Storage.THIS_RUN}


class Account(Struct, frozen=True):
    """Server, app and user. Has no secrets, and its texts are safe to show."""

    origin: Origin
    app_code: str
    user: str
    """Email address of the user; empty if unknown (a token without a login)."""
    user_name: str = ""
    app_name: str = ""
    role: Role = Role.UNKNOWN
    readonly: bool = False
    label: str = ""
    """Part of our User-Agent, to show which machine created a session."""
    zone_offset: float = 0.0
    """Seconds that the server's times without a zone are ahead of UTC."""
    token_id: str = ""
    """Id of the long-lived token that it was logged in with, or that the environment has, where
    its user is unknown."""

    @property
    def name(self) -> str:
        """The default name of the account: `user@app`, or the app alone."""
        return "@".join(filter(None, (self.user, self.app_code)))

    @property
    def key(self) -> str:
        """Identifies the account on this machine: origin, app, and user or token."""
        return f"{self.origin} {self.app_code} {self.user or self.token_id}"


class ShortLived(Unshown, frozen=True):
    """A short-lived token of our own."""

    token: str
    expires_at: EpochSeconds
    """When it ends: epoch seconds, server's clock."""
    obtained_at: EpochSeconds = 0.0
    """When we got it: epoch seconds, this machine's clock."""
    clock_ahead: Seconds = 0.0
    """Seconds that the server's clock was ahead of this machine's then, as far as known."""

    def left(self, now: float) -> float:
        """Return the seconds until it expires, at least; `now` is this machine's time (epoch).

        A clock that was ahead of the server's may have been corrected since, so it counts as
        correct now; one that was behind counts as still behind.
        """
        return self.expires_at - now - max(self.clock_ahead, 0.0)

    def left_by_same_clock(self, now: float) -> float:
        """Return the seconds until it expires if this machine's clock is as wrong as it was."""
        return self.expires_at - now - self.clock_ahead


class Credentials(Unshown, frozen=True, omit_defaults=True):
    """The secrets of one account. Never shown, logged or put into a message.

    A token account has `long_lived`; a REST account has `secret_key` alone. One account can be
    both.
    """

    long_lived: str | None = None
    short_lived: ShortLived | None = None
    secret_key: str | None = None
    replaced: str | None = None
    """The long-lived token before `long_lived`, until the server was seen to accept the new one."""

    def with_short_lived(self, short_lived: ShortLived | None) -> Self:
        """Return the same secrets with another short-lived token."""
        return replace(self, short_lived=short_lived)

    def over(self, older: Self) -> Self:
        """Return these, completed by the older ones: another kind of login removes none."""
        return replace(
            self,
            long_lived=self.long_lived or older.long_lived,
            short_lived=self.short_lived or older.short_lived,
            secret_key=self.secret_key or older.secret_key,
            replaced=self.replaced if self.long_lived else older.replaced,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """All the secrets, for masking."""
        short = self.short_lived.token if self.short_lived else None
        every = (self.long_lived, short, self.secret_key, self.replaced)
        return tuple(secret for secret in every if secret)

"""Who we log in as, where, and the secrets that it takes."""

import enum
from dataclasses import dataclass, field, replace
from typing import Self

from qiscus_tui.model.origin import Origin
from qiscus_tui.model.timestamps import EpochSeconds, Seconds


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


@dataclass(frozen=True)
class Account:
    """Server, app and user. Holds no secret, and its texts may be shown as they are."""

    origin: Origin
    app_code: str
    user: str
    """Email address of the user; empty where it is not known (a token without a login)."""
    user_name: str = ""
    app_name: str = ""
    role: Role = Role.UNKNOWN
    readonly: bool = False
    label: str = ""
    """Which machine made this session: goes into our User-Agent."""
    zone_offset: float = 0.0
    """Seconds that the server's times without a zone run ahead of UTC."""

    @property
    def name(self) -> str:
        """What the account is called unless the user named it: `user@app`, or the app alone."""
        return f"{self.user}@{self.app_code}" if self.user else self.app_code

    @property
    def key(self) -> str:
        """Identifies the account on this machine: origin, app and user."""
        return f"{self.origin} {self.app_code} {self.user}"


@dataclass(frozen=True)
class ShortLived:
    """A short-lived token of our own."""

    token: str = field(repr=False)
    expires_at: EpochSeconds
    """When it ends: epoch seconds, server's clock."""
    obtained_at: EpochSeconds = 0.0
    """When we got it: epoch seconds, this machine's clock."""
    clock_ahead: Seconds = 0.0
    """Seconds that the server's clock ran ahead of this machine's then, as far as it said."""

    def left(self, now: float) -> float:
        """Return the seconds that it still lives, at least; `now` is this machine's time (epoch).

        A clock that ran ahead of the server's may have been set right since, so that it counts as
        right now; one that ran behind counts as still behind.
        """
        return self.expires_at - now - max(self.clock_ahead, 0.0)

    def left_by_same_clock(self, now: float) -> float:
        """Return the seconds that it still lives if this machine's clock is as wrong as it was."""
        return self.expires_at - now - self.clock_ahead


@dataclass(frozen=True)
class Credentials:
    """The secrets of one account. Never shown, logged or put into a message.

    A token account has `long_lived`; a REST account has `secret_key` alone. One account can be
    both.
    """

    long_lived: str | None = field(default=None, repr=False)
    short_lived: ShortLived | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)

    def with_short_lived(self, short_lived: ShortLived | None) -> Self:
        """The same secrets with another short-lived token."""
        return replace(self, short_lived=short_lived)

    def over(self, older: Self) -> Self:
        """These, and what the older ones alone hold: another way in takes none away."""
        return replace(
            self,
            long_lived=self.long_lived or older.long_lived,
            short_lived=self.short_lived or older.short_lived,
            secret_key=self.secret_key or older.secret_key,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret text held, for masking."""
        short = self.short_lived.token if self.short_lived else None
        return tuple(secret for secret in (self.long_lived, short, self.secret_key) if secret)

"""Servers by their origin; accounts and their credentials."""

import enum
import ipaddress
import re
from typing import Self
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.errors import AddressError
from qiscus_tui.model.masking import Unshown
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import EpochSeconds, Seconds

_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_BRACKETED = re.compile(r"\[[^\[\]]+\](?::[0-9]*)?")

DEFAULT_SERVER = "https://omnichannel.qiscus.com"


class Origin(Struct, frozen=True):
    """Scheme, host and port: credentials are never sent to another origin."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """`host`, or `host:port` unless it is the default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


def parse_origin(address: str) -> Origin:
    """Return the origin of a server address as typed by a user. Raises AddressError.

    `https` may be omitted. `http` is accepted for this machine (loopback) only.
    """
    text = address.strip()
    shown = safe(text, 200)
    wrong = AddressError(f"'{shown}' is not a server address")
    if not text or not text.isprintable() or not {" ", "\\"}.isdisjoint(text):
        raise wrong
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError as error:
        raise wrong from error
    if parts.username is not None or parts.password is not None:
        raise AddressError("A server address must not contain a user name or password")
    if not host.isascii():  # which host it is differs by the rules that it is read with
        raise AddressError(f"'{shown}' is not in ASCII", "Give the name as xn--…")
    has_more = parts.path not in {"", "/"} or parts.query or parts.fragment
    if parts.scheme not in {"https", "http"} or port == 0 or has_more or text.endswith(("?", "#")):
        raise wrong
    if not _is_host(host) or (":" in host) is not bool(_BRACKETED.fullmatch(parts.netloc)):
        raise wrong
    if parts.scheme == "http" and not is_loopback(host):
        raise AddressError(
            f"'{shown}' would send secrets unencrypted", "Use https; http is for 127.0.0.1 only."
        )
    return Origin(parts.scheme, host, port or {"https": 443, "http": 80}[parts.scheme])


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine itself, by name or address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    """Return whether it is a plain name or address: no escapes, zones or empty labels."""
    if ":" not in host:
        return _NAME.fullmatch(host) is not None
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


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
    def badge(self) -> str:
        """Return the word that stands alone in the header."""
        return "secrets file" if self is Storage.FILE else self.value

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

    def user_words(self, name: str) -> str:
        """Return whose it is: the user, or where that is unknown its `name` on this machine."""
        return self.user or self.user_name or safe(name)

    @property
    def role_words(self) -> str:
        """`admin, read-only`."""
        return f"{self.role.value}, read-only" if self.readonly else self.role.value

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

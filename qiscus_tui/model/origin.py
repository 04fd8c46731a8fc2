"""Server addresses: which ones a credential may be sent to."""

import ipaddress
import re
from urllib.parse import urlsplit

from msgspec import Struct

from qiscus_tui.errors import AddressError
from qiscus_tui.model.text import safe

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
    if not text or any(character.isspace() or not character.isprintable() for character in text):
        raise AddressError(f"'{shown}' is not a server address")
    if "\\" in text:
        raise AddressError(f"'{shown}' is not a server address: it has a backslash")
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError as error:
        raise AddressError(f"'{shown}' is not a server address") from error
    if parts.username is not None or parts.password is not None:
        raise AddressError("A server address must not contain a user name or password")
    if parts.scheme not in {"https", "http"}:
        raise AddressError(f"'{shown}' is neither https nor http")
    if not host or port == 0:
        raise AddressError(f"'{shown}' does not name a server")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or text.endswith(("?", "#")):
        raise AddressError(f"'{shown}' has a path; the program adds the paths itself")
    host = _ascii_host(host, shown)
    if not _is_host(host) or (":" in host) is not bool(_BRACKETED.fullmatch(parts.netloc)):
        raise AddressError(f"'{shown}' is not a server address")
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


def _ascii_host(host: str, shown: str) -> str:
    if host.isascii():
        return host
    try:
        encoded = host.encode("idna").decode("ascii").lower()
        same = encoded.encode("ascii").decode("idna") == host
    except UnicodeError as error:
        raise AddressError(f"'{shown}' is not a server address") from error
    if not same:  # such as the German sharp s: newer rules make it another host
        raise AddressError(
            f"'{shown}' can be read as two different hosts", "Give the name as xn--…"
        )
    return encoded

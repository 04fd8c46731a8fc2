"""The calls that the demo answers, and answers made to go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Call(StrEnum):
    """One call of the API; what the demo counts by."""

    LOGIN = "login"
    REFRESH = "refresh"
    REVOKE = "revoke"
    REVOKE_ALL = "revoke_all"
    LIST = "list"
    LOGOUT = "logout"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer given instead of the right one, once: see `DemoState.fail_next`."""

    status: int
    """HTTP status."""
    body: bytes = b'{"errors": "made to fail"}'
    """The body as it goes out."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further headers, for example `Retry-After`."""
    content_type: str = "application/json"
    """What the body claims to be; a proxy's page is `text/html`."""
    after: bool = False
    """True: the call is carried out first, and only its answer is lost."""

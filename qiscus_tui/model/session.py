"""A session: a live token on the server, as the server listed it."""

import enum

import msgspec


class Current(enum.Enum):
    """What is known about the session of this program itself."""

    LISTED = "listed"
    NONE = "none"
    """We have no short-lived token (credentials from the environment, REST)."""
    UNKNOWN = "unknown"
    """We have one, and can't find it in the list."""


class Session(msgspec.Struct, frozen=True, gc=False):
    """One listed session: the exact values of the server, and the safe form of each text.

    Times are epoch seconds on the server's clock; None is unknown.
    """

    id: str
    """First 12 hex digits of the SHA-256 of the token (of the server's id where no token is
    listed in full)."""
    revoke_with: str | int | None
    """The exact value for the revoke call. A secret. None: it can't be revoked."""
    token: str | None
    """The exact token. A secret. None if it is masked or not listed."""
    created_at: float | None
    expires_at: float | None
    expires_computed: bool
    """The server listed no expiry: it is the creation plus 30 days."""
    last_used_at: float | None
    current: bool | None
    """Whether it is the token of this program itself; None: unknown."""
    user_agent: str | None
    ip: str | None
    user: str | None
    safe_agent: str
    safe_ip: str
    safe_user: str
    extra: dict[str, object] | None
    """Every other field, unchanged."""

    @property
    def revocable(self) -> bool:
        """Whether the list has what the revoke call needs."""
        return self.revoke_with is not None

    def is_same_as(self, other: "Session") -> bool:
        """Return whether two rows with the same id are the same session.

        A server's id may be a row number, which belongs to another session once a row before it
        ended.
        """
        if self.token is not None or other.token is not None:
            return self.token == other.token
        if self.created_at is not None and other.created_at is not None:
            return self.created_at == other.created_at
        return self.user_agent == other.user_agent

    def __repr__(self) -> str:
        return f"Session({self.id})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("id", self.id)]

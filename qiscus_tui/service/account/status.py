"""Checks whether the server accepts an account's stored credentials, without making a token.

The long-lived token is sent to the list call, of whose answer only the beginning is read:
100,000 sessions are not fetched for a yes. A valid short-lived token or a secret key is sent to
the profile call.
"""

from msgspec import Struct

from qiscus_tui.errors import (
    Forbidden,
    LoginNeeded,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    TokenExpired,
)
from qiscus_tui.model.account import Credentials
from qiscus_tui.service.account.connection import Connection, ask_long_lived


class Status(Struct, frozen=True):
    """The present state of an account's credentials."""

    expires_at: float | None
    """When the short-lived token expires: epoch seconds, server's clock; None without a token."""
    ttl: float | None
    """Seconds that it has left, at least 0; None for a secret key, which does not expire."""
    clock_offset: float | None
    """Seconds that the server's clock is ahead of ours; None where unknown."""
    accepted: bool | None
    """Whether the server accepts every stored credential; None where it did not answer."""
    trouble: QiscusTuiError | None = None
    """Why it does not, or did not answer; or what this user may not do."""


async def status_of(connection: Connection) -> Status:
    """Return the state of the account, as the server sees it. Raises NoAccount, StorageError."""
    credentials = await connection.credentials()
    accepted, trouble = True, None
    try:
        await _ask(connection, credentials)
    except Forbidden as error:  # but the credential is valid
        trouble = error
    except (LoginNeeded, TokenExpired) as error:
        accepted, trouble = False, error
    except (ServerError, OutOfReach) as error:
        accepted, trouble = None, error
    short = credentials.short_lived
    if credentials.long_lived is None and credentials.secret_key is not None:
        ttl = None
    else:
        ttl = max(0.0, short.expires_at - connection.server_now()) if short else 0.0
    return Status(
        expires_at=short.expires_at if short else None,
        ttl=ttl,
        clock_offset=connection.client.offset,
        accepted=accepted,
        trouble=trouble,
    )


async def _ask(connection: Connection, credentials: Credentials) -> None:
    client, role = connection.client, connection.account.role
    if credentials.long_lived is not None:
        await ask_long_lived(client, credentials.long_lived)
    if credentials.secret_key is not None:
        await client.profile(client.rest_headers(credentials.secret_key), role)
    short = credentials.short_lived
    if short is not None and connection.is_live(short):
        try:
            await client.profile(client.token_headers(short.token), role)
        except Forbidden:
            return  # the role is another, but the token was accepted

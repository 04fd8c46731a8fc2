"""Whether the server takes the credentials that an account has here, without making a token.

The long-lived token is shown to the list call, whose answer is read no further than its
beginning: 100,000 sessions are not fetched to learn of a yes. A live short-lived token is shown
to the profile call, a secret key to the same one.
"""

from dataclasses import dataclass

from qiscus_tui.errors import (
    Forbidden,
    LoginNeeded,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    TokenExpired,
)
from qiscus_tui.model.account import Account, Credentials, Storage
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.long_lived import ask_long_lived


@dataclass(frozen=True)
class Status:
    """An account as it stands now."""

    name: str
    account: Account
    storage: Storage
    where: str
    """The place of its secrets in safe words."""
    chosen_by: str
    expires_at: float | None
    """When the short-lived token ends, epoch seconds of the server; None where none is held."""
    ttl: float | None
    """Seconds that it has left, 0 at least; None for a secret key, which never ends."""
    clock_offset: float | None
    """Seconds that the server's clock runs ahead of ours; None where it did not say."""
    accepted: bool | None
    """Whether the server takes every credential held; None where it gave no answer."""
    trouble: QiscusTuiError | None = None
    """Why it does not, or gave no answer; or what it does not let this user do."""


async def status_of(connection: Connection) -> Status:
    """Look at the account and ask the server. Raises NoAccount, StorageError."""
    credentials = await connection.credentials()
    accepted, trouble = True, None
    try:
        await _ask(connection, credentials)
    except Forbidden as error:  # it knows who this is
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
        name=connection.name,
        account=connection.account,
        storage=connection.storage,
        where=connection.account_storage.secrets.where,
        chosen_by=connection.chosen_by,
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
            await client.profile(client.short_lived_headers(short.token), role)
        except Forbidden:
            return  # the role is not what we took it for, but the token was taken

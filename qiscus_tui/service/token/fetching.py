"""A secret for somebody else to use, where the server has to be asked for it first."""

from qiscus_tui.service.account_selection import SECRET_KEY_VARIABLE
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.token.handover import ScriptSecret, handed_token
from qiscus_tui.service.token.kinds import must_have_tokens, secret_key_of
from qiscus_tui.service.token.refresh import refreshed_if_dead, valid_token


async def fetched_token(connection: Connection, min_ttl: float) -> ScriptSecret:
    """A short-lived token with so many seconds left.

    Raises LoginNeeded, ServerError, OutOfReach, StorageError.
    """
    must_have_tokens(connection.name, await connection.credentials())
    token = await valid_token(connection, min_ttl)
    return handed_token(connection.account, token, await connection.credentials())


async def checked_token(connection: Connection, min_ttl: float) -> ScriptSecret:
    """As `fetched_token`, and the server said that it accepts it."""
    must_have_tokens(connection.name, await connection.credentials())
    token = await valid_token(connection, min_ttl)
    handed_token(connection.account, token, await connection.credentials())  # before it is sent
    token = await refreshed_if_dead(connection, token)
    return handed_token(connection.account, token, await connection.credentials())


async def held_secret_key(connection: Connection) -> ScriptSecret:
    """The secret key. Raises NoSecretKey, NoAccount."""
    key = secret_key_of(connection.name, await connection.credentials())
    return ScriptSecret(connection.account, SECRET_KEY_VARIABLE, key)

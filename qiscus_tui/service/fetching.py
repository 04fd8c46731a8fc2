"""A secret for somebody else to use, where the server has to be asked for it first."""

from qiscus_tui.service.choice import SECRET_KEY_VARIABLE
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.handing_over import TOKEN_VARIABLE, Handed
from qiscus_tui.service.kinds import must_have_tokens, must_not_be_the_long_lived, secret_key_of
from qiscus_tui.service.tokens import valid_token


async def fetched_token(connection: Connection, min_ttl: float) -> Handed:
    """A short-lived token with so many seconds left.

    Raises LoginNeeded, ServerError, OutOfReach, StorageError.
    """
    must_have_tokens(connection.name, await connection.credentials())
    token = (await valid_token(connection, min_ttl)).token
    must_not_be_the_long_lived(token, await connection.credentials())
    return Handed(connection.account, TOKEN_VARIABLE, token)


async def held_secret_key(connection: Connection) -> Handed:
    """The secret key. Raises NoSecretKey, NoAccount."""
    key = secret_key_of(connection.name, await connection.credentials())
    return Handed(connection.account, SECRET_KEY_VARIABLE, key)

"""What a script is given: one secret, and none of the others. Every verb that gives one asks here.

Light to import: a kept token is handed over without any part of the network being loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qiscus_tui.model.account import Account, Credentials, ShortLived
from qiscus_tui.model.masking import names_a_secret
from qiscus_tui.service.account_selection import (
    APP_ID_VARIABLE,
    SECRET_KEY_VARIABLE,
    SERVER_VARIABLE,
    TOKEN_VARIABLE,
)
from qiscus_tui.service.token.kinds import (
    must_have_tokens,
    must_not_be_the_long_lived,
    secret_key_of,
)
from qiscus_tui.service.workspace import Workspace

_OURS = "QISCUS_"


@dataclass(frozen=True)
class ScriptSecret:
    """One secret of an account, and the variable that it goes into."""

    account: Account
    variable: str
    secret: str = field(repr=False)
    expires_at: float = 0.0
    """When a token ends: epoch seconds, server's clock."""


def handed_token(account: Account, token: ShortLived, held: Credentials) -> ScriptSecret:
    """Return a short-lived token for a script; every one passes here.

    Raises NoLongLivedToken where it is the long-lived one as well.
    """
    must_not_be_the_long_lived(token.token, held)
    return ScriptSecret(account, TOKEN_VARIABLE, token.token, token.expires_at)


def kept_secret_key(workspace: Workspace) -> ScriptSecret | None:
    """The kept secret key; None where the account's secrets are gone.

    Raises NoAccount, NoSecretKey, UsageError, StorageError.
    """
    choice = workspace.choose()
    held = workspace.account_storage_of(choice).secrets.read(choice.account.key)
    if held is None:
        return None
    return ScriptSecret(choice.account, SECRET_KEY_VARIABLE, secret_key_of(choice.name, held))


def kept_token_for(workspace: Workspace, min_ttl: float) -> ScriptSecret | None:
    """The kept short-lived token; None where it has not so many seconds left.

    Raises NoAccount, NoLongLivedToken, UsageError, StorageError.
    """
    choice = workspace.choose()
    held = workspace.account_storage_of(choice).secrets.read(choice.account.key)
    if held is None:
        return None
    must_have_tokens(choice.name, held)
    short = held.short_lived
    if short is None or short.left(workspace.clock.now()) <= min_ttl:
        return None
    return handed_token(choice.account, short, held)


def environment_with(secret_given: ScriptSecret, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with that secret and its app id, and no other credential of Qiscus."""
    given = {name: value for name, value in environ.items() if not _is_credential(name)}
    given[APP_ID_VARIABLE] = secret_given.account.app_code
    given[secret_given.variable] = secret_given.secret
    if secret_given.variable == SECRET_KEY_VARIABLE:
        # With the key this program has an account in there: it must not go to another server.
        given[SERVER_VARIABLE] = str(secret_given.account.origin)
    return given


def _is_credential(name: str) -> bool:
    return name.upper().startswith(_OURS) and names_a_secret(name)

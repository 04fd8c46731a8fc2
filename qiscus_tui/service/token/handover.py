"""What a script is given: one secret of an account, and none of its others.

Light to import: a cached token is handed over without loading any part of the network.
"""

from collections.abc import Iterable, Mapping

from qiscus_tui.api.contract import APP_ID_HEADER, TOKEN_HEADER
from qiscus_tui.errors import LoginNeeded, NoLongLivedToken, Unreadable
from qiscus_tui.model.account import Account, Credentials, ShortLived
from qiscus_tui.model.masking import Unshown, names_a_secret
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import (
    APP_ID_VARIABLE,
    LONG_LIVED_VARIABLE,
    SECRET_KEY_VARIABLE,
    SERVER_VARIABLE,
    TOKEN_VARIABLE,
    SelectedAccount,
)
from qiscus_tui.service.account.storage import secret_store, stored_credentials
from qiscus_tui.service.account.workspace import Workspace

_OURS = "QISCUS_"
_SHORTEST = 8
"""Characters; a shorter text is in many values by chance."""

_CREDENTIALS = (LONG_LIVED_VARIABLE, SECRET_KEY_VARIABLE, TOKEN_VARIABLE)
"""The variables whose values are secrets of this program or of its `exec`."""

_HEADERS = ("AUTH", "BEARER", "CREDENTIAL")
"""In names of variables for a whole header, or for a pair of name and secret."""


class ScriptSecret(Unshown, frozen=True):
    """One secret of an account, and the environment variable for it."""

    account: Account
    variable: str
    secret: str
    others: tuple[str, ...] = ()
    """Every secret of the account, this one too: a command gets it under no other name."""
    expires_at: float = 0.0
    """When a token expires: epoch seconds, server's clock."""


# Which secret may be handed over


def secret_key_of(name: str, held: Credentials) -> str:
    """Return the REST secret key of the account of this name. Raises LoginNeeded."""
    if held.secret_key is None:
        raise LoginNeeded(
            f"The account {safe(name)} holds no REST secret key",
            "Omit --rest, or store a secret key: qiscus-tui login --rest --app-id APP "
            "(or set QISCUS_SECRET_KEY and QISCUS_APP_ID).",
        )
    return held.secret_key


def must_have_tokens(name: str, held: Credentials) -> None:
    """Raises NoLongLivedToken where the account has a REST secret key alone."""
    if held.long_lived is None and held.short_lived is None:
        raise NoLongLivedToken(
            f"The account {safe(name)} holds a REST secret key, and no token",
            "exec and api use the key with --rest; a token needs a login with an email address and "
            f"password, or {LONG_LIVED_VARIABLE}.",
        )


def must_not_be_the_long_lived(token: str, held: Credentials) -> None:
    """Raises NoLongLivedToken where the server gave the long-lived token out as a short-lived one.

    Very old apps have one token for both. It manages every session: no script gets it.
    """
    if token in {held.long_lived, held.replaced}:
        raise NoLongLivedToken(
            "This app is too old for token management: its short-lived token is the long-lived one"
        )


def script_token(account: Account, token: ShortLived, held: Credentials) -> ScriptSecret:
    """Return a short-lived token for a script; every such token passes here.

    Raises NoLongLivedToken where it is the long-lived one as well.
    """
    must_not_be_the_long_lived(token.token, held)
    return ScriptSecret(account, TOKEN_VARIABLE, token.token, held.secrets, token.expires_at)


# From this machine


def script_key(workspace: Workspace) -> ScriptSecret:
    """Return the secret key for a script.

    Raises NoAccount, LoginNeeded, UsageError, StorageError.
    """
    selected, held = _stored(workspace)
    key = secret_key_of(selected.name, held)
    return ScriptSecret(selected.account, SECRET_KEY_VARIABLE, key, held.secrets)


def cached_token(workspace: Workspace, min_ttl: float) -> ScriptSecret | None:
    """Return the stored short-lived token; None where it has fewer than `min_ttl` seconds left.

    Raises NoAccount, NoLongLivedToken, UsageError, StorageError.
    """
    selected, held = _stored(workspace)
    must_have_tokens(selected.name, held)
    short = held.short_lived
    if short is None or short.left(workspace.clock.now()) <= min_ttl:
        return None
    return script_token(selected.account, short, held)


def _stored(workspace: Workspace) -> tuple[SelectedAccount, Credentials]:
    selected = workspace.choose()
    secrets = secret_store(workspace, selected.stored.storage, selected.given)
    return selected, stored_credentials(secrets, selected.account, selected.name)


# To the script


def header_lines(given: ScriptSecret) -> tuple[str, str]:
    """Return the two header lines that authenticate a call with this token.

    Raises Unreadable where the server gave a token or app code that no header can carry.
    """
    values = (given.secret, given.account.app_code)
    if not all(value.isascii() and value.isprintable() for value in values):
        raise Unreadable("The token or the app code has characters that no header can carry")
    return f"{TOKEN_HEADER}: {given.secret}", f"{APP_ID_HEADER}: {given.account.app_code}"


def environment_with(given: ScriptSecret, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with that secret and its app code, and no other Qiscus credential."""
    environment = without_credentials(environ, given.others)
    environment[APP_ID_VARIABLE] = given.account.app_code
    environment[given.variable] = given.secret
    if given.variable == SECRET_KEY_VARIABLE:
        # With the key this program has an account in there: it must not go to another server.
        environment[SERVER_VARIABLE] = str(given.account.origin)
    return environment


def without_credentials(environ: Mapping[str, str], secrets: Iterable[str] = ()) -> dict[str, str]:
    """Return the environment without any Qiscus credential.

    A variable is one by its name, or by a value that has one of the `secrets` in it.
    """
    named = [environ.get(name, "").strip() for name in _CREDENTIALS]
    hidden = {secret for secret in (*secrets, *named) if len(secret) >= _SHORTEST}
    return {
        name: value
        for name, value in environ.items()
        if not (_is_credential(name) or any(secret in value for secret in hidden))
    }


def _is_credential(name: str) -> bool:
    upper = name.upper()
    is_named = names_a_secret(name) or any(word in upper for word in _HEADERS)
    return upper.startswith(_OURS) and is_named

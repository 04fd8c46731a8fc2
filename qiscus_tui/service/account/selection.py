"""Which account a run is for, and why."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.errors import ConfigError, UsageError
from qiscus_tui.model.account import (
    Account,
    Credentials,
)
from qiscus_tui.store.accounts import StoredAccount
from qiscus_tui.store.config import Config

LONG_LIVED_VARIABLE = "QISCUS_LONG_LIVED_TOKEN"
APP_ID_VARIABLE = "QISCUS_APP_ID"
SECRET_KEY_VARIABLE = "QISCUS_SECRET_KEY"
TOKEN_VARIABLE = "QISCUS_TOKEN"
SERVER_VARIABLE = "QISCUS_TUI_SERVER"
ACCOUNT_VARIABLE = "QISCUS_TUI_ACCOUNT"

ENVIRONMENT_NAME = "environment"

LAST_USED = "last used"
"""Why an account was selected, where several are kept and nothing named it."""


class SelectedAccount(Struct, frozen=True):
    """The account of this run."""

    stored: StoredAccount
    by: str
    """Why this one, for the user."""
    given: Credentials | None = None
    """Its secrets, if they come from the environment."""

    @property
    def name(self) -> str:
        """Return the account's name."""
        return self.stored.name

    @property
    def account(self) -> Account:
        """Return server, app and user."""
        return self.stored.account


class AccountOptions(Struct, frozen=True):
    """The account and server that the command line names."""

    account: str | None = None
    server: str | None = None
    named_by: str = "--account"
    """The option that named the account."""


def environment_account(environ: Mapping[str, str]) -> str | None:
    """Return the account that the environment names; None for none."""
    return environ.get(ACCOUNT_VARIABLE, "").strip() or None


def environment_credentials(environ: Mapping[str, str]) -> tuple[str, Credentials] | None:
    """Return the app code and secrets from the environment; None where it has none.

    An app code beside a short-lived token comes from our own `exec`, and is no account. Raises
    ConfigError where one part is set without the other.
    """
    app_id = environ.get(APP_ID_VARIABLE, "").strip()
    long_lived = environ.get(LONG_LIVED_VARIABLE, "").strip() or None
    secret_key = environ.get(SECRET_KEY_VARIABLE, "").strip() or None
    if not (long_lived or secret_key) and (not app_id or environ.get(TOKEN_VARIABLE)):
        return None
    given = LONG_LIVED_VARIABLE if long_lived else SECRET_KEY_VARIABLE
    if not app_id:
        raise ConfigError(
            f"{given} is set, and {APP_ID_VARIABLE} is not",
            f"Set {APP_ID_VARIABLE} to the app code, or unset {given}.",
        )
    if not (long_lived or secret_key):
        raise ConfigError(
            f"{APP_ID_VARIABLE} is set, and {LONG_LIVED_VARIABLE} is not",
            f"Set {LONG_LIVED_VARIABLE} too, or unset {APP_ID_VARIABLE}.",
        )
    for name, secret in ((LONG_LIVED_VARIABLE, long_lived), (SECRET_KEY_VARIABLE, secret_key)):
        if secret and not (secret.isascii() and secret.isprintable()):
            raise ConfigError(f"{name} has characters that no token has", "Set it again.")
    if not (app_id.isascii() and app_id.isprintable()):
        raise ConfigError(f"{APP_ID_VARIABLE} has characters that no app code has", "Set it again.")
    return app_id, Credentials(long_lived=long_lived, secret_key=secret_key)


def must_not_come_from_environment(environ: Mapping[str, str], why: str) -> None:
    """Raise UsageError, with the reason, if the account does. Raises ConfigError."""
    if environment_credentials(environ) is not None:
        raise UsageError(
            f"The account comes from the environment: {why}",
            f"Unset {LONG_LIVED_VARIABLE}, {APP_ID_VARIABLE} and {SECRET_KEY_VARIABLE} first.",
        )


def configured(stored: StoredAccount, config: Config) -> StoredAccount:
    """Return the account with its settings from the configuration."""
    settings = config.accounts.get(stored.name) or config.accounts.get(stored.account.name)
    if settings is None:
        return stored
    account = replace(stored.account, readonly=settings.readonly, label=settings.label)
    return replace(stored, account=account)

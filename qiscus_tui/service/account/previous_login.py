"""What a login replaces: the same account's earlier secrets, wherever they are stored."""

import contextlib
from dataclasses import dataclass

from msgspec.structs import replace

from qiscus_tui.errors import (
    Forbidden,
    OutOfReach,
    ServerError,
    StorageError,
    TokenInvalid,
)
from qiscus_tui.model.account import Account, Credentials, Storage
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.audit_trail import AccessTrail
from qiscus_tui.service.account.connection import Connection, ask_long_lived
from qiscus_tui.service.account.logout import OwnToken, end_token
from qiscus_tui.service.account.storage import AccountStorage
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.secrets import SecretStore


@dataclass(frozen=True)
class PreviousLogin:
    """What an earlier login of the same account left here."""

    credentials: Credentials | None = None
    account: Account | None = None
    """What it knew of the account."""
    name: str = ""
    """The account's name here."""
    elsewhere: SecretStore | None = None
    """Where the secrets are, if that is another place than the new one."""
    trouble: str = ""
    """Why the secrets could not be read, in the user's words."""

    def remove_elsewhere(self, key: str) -> tuple[str, ...]:
        """Remove the secrets from the other place; return what the user should know."""
        if self.elsewhere is None:
            return (self.trouble,) if self.trouble else ()
        where = self.elsewhere.where
        try:
            self.elsewhere.remove(key)
        except StorageError as error:
            return (f"The earlier login's secrets are still in {where}: {error.message}",)
        return (f"The earlier login's secrets were removed from {where}.",)

    def over(self, new: Credentials) -> Credentials:
        """Return the new credentials, completed by the earlier ones."""
        return new if self.credentials is None else new.over(self.credentials)

    def about_name(self, wanted: str, name: str) -> tuple[str, ...]:
        """Return what the user should know of the account's name."""
        if wanted and self.name == name != wanted:
            return (
                f"The account is still called {safe(name)}, because config.toml has a section for "
                f"it. Rename it there to log in with --name.",
            )
        if wanted and self.name and self.name != name:
            return (f"The account was called {safe(self.name)}; it is called {safe(name)} now.",)
        if wanted and name != wanted:
            return (f"The account is called {safe(name)} here: another one has that name.",)
        return ()


def previous_login(
    workspace: Workspace, account_storage: AccountStorage, account: Account
) -> PreviousLogin:
    """Return what this account had here. A login for this run only replaces none that is stored.

    An old place that can't be read stops no login: logging in again is what repairs it.
    Raises StorageError where the list of accounts can't be read.
    """
    secrets = account_storage.secrets
    if secrets.storage is Storage.THIS_RUN:
        return PreviousLogin(secrets.read(account.key))
    known = workspace.local_files.book.all()
    before = next((stored for stored in known if stored.account.key == account.key), None)
    if before is None:
        return PreviousLogin()
    try:
        if before.storage is secrets.storage:
            return PreviousLogin(secrets.read(account.key), before.account, before.name)
        store = workspace.secret_store(before.storage)
        return PreviousLogin(store.read(account.key), before.account, before.name, elsewhere=store)
    except StorageError as error:
        trouble = _could_not(before.storage, secrets.storage, error)
        return PreviousLogin(account=before.account, name=before.name, trouble=trouble)


def _could_not(old: Storage, new: Storage, error: StorageError) -> str:
    if old is new:
        return f"The token of the earlier login could not be ended: {error.message}"
    return (
        f"The earlier login's secrets are still in the {old.value}, and its token remains valid: "
        f"{error.message}"
    )


def known_account(workspace: Workspace, unsure: Account, long_lived: str) -> Account:
    """Return the account of the same app that is stored with this very token, else `unsure`.

    Where nothing tells its user, its token's id tells it apart: it may be another user's.
    """
    for stored in workspace.local_files.book.all():
        account = stored.account
        if (account.origin, account.app_code) != (unsure.origin, unsure.app_code):
            continue
        with contextlib.suppress(StorageError):  # a place that can't be read has no say
            found = workspace.secret_store(stored.storage).read(account.key)
            if found is not None and long_lived in {found.long_lived, found.replaced}:
                return account
    return unsure if unsure.user else replace(unsure, token_id=fingerprint(long_lived))


async def was_renewed_elsewhere(
    workspace: Workspace, account: Account, new: Credentials, old: Credentials | None
) -> bool:
    """Return whether another program got a newer long-lived token than that of this login.

    The server says which one is valid; where it does not, nothing is overwritten. Raises
    OutOfReach, ServerError, TokenInvalid where neither is valid.
    """
    if old is None or new.long_lived is None or old.long_lived is None:
        return False
    if new.long_lived == old.long_lived:
        return False
    async with workspace.client(account.origin, account.app_code, account.label) as client:
        try:
            await ask_long_lived(client, new.long_lived)
        except TokenInvalid:
            await ask_long_lived(client, old.long_lived)
            return True
        except Forbidden:
            return False  # this role may not list, but the token is valid
    return False


async def end_replaced(connection: Connection, token: str) -> tuple[str, ...]:
    """End the token of the earlier login; return what the user should know."""
    if connection.account.readonly:
        return ("The token of the earlier login remains valid: the account is read-only here.",)
    try:
        ended = await end_token(connection, token)
    except (ServerError, OutOfReach) as error:
        return (f"The token of the earlier login could not be ended: {error.message}",)
    if ended is OwnToken.HAD_ENDED:
        return ()
    if ended is OwnToken.UNKNOWN:
        return ("Can't tell whether the token of the earlier login was ended.",)
    trail = AccessTrail.of(connection)
    await trail.record(connection.account, AuditKind.LOGOUT, token)
    return ("The token of the earlier login was ended.",)

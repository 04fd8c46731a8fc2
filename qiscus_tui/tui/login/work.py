"""What the login form does: finds where a login can be kept, logs in, and says what failed.

Everything here may import the network; the form itself must not.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from qiscus_tui.errors import (
    AddressError,
    Forbidden,
    LoginRefused,
    OutOfReach,
    ServerError,
    StorageError,
    TokenInvalid,
)
from qiscus_tui.model.account import Storage
from qiscus_tui.tui.login.parts import Tab

if TYPE_CHECKING:
    from qiscus_tui.errors import QiscusTuiError
    from qiscus_tui.service.account.directory import StorageOffer
    from qiscus_tui.service.account.login import LoggedIn
    from qiscus_tui.service.account.workspace import Workspace


@dataclass(frozen=True)
class Entered:
    """What was entered in the form."""

    server: str
    email: str = ""
    password: str = field(default="", repr=False)
    app_id: str = ""
    long_lived: str = field(default="", repr=False)


@dataclass(frozen=True)
class StorageChoiceShown:
    """Where a login can be kept, as the form says it."""

    storage: Storage
    words: str
    ticked: bool
    possible: bool = True

    def ticked_for(self, stored: Storage | None) -> bool:
        """Return whether it is ticked at first, for an account that is stored there already."""
        if stored is None:
            return self.ticked
        return stored.stores_logins and (self.ticked or stored is self.storage)


async def find_offer(workspace: Workspace) -> StorageChoiceShown:
    """Where a login can be kept. Asks the keyring, which may take 3 s."""
    from qiscus_tui.service.account.directory import offer

    try:
        found = await asyncio.to_thread(offer, workspace, workspace.config.storage.backend)
    except StorageError as error:
        words = f"This login is kept for this run only: {error.message}. {error.hint}"
        return StorageChoiceShown(Storage.THIS_RUN, words, ticked=False, possible=False)
    return _offered(found)


def _offered(found: StorageOffer) -> StorageChoiceShown:
    if not found.storage.stores_logins:
        words = f"Kept for this run only: {found.reason}" if found.reason else found.where
        return StorageChoiceShown(Storage.THIS_RUN, words, ticked=False, possible=False)
    place = (
        f", in the file {found.where}"
        if found.needs_consent
        else f" ({found.storage.value}: {found.where})"
    )
    words = f"Keep me logged in on this machine{place}"
    return StorageChoiceShown(found.storage, words, ticked=not found.needs_consent)


async def log_in_with(workspace: Workspace, entered: Entered, storage: Storage) -> LoggedIn:
    """Log in by what was entered. Raises QiscusTuiError."""
    from qiscus_tui.service.account.directory import keep_in
    from qiscus_tui.service.account.login import Password, log_in, log_in_with_token

    if workspace.demo is None:
        account_options = replace(workspace.account_options, server=entered.server)
        workspace = replace(workspace, account_options=account_options)
    kept = await asyncio.to_thread(keep_in, workspace, storage)
    if entered.long_lived or entered.app_id:
        return await log_in_with_token(workspace, kept, entered.app_id, entered.long_lived)
    return await log_in(workspace, kept, Password(entered.email, entered.password))


def field_at_fault(error: QiscusTuiError, tab: Tab) -> str:
    """The selector of the field that a login failed by; empty where it is none of them."""
    match error:
        case Forbidden():  # the user's role is
            return ""
        case AddressError() | OutOfReach() | ServerError():
            return "#server"
        case StorageError():
            return "#keep"
        case TokenInvalid() | LoginRefused():
            return "#long-lived" if tab is Tab.TOKEN else "#password"
        case _:
            return ""

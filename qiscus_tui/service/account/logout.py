"""Ends our own token, leaves an account, forgets it on this machine."""

import asyncio
import enum
import shlex
from collections.abc import Awaitable, Callable, Mapping

from qiscus_tui.errors import (
    AnswerLost,
    NoAccount,
    OutOfReach,
    QiscusTuiError,
    ReadOnly,
    ServerError,
    ServerRefused,
    StorageError,
    TimedOut,
    TokenExpired,
)
from qiscus_tui.model.account import Credentials, Storage
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.audit_trail import AuditTrail, record_access
from qiscus_tui.service.account.connection import Connection, connect
from qiscus_tui.service.account.selection import ENVIRONMENT_NAME, SelectedAccount
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.secrets import forget_environment_tokens, open_store

LONG_LIVED_REMAINS = (
    "Its long-lived token or secret key may remain valid: no known call ends it. If it leaked, "
    "change the password and ask Qiscus."
)
"""What is true after every logout."""


class OwnToken(enum.Enum):
    """What became of our own short-lived token; the value is for the user."""

    ENDED = "its token was ended"
    HAD_ENDED = "its token had ended already"
    NONE = "no short-lived token of it was stored here"
    STILL_VALID = "its token remains valid until it expires"
    UNKNOWN = "its token may remain valid until it expires"


_COUNTS: Mapping[OwnToken, Mapping[str, int]] = {
    OwnToken.ENDED: {"logged_out": 1},
    OwnToken.HAD_ENDED: {"already_gone": 1},
    OwnToken.NONE: {},
    OwnToken.STILL_VALID: {"failed": 1},
    OwnToken.UNKNOWN: {"unknown": 1},
}
"""The counts in the audit log."""


async def _held(connection: Connection) -> Credentials:
    """Return the account's secrets, empty where they are gone. Raises StorageError."""
    try:
        return await connection.credentials()
    except NoAccount:
        return Credentials()


class _Unclear(ServerError):
    """The server did not say whether it ended the token."""


async def end_token(connection: Connection, token: str) -> OwnToken:
    """End a short-lived token of ours.

    Where the server does not clearly say that it ended, or its answer is lost, it is asked whether
    it accepts the token. Raises OutOfReach, and ServerError where the token remains valid, or may:
    `left_by` tells which.
    """
    refusal: ServerError | OutOfReach | None = None
    try:
        if await connection.client.logout(token):
            return OwnToken.ENDED
    except TokenExpired:
        return OwnToken.HAD_ENDED
    except (ServerError, TimedOut, AnswerLost) as error:
        refusal = error
    match await connection.accepts(token):
        case False:
            return OwnToken.ENDED
        case True:
            if isinstance(refusal, OutOfReach):
                raise OutOfReach(f"{refusal.message}, and the server still accepts the token")
            raise refusal or ServerRefused("The server answered the logout and did not log out")
        case None:
            if isinstance(refusal, ServerError):  # one that says no may have done it all the same
                raise _Unclear(refusal.message, refusal.hint, status=refusal.status) from refusal
            if refusal is not None:
                raise refusal
            return OwnToken.UNKNOWN


def left_by(error: OutOfReach | ServerError) -> OwnToken:
    """Return what became of the token at a logout that failed so."""
    is_unclear = isinstance(error, TimedOut | AnswerLost | _Unclear)
    return OwnToken.UNKNOWN if is_unclear else OwnToken.STILL_VALID


async def log_out(connection: Connection, *, forget_anyway: bool = False) -> OwnToken:
    """End our token on the server, then forget the account on this machine.

    The account is locked meanwhile, so that no other program gets a token that is then forgotten.
    Raises StorageError, with nothing sent, where the audit log can't be written; OutOfReach or
    ServerError, with nothing forgotten, where the server did not end the token and
    `forget_anyway` is false. A read-only account's token is never ended: raises ReadOnly, unless
    `forget_anyway` is true.
    """
    words = ("qiscus-tui", "logout", "--forget", "--account", safe(connection.name))
    forgetting = shlex.join(words)
    if connection.account.readonly:
        if not forget_anyway:
            raise ReadOnly(
                f"The account {safe(connection.name)} is read-only here: its token was not ended, "
                "and nothing was forgotten",
                f"To forget it here and end nothing: {forgetting}",
            )
        is_held = (await connection.credentials()).short_lived is not None
        await forget(connection)
        return OwnToken.STILL_VALID if is_held else OwnToken.NONE
    async with connection.locked():
        short = (await _held(connection)).short_lived
        trail = AuditTrail(connection, AuditKind.LOGOUT)
        ids = [fingerprint(short.token)] if short else []
        await trail.begin(ids)
        why: list[tuple[str, str, str]] = []
        try:
            ended = await end_token(connection, short.token) if short else OwnToken.NONE
        except (OutOfReach, ServerError) as error:
            ended = left_by(error)
            why = [(one, outcome, error.message) for one in ids for outcome in _COUNTS[ended]]
            if not forget_anyway:
                await asyncio.to_thread(trail.finish, _COUNTS[ended], why)
                error.hint = (
                    f"{ended.value.capitalize()}, and nothing was forgotten. Try again later, "
                    f"or forget it here anyway: {forgetting}"
                )
                raise
        await asyncio.to_thread(trail.finish, _COUNTS[ended], why)
        if ended is OwnToken.UNKNOWN and not forget_anyway:
            raise _Unclear(
                "Can't tell whether the server ended the token: its answer to the logout says "
                "nothing, and it did not say whether it accepts the token now",
                "Nothing was forgotten. Try again later, or forget the account here anyway: "
                + forgetting,
            )
        try:
            await asyncio.to_thread(_forget_held, connection)
        except StorageError as error:
            here = "and the account is still stored here"
            error.hint = f"{ended.value.capitalize()}, {here}. {error.hint}"
            raise
    return ended


async def forget(connection: Connection) -> None:
    """Forget the account and its secrets on this machine. Raises StorageError."""
    async with connection.locked():
        await asyncio.to_thread(_forget_held, connection)


def _forget_held(connection: Connection) -> None:
    files, key = connection.local_files, connection.account.key
    connection.secrets.remove(key)
    if connection.storage is Storage.KEYRING:  # a login that was killed may have left some there
        open_store(Storage.FILE, files.paths).remove(key)
    if files.book.keeps(key, connection.storage):
        files.book.remove(key)
        files.visits.forget(key)
        files.checks.forget(key)
        files.shown_lists.forget(key)


async def forget_account(workspace: Workspace, name: str) -> bool:
    """Forget the account on this machine, its secrets first; its tokens remain valid.

    Of the environment's account that is the short-lived token that is cached for it, whatever
    the variables are now. Return whether it held a short-lived token that may still be valid.
    Raises NoAccount, StorageError.
    """
    stored = await asyncio.to_thread(workspace.local_files.book.find, name)
    if stored is None and name == ENVIRONMENT_NAME:
        return await asyncio.to_thread(_forget_environment, workspace)
    if stored is None:
        raise NoAccount(f"There is no account '{safe(name, 100)}' here", "See: qiscus-tui accounts")
    connection = connect(workspace, SelectedAccount(stored, "accounts forget"))
    try:
        held = await asyncio.to_thread(connection.secrets.read, stored.account.key)
        await forget(connection)
    finally:
        await connection.close()
    return held is not None and held.short_lived is not None


def _forget_environment(workspace: Workspace) -> bool:
    if not forget_environment_tokens(workspace.local_files.paths):
        raise NoAccount(
            "Nothing is stored here for credentials of the environment",
            "To be without them, unset their variables.",
        )
    return True


async def leave(
    connection: Connection, end_visit: Callable[[], Awaitable[None]] | None = None
) -> list[str]:
    """End the visit and a token that was made for this run only, then close the connection.

    Each is done even if another fails. Return what did not work, in words.
    """
    troubles: list[str] = []
    name = safe(connection.name)
    try:
        if end_visit is not None:
            try:
                await end_visit()
            except QiscusTuiError as error:
                troubles.append(error.text)
        of_this_run = connection.storage is Storage.THIS_RUN
        if of_this_run and (short := (await _held(connection)).short_lived) is not None:
            ended = await end_token(connection, short.token)
            if ended is OwnToken.ENDED:
                done = (connection.account, AuditKind.LOGOUT, short.token)
                await asyncio.to_thread(record_access, connection, *done)
            elif ended is OwnToken.UNKNOWN:
                troubles.append(f"{name}: {ended.value}")
    except (OutOfReach, ServerError) as error:
        troubles.append(f"{name}: {left_by(error).value} ({error.message})")
    except QiscusTuiError as error:
        troubles.append(error.text)
    finally:
        await asyncio.shield(connection.close())
    return troubles

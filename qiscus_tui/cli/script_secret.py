"""The secret that `token` prints and `exec` passes on: the stored one, or one from the server.

The network code is loaded only if the stored one will not do.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from qiscus_tui.cli.verbs import Context
from qiscus_tui.service.token.handover import (
    ScriptSecret,
    cached_secret_key,
    cached_token,
    checked_token,
    fetched_secret_key,
    fetched_token,
)

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection


def script_token(context: Context) -> ScriptSecret:
    """Return a short-lived token that fits the options.

    Raises LoginNeeded, ServerError, OutOfReach, StorageError, Interrupted.
    """
    wanted: int = context.options.min_ttl
    check: bool = context.options.check
    if not check and context.workspace.demo is None:
        kept = cached_token(context.workspace, wanted)
        if kept is not None:
            return kept
    fetch = checked_token if check else fetched_token
    return _asked(context, lambda connection: fetch(connection, wanted))


def script_key(context: Context) -> ScriptSecret:
    """Return the secret key. Raises NoSecretKey, NoAccount, StorageError."""
    kept = cached_secret_key(context.workspace) if context.workspace.demo is None else None
    return kept or _asked(context, fetched_secret_key)


def _asked(
    context: Context, ask: Callable[["Connection"], Awaitable[ScriptSecret]]
) -> ScriptSecret:
    """Return the answer, then restore the signal handlers: a command must not inherit them."""
    from qiscus_tui.cli.ending import run_until_signal
    from qiscus_tui.cli.opening import connected

    async def connect_and_ask() -> ScriptSecret:
        async with connected(context.workspace) as connection:
            return await ask(connection)

    return run_until_signal(connect_and_ask(), context.console)

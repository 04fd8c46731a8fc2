"""The secret that `token` prints and `exec` passes on: the stored one, or one from the server.

The network code is loaded only if the stored one will not do.
"""

import argparse
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from qiscus_tui.cli.option_types import min_ttl
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


def add_token_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which token is good enough."""
    parser.add_argument(
        "--min-ttl",
        metavar="TIME",
        type=min_ttl,
        default="1h",
        help="the least time before the token expires, less than 29d (1h)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="check first that the server accepts the token, and refresh it if not",
    )


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

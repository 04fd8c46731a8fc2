"""The workspace of a command: the user's own, or the demo's."""

import argparse
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.verbs import load
from qiscus_tui.errors import QiscusTuiError, UsageError
from qiscus_tui.model.account import Account, Role
from qiscus_tui.model.clock import SystemClock
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import (
    APP_ID_VARIABLE,
    LONG_LIVED_VARIABLE,
    SECRET_KEY_VARIABLE,
    AccountOptions,
    environment_credentials,
    unmatched_words,
)
from qiscus_tui.service.account.workspace import Workspace, open_workspace, workspace_to_examine

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


def open_for(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Workspace:
    """Return the workspace for the options. Raises ConfigError, StorageError."""
    config: Path | None = options.config
    if options.demo:
        from qiscus_tui.cli.demo_workspace import demo_workspace  # starlette: for the demo alone

        workspace = demo_workspace(SystemClock(), config_file=config)
    else:
        examines = options.verb is not None and load(options.verb).examines
        opened = workspace_to_examine if examines else open_workspace
        workspace = opened(environ, AccountOptions(options.account, options.server), config)
    return replace(workspace, timeout=options.timeout)


def must_not_come_from_environment(workspace: Workspace, why: str) -> None:
    """Raise UsageError, with the reason, if they do. Raises ConfigError."""
    if environment_credentials(workspace.environ) is not None:
        raise UsageError(
            f"The credentials come from the environment: {why}",
            f"Unset {LONG_LIVED_VARIABLE}, {APP_ID_VARIABLE} and {SECRET_KEY_VARIABLE} first.",
        )


def warn_of_unmatched_accounts(workspace: Workspace, console: Console) -> None:
    """Warn of configured accounts that do not exist here: their `readonly` has no effect."""
    with suppress(QiscusTuiError):  # the verb needs the same files, and reports the error
        for name in workspace.unmatched_accounts():
            words, hint = unmatched_words(name)
            console.warn(f"warning: {words}", hint)


def account_line(connection: "Connection") -> str:
    """Return `Account a@b.c@abcd-1 on https://omnichannel.qiscus.com`."""
    return f"Account {safe(connection.name, 200)} on {connection.account.origin}"


def account_fields(connection: "Connection") -> dict[str, object]:
    """Return what each JSON object begins with."""
    return {"account": connection.name, "server": str(connection.account.origin)}


def account_record(account: Account) -> dict[str, object]:
    """Return an account for JSON, without its name."""
    role = None if account.role is Role.UNKNOWN else account.role.value
    user = account.user or None
    return {"server": str(account.origin), "app_id": account.app_code, "user": user, "role": role}

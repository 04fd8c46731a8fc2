"""Opens the workspace of a command: the user's own, or the demo's."""

import argparse
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.account import Storage
from qiscus_tui.model.clock import Clock, SystemClock
from qiscus_tui.service.account_selection import AccountOptions
from qiscus_tui.service.account_storage import LocalFiles
from qiscus_tui.service.workspace import Workspace, open_workspace, workspace_to_examine

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection

DEMO_SERVER = "https://demo.invalid"
"""A host name that exists nowhere: the demo answers in this process."""


def open_for(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Workspace:
    """Return the workspace for the options. Raises ConfigError, StorageError."""
    config: Path | None = options.config
    if options.demo:
        workspace = demo_workspace(SystemClock(), config_file=config)
    else:
        opened = workspace_to_examine if options.verb and options.examines else open_workspace
        workspace = opened(environ, AccountOptions(options.account, options.server), config)
    return replace(workspace, timeout=options.timeout)


def demo_workspace(clock: Clock, sessions: int = 400, config_file: Path | None = None) -> Workspace:
    """The demo in this process: no socket, no file but a configuration that was named, and
    nothing of the user's environment. Raises ConfigError, StorageError.
    """
    from qiscus_tui.api.wire import in_process
    from qiscus_tui.cli.demo_config import DEMO_CONFIG
    from qiscus_tui.demo import demo_state
    from qiscus_tui.demo.app import demo_app
    from qiscus_tui.model.origin import parse_origin
    from qiscus_tui.service.workspace import DemoAccess, named_config

    state = demo_state(clock, sessions=sessions)
    access = DemoAccess(
        in_process(demo_app(state)),
        parse_origin(DEMO_SERVER),
        state.credentials.email,
        state.credentials.password,
    )
    config = named_config(config_file) or DEMO_CONFIG
    return Workspace(
        {}, config, LocalFiles.in_memory(), clock, config_file=config_file, demo=access
    )


@asynccontextmanager
async def connected(workspace: Workspace) -> AsyncGenerator["Connection"]:
    """Connect the account of this run; log in to the demo first."""
    if workspace.demo is not None:
        from qiscus_tui.service.account.login import Password, log_in
        from qiscus_tui.service.account.storage_offer import keep_in

        demo = workspace.demo
        password = Password(demo.email, demo.password)
        kept = keep_in(workspace, Storage.THIS_RUN)
        connection = (await log_in(workspace, kept, password)).connection
        connection.chosen_by = "--demo"
    else:
        connection = workspace.connect(workspace.choose())
    try:
        yield connection
    except QiscusTuiError as error:
        from qiscus_tui.cli.environment import hint_by_storage

        hint_by_storage(error, connection.storage, workspace.environ)
        raise
    finally:
        await connection.close()

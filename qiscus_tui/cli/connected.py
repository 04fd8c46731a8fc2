"""The connection of a verb to its account. Loads httpx: a verb imports it in its `run`."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from qiscus_tui.errors import NoLongLivedToken, QiscusTuiError, TokenInvalid
from qiscus_tui.model.account import Storage
from qiscus_tui.service.account.connection import Connection, connect
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.account.selection import LONG_LIVED_VARIABLE
from qiscus_tui.service.account.storage import keep_in
from qiscus_tui.service.account.workspace import Workspace


@asynccontextmanager
async def connected(workspace: Workspace) -> AsyncGenerator[Connection]:
    """Connect the account of this run; log in to the demo first."""
    if workspace.demo is not None:
        demo = workspace.demo
        password = Password(demo.email, demo.password)
        kept = keep_in(workspace, Storage.THIS_RUN)
        connection = (await log_in(workspace, kept, password)).connection
        connection.chosen_by = "--demo"
    else:
        connection = connect(workspace, workspace.choose())
    try:
        yield connection
    except QiscusTuiError as error:
        hint_by_storage(error, connection.storage, workspace.environ)
        raise
    finally:
        await connection.close()


def hint_by_storage(error: QiscusTuiError, storage: Storage, environ: Mapping[str, str]) -> None:
    """Change the hint if it suggests a login: that does not replace the variables."""
    if storage is not Storage.ENVIRONMENT:
        return
    if isinstance(error, TokenInvalid):
        error.hint = f"It comes from the environment: set a valid {LONG_LIVED_VARIABLE}."
    elif isinstance(error, NoLongLivedToken) and not environ.get(LONG_LIVED_VARIABLE, "").strip():
        error.hint = f"Set {LONG_LIVED_VARIABLE} too; exec and api use the key with --rest."

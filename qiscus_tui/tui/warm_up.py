"""What the first frame did without: the rest of the modules, and news of earlier runs."""

from __future__ import annotations

import asyncio
import gc
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError

if TYPE_CHECKING:
    from textual.app import App

    from qiscus_tui.service.workspace import Workspace

SHOWN_FOR = 60
"""Seconds that it stays on the screen what an earlier run left half done."""

ROOMS = Path(__file__).parent
"""The folder of the screens' folders; each has its styles in `screen.tcss`."""

LATER = (
    "qiscus_tui.service.account.login",
    "qiscus_tui.service.connection",
    "qiscus_tui.tui.sessions.screen",
    "qiscus_tui.tui.sessions.filter_field",
    "qiscus_tui.tui.sessions.group_table",
    "qiscus_tui.service.sessions.values",
    "qiscus_tui.tui.session.screen",
    "qiscus_tui.tui.session.details",
    "qiscus_tui.tui.accounts.screen",
    "qiscus_tui.tui.audit.screen",
    "qiscus_tui.tui.overview.screen",
    "qiscus_tui.tui.accounts.questions",
    "qiscus_tui.tui.revoke.dialog",
    "qiscus_tui.tui.revoke.revoke_all",
    "qiscus_tui.tui.dialogs.find",
    "qiscus_tui.tui.dialogs.help",
    "qiscus_tui.tui.dialogs.palette",
    "qiscus_tui.tui.dialogs.export",
    "qiscus_tui.tui.dialogs.group_by",
    "qiscus_tui.tui.revoke.policy",
    "qiscus_tui.tui.dialogs.label",
    "qiscus_tui.service.token.refresh",
    "qiscus_tui.service.account.logout",
    "qiscus_tui.service.sessions.user_agents",
    "qiscus_tui.service.history",
    "qiscus_tui.service.interrupted",
    "qiscus_tui.service.visits",
)


async def warm_up(app: App[int], workspace: Workspace) -> None:
    """Do what the first frame did without, while the user reads it."""
    await asyncio.to_thread(import_the_rest)
    read_styles(app)
    await _notify_of_crashes(app, workspace)
    gc.collect()
    gc.freeze()
    gc.enable()


def import_the_rest() -> None:
    """Import the modules in `LATER`. To be called in a thread."""
    for name in LATER:
        importlib.import_module(name)


def read_styles(app: App[int]) -> None:
    """Read the styles of every screen: a first opening would parse and apply all that there are."""
    app.stylesheet.read_all(sorted(ROOMS.glob("*/screen.tcss")))
    app.stylesheet.parse()


async def _notify_of_crashes(app: App[int], workspace: Workspace) -> None:
    """Say, once, what an earlier run left half done. Reads files, in a thread."""
    from qiscus_tui.service.account_selection import unmatched_words
    from qiscus_tui.service.interrupted import notices

    try:
        for name in await asyncio.to_thread(workspace.unmatched_accounts):
            words = "\n".join(unmatched_words(name))
            app.notify(words, severity="warning", timeout=SHOWN_FOR, markup=False)
        for notice in await asyncio.to_thread(notices, workspace.local_files):
            app.notify(notice.text, severity="warning", timeout=SHOWN_FOR, markup=False)
            await asyncio.to_thread(notice.acknowledge)
    except QiscusTuiError as error:
        app.notify(error.text, severity="error", markup=False)

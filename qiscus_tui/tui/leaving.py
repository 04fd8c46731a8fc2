"""Leaving the app: asks while a plan runs, and ends what this run began.

And what the next start says of a run that did not come to its end.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError

if TYPE_CHECKING:
    from textual.app import App

    from qiscus_tui.service.workspace import Workspace
    from qiscus_tui.tui.dialogs.revoke import RevokeDialog
    from qiscus_tui.tui.feed import Feed

SHOWN_FOR = 60
"""Seconds that it stays on the screen what an earlier run left half done."""


async def may_quit(app: App[int], workspace: Workspace) -> bool:
    """Return whether to leave now; while a plan runs, the user is asked. Runs in a worker."""
    from qiscus_tui.tui.dialogs.quit import QuitDialog

    if isinstance(app.screen, QuitDialog):
        return False
    return not _running_plans(app) or await app.push_screen_wait(QuitDialog(workspace.clock))


def _running_plans(app: App[int]) -> list[RevokeDialog]:
    """Return the dialog of the plan that runs, in front or behind."""
    from qiscus_tui.tui.dialogs.revoke import RevokeDialog

    return [one for one in app.screen_stack if isinstance(one, RevokeDialog) and one.plan_runs]


async def end_this_run(
    app: App[int], feed: Feed | None, patience: float, *, in_good_order: bool
) -> list[str]:
    """End a plan that runs, the visit, a token that was made for this run only, the connection.

    Return what the user should know. `in_good_order`: the user left; no signal ended the program.
    """
    from qiscus_tui.service.account.switching import leave

    if feed is None:
        return []
    words = [said for plan in _running_plans(app) for said in await plan.end_early()]
    if feed.connection is None:
        return words
    try:
        async with asyncio.timeout(patience):
            left = await leave(feed.connection, feed.end_visit if in_good_order else None)
    except TimeoutError:
        return [*words, "Leaving took too long: what this run began may not have been ended"]
    return [*words, *(trouble.replace("\n", "\n  ") for trouble in left.troubles)]


async def notify_of_crashes(app: App[int], workspace: Workspace) -> None:
    """Say, once, what an earlier run left half done. Reads files, in a thread."""
    from qiscus_tui.service.account_selection import unmatched_words
    from qiscus_tui.service.history import notices

    try:
        for name in await asyncio.to_thread(workspace.unmatched_accounts):
            words = "\n".join(unmatched_words(name))
            app.notify(words, severity="warning", timeout=SHOWN_FOR, markup=False)
        for notice in await asyncio.to_thread(notices, workspace.local_files):
            app.notify(notice.text, severity="warning", timeout=SHOWN_FOR, markup=False)
            await asyncio.to_thread(notice.acknowledge)
    except QiscusTuiError as error:
        app.notify(error.text, severity="error", markup=False)

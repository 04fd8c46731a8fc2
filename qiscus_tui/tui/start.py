"""One run of the app: who it is for, and what it leaves behind."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from qiscus_tui.errors import NoAccount
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.theme import has_few_colours

if TYPE_CHECKING:
    from qiscus_tui.service.account_selection import SelectedAccount
    from qiscus_tui.service.workspace import Workspace


def run_app(workspace: Workspace) -> int:
    """Choose the account and run. Raises QiscusTuiError before anything is drawn."""
    choice: SelectedAccount | None = None
    if workspace.demo is None:
        try:
            choice = workspace.choose()
        except NoAccount:
            choice = None
    app = QiscusTui(workspace, choice, few_colours=has_few_colours(os.environ))
    code = app.run(mouse=workspace.config.ui.mouse)
    for words in app.parting_words:
        sys.stderr.write(f"qiscus-tui: {words}\n")
    if app.terminal_is_stalled:  # Python itself would wait for it for ever
        os._exit(1 if code is None else code)
    # A terminal that went away breaks the app as well; the signal's code is what counts then.
    if app.crash is not None and code is None:
        sys.stderr.write("\n".join(app.crash) + "\n")
        return 1
    return code or app.return_code or 0

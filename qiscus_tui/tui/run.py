"""Runs the app: in a clean environment, and with what it leaves on the terminal at the end."""

import gc
import os
import sys
from collections.abc import MutableMapping

from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.service.account.workspace import Workspace

KEPT = frozenset({"TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS"})
"""Variables of Textual that only change the looks."""

SWITCH_TIME = 0.001
"""Seconds that the threads which read keys and write frames wait for the work on a list, each
time that they go on: with Python's 5 ms a frame can come 15 ms later."""


def run(workspace: Workspace) -> int:
    """Run the app in this terminal and return the exit code.

    Raises:
        QiscusTuiError: before anything is drawn.
    """
    gc.disable()  # nothing that is made before the first frame is garbage; the app turns it on
    sys.setswitchinterval(SWITCH_TIME)
    clean_environment(os.environ)

    # Textual reads its variables when it is imported: not before they are gone.
    from qiscus_tui.tui.app import QiscusTui
    from qiscus_tui.tui.theme import has_few_colours

    account = None if workspace.demo else workspace.choose_if_any()
    app = QiscusTui(workspace, account, few_colours=has_few_colours(os.environ))
    code = app.run(mouse=workspace.config.ui.mouse)
    for words in app.parting_words:
        sys.stderr.write(f"qiscus-tui: {words}\n")
    if app.terminal_is_stalled:  # Python itself would wait for it for ever
        os._exit(ExitCode.FAILED if code is None else code)
    # A terminal that went away breaks the app as well; the signal's code is what counts then.
    if app.crash is not None and code is None:
        sys.stderr.write("\n".join(app.crash) + "\n")
        return ExitCode.FAILED
    return code or app.return_code or 0


def clean_environment(environ: MutableMapping[str, str]) -> None:
    """Remove every variable that Textual obeys, except those in `KEPT`.

    `TEXTUAL_LOG` writes every key typed, passwords too, into a file; the developer's tools send
    the screen to another program; `TEXTUAL_PRESS` types keys by itself.
    """
    for name in [name for name in environ if name.startswith("TEXTUAL") and name not in KEPT]:
        del environ[name]

"""The app. Importing this package costs nothing: Textual comes in with `run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiscus_tui.service.workspace import Workspace


def run(workspace: Workspace) -> int:
    """Run the app in this terminal and give the program's exit code."""
    import gc
    import os

    # Nothing that is made before the first frame is garbage.
    gc.disable()

    from qiscus_tui.tui.environment import clean

    clean(os.environ)
    from qiscus_tui.tui.start import run_app

    return run_app(workspace)

"""The program: runs a verb, or the screens."""

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiscus_tui.service.account.workspace import Workspace


def main() -> int:
    """Run the command line of this process. Return the exit code."""
    try:
        return _main(sys.argv[1:])
    except KeyboardInterrupt:
        from qiscus_tui.exit_codes import ExitCode

        return ExitCode.INTERRUPTED  # ctrl-c before a handler is installed


def _main(arguments: list[str]) -> int:
    gc.disable()  # what a start loads is no garbage: looking for it takes 5 % of the time
    core_limit = _protect()
    from qiscus_tui.cli.main import run

    return run(arguments, _app, core_limit)


def _app(workspace: "Workspace") -> int:
    from qiscus_tui.tui.run import run

    return run(workspace)


def _protect() -> int:
    """Forbid core dumps, which would hold secrets, and open stdin, stdout and stderr if closed.

    Return the size of core dumps that was allowed before.
    """
    import resource

    limit = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, limit[1]))
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest free number, which is this one
    return limit[0]


def _current_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


if __name__ == "__main__":
    if sys.path and sys.path[0] in {"", _current_folder()}:
        del sys.path[0]  # `python -m` puts the current folder, which may hold any modules, first
    sys.exit(main())

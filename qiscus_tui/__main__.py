"""The program: runs a verb, or the screens."""

import gc
import os
import sys
from typing import TYPE_CHECKING

from qiscus_tui import __version__

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
    if arguments in (["--version"], ["-V"]) and _is_written(f"qiscus-tui {__version__}\n"):
        return 0
    from qiscus_tui.cli.main import run

    return run(arguments, _app, core_limit)


def _app(workspace: "Workspace") -> int:
    from qiscus_tui.tui.run import run

    return run(workspace)


def _is_written(text: str) -> bool:
    """Write a result; return whether nothing is left to do. A closed stdout is no error."""
    try:
        os.write(1, text.encode())
    except BrokenPipeError:
        return True
    except OSError:  # the program proper reports it
        return False
    return True


def _protect() -> int:
    """Forbid core dumps, which would hold secrets, and open stdin, stdout and stderr if closed.

    A stdout that was closed can't be written: what is lost must be an error.

    Return the size of core dumps that was allowed before.
    """
    import resource

    limit = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, limit[1]))
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            # It gets the lowest free number, which is this one.
            os.open(os.devnull, os.O_RDONLY if descriptor == 1 else os.O_RDWR)
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

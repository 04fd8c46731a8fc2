"""The program: hands over to a verb or to the screens."""

import os
import sys


def main() -> int:
    """Run the command line of this process; gives its exit code."""
    _protect()
    from qiscus_tui.cli.main import options_of, run_verb

    options = options_of(sys.argv[1:])
    if isinstance(options, int):
        return options
    if options.verb is not None:
        return run_verb(options)
    from qiscus_tui.cli.main import run_app
    from qiscus_tui.tui import run

    return run_app(options, run)


def _protect() -> None:
    """No core dump of this process may hold its secrets."""
    import resource

    limit = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, limit[1]))


if __name__ == "__main__":
    if sys.path and sys.path[0] in {"", os.getcwd()}:
        del sys.path[0]  # `python -m` puts the current folder first: anybody's modules
    sys.exit(main())

"""The program: runs a verb, or the screens."""

import os
import sys


def main() -> int:
    """Run the command line of this process. Return the exit code."""
    try:
        return _main(sys.argv[1:])
    except KeyboardInterrupt:
        from qiscus_tui.exit_codes import ExitCode

        return ExitCode.INTERRUPTED  # ctrl-c before a handler is installed


def _main(arguments: list[str]) -> int:
    core_limit = _protect()
    if arguments[:1] == ["token"]:
        from qiscus_tui.cached_token import print_cached_token

        code = print_cached_token(arguments)
        if code is not None:
            return code
    from qiscus_tui.cli.main import options_of, run_app, run_verb

    options = options_of(arguments)
    if isinstance(options, int):
        return options
    if options.verb is not None:
        return run_verb(options, core_limit)
    from qiscus_tui.tui.run import run

    return run_app(options, run)


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
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
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

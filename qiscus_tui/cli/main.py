"""Runs a verb or the app: the one place that sets exit codes and shows errors.

Light to import: everything else is loaded once the options are known to be valid.
"""

import argparse
import contextlib
import errno
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING

from qiscus_tui.cli.output.console import Console, NeverOpened, system_console
from qiscus_tui.cli.parser import named_verb, parse
from qiscus_tui.cli.verbs import Context, exit_code_of, load
from qiscus_tui.errors import Interrupted, QiscusTuiError, StorageError, UsageError
from qiscus_tui.exit_codes import ExitCode, signal_exit_code

if TYPE_CHECKING:
    from pathlib import Path

    from qiscus_tui.service.account.workspace import Workspace


LOG_VARIABLE = "QISCUS_TUI_LOG"


def options_of(arguments: Sequence[str]) -> argparse.Namespace | int:
    """Return the options, or the exit code if there is nothing more to do."""
    console = system_console(no_input=True)
    try:
        return parse(arguments)
    except QiscusTuiError as error:
        console.show_error(error)
        return _misused(arguments, console, error.exit_code)
    except SystemExit as done:
        return _flushed(console, int(done.code or 0))
    except BrokenPipeError:
        console.results.drop()
        return ExitCode.DONE
    except OSError as error:
        return _not_written(console, error)


def _misused(arguments: Sequence[str], console: Console, code: int) -> int:
    """Let the verb do what it must do even with wrong options. Return the exit code."""
    name = named_verb(arguments)
    misused = load(name).misused if name else None
    if misused is not None:
        with contextlib.suppress(QiscusTuiError):
            misused(arguments, console, code)
    return code


def run_verb(options: argparse.Namespace, core_limit: int | None = None) -> int:
    """Run the verb. Return the exit code. `core_limit` is that of `Context`."""
    console = system_console(no_input=options.no_input)
    code = _guarded(options, console, lambda: _verb(options, console, core_limit))
    finish, done = load(options.verb).finish, code
    if finish is not None:
        code = _guarded(options, console, lambda: finish(options, console, done))
    return _flushed(console, code)


def run_app(options: argparse.Namespace, app: "Callable[[Workspace], int]") -> int:
    """Run the app. Return the exit code."""
    console = system_console(no_input=options.no_input)
    return _guarded(options, console, lambda: _app(options, console, app))


def _verb(options: argparse.Namespace, console: Console, core_limit: int | None) -> int:
    from msgspec.structs import replace

    from qiscus_tui.cli.workspace import open_for, report_crashes, warn_of_unmatched_accounts

    if options.all_accounts:
        from qiscus_tui.cli.all_accounts import check_all_accounts

        check_all_accounts(options)
    verb = load(options.verb)
    with _logged(options, console, os.environ):
        workspace = replace(
            open_for(options), show_secret=console.show_secret, warn=console.show_error
        )
        context = Context(options, console, workspace, core_limit)
        trouble = report_crashes(workspace, console) if verb.reports_crashes else None
        if verb.changes:
            warn_of_unmatched_accounts(workspace, console)

        def run_one(one: Context) -> int:
            result = verb.run(one)
            if isinstance(result, int):
                return result
            try:
                from qiscus_tui.cli.interrupts import run_until_signal

                return run_until_signal(result, console)
            finally:
                result.close()  # ctrl-c may have come during the import

        if options.all_accounts and not verb.takes_all_accounts:
            from qiscus_tui.cli.all_accounts import run_for_each

            code = run_for_each(context, run_one)
        else:
            code = run_one(context)
        if trouble is not None:
            console.show_error(trouble)
        return code


def _app(options: argparse.Namespace, console: Console, app: "Callable[[Workspace], int]") -> int:
    if options.all_accounts:
        raise UsageError("The app shows one account at a time", "Switch to another with A.")
    terminal = os.environ.get("TERM", "")
    # Textual draws on stderr: redirected, the keys would work on an invisible screen.
    if not all(stream.isatty() for stream in (console.source, console.out, console.err)):
        raise UsageError("The app needs a terminal", "For scripts: qiscus-tui sessions")
    if terminal in {"", "dumb"}:
        raise UsageError(
            f"The app cannot use this terminal: TERM is {terminal or 'not set'}",
            "Set TERM to the type of your terminal, or use: qiscus-tui sessions",
        )
    from qiscus_tui.cli.workspace import open_for

    with _logged(options, console, os.environ):
        return app(open_for(options))


@contextlib.contextmanager
def _logged(
    options: argparse.Namespace, console: Console, environ: Mapping[str, str]
) -> Generator[None]:
    """Write the log, if there is to be one, until the block ends. Raises StorageError.

    It holds names of calls, statuses and durations: no header, token, body or message of the
    server. The demo writes nothing and reads no variable.
    """
    wanted: Path | None = options.log
    if options.demo:
        if wanted is not None:
            console.say("The demo writes nothing, so there is no log.")
        yield
        return
    if wanted is None and environ.get(LOG_VARIABLE):
        import pathlib

        wanted = pathlib.Path(environ[LOG_VARIABLE])
    if wanted is None:
        yield
        return
    from qiscus_tui.service.log_file import logging_to

    with logging_to(wanted, f"qiscus-tui {options.verb or ''}".strip()):
        yield


def _guarded(options: argparse.Namespace, console: Console, work: Callable[[], int]) -> int:
    try:
        return work()
    except Interrupted as error:
        return signal_exit_code(error.signal_number)
    except QiscusTuiError as error:
        return _show_error(error, console, options)
    except BrokenPipeError:
        console.results.drop()
        return ExitCode.DONE
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OSError as error:
        words = os.strerror(error.errno) if error.errno else type(error).__name__
        console.results.drop()
        failure = StorageError(
            f"System error: {words}", "Check free space, permissions, and where the output goes."
        )
        failure.__cause__ = error
        return _show_error(failure, console, options)
    except Exception as error:  # noqa: BLE001  the last resort: never show a traceback with values
        console.say(f"qiscus-tui: unexpected {type(error).__name__}; this is a bug")
        console.say("  Run it again with --debug, and report the output.")
        if options.debug:
            _print_trace(error, console)
        return exit_code_of(error, options)


def _show_error(error: QiscusTuiError, console: Console, options: argparse.Namespace) -> int:
    console.show_error(error)
    if options.debug:
        _print_trace(error, console)
    return exit_code_of(error, options)


def _print_trace(error: BaseException, console: Console) -> None:
    """Show the lines of code that an error came from, never the values in them."""
    import traceback

    for frame in traceback.extract_tb(error.__traceback__):
        console.say(f"  {frame.filename}:{frame.lineno} in {frame.name}")
    cause = error.__cause__ or error.__context__
    if cause is not None:
        console.say(f"  from {type(cause).__name__}")
        _print_trace(cause, console)


def _flushed(console: Console, code: int) -> int:
    """Flush stdout and return the exit code; a reader that went away is no error."""
    try:
        console.flush()
    except OSError as error:
        return _not_written(console, error)
    is_lost = isinstance(console.out, NeverOpened) and console.out.was_written
    if is_lost and code in {ExitCode.DONE, ExitCode.FAILED}:
        return _not_written(console, OSError(errno.EBADF, "stdout is closed"))
    return code


def _not_written(console: Console, error: OSError) -> int:
    console.results.drop()
    words = error.strerror or os.strerror(error.errno or 0)
    failure = StorageError(
        f"The result could not be written: {words}", "Check free space, and where the output goes."
    )
    console.show_error(failure)
    return failure.exit_code

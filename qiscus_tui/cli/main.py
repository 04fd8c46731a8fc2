"""Runs a verb or the app: the one place that sets exit codes and shows errors.

Light to import: everything else is loaded once the options are known to be valid.
"""

import argparse
import contextlib
import gc
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qiscus_tui.cli.output.console import Console, error_document, system_console
from qiscus_tui.cli.parser import parse
from qiscus_tui.cli.verbs import exit_code_of
from qiscus_tui.errors import Interrupted, QiscusTuiError, StorageError, UsageError
from qiscus_tui.exit_codes import ExitCode, signal_exit_code

if TYPE_CHECKING:
    from qiscus_tui.service.account.workspace import Workspace

Finish = Callable[[argparse.Namespace, Console, int], int]
"""Runs last, also after a failure: takes the exit code so far, and returns the one to use."""

App = Callable[["Workspace"], int]
"""Runs the app, and returns its exit code."""


def run(arguments: Sequence[str], app: App, core_limit: int | None = None) -> int:
    """Run a command line: its verb, or the app. Return the exit code.

    `core_limit` is the size of core dumps that was allowed when this process started; None if it
    was not changed.
    """
    console = system_console()
    options = argparse.Namespace(verb=None, debug=False, core_limit=core_limit)

    def verb_or_app() -> int:
        try:
            parse(arguments, options)
        except SystemExit as shown:  # --help and --version
            options.verb = None
            return int(shown.code or 0)
        console.no_input = options.no_input
        console.quiet = options.quiet
        if options.demo:
            _write_nothing(options, console)
        if options.verb is None:
            return _app(options, console, app)
        if not gc.isenabled():
            gc.freeze()  # the modules, which are searched no more
            gc.enable()
        return _verb(options, console)

    before_command = arguments[: arguments.index("--")] if "--" in arguments else arguments
    console.is_json = "--json" in before_command
    code = _guarded(options, console, verb_or_app)

    def flushed() -> int:
        console.end(code)
        console.results.flush()
        return code

    shown = _guarded(options, console, flushed)
    console.discard_unwritten()
    return shown


def _write_nothing(options: argparse.Namespace, console: Console) -> None:
    """Leave out the options that name a file to write: the demo writes none."""
    for name in ("log", "metrics", "out"):
        if getattr(options, name, None) is not None:
            setattr(options, name, None)
            console.say(f"The demo writes no files: --{name} is left out.")


def _verb(options: argparse.Namespace, console: Console) -> int:
    # Help, and a mistake in the options, need no store.
    from qiscus_tui.cli.run_verb import logged, run_verb

    def with_log() -> int:
        with logged(options):
            return run_verb(options, console)

    code = _guarded(options, console, with_log)
    finish: Finish | None = getattr(options, "finish", None)
    return code if finish is None else finish(options, console, code)


def _app(options: argparse.Namespace, console: Console, app: App) -> int:
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
    from qiscus_tui.cli.run_verb import logged
    from qiscus_tui.cli.workspace import open_for

    with logged(options):
        return app(open_for(options))


def _guarded(options: argparse.Namespace, console: Console, work: Callable[[], int]) -> int:
    """Return the exit code of the work; where it fails, the error's, which is shown."""
    try:
        return work()
    except Interrupted as error:
        return signal_exit_code(error.signal_number)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        console.results.drop()
        return ExitCode.DONE
    except QiscusTuiError as error:
        shown = error
    except UnicodeError as error:
        what = "Something that was typed, or came on stdin, is not valid text"
        shown = UsageError(what, "It must be in the encoding of your locale, usually UTF-8.")
        shown.__cause__ = error
    except OSError as error:
        console.results.drop()
        what = f"System error: {error.strerror or type(error).__name__}"
        shown = StorageError(what, "Check free space, permissions, and where the output goes.")
        shown.__cause__ = error
    except Exception as error:  # noqa: BLE001  the last resort: never show a traceback with values
        what = f"unexpected {type(error).__name__}; this is a bug"
        shown = QiscusTuiError(what, "Run it again with --debug, and report the output.")
        shown.__cause__ = error
    console.show_error(shown)
    if options.debug:
        _print_trace(shown, console)
    code = exit_code_of(shown, options)
    if console.is_json and not console.results.has_any:
        with contextlib.suppress(StorageError):  # where stdout is what failed
            console.result_json(error_document(shown, code))
            console.results.flush()
    return code


def _print_trace(error: BaseException, console: Console) -> None:
    """Show the lines of code that an error came from, never the values in them."""
    at = error.__traceback__
    while at is not None:
        code = at.tb_frame.f_code
        console.say(f"  {code.co_filename}:{at.tb_lineno} in {code.co_name}")
        at = at.tb_next
    cause = error.__cause__ or error.__context__
    if cause is not None:
        console.say(f"  from {type(cause).__name__}")
        _print_trace(cause, console)

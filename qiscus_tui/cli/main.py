"""Runs a verb: the one place that owns exit codes, signals and how errors are shown."""

import argparse
import asyncio
import inspect
import os
import signal
import sys
import traceback
from collections.abc import Callable, Coroutine, Sequence
from typing import cast

from qiscus_tui.cli.console import Console, system_console
from qiscus_tui.cli.opening import open_for
from qiscus_tui.cli.parser import parse
from qiscus_tui.cli.verb import Context, Run
from qiscus_tui.errors import QiscusTuiError, StorageError, UsageError
from qiscus_tui.service.shield import shield
from qiscus_tui.service.workspace import Workspace

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def options_of(arguments: Sequence[str]) -> argparse.Namespace | int:
    """The options, or the exit code where there is nothing more to do."""
    console = system_console(no_input=True)
    try:
        return parse(arguments)
    except QiscusTuiError as error:
        console.tell(error)
        return error.exit_code
    except SystemExit as done:
        return _flushed(console, int(done.code or 0))


def run_verb(options: argparse.Namespace) -> int:
    """Carry the verb out; gives the exit code."""
    console = system_console(no_input=options.no_input)
    try:
        code = _guarded(options, console)
    except BrokenPipeError:
        code = 0
    return _flushed(console, code)


def _guarded(options: argparse.Namespace, console: Console) -> int:
    try:
        workspace = open_for(options)
        run: Run = options.run
        context = Context(options, console, workspace)
        if not inspect.iscoroutinefunction(run):
            return cast("int", run(context))
        return asyncio.run(_until_signal(run(context), context))
    except QiscusTuiError as error:
        return tell(error, console, debug=options.debug)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except OSError as error:
        words = os.strerror(error.errno) if error.errno else type(error).__name__
        return tell(StorageError(f"The system said: {words}"), console, debug=options.debug)
    except Exception as error:  # noqa: BLE001  the last resort: never a traceback with values
        console.say(f"qiscus-tui: unexpected {type(error).__name__}; this is a bug")
        console.say("  Run it again with --debug, and report what that shows.")
        if options.debug:
            print_trace(error)
        return 1


def tell(error: QiscusTuiError, console: Console, *, debug: bool) -> int:
    """Show an error; gives its exit code."""
    console.tell(error)
    if debug:
        print_trace(error)
    return error.exit_code


def print_trace(error: BaseException) -> None:
    """Where an error came from: the lines of code, never the values in them."""
    for frame in traceback.extract_tb(error.__traceback__):
        sys.stderr.write(f"  {frame.filename}:{frame.lineno} in {frame.name}\n")
    cause = error.__cause__ or error.__context__
    if cause is not None:
        sys.stderr.write(f"  from {type(cause).__name__}\n")
        print_trace(cause)


async def _until_signal(verb: Coroutine[object, object, int], context: Context) -> int:
    """Run the verb; a signal cancels it, but not while tokens are being stored."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(verb)
    caught = context.caught

    def on_signal(number: int) -> None:
        def handle() -> None:
            caught.append(number)
            task.cancel()

        shield.handle(handle)

    for number in SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        return await task
    except asyncio.CancelledError:
        context.console.end_progress()
        return 128 + (caught[0] if caught else signal.SIGINT)
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def _flushed(console: Console, code: int) -> int:
    """The exit code after everything was written; a reader that went away is no error."""
    try:
        console.out.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), console.out.fileno())
        return 0
    except OSError as error:
        console.say(f"qiscus-tui: the result could not be written: {os.strerror(error.errno or 0)}")
        return StorageError.exit_code
    return code


def run_app(options: argparse.Namespace, app: Callable[[Workspace], int]) -> int:
    """Start the screens; gives the exit code."""
    console = system_console(no_input=options.no_input)
    try:
        terminal = os.environ.get("TERM", "")
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError("The app needs a terminal", "For scripts: qiscus-tui sessions")
        if terminal in {"", "dumb"}:
            raise UsageError(
                f"The app cannot use this terminal: TERM is {terminal or 'not set'}",
                "Set TERM as your terminal says, or use: qiscus-tui sessions",
            )
        return app(open_for(options))
    except QiscusTuiError as error:
        return tell(error, console, debug=options.debug)

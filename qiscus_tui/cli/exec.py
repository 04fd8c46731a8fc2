"""`exec`: run a command with a valid short-lived token, or the secret key, in its environment.

The command replaces this process: signals, streams and exit code are the command's own.
"""

import argparse
import contextlib
import os
import resource
import signal
from collections.abc import Generator
from typing import NoReturn

from qiscus_tui.cli.options import add_token_options, flag
from qiscus_tui.cli.token import script_key, script_token
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.errors import CannotRun, CommandNotFound, UsageError
from qiscus_tui.model.text import safe
from qiscus_tui.service.token.handover import environment_with

USAGE = "qiscus-tui exec -- CMD..."


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.usage = f"%(prog)s [options] {USAGE.partition('exec ')[2]}"
    flag(parser, "--rest", "set QISCUS_SECRET_KEY instead of QISCUS_TOKEN, next to QISCUS_APP_ID")
    add_token_options(parser)
    # A command without the `--` before it, as distinct from an unknown option.
    parser.add_argument("before", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(context: VerbContext) -> int:
    """Replace this process by the command. Does not return."""
    options = context.options
    command = _command(options)
    given = script_key(context) if options.rest else script_token(context)
    if context.workspace.demo is not None:
        context.console.say(
            "The demo ends here: no server accepts the token that the command gets."
        )
    _become(command, environment_with(given, os.environ), context.core_limit)


def _command(options: argparse.Namespace) -> list[str]:
    command: list[str] | None = options.command
    if options.before or command is None:
        raise UsageError("exec needs -- before the command", f"Usage: {USAGE}")
    if not command:
        raise UsageError("exec needs a command to run", f"Usage: {USAGE}")
    return command


def _become(command: list[str], environ: dict[str, str], core_limit: int | None) -> NoReturn:
    """Replace this process. Raises CommandNotFound, CannotRun."""
    if not command[0]:
        raise CommandNotFound("The command has no name: its first word is empty")
    shown = safe(command[0], 200)
    try:
        with _as_we_were_started(core_limit):
            os.execvpe(command[0], command, environ)  # noqa: S606  without a shell, on purpose
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CommandNotFound(f"There is no command '{shown}'") from error
    except OSError as error:
        words = os.strerror(error.errno or 0)
        raise CannotRun(f"The command '{shown}' cannot be run: {words}") from error


@contextlib.contextmanager
def _as_we_were_started(core_limit: int | None) -> Generator[None]:
    """Restore what this process changed about itself and the command would inherit."""
    ignored = (signal.SIGPIPE, signal.SIGXFSZ)  # by Python
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    if core_limit is not None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (core_limit, hard))
    try:
        yield
    finally:  # the command did not begin
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It does not watch the command: a token that expires meanwhile is not replaced. Processes "
        "started by the command inherit the secret."
    ),
    examples=(
        Example("qiscus-tui exec -- ./sync.sh", "with QISCUS_TOKEN and QISCUS_APP_ID"),
        Example("qiscus-tui exec --min-ttl 6h -- ./nightly.sh", "for a job that takes hours"),
    ),
    changes=True,
    reports_crashes=False,
    runs_command=True,
)

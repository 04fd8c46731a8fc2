"""`exec`: run a command that finds a valid short-lived token, or the secret key, where it looks.

The command takes this process's place: its signals, its streams and its exit code are its own.
"""

import argparse
import os
import signal
from typing import NoReturn

from qiscus_tui.cli.script_secret import add_token_options, script_key, script_token
from qiscus_tui.cli.verbs import Context, Verb
from qiscus_tui.errors import CannotRun, CommandNotFound, UsageError
from qiscus_tui.model.text import safe
from qiscus_tui.service.token.handover import environment_with

_USAGE = "qiscus-tui exec -- CMD..."


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.usage = f"%(prog)s [options] {_USAGE.partition('exec ')[2]}"
    parser.add_argument(
        "--rest",
        action="store_true",
        help="QISCUS_SECRET_KEY instead of QISCUS_TOKEN, beside QISCUS_APP_ID",
    )
    add_token_options(parser)
    # A command without the `--` in front: told apart from an option that is not known.
    parser.add_argument("before", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(context: Context) -> int:
    """Become the command. Gives no exit code: what ends afterwards is the command."""
    options = context.options
    command = _command(options)
    given = script_key(context) if options.rest else script_token(context)
    if context.workspace.demo is not None:
        context.console.say("The demo ends here: no server takes what the command is given.")
    _become(command, environment_with(given, os.environ), context.core_limit)


def _command(options: argparse.Namespace) -> list[str]:
    command: list[str] | None = options.command
    if options.before or command is None:
        raise UsageError("exec needs -- in front of the command", f"Usage: {_USAGE}")
    if not command:
        raise UsageError("exec needs a command to run", f"Usage: {_USAGE}")
    return command


def _become(command: list[str], environ: dict[str, str], core_limit: int | None) -> NoReturn:
    """Never comes back. Raises CommandNotFound, CannotRun."""
    _as_we_were_started(core_limit)
    if not command[0]:
        raise CommandNotFound("The command has no name: its first word is empty")
    shown = safe(command[0], 200)
    try:
        os.execvpe(command[0], command, environ)  # noqa: S606  no shell is what is wanted
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CommandNotFound(f"The command '{shown}' is not there") from error
    except OSError as error:
        words = os.strerror(error.errno or 0)
        raise CannotRun(f"The command '{shown}' cannot be run: {words}") from error


def _as_we_were_started(core_limit: int | None) -> None:
    """Take back what this process did to itself and what the command would inherit."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them
        signal.signal(number, signal.SIG_DFL)
    if core_limit is not None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (core_limit, hard))


VERB = Verb(
    add_options,
    run,
    "It does not watch the command: a token that ends while it runs is not replaced. What the "
    "command starts inherits the secret.",
    changes=True,
    reports_crashes=False,
    runs_command=True,
)

"""`exec`: run a command that finds a valid short-lived token, or the secret key, where it looks.

The command takes this process's place: its signals, its streams and its exit code are its own.
The network is loaded only where the kept token will not do.
"""

import argparse
import os
import signal
from typing import NoReturn

from qiscus_tui.cli.ttl import min_ttl
from qiscus_tui.cli.verb import Context, Verb
from qiscus_tui.errors import CannotRun, CommandNotFound, UsageError
from qiscus_tui.model.text import safe
from qiscus_tui.service.handing_over import (
    Handed,
    environment_with,
    kept_secret_key,
    kept_token_for,
)

_USAGE = "qiscus-tui exec -- CMD..."


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.usage = f"%(prog)s [options] {_USAGE.partition('exec ')[2]}"
    parser.add_argument(
        "--rest",
        action="store_true",
        help="QISCUS_SECRET_KEY instead of QISCUS_TOKEN, beside QISCUS_APP_ID",
    )
    parser.add_argument(
        "--min-ttl",
        metavar="TIME",
        default="1h",
        help="the token must live at least so long, less than 29d (1h)",
    )
    # A command without the `--` in front: told apart from an option that is not known.
    parser.add_argument("before", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(context: Context) -> int:
    """Become the command. Gives no exit code: what ends afterwards is the command."""
    options = context.options
    command = _command(options)
    wanted = min_ttl(options.min_ttl)
    handed = _kept(context, wanted) or _fetched(context, wanted)
    if context.workspace.demo is not None:
        context.console.say("The demo ends here: no server takes what the command is given.")
    _become(command, environment_with(handed, os.environ), context.core_limit)


def _command(options: argparse.Namespace) -> list[str]:
    command: list[str] | None = options.command
    if options.before or command is None:
        raise UsageError("exec needs -- in front of the command", f"Usage: {_USAGE}")
    if not command:
        raise UsageError("exec needs a command to run", f"Usage: {_USAGE}")
    return command


def _kept(context: Context, wanted: int) -> Handed | None:
    """What is kept here and will do."""
    workspace = context.workspace
    if workspace.demo is not None:
        return None
    if context.options.rest:
        return kept_secret_key(workspace)
    return kept_token_for(workspace, wanted)


def _fetched(context: Context, wanted: int) -> Handed:
    """What the server has to be asked for. A signal ends the waiting: Raises Interrupted."""
    from qiscus_tui.cli.ending import run_until_signal

    # To its end before the command begins: it must not inherit what handles signals here.
    return run_until_signal(_asked(context, wanted), context.console)


async def _asked(context: Context, wanted: int) -> Handed:
    from qiscus_tui.cli.opening import connected
    from qiscus_tui.service.fetching import fetched_token, held_secret_key

    async with connected(context.workspace) as connection:
        if context.options.rest:
            return await held_secret_key(connection)
        return await fetched_token(connection, wanted)


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
    tells_of_crashes=False,
    runs_command=True,
)

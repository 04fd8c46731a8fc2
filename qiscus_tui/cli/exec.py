"""`exec`: run a command with a valid short-lived token, or the secret key, in its environment.

The command replaces this process: signals, streams and exit code are the command's own. With
`--proxy` it runs beside it, and its exit code is passed on.
"""

import argparse
import contextlib
import os
import resource
import signal
from collections.abc import Generator
from typing import TYPE_CHECKING, NoReturn

from qiscus_tui.cli.options import add_token_options, flag
from qiscus_tui.cli.signals import obeyed
from qiscus_tui.cli.token import script_token
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import login_hints
from qiscus_tui.errors import CannotRun, CommandNotFound, UsageError
from qiscus_tui.exit_codes import signal_exit_code
from qiscus_tui.model.text import safe
from qiscus_tui.service.token.handover import (
    ScriptSecret,
    environment_with,
    script_key,
    without_credentials,
)

if TYPE_CHECKING:
    from asyncio.subprocess import Process

USAGE = "qiscus-tui exec -- CMD..."


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.usage = f"%(prog)s [options] {USAGE.partition('exec ')[2]}"
    flag(parser, "--rest", "set QISCUS_SECRET_KEY instead of QISCUS_TOKEN, next to QISCUS_APP_ID")
    flag(parser, "--proxy", "run a proxy for the command, at QISCUS_URL; it gets no token")
    add_token_options(parser)
    # A command without the `--` before it, as distinct from an unknown option.
    parser.add_argument("before", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(context: VerbContext) -> int:
    """Replace this process by the command; with `--proxy` return the command's exit code."""
    options = context.options
    command = _command(options)
    if not options.proxy:
        given = _secret_key(context) if options.rest else script_token(context)
        if context.workspace.demo is not None:
            words = "The demo ends here: no server accepts the token that the command gets."
            context.console.say(words)
        _become(command, environment_with(given, os.environ), options.core_limit)
    if options.rest or options.check:
        raise UsageError("--proxy gives the command no secret", "Leave --rest and --check out.")
    import asyncio  # loads ssl and subprocess, which `exec` without a proxy does not need

    return asyncio.run(_beside_a_proxy(context, command))


def _secret_key(context: VerbContext) -> ScriptSecret:
    with login_hints(context.workspace, context.workspace.server):
        return script_key(context.workspace)


def _command(options: argparse.Namespace) -> list[str]:
    command: list[str] | None = options.command
    if options.before or command is None:
        raise UsageError("exec needs -- before the command", f"Usage: {USAGE}")
    if not command:
        raise UsageError("exec needs a command to run", f"Usage: {USAGE}")
    return command


async def _beside_a_proxy(context: VerbContext, command: list[str]) -> int:
    """Run the command with the address of a proxy of its own. Return its exit code.

    Raises CommandNotFound, CannotRun, UsageError.
    """
    import asyncio

    from qiscus_tui.cli.proxy import served
    from qiscus_tui.cli.serving import listening

    environ, core_limit = without_credentials(os.environ), context.options.core_limit
    with listening() as listener:
        async with served(context, listener) as (_proxy, url):
            with _start_errors(command):
                process = await asyncio.create_subprocess_exec(
                    *command,
                    env=environ | {"QISCUS_URL": url},
                    preexec_fn=lambda: _restore_core_limit(core_limit),
                )
            loop = asyncio.get_running_loop()
            for number in obeyed():
                loop.add_signal_handler(number, _pass_on, process, number)
            code = await process.wait()
    return code if code >= 0 else signal_exit_code(-code)


def _pass_on(process: "Process", number: int) -> None:
    """Send a signal to the command, unless the terminal has sent it to both, or it has ended."""
    if number not in {signal.SIGINT, signal.SIGQUIT}:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)


@contextlib.contextmanager
def _start_errors(command: list[str]) -> Generator[None]:
    """Raise CommandNotFound or CannotRun where the command can't be started."""
    if not command[0]:
        raise CommandNotFound("The command has no name: its first word is empty")
    shown = safe(command[0], 200)
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CommandNotFound(f"There is no command '{shown}'") from error
    except OSError as error:
        words = os.strerror(error.errno or 0)
        raise CannotRun(f"The command '{shown}' cannot be run: {words}") from error


def _become(command: list[str], environ: dict[str, str], core_limit: int | None) -> NoReturn:
    """Replace this process. Raises CommandNotFound, CannotRun."""
    with _start_errors(command), _as_we_were_started(core_limit):
        os.execvpe(command[0], command, environ)  # noqa: S606  without a shell, on purpose


def _restore_core_limit(limit: int | None) -> None:
    if limit is not None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (limit, hard))


@contextlib.contextmanager
def _as_we_were_started(core_limit: int | None) -> Generator[None]:
    """Restore what this process changed about itself and the command would inherit."""
    ignored = (signal.SIGPIPE, signal.SIGXFSZ)  # by Python
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    _restore_core_limit(core_limit)
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
        Example("qiscus-tui exec --proxy -- ./old.sh", "for one that logs in, at QISCUS_URL"),
    ),
    changes=True,
    runs_command=True,
)
